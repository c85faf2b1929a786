import { RmsxError } from '../domain/errors.ts';
import { quoteForShell } from '../domain/shell.ts';

/** How variables are written down. */
export type EnvFormat = 'shell' | 'dotenv' | 'github';

/**
 * Variables for a shell (`eval "$(rmsx env)"`), a .env file or $GITHUB_ENV.
 * @throws RmsxError `failed` where the format cannot hold a value
 */
export function renderEnv(variables: Readonly<Record<string, string>>, format: EnvFormat): string {
  return Object.entries(variables)
    .map(([name, value]) => `${renderVariable(name, value, format)}\n`)
    .join('');
}

function renderVariable(name: string, value: string, format: EnvFormat): string {
  switch (format) {
    case 'shell':
      return `export ${name}=${quoteForShell(value)}`;
    case 'dotenv':
      return `${name}=${quoteForDotenv(name, value)}`;
    case 'github':
      return `${name}=${value}`; // the rest of the line is the value, whatever it holds
    default:
      return format satisfies never;
  }
}

/** Single quotes keep everything as it is; the readers of dotenv files agree on no way to escape one. */
function quoteForDotenv(name: string, value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  const quote = ["'", '`'].find((mark) => !value.includes(mark)) ?? (/["$\\]/.test(value) ? undefined : '"');
  if (quote !== undefined) return `${quote}${value}${quote}`;
  throw new RmsxError('failed', `${name} has quotes of every kind, which no dotenv file can hold.`, {
    hint: 'Use another format: rmsx env --format shell',
  });
}
