import { spawn } from 'node:child_process';
import { docker } from './engine.ts';
import { cleanEnvironment, pause } from './processes.ts';
import { processesOf, processorTimeMs } from './processor-time.ts';
import { type Check, checkOf, type Findings } from './report.ts';
import { nameCluster, rmsxUp } from './rmsx-cluster.ts';
import type { Session } from './session.ts';
import { rotated, Samples } from './statistics.ts';

const replicas = 2;
const periodMs = 15_000;
/** Starting Node is no part of watching. */
const warmUpMs = 3000;
const [alone, watched] = ['not watched', 'watched'] as const;
const servers = 'three servers';
const engine = 'engine';
const self = 'rmsx';

/** Processor time of a period, in ms. */
type Costs = Readonly<Record<string, number>>;

/** What it costs the servers and the engine that three idle nodes are watched, with a look every second. */
export async function measureWatch(session: Session, rounds: number): Promise<Findings> {
  const cluster = nameCluster(session, 'watch');
  await rmsxUp(session, cluster, replicas);
  const filter = ['ps', '-q', '--filter', `label=${cluster.label}`];
  const ids = await docker(filter, session.signal);
  const pids = (await docker(['inspect', '--format', '{{.State.Pid}}', ...ids], session.signal)).map(Number);
  const groups = { [servers]: pids, [engine]: await processesOf('dockerd') };
  const samples = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const how of rotated([alone, watched], round)) {
      const costs =
        how === alone ? await costsOf(groups, session) : await costsOfWatching(cluster.name, groups, session);
      for (const [who, costMs] of Object.entries(costs)) samples.add(`${who}, ${how}`, costMs);
    }
    process.stderr.write(`watch, round ${round + 1} of ${rounds}\n`);
  }
  await session.remove(cluster.label);
  return {
    measurements: samples.measurements(`processor time in ${periodMs / 1000} s: `, 'ms'),
    checks: checksOf(samples),
  };
}

async function costsOf(groups: Readonly<Record<string, readonly number[]>>, { signal }: Session): Promise<Costs> {
  const read = async (): Promise<Costs> => {
    const sums = Object.entries(groups).map(async ([who, pids]) => {
      const times = await Promise.all(pids.map(processorTimeMs));
      return [who, times.reduce((sum, time) => sum + time, 0)] as const;
    });
    return Object.fromEntries(await Promise.all(sums));
  };
  const before = await read();
  await pause(periodMs, signal);
  const after = await read();
  return Object.fromEntries(Object.entries(after).map(([who, time]) => [who, time - (before[who] ?? 0)]));
}

async function costsOfWatching(
  name: string,
  groups: Readonly<Record<string, readonly number[]>>,
  session: Session,
): Promise<Costs> {
  const [program = '', ...args] = session.rmsxCommand('status', '-w', '1', '-n', name);
  const child = spawn(program, args, { stdio: 'ignore', env: cleanEnvironment(), cwd: session.directory });
  try {
    await pause(warmUpMs, session.signal);
    return await costsOf({ ...groups, [self]: [child.pid ?? 0] }, session);
  } finally {
    child.kill('SIGTERM');
  }
}

/** In percent of one core, beyond what is taken without a watch. */
function checksOf(samples: Samples): readonly Check[] {
  const percent = (costMs: number): number => (costMs / periodMs) * 100;
  const beyond = (who: string): number => samples.median(`${who}, ${watched}`) - samples.median(`${who}, ${alone}`);
  return [
    checkOf('status -w 1: what three servers take more, of one core', percent(beyond(servers)), '%', 1),
    checkOf('status -w 1: what the engine takes more, of one core', percent(beyond(engine)), '%', null),
    checkOf('status -w 1: rmsx itself, of one core', percent(samples.median(`${self}, ${watched}`)), '%', null),
  ];
}
