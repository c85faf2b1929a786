import { composeUp, writeComposeProject } from './compose.ts';
import { type RunOptions, runProcess } from './processes.ts';
import { type Check, checkOf, type Findings } from './report.ts';
import { nameCluster, rmsxUp } from './rmsx-cluster.ts';
import type { Session } from './session.ts';
import { rotated, Samples } from './statistics.ts';

const replicas = 2;
const node = 'node -e 0';
const composePs = 'docker compose ps';
const targets = { '--version': 1.5, '--help': 2.5, status: 3.5 } as const;

/** Times short commands as whole processes, with three nodes up in either way. */
export async function measureCli(session: Session, rounds: number): Promise<Findings> {
  const cluster = nameCluster(session, 'cli');
  await rmsxUp(session, cluster, replicas);
  const project = await writeComposeProject(session, replicas);
  await composeUp(session, project);
  const options = { signal: session.signal, cwd: project.directory };
  const samples = await timeCommands(options, rounds, {
    [node]: [process.execPath, '-e', '0'],
    '--version': session.rmsxCommand('--version'),
    '--help': session.rmsxCommand('--help'),
    status: session.rmsxCommand('status', '-n', cluster.name),
    [composePs]: ['docker', 'compose', 'ps'],
  });
  // Beside the clock, as the measuring costs a little; and every other short command once.
  for (const args of [['--version'], ['--help'], ['status'], ['ls'], ['url'], ['env']]) {
    await session.rmsx(args[0]?.startsWith('-') ? args : [...args, '-n', cluster.name]);
  }
  await session.rmsx(['down', '--volumes', '--yes', '-n', cluster.name]);
  await session.remove(cluster.label);
  await session.remove(project.label);
  return { measurements: samples.measurements('', 'ms'), checks: checksOf(samples) };
}

async function timeCommands(
  options: RunOptions,
  rounds: number,
  commands: Readonly<Record<string, readonly string[]>>,
): Promise<Samples> {
  const samples = new Samples();
  for (let round = -1; round < rounds; round++) {
    for (const [name, [program = '', ...args]] of rotated(Object.entries(commands), round + 1)) {
      const { durationMs } = await runProcess(program, args, options);
      if (round >= 0) samples.add(name, durationMs); // the first round only fills the caches of the system
    }
    if (round >= 0) process.stderr.write(`cli, round ${round + 1} of ${rounds}\n`);
  }
  return samples;
}

function checksOf(samples: Samples): readonly Check[] {
  const against = (name: string, other: string, target: number | null): Check =>
    checkOf(`${name} / ${other}`, samples.median(name) / samples.median(other), 'x', target);
  return [
    ...Object.entries(targets).map(([name, target]) => against(name, node, target)),
    against('status', composePs, null),
  ];
}
