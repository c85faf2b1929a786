/**
 * The form in which a program wants the answer. The command line may be wrong in other places, and the answer must be in
 * the asked-for form all the same.
 * @returns undefined where people read it
 */
export function machineFormat(argv: readonly string[], env: NodeJS.ProcessEnv): 'json' | 'yaml' | undefined {
  const at = argv.lastIndexOf('--format');
  const format =
    (at >= 0 ? argv[at + 1] : argv.find((arg) => arg.startsWith('--format='))?.slice(9)) ?? env.RMSX_FORMAT;
  const isSwitchedOn =
    argv.some((arg) => arg === '--json' || arg === '--json=true') || /^(1|true|yes|on)$/i.test(env.RMSX_JSON ?? '');
  if (isSwitchedOn || format === 'json') return 'json';
  return format === 'yaml' ? 'yaml' : undefined;
}
