import { toPrintable } from './printable.ts';

/** Exit codes by error code: public, see README.md. A code is never renamed or renumbered. */
export const exitCodes = {
  failed: 1,
  'bad-usage': 2,
  'bad-spec': 2,
  'not-found': 4,
  conflict: 5,
  'engine-unreachable': 6,
  'engine-refused': 6,
  unsafe: 7,
  incomplete: 8,
  'image-missing': 9,
  bug: 70,
  timeout: 124,
  'command-unusable': 126,
  'command-missing': 127,
  interrupted: 130,
  terminated: 143,
} as const;

/** What kind of failure it is; decides the exit code. */
export type ErrorCode = keyof typeof exitCodes;

/** What an error carries besides code and message. */
export interface ErrorDetails {
  /** The next thing to do, best a command to paste. */
  readonly hint?: string | undefined;
  /** The node it happened to. */
  readonly node?: string | undefined;
  /** A finer reason, for code that reacts to it, e.g. `port-taken`. */
  readonly reason?: string | undefined;
  /** All problems, where there is more than one. */
  readonly problems?: readonly string[];
  /** The last lines of the log of the failing nodes. */
  readonly logs?: readonly string[];
  /** The error underneath. Never printed, as foreign errors may carry secrets. */
  readonly cause?: unknown;
}

/** The one error class of rmsx: what happened, to which node, why, and what to do next. */
export class RmsxError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly node: string | undefined;
  readonly reason: string | undefined;
  readonly problems: readonly string[];
  readonly logs: readonly string[];

  /**
   * @param code - decides the exit code
   * @param message - a full sentence: what happened, to which node, why
   * @param details - hint, node, reason, problems, logs, cause
   */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RmsxError';
    this.code = code;
    this.hint = details.hint;
    this.node = details.node;
    this.reason = details.reason;
    this.problems = details.problems ?? [];
    this.logs = details.logs ?? [];
  }

  /** The exit code of a process that ends with this error. */
  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/**
 * One error out of several that happened side by side; the first one decides the code, and each has its hint.
 * @param errors - at least one
 */
export function joinErrors(errors: readonly RmsxError[]): RmsxError {
  const [first] = errors;
  if (!first) throw new RangeError('joinErrors needs an error');
  if (errors.every(({ message }) => message === first.message)) return first;
  const problems = [...new Set(errors.flatMap(toldBy))];
  const hints = [...new Set(errors.flatMap(({ hint }) => hint?.split('\n') ?? []))];
  return new RmsxError(first.code, several(problems.length), {
    problems,
    logs: errors.flatMap((error) => error.logs),
    hint: hints.length > 0 ? hints.join('\n') : undefined,
    reason: first.reason,
    cause: first,
  });
}

const several = (count: number): string => `${count} things went wrong.`;

/** One that was joined before says nothing but what it consists of. */
const toldBy = ({ message, problems }: RmsxError): readonly string[] =>
  message === several(problems.length) ? problems : [message, ...problems];

/**
 * The same error in other words.
 * @param details - what is to be another; all the rest that the error carries stays
 */
export function retold(error: RmsxError, message: string, details: Omit<ErrorDetails, 'cause'> = {}): RmsxError {
  const { code, hint, node, reason, problems, logs } = error;
  return new RmsxError(code, message, { hint, node, reason, problems, logs, ...details, cause: error });
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

/** @returns what an error of any kind says, to follow a sentence */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
