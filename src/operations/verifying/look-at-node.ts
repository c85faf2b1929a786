import type { Address, ClusterSpec } from '../../domain/cluster.ts';
import { RmsxError } from '../../domain/errors.ts';
import type { Ports } from '../../domain/ports.ts';
import type { RedisConnection } from '../../domain/redis-port.ts';
import type { NodeEvidence } from '../../domain/verification/evidence.ts';
import type { NodeSession } from './node-session.ts';

/** What is seen of a node by itself. */
export type OwnEvidence = Pick<NodeEvidence, 'refusal' | 'readOnly' | 'enabled'>;

/** The hard budget of a stranger's look. */
const strangerTimeoutMs = 1500;

/** Asks a node what can be asked without the others. Nothing is changed, whatever it allows. */
export async function lookAtNode(session: NodeSession, { disabledCommands }: ClusterSpec): Promise<OwnEvidence> {
  const [refusal, readOnly, enabled] = await Promise.all([
    session.see(refusalOf),
    session.see((connection) => connection.setting('replica-read-only')),
    session.see(async ({ data }) => (disabledCommands.length === 0 ? [] : data.known(disabledCommands))),
  ]);
  return { refusal, readOnly, enabled };
}

/**
 * What a node says to somebody who has not logged in.
 * @throws RmsxError where it cannot be reached
 */
export async function greetAsStranger(node: string, endpoint: Address, redis: Ports['redis']): Promise<string> {
  const connection = await redis.connect(node, endpoint, null, strangerTimeoutMs);
  try {
    return await connection.greet();
  } finally {
    connection.close();
  }
}

/** @returns the words with which a node refuses a write, null where it would write */
async function refusalOf(connection: RedisConnection): Promise<string | null> {
  try {
    await connection.proveWritable();
    return null;
  } catch (error) {
    if (error instanceof RmsxError && error.reason === 'reply') return wordsOf(error);
    throw error;
  }
}

/** @returns what the server itself said */
export const wordsOf = ({ message }: RmsxError): string => message.replace(/^[\w-]+: could not [^:]*: /, '');
