import { docker } from './engine.ts';
import { GapWriter, type Interruption } from './gap-writer.ts';
import { hasReplicasOnline, openRedis, whenTrue } from './redis-polls.ts';
import { checkOf, type Findings } from './report.ts';
import { type ClusterNode, nameCluster, type RmsxCluster, readCluster, rmsxUp } from './rmsx-cluster.ts';
import { Sentinels } from './sentinels.ts';
import type { Session } from './session.ts';
import { Samples } from './statistics.ts';

const replicas = 2;
const pollPauseMs = 20;
/** So many writes are acknowledged before anything happens, and again after it. */
const warmWrites = 200;

/** A cluster whose nodes are known, and whose master changes. */
interface Stage {
  readonly cluster: RmsxCluster;
  readonly nodes: readonly ClusterNode[];
  master: ClusterNode;
}

/** How the master is changed. */
interface Contender {
  readonly name: string;
  /** Whether the master is killed first: then this is a failover, else a switchover. */
  readonly kills: boolean;
  /** @param target - who is to be the master, where somebody chooses */
  readonly change: (stage: Stage, target: ClusterNode, signal: AbortSignal) => Promise<unknown>;
}

/** What a client sees while the master changes: by rmsx, by hand, and by three Sentinels. */
export async function measureFailover(session: Session, rounds: number): Promise<Findings> {
  const gaps = new Samples();
  const losses = new Samples();
  const run = async (stage: Stage, contender: Contender): Promise<void> => {
    for (let round = 0; round < rounds; round++) {
      const { gapMs, lost } = await interrupt(session, stage, contender);
      gaps.add(contender.name, gapMs);
      losses.add(`${contender.name}: acknowledged writes lost`, lost);
      process.stderr.write(
        `${contender.name}, round ${round + 1} of ${rounds}: ${gapMs.toFixed(0)} ms, lost ${lost}\n`,
      );
    }
  };
  const own = await stageOf(session, 'by-rmsx');
  await run(own, switchoverOf(session));
  await run(own, promotionOf(session));
  await session.remove(own.cluster.label);
  const byHand = await stageOf(session, 'by-hand');
  await run(byHand, failoverByHand);
  await session.remove(byHand.cluster.label);
  const watched = await stageOf(session, 'by-sentinel');
  const sentinels = await Sentinels.start(session, `${watched.cluster.name}_app_net`, watched.master, replicas);
  await run(watched, { name: 'switchover: SENTINEL FAILOVER', kills: false, change: () => sentinels.failOver() });
  await sentinels.agreed();
  await run(watched, { name: 'failover: three Sentinels', kills: true, change: async () => undefined });
  await sentinels.remove();
  await session.remove(watched.cluster.label);
  const ratio = (name: string, ours: string, theirs: string, target: number | null): ReturnType<typeof checkOf> =>
    checkOf(name, gaps.median(ours) / gaps.median(theirs), 'x', target);
  return {
    measurements: [...gaps.measurements('stall, ', 'ms'), ...losses.measurements('', 'count')],
    checks: [
      ratio('switchover, stall: rmsx / FAILOVER TO', 'switchover: rmsx', 'switchover: FAILOVER TO', 0.5),
      // It loses what the old master takes until it is told: no figure to be measured by.
      ratio('switchover, stall: rmsx / SENTINEL FAILOVER', 'switchover: rmsx', 'switchover: SENTINEL FAILOVER', null),
      ratio('failover, stall: rmsx / three Sentinels', 'failover: rmsx promote', 'failover: three Sentinels', 1),
    ],
  };
}

async function stageOf(session: Session, purpose: string): Promise<Stage> {
  const cluster = nameCluster(session, purpose);
  await rmsxUp(session, cluster, replicas);
  const { nodes, master } = await readCluster(session, cluster);
  const found = nodes.find(({ name }) => name === master);
  if (!found) throw new Error(`${cluster.name} has no master`);
  return { cluster, nodes, master: found };
}

const switchoverOf = (session: Session): Contender => ({
  name: 'switchover: rmsx',
  kills: false,
  change: ({ cluster }, target, signal) => session.rmsx(['switchover', target.name, '-n', cluster.name], { signal }),
});

const promotionOf = (session: Session): Contender => ({
  name: 'failover: rmsx promote',
  kills: true,
  change: ({ cluster }, target, signal) => session.rmsx(['promote', target.name, '-n', cluster.name], { signal }),
});

/** As the documentation has it, and then the other replica follows. */
const failoverByHand: Contender = {
  name: 'switchover: FAILOVER TO',
  kills: false,
  change: async ({ nodes, master }, target, signal) => {
    const client = openRedis(master.endpoint);
    try {
      await whenTrue(
        async () => (await client.call('FAILOVER', 'TO', target.ip, `${target.port}`, 'TIMEOUT', '10000')) === 'OK',
        pollPauseMs,
        signal,
      );
      await whenTrue(async () => (await client.info('replication')).includes('role:slave'), pollPauseMs, signal);
    } finally {
      client.disconnect();
    }
    await Promise.all(
      nodes
        .filter(({ name }) => name !== target.name && name !== master.name)
        .map((node) => followBy(node, target, signal)),
    );
  },
};

async function followBy(node: ClusterNode, { ip, port }: ClusterNode, signal: AbortSignal): Promise<void> {
  const client = openRedis(node.endpoint);
  try {
    await whenTrue(async () => (await client.call('REPLICAOF', ip, `${port}`)) === 'OK', pollPauseMs, signal);
  } finally {
    client.disconnect();
  }
}

/** Changes the master while a client writes, and waits until the cluster is whole again. */
async function interrupt(session: Session, stage: Stage, { kills, change }: Contender): Promise<Interruption> {
  const { signal } = session;
  const old = stage.master;
  const target = stage.nodes.find(({ name }) => name !== old.name);
  if (!target) throw new Error('nobody to promote');
  const writer = new GapWriter(stage.nodes.map(({ endpoint }) => endpoint));
  let interruption: Interruption;
  try {
    await whenTrue(async () => writer.count > warmWrites, pollPauseMs, signal);
    writer.begin();
    if (kills) await docker(['kill', `${stage.cluster.name}-${old.name}`], signal);
    await change(stage, target, signal);
    await whenTrue(async () => stage.nodes[writer.at]?.name !== old.name, pollPauseMs, signal);
    const count = writer.count;
    await whenTrue(async () => writer.count > count + warmWrites, pollPauseMs, signal);
  } finally {
    interruption = await writer.end();
  }
  stage.master = stage.nodes[writer.at] ?? target;
  if (kills) await comeBack(session, stage, old);
  await whenWhole(stage.master, signal);
  return interruption;
}

/** Where rmsx has promoted, it writes down who is to be what; a Sentinel tells a node that comes back. */
async function comeBack(session: Session, { cluster }: Stage, node: ClusterNode): Promise<void> {
  await docker(['start', `${cluster.name}-${node.name}`], session.signal);
}

async function whenWhole(master: ClusterNode, signal: AbortSignal): Promise<void> {
  const client = openRedis(master.endpoint);
  try {
    await whenTrue(() => hasReplicasOnline(client, replicas), pollPauseMs, signal);
  } finally {
    client.disconnect();
  }
}
