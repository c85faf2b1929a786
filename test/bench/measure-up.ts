import { composeUp, writeComposeProject } from './compose.ts';
import { floorUp } from './floor.ts';
import { checkOf, type Findings } from './report.ts';
import { nameCluster, rmsxUp } from './rmsx-cluster.ts';
import type { Session } from './session.ts';
import { rotated, Samples } from './statistics.ts';

/** What `up` has to reach, as ratios. */
export interface UpTargets {
  readonly compose: number | null;
  readonly floor: number | null;
}

/** Makes a cluster of that size again and again in three ways, each time from nothing. */
export async function measureUp(
  session: Session,
  { replicas, rounds, targets }: { readonly replicas: number; readonly rounds: number; readonly targets: UpTargets },
): Promise<Findings> {
  const contenders = { rmsx: runRmsx, compose: runCompose, floor: runFloor };
  const samples = new Samples();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of rotated(Object.entries(contenders), round)) {
      const durationMs = await run(session, replicas);
      samples.add(name, durationMs);
      process.stderr.write(
        `up --replicas ${replicas}, round ${round + 1} of ${rounds}: ${name} ${durationMs.toFixed(0)} ms\n`,
      );
    }
  }
  const what = `up --replicas ${replicas}`;
  const ratio = (against: 'compose' | 'floor') =>
    checkOf(`${what}: rmsx / ${against}`, samples.median('rmsx') / samples.median(against), 'x', targets[against]);
  return { measurements: samples.measurements(`${what}: `, 'ms'), checks: [ratio('compose'), ratio('floor')] };
}

async function runRmsx(session: Session, replicas: number): Promise<number> {
  const cluster = nameCluster(session, `up-${1 + replicas}`);
  const durationMs = await rmsxUp(session, cluster, replicas);
  await session.remove(cluster.label);
  return durationMs;
}

async function runCompose(session: Session, replicas: number): Promise<number> {
  const project = await writeComposeProject(session, replicas);
  const durationMs = await composeUp(session, project);
  await session.remove(project.label);
  return durationMs;
}

async function runFloor(session: Session, replicas: number): Promise<number> {
  const { label, durationMs } = await floorUp(session, replicas);
  await session.remove(label);
  return durationMs;
}
