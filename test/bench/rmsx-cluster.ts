import type { Endpoint } from './redis-polls.ts';
import type { Session } from './session.ts';

/** A cluster that rmsx makes for one measurement. */
export interface RmsxCluster {
  readonly name: string;
  readonly label: string;
}

/** Names a cluster; nothing of it exists yet. */
export function nameCluster(session: Session, purpose: string): RmsxCluster {
  const name = `bench-${session.id}-${purpose}`;
  const label = `rmsx.cluster=${name}`;
  session.owns(label);
  return { name, label };
}

/** @returns milliseconds until `rmsx up` has ended, which it does when replication is usable */
export async function rmsxUp(session: Session, { name, label }: RmsxCluster, replicas: number): Promise<number> {
  session.owns(label);
  const verb = ['up', '--replicas', String(replicas)];
  const where = ['-n', name, '--subnet', 'auto', '--base-port', 'auto', '--pull', 'never'];
  return (await session.rmsx([...verb, ...where], { measured: verb.join(' ') })).durationMs;
}

/** A node as `rmsx status` shows it, and how it is reached. */
export interface ClusterNode {
  readonly name: string;
  /** Where the other nodes reach it. */
  readonly ip: string;
  readonly port: number;
  /** Where we do. */
  readonly endpoint: Endpoint;
}

/** @returns the nodes of a cluster, and the name of its master */
export async function readCluster(
  session: Session,
  { name }: RmsxCluster,
): Promise<{ readonly master: string; readonly nodes: readonly ClusterNode[] }> {
  const status = JSON.parse((await session.rmsx(['status', '--json', '-n', name])).stdout);
  const env = JSON.parse((await session.rmsx(['env', '--format', 'json', '-n', name])).stdout);
  const nodes = status.nodes.map(
    (node: { name: string; ip: string; port: number; host: string; hostPort: number }) => ({
      name: node.name,
      ip: node.ip,
      port: node.port,
      endpoint: { host: node.host, port: node.hostPort, password: env.REDIS_PASSWORD },
    }),
  );
  return { master: status.cluster.master, nodes };
}
