import { RmsxError } from '../domain/errors.ts';
import { toPrintable } from '../domain/printable.ts';

/** How the asked-for data is printed. */
export type Format = 'table' | 'json' | 'yaml';

/** Where a process prints. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
}

/** @returns a document in the words of the contract: camelCase, `schemaVersion: 1` first */
export async function formatDocument(document: object, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return jsonText(document);
  const { stringify } = await import('yaml');
  return stringify(versioned(document));
}

/** The same as JSON. */
export const jsonText = (document: object): string => `${JSON.stringify(versioned(document), null, 2)}\n`;

const versioned = (document: object): object => ({ schemaVersion: 1, ...document });

/** The JSON document of an error. */
export function errorDocument(error: RmsxError): object {
  const { code, exitCode, message, hint = null, node = null, problems, logs } = error;
  return { error: { code, exitCode, message, node, problems, logs, hint } };
}

/** An error for people: what happened, all problems, the evidence, and what to do next. */
export function formatError(error: RmsxError): string {
  return [
    `rmsx: ${error.message}`,
    ...error.problems.map((problem) => `  - ${problem}`),
    ...error.logs.map((line) => `    ${line}`),
    ...(error.hint ? error.hint.split('\n').map((line, i) => `${i === 0 ? 'hint: ' : '      '}${line}`) : []),
    '',
  ].join('\n');
}

/** Anything that is not an RmsxError is a bug. Only its text is kept, as foreign errors may carry secrets. */
export function toRmsxError(error: unknown): RmsxError {
  if (error instanceof RmsxError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown value was thrown';
  return new RmsxError('bug', `This is a bug in rmsx. ${toPrintable(text)}`, {
    hint: 'Please report it with the command line and this message.',
    cause: error,
  });
}
