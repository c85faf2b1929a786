import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { frame } from '../helpers/frame.ts';
import { bin, type Run, runInShell, runRmsx } from '../helpers/run-rmsx.ts';
import { assertValid } from '../helpers/schemas.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, pathOf, StubEngine } from '../helpers/stub-engine.ts';
import { cluster, node, record } from '../helpers/values.ts';

const secret = "top secret '7'";
const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(2, { name: 'demo' }));
const stamp = (second: number): string => `2026-11-28T18:00:0${second}.000000000Z`;

const logs: Readonly<Record<string, Buffer>> = {
  master: Buffer.concat([
    frame(`${stamp(1)} one\n`),
    frame(`${stamp(3)} requirepass "${secret}" \u001b[31m\n`),
    frame(`${stamp(5)} it said ${secret}\n`),
  ]),
  'slave-1': Buffer.concat([frame(`${stamp(2)} two\n`), frame(`${stamp(4)} four\n`, 2)]),
};

/** The log that is asked for; none where it is no log. */
const logOf = (url: string): Buffer | undefined => logs[/\/containers\/id-([\w-]+)\/logs/.exec(url)?.[1] ?? ''];

const giveConf: Answer = (request, response) => {
  const name = /\/containers\/id-([\w-]+)\/archive/.exec(request.url ?? '')?.[1];
  if (name === undefined) return false;
  void sendArchive(response, renderConf(own, node(name, name === 'master' ? null : 'master'), secret, template));
  return true;
};

const giveLog: Answer = (request, response) => {
  const log = logOf(request.url ?? '');
  if (log) response.end(log);
  return log !== undefined;
};

/** One after the other until one of them answers. */
const firstOf =
  (...answers: readonly Answer[]): Answer =>
  (request, response) =>
    answers.some((answer) => answer(request, response));

const listed = (name: string, changes: object = {}): object =>
  listedContainer(`demo-${name}`, {
    Id: `id-${name}`,
    Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': name, 'rmsx.topology': 'star' },
    ...changes,
  });
/** slave-2 has no container. */
const containers = [listed('master'), listed('slave-1', { State: 'exited' })];

let engine: StubEngine;
let place: string;
beforeAll(async () => {
  engine = await StubEngine.start({ containers, answer: firstOf(giveConf, giveLog) });
  place = mkdtempSync(join(tmpdir(), 'rmsx-logs-'));
});
afterAll(async () => {
  await engine.stop();
  rmSync(place, { recursive: true });
});

const run = (...args: readonly string[]): Promise<Run> => runRmsx(['-n', 'demo', 'logs', ...args], { env: engine.env });

test('lines of all nodes must come in the order of time, without passwords and control characters', async () => {
  const { code, stdout, stderr } = await run();
  const shown = ['master | one', 'slave-1 | two', 'master | requirepass ***', 'slave-1 | four', 'master | it said ***'];
  expect([code, stdout.trimEnd().split('\n'), stderr]).toEqual([0, shown, 'slave-2 has no container, and so no log\n']);
});

test('one node must come alone, also by its other name, and with the times of the engine where they are wanted', async () => {
  const { code, stdout, stderr } = await run('replica-1', '--timestamps');
  expect([code, stdout, stderr]).toEqual([0, `slave-1 | ${stamp(2)} two\nslave-1 | ${stamp(4)} four\n`, '']);
});

test('a node without a container must be refused with 4 where it is named alone, and told beside others', async () => {
  const alone = await run('slave-2');
  expect([alone.code, alone.stdout, alone.stderr]).toEqual([
    4,
    '',
    'rmsx: slave-2 of demo has no container, and so no log.\nhint: Make what is missing: rmsx up -n demo\n',
  ]);
  const { code, stderr } = await run('slave-1', 'slave-2');
  expect([code, stderr]).toEqual([0, 'slave-2 has no container, and so no log\n']);
});

test('--json must be one valid document', async () => {
  const { code, stdout } = await run('--json');
  const document = JSON.parse(stdout);
  assertValid('logs', document);
  expect([code, document.missing, document.lines[1]]).toEqual([
    0,
    ['slave-2'],
    { node: 'slave-1', time: stamp(2), text: 'two' },
  ]);
});

test('--since and --tail must be what the engine is asked for', async () => {
  const before = engine.requests.length;
  await run('slave-1', '--since', '2026-11-28T18:00:00Z', '--tail', '7');
  const asked = engine.requests.slice(before).find((request) => request.includes('/logs')) ?? '';
  expect([asked.includes('since=1795888800.000000000'), asked.includes('tail=7')]).toEqual([true, true]);
});

test('everything that is wrong with the flags must be told at once, and the engine not be asked', async () => {
  const before = engine.requests.length;
  const { code, stderr } = await run(
    '-f',
    '--json',
    '--since',
    '5',
    '--tail',
    '-1',
    '--export',
    'x',
    '--format',
    'xml',
  );
  expect([code, engine.requests.length]).toEqual([2, before]);
  expect(stderr.match(/--(format|tail|follow|since)/g)?.length).toBeGreaterThanOrEqual(5);
});

test('a node that is not there must exit 4, and name those that are', async () => {
  const { code, stdout, stderr } = await run('slave-9');
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toContain('Its nodes are: master, slave-1, slave-2');
});

const broken: Readonly<Record<string, Answer>> = {
  'in the middle of a frame': (_, response) => void response.end(logs.master?.subarray(0, 50)) === undefined,
  'between two lines': (_, response) => {
    const first = frame(`${stamp(1)} one\n`);
    response.writeHead(200, { 'content-length': first.length + 100 });
    response.write(first, () => response.destroy());
    return true;
  },
};

