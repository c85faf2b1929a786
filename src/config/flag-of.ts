const flags: Readonly<Record<string, string>> = {
  'network.subnet': '--subnet',
  'ports.base': '--base-port',
  'ports.bind': '--bind',
  timezone: '--tz',
  persistence: '--ephemeral',
  passwordFile: '--password-file',
  allowCommands: '--allow-command',
};

/** What only a file can say. */
const hasNoFlag = (path: string): boolean => path.includes('.') || path.startsWith('disabledCommands');

/** @returns the flag that says the same as a path in rmsx.yaml; the path itself where there is none */
export function flagOf(path: string): string {
  if (path.startsWith('redis.')) return `--set ${path.slice('redis.'.length)}`;
  return flags[path] ?? (hasNoFlag(path) ? path : `--${path}`);
}
