import { RmsxError } from '../domain/errors.ts';
import { toPrintable } from '../domain/printable.ts';

/** Why a server could not be used; the `reason` of the RmsxError. */
export type RedisReason = 'refused' | 'no-answer' | 'wrong-password' | 'loading' | 'reply';

const patterns: readonly (readonly [RegExp, RedisReason])[] = [
  [/^(WRONGPASS|NOAUTH|NOPERM|ERR (invalid password|AUTH))/, 'wrong-password'],
  [/^LOADING/, 'loading'],
  [/timed? ?out/i, 'no-answer'],
  [/ECONNREFUSED|ECONNRESET|EPIPE|EHOSTUNREACH|closed|aborted|isn't writeable/i, 'refused'],
];

/**
 * Turns whatever ioredis threw into an RmsxError. Only the text of the error is kept: its other fields carry the
 * arguments of the command, and with them the password.
 * @param node - whose server it was
 * @param what - what was tried: `log in`
 * @param password - not shown, as servers repeat what they do not understand. @default none
 */
export function toRedisError(node: string, what: string, error: unknown, password = ''): RmsxError {
  if (error instanceof RmsxError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  const evidence = typeof code === 'string' && !text.includes(code) ? `${code} ${text}` : text;
  const reason = patterns.find(([pattern]) => pattern.test(evidence))?.[1] ?? 'reply';
  return new RmsxError('failed', `${node}: could not ${what}: ${explain(reason, toPrintable(text, password))}`, {
    node,
    reason,
  });
}

/** What servers say to a stranger whom they let in: PONG, or what they say to everybody while they cannot serve. */
const lettingIn = /^(PONG|LOADING|BUSY|MASTERDOWN|MISCONF)\b/;

/**
 * Judges what a server said to a PING before anybody logged in.
 * @returns the error where it has no password: everybody may use it, or protected mode keeps everybody out
 */
export function openServer(node: string, answer: string): RmsxError | undefined {
  const isOpen = lettingIn.test(answer);
  if (!isOpen && !/DENIED .*protected mode/.test(answer)) return undefined;
  const what = isOpen ? 'answers without a password' : 'has no password, and its protected mode lets nobody in';
  return new RmsxError('failed', `${node} ${what}.`, {
    node,
    reason: 'wrong-password',
    hint: 'Something changes the redis.conf that rmsx has written, or runs the server without it: look at the entrypoint of the image.',
  });
}

function explain(reason: RedisReason, text: string): string {
  switch (reason) {
    case 'refused':
      return 'nothing accepts connections on its published port.';
    case 'no-answer':
      return 'the server does not answer.';
    case 'wrong-password':
      return 'the server refuses the password in its own redis.conf.';
    case 'loading':
      return 'it is loading its data.';
    case 'reply':
      return text;
    default:
      return reason satisfies never;
  }
}
