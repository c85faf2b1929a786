import { RmsxError } from '../domain/errors.ts';

/**
 * Jest and vitest show the message of an error and nothing of what it carries.
 * @returns the same error with its problems in its message, as the command line prints them; anything else as it is
 */
export function spelledOut(error: unknown): unknown {
  if (!(error instanceof RmsxError) || error.problems.length === 0) return error;
  const { code, message, hint, node, reason, problems, logs, cause } = error;
  const text = [message, ...problems.map((problem) => `  - ${problem}`)].join('\n');
  return new RmsxError(code, text, { hint, node, reason, problems, logs, cause });
}
