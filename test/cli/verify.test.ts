import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderConf } from '../../src/render/conf-files.ts';
import { type Run, runRmsx } from '../helpers/run-rmsx.ts';
import { sendArchive } from '../helpers/send-archive.ts';
import { type Answer, listedContainer, StubEngine } from '../helpers/stub-engine.ts';
import { cluster, node, record } from '../helpers/values.ts';

const template = readFileSync(new URL('../../templates/redis.conf', import.meta.url), 'utf8');
const own = record(cluster(1, { name: 'demo' }));

const giveConf: Answer = (request, response) => {
  const name = /\/containers\/id-([\w-]+)\/archive/.exec(request.url ?? '')?.[1];
  if (name === undefined) return false;
  void sendArchive(response, renderConf(own, node(name, name === 'master' ? null : 'master'), 'a secret', template));
  return true;
};

const listed = (name: string, State: string): object =>
  listedContainer(`demo-${name}`, {
    Id: `id-${name}`,
    State,
    Labels: { 'rmsx.cluster': 'demo', 'rmsx.node': name, 'rmsx.topology': 'star' },
  });

let engine: StubEngine;
beforeAll(async () => {
  engine = await StubEngine.start({
    containers: [listed('master', 'exited'), listed('slave-1', 'paused')],
    answer: giveConf,
  });
});
afterAll(() => engine.stop());

const run = (...args: readonly string[]): Promise<Run> =>
  runRmsx(['-n', 'demo', 'verify', ...args], { env: engine.env });

test('for people, why a node could not be reached must be told once, with what was not checked there', async () => {
  const { code, stdout, stderr } = await run('-q');
  expect([code, stderr]).toEqual([3, '']);
  expect(stdout).toBe(`demo  2 nodes  0 of 21 checks passed  not ok
not ok  one-master: no node is a master: nothing can be written; master should be it
not ok  reachable: master is stopped
        not checked there: source, role-conf, password, disabled-commands, writable, markers, markers-removed
not ok  reachable: slave-1 is paused: it answers nothing
        not checked there: source, role-conf, password, disabled-commands, read-only, history, lag, markers, markers-removed, latency, data
0 markers written; 0 of 0 keys compared
NODE     LATENCY MS  MAX MS
slave-1  ?           ?
hint: rmsx up -n demo
`);
});

test('for programs, every check must have its reason, and none of them pass', async () => {
  const [json, tap] = await Promise.all([run('--json'), run('--format', 'tap')]);
  const { ok, checks } = JSON.parse(json.stdout); // valid: runRmsx has looked
  expect([json.code, ok, checks.length]).toEqual([3, false, 21]);
  const reasons = checks.filter(({ node: of }: { node: string }) => of === 'slave-1');
  expect(reasons.map(({ message }: { message: string }) => message)).toEqual([
    'slave-1 is paused: it answers nothing',
    ...Array.from({ length: 11 }, () => 'not checked: slave-1 is paused: it answers nothing'),
  ]);
  expect([tap.code, tap.stdout.match(/^not ok \d+ - /gm)?.length, tap.stdout.match(/ {2}message: /g)?.length]).toEqual([
    3, 21, 21,
  ]);
});

test('everything that is wrong with the flags must be told at once, and the engine not be asked', async () => {
  const before = engine.requests.length;
  const { code, stdout, stderr } = await run('slave-1', '--keys', '0', '--format', 'xml');
  expect([code, stdout, engine.requests.length]).toEqual([2, '', before]);
  expect(stderr.match(/slave-1: verify does not take|--keys: 0 is not between|--format: "xml"/g)).toHaveLength(3);
});

test('a cluster that is not there must exit 4', async () => {
  const { code, stdout } = await runRmsx(['verify', '-n', 'other'], { env: engine.env });
  expect([code, stdout]).toEqual([4, '']);
});
