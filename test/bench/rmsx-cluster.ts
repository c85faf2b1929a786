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

/** @returns a master without replicas and without a trace on the disk; replicas that come later follow that shape */
export async function isolatedMaster(
  session: Session,
  cluster: RmsxCluster,
  shape: readonly string[],
): Promise<ClusterNode> {
  const verb = ['up', '--replicas', '0', '--isolated'];
  const how = [...shape, '-n', cluster.name, '--pull', 'never'];
  await session.rmsx([...verb, ...how], { measured: verb.join(' ') });
  const [master] = (await readCluster(session, cluster)).nodes;
  if (!master) throw new Error(`${cluster.name} has no master`);
  return master;
}

/** A node as `rmsx status` shows it, and how it is reached. */
export interface ClusterNode {
  readonly name: string;
  /** Where the other nodes reach it. */
  readonly ip: string;
  readonly port: number;
  /** Whom it follows. */
  readonly source: string | null;
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
    (node: Omit<ClusterNode, 'endpoint'> & { host: string; hostPort: number }): ClusterNode => ({
      name: node.name,
      ip: node.ip,
      port: node.port,
      source: node.source,
      endpoint: { host: node.host, port: node.hostPort, password: env.REDIS_PASSWORD },
    }),
  );
  return { master: status.cluster.master, nodes };
}