test.each(Object.keys(broken))('a log that breaks off %s must be an error, and nothing be shown', async (where) => {
  const breakOff: Answer = (request, response) =>
    logOf(request.url ?? '') !== undefined && (broken[where]?.(request, response) ?? false);
  await using other = await StubEngine.start({ containers, answer: firstOf(giveConf, breakOff) });
  const { code, stdout, stderr } = await runRmsx(['logs', '-n', 'demo'], { env: other.env });
  expect([stdout, code === 1 || code === 6]).toEqual(['', true]);
  expect(stderr).toMatch(/cut off|does not answer/);
});

test('--export must write a file for each node, for the owner alone, replace its own and nothing else', async () => {
  const directory = join(place, 'made', 'logs');
  for (let times = 0; times < 2; times += 1) {
    const { code, stdout } = await run('--export', directory);
    expect([code, stdout]).toEqual([0, `${directory}/master.log\n${directory}/slave-1.log\n`]);
  }
  const mode = (path: string): number => statSync(path).mode & 0o777;
  expect([readdirSync(directory), mode(directory), mode(join(directory, 'master.log'))]).toEqual([
    ['master.log', 'slave-1.log'],
    0o700,
    0o600,
  ]);
  expect(readFileSync(join(directory, 'slave-1.log'), 'utf8')).toBe(
    '# The log of slave-1 of demo, exported by rmsx.\ntwo\nfour\n',
  );
  expect(readFileSync(join(directory, 'master.log'), 'utf8')).not.toContain('secret');
  writeFileSync(join(directory, 'slave-1.log'), 'mine\n');
  const refused = await run('--export', directory, '--json');
  assertValid('error', JSON.parse(refused.stdout));
  expect([refused.code, readFileSync(join(directory, 'slave-1.log'), 'utf8')]).toEqual([5, 'mine\n']);
  expect(refused.stderr).toContain('--export DIR');
});

test('--export must not follow a link', async () => {
  const directory = mkdtempSync(join(place, 'link-'));
  const target = join(place, 'target');
  writeFileSync(target, 'mine\n');
  symlinkSync(target, join(directory, 'master.log'));
  const { code } = await run('--export', directory);
  expect([code, readFileSync(target, 'utf8')]).toEqual([5, 'mine\n']);
});

test('--export with --json must be one valid document', async () => {
  const { code, stdout } = await run('--export', join(place, 'json'), '--json');
  const document = JSON.parse(stdout);
  assertValid('logs', document);
  expect([code, document.lines, document.files.length]).toEqual([0, null, 2]);
});

/** Follows logs that go on: every node says a new line whenever it is asked again. */
const goOn: Answer = (request, response) => {
  const log = logOf(request.url ?? '');
  if (!log || !pathOf(request).includes('follow=true')) return giveLog(request, response);
  const since = /since=([\d.]+)/.exec(request.url ?? '')?.[1];
  // As the engine does it: the lines of that time come again, and what follows.
  const again = since?.startsWith('1795888805')
    ? frame(`${stamp(5)} it said ${secret}\n`)
    : frame(`${stamp(4)} four\n`, 2);
  response.write(again);
  response.write(
    frame(`2026-11-28T18:01:00.000000000Z new of ${request.url?.includes('master') ? 'master' : 'slave'}\n`),
  );
  return true;
};

test('-f must go on without a line twice, and Ctrl-C must end it with 130', async () => {
  await using other = await StubEngine.start({ containers, answer: firstOf(giveConf, goOn) });
  const { code, stdout } = await runRmsx(['logs', '-f', '-n', 'demo'], {
    env: other.env,
    onStart: (kill) => {
      const timer = setInterval(() => {
        if (other.requests.filter((request) => request.includes('follow=true')).length < 2) return;
        clearInterval(timer);
        setTimeout(() => kill('SIGINT'), 500);
      }, 20);
    },
  });
  const lines = stdout.trimEnd().split('\n');
  expect([code, lines.slice(0, 5).at(-1), lines.slice(5).sort()]).toEqual([
    130,
    'master | it said ***',
    ['master | new of master', 'slave-1 | new of slave'],
  ]);
});

test('-f must end with 0 when nobody reads any more, and with 124 when a given time is up', async () => {
  await using other = await StubEngine.start({ containers, answer: firstOf(giveConf, goOn) });
  const line = '{ "$@"; echo "code $?" >&2; } | head -n 1';
  const [closed, timed] = await Promise.all([
    runInShell(line, ['logs', '-f', '-n', 'demo', 'master'], { env: other.env }),
    runRmsx(['logs', '-f', '-n', 'demo', '--timeout', '2s'], { env: other.env }),
  ]);
  expect([closed.stdout, closed.stderr]).toEqual(['master | one\n', 'code 0\n']);
  expect(timed.code).toBe(124);
});

test('one signal must end -f while its reader takes nothing', async () => {
  const long = Buffer.concat(Array.from({ length: 2000 }, () => frame(`${stamp(1)} ${'x'.repeat(1000)}\n`)));
  const giveMuch: Answer = (request, response) => {
    const isLog = logOf(request.url ?? '') !== undefined;
    if (isLog) response.end(long);
    return isLog;
  };
  await using other = await StubEngine.start({ containers, answer: firstOf(giveConf, giveMuch) });
  const child = spawn(process.execPath, [bin, 'logs', '-f', '-n', 'demo'], {
    env: { ...process.env, ...other.env },
    timeout: 15_000,
    killSignal: 'SIGKILL',
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'readable'); // and never read: the rest stays where it is
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
});
