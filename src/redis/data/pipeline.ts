import type { Redis as IoRedis } from 'ioredis';

/** What a server replied, every text with one character for each byte. */
export type Reply = string | number | null | WrongType | readonly Reply[];

/** The key holds another type than the command is for: it changed since it was looked at. */
export class WrongType {}

/** Sends commands in one go, to one database. @throws the first error that is not about the type of a key */
export async function ask(
  client: IoRedis,
  database: number,
  commands: readonly (readonly string[])[],
): Promise<readonly Reply[]> {
  const pipeline = client.pipeline();
  for (const [name = '', ...args] of [['SELECT', String(database)], ...commands]) {
    pipeline.callBuffer(name, ...args.map((arg) => Buffer.from(arg, 'latin1')));
  }
  const replies = (await pipeline.exec()) ?? [];
  return replies.slice(1).map(([error, reply]) => {
    const failed = replies[0]?.[0] ?? error;
    if (!failed) return toReply(reply);
    if (failed.message.startsWith('WRONGTYPE')) return new WrongType();
    if (failed.message === 'ERR no such key') return null; // XINFO alone says so
    throw failed;
  });
}

function toReply(value: unknown): Reply {
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  if (Array.isArray(value)) return value.map(toReply);
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

/** @returns the texts of a reply that is a list of them */
export const textsOf = (reply: Reply | undefined): readonly string[] => (Array.isArray(reply) ? reply.map(String) : []);
