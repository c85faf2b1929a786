import { randomBytes } from 'node:crypto';
import { masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { judge } from '../domain/verification/judge.ts';
import type { Verification } from '../domain/verification/verification.ts';
import { connectionsTo } from './connections.ts';
import { type KnownCluster, observeCluster } from './observe.ts';
import { lookAt } from './status.ts';
import { readRoleConfs } from './verifying/role-confs.ts';
import { Verifying } from './verifying/verifying.ts';
import { untilAborted } from './wait-until.ts';

/** How a cluster is verified. */
export interface VerifyOptions {
  /** How many markers are written, 1 to 100000. @default 100 */
  readonly keys?: number;
  /** How long a replica may take to have what its master has written, in ms. @default 10000 */
  readonly waitMs?: number;
}

/** The most markers that are written, and the most that is waited for one node. */
export const verifyLimits = { keys: 100_000, waitMs: 10_000 } as const;

const defaultKeys = 100;

/** Reading takes longer than a probe, of a server that is busy, too. */
const commandTimeoutMs = 5000;

/**
 * Proves that a cluster does what it is for: writes on the master, reads that on every node, compares their data, and tries
 * what must not be possible. Nothing of it is left behind, also where it is stopped.
 * @throws RmsxError `not-found`, `bad-usage`; everything that is wrong with the cluster is a check that is not ok
 */
export async function verify(name: string, options: VerifyOptions, ports: Ports): Promise<Verification> {
  const { keys = defaultKeys, waitMs = verifyLimits.waitMs } = options;
  if (!Number.isInteger(keys) || keys < 1 || keys > verifyLimits.keys) {
    throw new RmsxError('bad-usage', `keys: ${keys} is not between 1 and ${verifyLimits.keys}`);
  }
  const cluster = await observeCluster(ports, name);
  ports.progress.begin(`looking at ${name}: ${cluster.record.cluster.nodes.length} nodes`);
  const [status, roleConfs] = await untilAborted(
    Promise.all([look(cluster, ports), readRoleConfs(cluster, ports)]),
    ports.signal,
  );
  const connections = connectionsTo(cluster, ports, commandTimeoutMs);
  try {
    const run = randomBytes(8).toString('hex');
    const master = referenceOf(cluster, status);
    return judge(
      await new Verifying({ cluster, status, master, roleConfs, connections, ports, keys, waitMs, run }).all(),
    );
  } finally {
    connections.close();
  }
}

async function look(cluster: KnownCluster, ports: Ports): Promise<ClusterStatus> {
  const connections = connectionsTo(cluster, ports);
  try {
    return await lookAt(cluster, connections, ports);
  } finally {
    connections.close();
  }
}

/** The node with which the others are compared: the master; of several the one that should be it. */
function referenceOf({ record }: KnownCluster, { nodes }: ClusterStatus): string | null {
  const masters = nodes.filter(({ role, state }) => role === 'master' && state === 'running').map(({ name }) => name);
  const planned = masterOf(record.cluster).name;
  return masters.includes(planned) ? planned : (masters[0] ?? null);
}
