import { docker } from './engine.ts';
import { runProcess, runWatched } from './processes.ts';
import { isAnswering, isFollowing, openRedis, whenTrue } from './redis-polls.ts';
import { checkOf, type Findings } from './report.ts';
import { type ClusterNode, nameCluster, type RmsxCluster, readCluster, rmsxUp } from './rmsx-cluster.ts';
import type { Session } from './session.ts';
import { Samples } from './statistics.ts';

const replicas = 2;
const keys = 300;
const pollPauseMs = 5;
const node = 'node -e 0';
const firstWrite = 'first acknowledged write';
const lastSurvivor = 'last survivor follows';
const targetsMs = { [firstWrite]: 500, [lastSurvivor]: 1500 } as const;

/** Kills the master of three nodes and promotes a replica, back and forth. */
export async function measurePromote(session: Session, rounds: number): Promise<Findings> {
  const cluster = nameCluster(session, 'promote');
  await rmsxUp(session, cluster, replicas);
  const samples = new Samples();
  for (let round = 0; round < rounds; round++) {
    const { durationMs } = await runProcess(process.execPath, ['-e', '0'], { signal: session.signal });
    samples.add(node, durationMs);
    const times = await promoteOnce(session, cluster);
    for (const [name, timeMs] of Object.entries(times)) samples.add(name, timeMs);
    const summary = Object.entries(times).map(([name, timeMs]) => `${name} ${timeMs.toFixed(0)} ms`);
    process.stderr.write(`promote, round ${round + 1} of ${rounds}: ${summary.join(', ')}\n`);
    await rmsxUp(session, cluster, replicas); // the killed master comes back as a replica
  }
  await session.remove(cluster.label);
  const checks = Object.entries(targetsMs).map(([name, target]) =>
    checkOf(`promote: ${name}, after Node is up`, samples.median(name) - samples.median(node), 'ms', target),
  );
  return { measurements: samples.measurements('promote: ', 'ms'), checks };
}

/** @returns milliseconds from the start of `rmsx promote` to each event */
async function promoteOnce(session: Session, cluster: RmsxCluster): Promise<Record<string, number>> {
  const { master, nodes } = await readCluster(session, cluster);
  const old = nodes.find(({ name }) => name === master);
  const [target, ...survivors] = nodes.filter(({ name }) => name !== master);
  if (!old || !target) throw new Error(`${cluster.name} has no master, or no replica`);
  await writeKeys(old, session.signal);
  const clients = [target, ...survivors].map(({ endpoint }) => openRedis(endpoint));
  const [writer, ...readers] = clients;
  try {
    await Promise.all(clients.map((client) => whenTrue(() => isAnswering(client), pollPauseMs, session.signal)));
    await docker(['kill', `${cluster.name}-${master}`], session.signal);
    const startedMs = performance.now();
    const [{ durationMs }, [writeMs = 0, ...followMs]] = await runWatched(
      (signal) => session.rmsx(['promote', target.name, '-n', cluster.name], { signal }),
      (signal) =>
        Promise.all([
          whenTrue(async () => (await writer?.set('bench:first', 'write')) === 'OK', pollPauseMs, signal),
          ...readers.map((reader) => whenTrue(() => isFollowing(reader, target), pollPauseMs, signal)),
        ]),
      session.signal,
    );
    return {
      [firstWrite]: writeMs - startedMs,
      [lastSurvivor]: Math.max(...followMs) - startedMs,
      'rmsx promote ends': durationMs,
    };
  } finally {
    for (const client of clients) client.disconnect();
  }
}

/** A promotion of empty nodes would be none; they must have all of it before the master dies. */
async function writeKeys({ endpoint }: ClusterNode, signal: AbortSignal): Promise<void> {
  const client = openRedis(endpoint);
  try {
    await whenTrue(() => isAnswering(client), pollPauseMs, signal);
    await Promise.all(Array.from({ length: keys }, (_, i) => client.set(`bench:${i}`, `value-${i}`)));
    await client.wait(replicas, 900);
  } finally {
    client.disconnect();
  }
}
