import { runProcess } from './processes.ts';
import { checkOf, type Findings } from './report.ts';
import { nameCluster, type RmsxCluster } from './rmsx-cluster.ts';
import type { Session } from './session.ts';
import { rotated, Samples } from './statistics.ts';

const startMinutes = 10;
const small = { nodes: 3, shape: ['--topology', 'star'] };
const large = { nodes: 100, shape: ['--topology', 'tree', '--fanout', '4'] };
const named = ({ nodes }: typeof small): string => `status of ${nodes} nodes`;

/** Times a look at few nodes and at many, as whole processes; both clusters are started once and run side by side. */
export async function measureStatus(session: Session, rounds: number): Promise<Findings> {
  const commands: (readonly [string, readonly string[]])[] = [];
  const clusters: RmsxCluster[] = [];
  for (const size of [small, large]) {
    const cluster = nameCluster(session, `status-${size.nodes}`);
    clusters.push(cluster);
    await bring(session, cluster, size);
    commands.push([named(size), session.rmsxCommand('status', '-n', cluster.name)]);
  }
  const samples = new Samples();
  for (let round = -1; round < rounds; round++) {
    for (const [name, [program = '', ...args]] of rotated(commands, round + 1)) {
      const { durationMs } = await runProcess(program, args, { signal: session.signal, cwd: session.directory });
      if (round >= 0) samples.add(name, durationMs); // the first round only fills the caches of the system
    }
    if (round >= 0) process.stderr.write(`status, round ${round + 1} of ${rounds}\n`);
  }
  for (const { label } of clusters) await session.remove(label);
  const ratio = samples.median(named(large)) / samples.median(named(small));
  return {
    measurements: samples.measurements('', 'ms'),
    checks: [checkOf(`${named(large)} / ${named(small)}`, ratio, 'x', 2)],
  };
}

async function bring(session: Session, { name }: RmsxCluster, { nodes, shape }: typeof small): Promise<void> {
  const verb = ['up', '--isolated', '--replicas', String(nodes - 1)];
  await session.rmsx([...verb, ...shape, '-n', name, '--pull', 'never', '--timeout', `${startMinutes}m`], {
    measured: `up of ${nodes} nodes`,
    timeoutMs: startMinutes * 60_000 + 30_000,
  });
}
