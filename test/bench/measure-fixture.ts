import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cleanEnvironment, runProcess } from './processes.ts';
import { checkOf, type Findings } from './report.ts';
import { nameCluster } from './rmsx-cluster.ts';
import type { Session } from './session.ts';
import { rotated, Samples } from './statistics.ts';

const replicas = 2;
const several = 10;
const other = 'testcontainers';
const floor = 'bare engine calls';
const contenders = ['rmsx up', 'the library', other, floor] as const;
type Contender = (typeof contenders)[number];
const scripts: Readonly<Record<Contender, string>> = {
  'rmsx up': 'rmsx-command.js',
  'the library': 'rmsx-library.js',
  [other]: 'testcontainers.js',
  [floor]: 'bare-calls.js',
};
const targets = { up: 1, down: 0.5 } as const;

/**
 * Brings a fixture of three nodes up and down, as tests do, in three ways, and by bare calls to the engine, which are the
 * floor. Each way is a process of its own, and the same code in all of them says when the nodes are usable
 * (fixtures/usable.js).
 */
export async function measureFixture(session: Session, rounds: number): Promise<Findings> {
  const samples = { up: new Samples(), down: new Samples() };
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotated(contenders, round)) {
      const { upMs, downMs } = await fixtureOnce(session, contender);
      samples.up.add(contender, upMs);
      samples.down.add(contender, downMs);
      process.stderr.write(
        `fixture, round ${round + 1} of ${rounds}: ${contender}: up ${upMs.toFixed(0)} ms, down ${downMs.toFixed(0)} ms\n`,
      );
    }
  }
  const verbs = ['up', 'down'] as const;
  const checks = verbs.flatMap((verb) =>
    contenders
      .filter((each) => each !== other)
      .map((each) => {
        const ratio = samples[verb].median(each) / samples[verb].median(other);
        const target = each === floor ? null : targets[verb]; // what nobody can be faster than has no target
        return checkOf(`fixture of 1+${replicas}, ${verb}: ${each} / ${other}`, ratio, 'x', target);
      }),
  );
  const measurements = verbs.flatMap((verb) => samples[verb].measurements(`fixture of 1+${replicas}, ${verb}: `, 'ms'));
  return { measurements, checks };
}

async function fixtureOnce(
  session: Session,
  contender: Contender,
): Promise<{ readonly upMs: number; readonly downMs: number }> {
  const { name, label } = nameCluster(session, 'fixture');
  session.ownsNamed(name);
  const setup = {
    ...{ name, image: session.image, replicas, password: randomBytes(24).toString('hex') },
    ...{ bin: session.bin, library: pathToFileURL(join(dirname(session.bin), '../dist/index.js')).href },
  };
  const env = {
    ...cleanEnvironment(),
    TESTCONTAINERS_RYUK_DISABLED: 'true', // one container less for it to start
    TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1', // and none to find out where it runs
  };
  const script = join(import.meta.dirname, 'fixtures', scripts[contender]);
  const { stdout } = await runProcess(process.execPath, [script, JSON.stringify(setup)], {
    ...{ signal: session.signal, cwd: session.directory, env },
  });
  await session.remove(label);
  await session.removeNamed(name);
  return JSON.parse(stdout);
}

/** Brings many isolated clusters up, all at once and one after the other; each by a command of its own. */
export async function measureSeveral(session: Session, rounds: number): Promise<Findings> {
  const samples = new Samples();
  const names = Array.from({ length: several }, (_, i) => nameCluster(session, `several-${i}`));
  const up = async ({ name, label }: (typeof names)[number]): Promise<void> => {
    session.owns(label);
    const flags = ['--isolated', '--replicas', String(replicas), '--pull', 'never', '--timeout', '3m'];
    await session.rmsx(['up', '-n', name, ...flags], { measured: 'up --isolated' });
  };
  const ways = {
    'at once': () => Promise.all(names.map(up)),
    'in sequence': async () => {
      for (const each of names) await up(each);
    },
  };
  for (let round = 0; round < rounds; round++) {
    for (const [way, work] of rotated(Object.entries(ways), round)) {
      const startedMs = performance.now();
      await work();
      const durationMs = performance.now() - startedMs;
      samples.add(way, durationMs);
      process.stderr.write(
        `${several} clusters, round ${round + 1} of ${rounds}: ${way} ${durationMs.toFixed(0)} ms\n`,
      );
      for (const { label } of names) await session.remove(label);
    }
  }
  const ratio = samples.median('at once') / samples.median('in sequence');
  const what = `${several} isolated clusters of 1+${replicas}`;
  return {
    measurements: samples.measurements(`${what}: `, 'ms'),
    checks: [checkOf(`${what}: at once / in sequence`, ratio, 'x', null)],
  };
}
