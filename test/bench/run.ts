import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaults } from '../../src/config/defaults.ts';
import { docker } from './engine.ts';
import { measureCli } from './measure-cli.ts';
import { measureFailover } from './measure-failover.ts';
import { measureFixture, measureSeveral } from './measure-fixture.ts';
import { measurePromote } from './measure-promote.ts';
import { measureStatus } from './measure-status.ts';
import { measureTopologies, refuseScarceMemory } from './measure-topologies.ts';
import { measureUp } from './measure-up.ts';
import { measureWatch } from './measure-watch.ts';
import { defaultRounds, type Options, parseOptions, usage } from './options.ts';
import { checkOf, type Findings, formatFindings } from './report.ts';
import { Session } from './session.ts';
import { measurementOf } from './statistics.ts';

const memoryTargetMb = 120;
const composeScript = join(import.meta.dirname, '../support/setup/compose.sh');

/** Measures what is asked for; whatever happens, nothing is left in the engine. */
async function measure(options: Options, signal: AbortSignal): Promise<Findings> {
  const session = await Session.begin(options, signal);
  const findings: Findings[] = [];
  try {
    if (options.only.includes('topologies')) await refuseScarceMemory(session); // before anything else takes its time
    for (const group of options.only) findings.push(...(await measureGroup(session, group, options)));
    findings.push(memoryOf(session));
  } finally {
    await session.end();
  }
  return {
    measurements: findings.flatMap(({ measurements }) => measurements),
    checks: findings.flatMap(({ checks }) => checks),
  };
}

async function measureGroup(
  session: Session,
  group: Options['only'][number],
  { rounds }: Options,
): Promise<readonly Findings[]> {
  switch (group) {
    case 'up': {
      const few = { replicas: 2, rounds: rounds ?? defaultRounds['up of 3'], targets: { compose: 0.25, floor: 1.4 } };
      const many = {
        replicas: 30,
        rounds: rounds ?? defaultRounds['up of 31'],
        targets: { compose: null, floor: 1.15 },
      };
      return [await measureUp(session, few), await measureUp(session, many)];
    }
    case 'cli':
      return [await measureCli(session, rounds ?? defaultRounds.cli)];
    case 'status':
      return [await measureStatus(session, rounds ?? defaultRounds.status)];
    case 'promote':
      return [await measurePromote(session, rounds ?? defaultRounds.promote)];
    case 'failover':
      return [await measureFailover(session, rounds ?? defaultRounds.failover)];
    case 'watch':
      return [await measureWatch(session, rounds ?? defaultRounds.watch)];
    case 'topologies':
      return [await measureTopologies(session, rounds ?? defaultRounds.topologies)];
    case 'fixture':
      return [await measureFixture(session, rounds ?? defaultRounds.fixture)];
    case 'several':
      return [await measureSeveral(session, rounds ?? defaultRounds.several)];
    default:
      return group satisfies never;
  }
}

function memoryOf({ peaks }: Session): Findings {
  if (peaks.size === 0) return { measurements: [], checks: [] };
  const measurements = [...peaks].map(([command, samples]) => measurementOf(`peak memory: ${command}`, 'MB', samples));
  const largest = Math.max(...measurements.map(({ max }) => max));
  return { measurements, checks: [checkOf('peak memory of any command', largest, 'MB', memoryTargetMb)] };
}

/** What the figures depend on besides rmsx. */
async function describeMachine(image: string, signal: AbortSignal): Promise<object> {
  const [engine] = await docker(['version', '--format', '{{.Server.Version}}'], signal);
  const [compose] = await docker(['compose', 'version', '--short'], signal);
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString(),
    node: process.version,
    engine,
    compose,
    image,
    machine: { cores: cpus().length, memoryGb },
  };
}

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2), process.env, defaults.image);
    if (options) return await bench(options);
    process.stdout.write(usage);
    return 0;
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    return 2;
  }
}

async function bench(options: Options): Promise<number> {
  const interruption = new AbortController();
  let exitCode = 0;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => {
      exitCode ||= code;
      interruption.abort(new Error(`interrupted by ${signal}`));
    });
  }
  try {
    await promisify(execFile)(composeScript);
    const machine = await describeMachine(options.image, interruption.signal);
    const findings = await measure(options, interruption.signal);
    await writeFile(options.out, `${JSON.stringify({ schemaVersion: 1, ...machine, ...findings }, null, 2)}\n`);
    process.stdout.write(formatFindings(findings));
    return 0;
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    return exitCode || 1;
  }
}

process.exitCode = await main();
