import { type Address, formatAddress, type NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Engine } from '../domain/ports.ts';
import { toPrintable } from '../domain/printable.ts';
import { redisCliIn, type ServerInside } from './cli.ts';
import type { Connections } from './connections.ts';
import { refusingWrites } from './refuse-writes.ts';

/** How long a server has to answer inside its container; starting redis-cli there is a part of it. */
const insideTimeoutMs = 3000;

/** @param id - of the container of the node */
export const insideOf = ({ name, address }: NodeSpec, id: string, connections: Connections): ServerInside => ({
  node: name,
  id,
  port: address.port,
  password: connections.passwordOf(name),
});

/**
 * Asks a server inside its container, with the redis-cli of its image: there it answers also where its port leads nowhere.
 * @param command - what everybody may see: it is in the process list of the host
 * @returns what redis-cli prints, which may be an error of the server
 * @throws RmsxError `failed`: reason `no-answer` where the server hangs, `not-running`, `no-redis-cli`
 */
export async function askInside(server: ServerInside, command: readonly string[], engine: Engine): Promise<string> {
  const chunks: Uint8Array[] = [];
  const streams = {
    terminal: null,
    connect: (program: { endInput(): void }) => {
      program.endInput();
      return () => undefined;
    },
    write: async ({ from, bytes }: { readonly from: string; readonly bytes: Uint8Array }) => {
      if (from === 'stdout') chunks.push(bytes);
      return true;
    },
  };
  await redisCliIn(server, command, streams, engine, insideTimeoutMs);
  return toPrintable(Buffer.concat(chunks).toString('utf8').trim(), server.password);
}

/**
 * Makes a server that is cut off from its network a replica, so that it cannot come back to it as a second master.
 * @throws RmsxError `failed` where it does not take that
 */
export async function followInside(server: ServerInside, source: Address, engine: Engine): Promise<void> {
  const command = ['REPLICAOF', source.host, String(source.port)];
  await tellInside(server, command, `does not follow ${formatAddress(source)}`, engine);
}

/** @throws RmsxError as `askInside` */
export const isMasterInside = async (server: ServerInside, engine: Engine): Promise<boolean> =>
  /\brole:master\b/.test(await askInside(server, ['INFO', 'replication'], engine));

/**
 * Keeps a master that is cut off from its network from taking writes when it comes back to it: see `refuseWrites`, which knows
 * it again.
 * @throws RmsxError `failed` where it does not take that
 */
export async function refuseWritesInside(server: ServerInside, engine: Engine): Promise<void> {
  for (const [directive, value] of refusingWrites)
    await tellInside(server, ['CONFIG', 'SET', directive, value], `does not take ${directive}`, engine);
}

/** @param refused - what the server does where it does not answer OK */
async function tellInside(
  server: ServerInside,
  command: readonly string[],
  refused: string,
  engine: Engine,
): Promise<void> {
  const reply = await askInside(server, command, engine);
  if (/^OK/.test(reply)) return;
  const why = reply === '' ? 'it says nothing' : reply;
  throw new RmsxError('failed', `${server.node} ${refused}: ${why}.`, { node: server.node });
}
