import { docker, freeMemoryMb } from './engine.ts';
import { fillMaster } from './fill-master.ts';
import { type Check, checkOf, type Findings } from './report.ts';
import { isolatedMaster, nameCluster, type RmsxCluster, readCluster } from './rmsx-cluster.ts';
import type { Session } from './session.ts';
import { rotated, Samples } from './statistics.ts';

const replicas = 30;
const datasetMb = 200;
const scaleMinutes = 10;
/** 5 below the master and 5 below each of these: two full levels, and no node serves more than 5. */
const fanout = 5;

const star = 'star';
const tree = `tree of fanout ${fanout}`;
const shapes = { [star]: ['--topology', 'star'], [tree]: ['--topology', 'tree', '--fanout', String(fanout)] };
const verb = `scale --replicas ${replicas}`;
const what = `${verb}, ${datasetMb} MB`;

/** What is measured of one topology. */
interface Figures {
  readonly durationMs: number;
  readonly sentMb: number;
  readonly fullSyncs: number;
  readonly batches: number;
  readonly mostReplicas: number;
  readonly usedMb: number;
}

const described = [
  ['durationMs', 'until all are in sync', 'ms'],
  ['sentMb', 'sent by the master', 'MB'],
  ['fullSyncs', 'full syncs from the master', 'count'],
  ['batches', 'batches of these', 'count'],
  ['mostReplicas', 'most replicas of one source', 'count'],
  ['usedMb', 'memory of the master before', 'MB'],
] as const;

/** Lets a master that has data get its replicas, in one topology and in the other, each time from nothing. */
export async function measureTopologies(session: Session, rounds: number): Promise<Findings> {
  const all = described.map(([figure, text, unit]) => ({ figure, text, unit, samples: new Samples() }));
  for (let round = 0; round < rounds; round++) {
    for (const [name, shape] of rotated(Object.entries(shapes), round)) {
      const measured = await scaleOnce(session, shape);
      for (const { figure, samples } of all) samples.add(name, measured[figure]);
      const summary = described.map(([figure, text, unit]) => `${text} ${measured[figure].toFixed(0)} ${unit}`);
      process.stderr.write(`${what}, round ${round + 1} of ${rounds}: ${name}: ${summary.join(', ')}\n`);
    }
  }
  const checks = all
    .filter(({ figure }) => figure === 'durationMs' || figure === 'sentMb')
    .map(
      ({ text, samples }): Check =>
        checkOf(`${what}: ${text}, ${tree} / ${star}`, samples.median(tree) / samples.median(star), 'x', null),
    );
  return {
    measurements: all.flatMap(({ text, unit, samples }) => samples.measurements(`${what}: ${text}, `, unit)),
    checks,
  };
}

async function scaleOnce(session: Session, shape: readonly string[]): Promise<Figures> {
  await refuseScarceMemory(session);
  const cluster = nameCluster(session, 'topology');
  const master = await isolatedMaster(session, cluster, shape);
  const usedMb = await fillMaster(master.endpoint, datasetMb, session.signal);
  const container = `${cluster.name}-${master.name}`;
  const before = await sentBytes(container, session.signal);
  const { durationMs } = await session.rmsx(
    ['scale', '--replicas', String(replicas), '--timeout', `${scaleMinutes}m`, '-n', cluster.name],
    { measured: verb, timeoutMs: scaleMinutes * 60_000 + 30_000 },
  );
  const sentMb = ((await sentBytes(container, session.signal)) - before) / 2 ** 20;
  const figures = { durationMs, sentMb, ...(await syncsOf(session, cluster, container)), usedMb };
  await session.rmsx(['down', '--volumes', '--yes', '-n', cluster.name], { measured: `down of ${1 + replicas}` });
  await session.remove(cluster.label);
  return figures;
}

/** INFO does not count what a child of the server sends, and a full synchronisation comes from a child; the kernel does. */
async function sentBytes(container: string, signal: AbortSignal): Promise<number> {
  const [bytes] = await docker(['exec', container, 'cat', '/sys/class/net/eth0/statistics/tx_bytes'], signal);
  return Number(bytes);
}

/** How the master gave away its data, by its log, and how many replicas follow the source that has most of them. */
async function syncsOf(
  session: Session,
  cluster: RmsxCluster,
  container: string,
): Promise<Pick<Figures, 'fullSyncs' | 'batches' | 'mostReplicas'>> {
  const log = await docker(['logs', container], session.signal);
  const count = (text: string): number => log.filter((line) => line.includes(text)).length;
  const { nodes } = await readCluster(session, cluster);
  const followers = nodes.map(({ name }) => nodes.filter(({ source }) => source === name).length);
  return {
    // The end of each; Redis 8 tells the beginning twice, as it sends the data over a connection of its own.
    fullSyncs: count('Synchronization with replica'),
    batches: count('Starting BGSAVE for SYNC'),
    mostReplicas: Math.max(...followers),
  };
}

/**
 * While a replica loads it has its data twice, as it came (in a file in memory, as nothing is to be kept) and as it is
 * being loaded; the children of the sources and the buffers of the connections are the rest.
 */
const memoryPerNodeMb = 2.25 * datasetMb;

/** @throws Error where the nodes might not fit into what is free now: the system would end a server, or something else */
export async function refuseScarceMemory({ image, signal }: Session): Promise<void> {
  const freeMb = await freeMemoryMb(image, signal);
  const neededMb = (1 + replicas) * memoryPerNodeMb;
  if (freeMb >= neededMb) return;
  const gb = (mb: number): string => `${(mb / 1024).toFixed(1)} GB`;
  throw new Error(
    `topologies: ${1 + replicas} nodes with ${datasetMb} MB each may take ${gb(neededMb)}, and ${gb(freeMb)} of the memory are free; leave it out with --only up,cli,promote`,
  );
}
