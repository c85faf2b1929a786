import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import type { Attachment, ObservedContainer, ObservedEngine } from '../../../src/domain/observed.ts';
import { formatPlan, type Plan } from '../../../src/domain/plan.ts';
import { refuseConflicts } from '../../../src/plan/conflicts.ts';
import { planPromote } from '../../../src/plan/promote.ts';
import { planRestart } from '../../../src/plan/restart.ts';
import { planStart } from '../../../src/plan/start.ts';
import { planUp } from '../../../src/plan/up.ts';
import { errorOf } from '../../helpers/error-of.ts';
import {
  attachment,
  cluster,
  confs,
  container,
  engineWith,
  foreign,
  network,
  node,
  record,
  replicaInfo,
  shaped,
} from '../../helpers/values.ts';

const template = readFileSync(new URL('../../../templates/redis.conf', import.meta.url), 'utf8');
const networks = [network('redis-server_app_net', '172.19.0.0/24', 'redis-server')];
const star = cluster(2);
const at = (ip: string | null): readonly Attachment[] => [attachment('redis-server', { ip })];

type Changes = Readonly<Record<string, Partial<ObservedContainer>>>;

const engineOf = (changes: Changes, spec: ClusterSpec = star): ObservedEngine =>
  engineWith({ networks, containers: spec.nodes.map(({ name }) => container(spec, name, changes[name])) });

function planOf(changes: Changes, spec: ClusterSpec = star, was: ClusterSpec = spec): Plan {
  const [wanted, before] = [record(spec, spec === was ? 1 : 2), record(was)];
  const engine = engineOf(changes, was);
  const common = { confs: confs(before), password: 'secret', pull: [], revive: true, run: 'this-run', nowMs: 0 };
  return planUp({ before, record: wanted, engine, template, ...common });
}

const edges = (plan: Plan): readonly string[] =>
  plan.map(({ id, after }) => `${id} <- ${after.join(', ') || 'nothing'}`);

describe('up', () => {
  test('must put a node that has left the network back, and nothing else', () => {
    expect(formatPlan(planOf({ 'slave-2': { attachments: [] } }))).toMatchInlineSnapshot(`
      "connect slave-2 to redis-server_app_net (172.19.0.12)  (it is not on the network of the cluster)
      let slave-2 open its link to its source anew  (it would not see for a minute that the old one is dead)"
    `);
  });

  test('must take a node with another address off the network first', () => {
    expect(formatPlan(planOf({ 'slave-2': { attachments: at('172.19.0.240') } }))).toMatchInlineSnapshot(`
      "disconnect slave-2 from redis-server_app_net  (it has the address 172.19.0.240 instead of 172.19.0.12)
      connect slave-2 to redis-server_app_net (172.19.0.12)  (it is not on the network of the cluster)
      let slave-2 open its link to its source anew  (it would not see for a minute that the old one is dead)"
    `);
  });

  test('must let both go before one comes where two have the address of each other', () => {
    const swapped = { 'slave-1': { attachments: at('172.19.0.12') }, 'slave-2': { attachments: at('172.19.0.11') } };
    expect(edges(planOf(swapped))).toEqual([
      'disconnect slave-1 <- nothing',
      'disconnect slave-2 <- nothing',
      'connect slave-1 <- disconnect slave-1, disconnect slave-2',
      'connect slave-2 <- disconnect slave-1, disconnect slave-2',
      'relink slave-1 <- connect slave-1, connect slave-2',
      'relink slave-2 <- connect slave-1, connect slave-2',
    ]);
  });

  test('must have those that follow a node that was put back open their links, and leave the others alone', () => {
    const tree = shaped('tree', { master: null, 'slave-1': 'master', 'slave-2': 'master', 'slave-3': 'slave-1' });
    expect(edges(planOf({ 'slave-1': { attachments: [] } }, tree))).toEqual([
      'connect slave-1 <- nothing',
      'relink slave-1 <- connect slave-1',
      'relink slave-3 <- connect slave-1',
    ]);
  });

  test('must put a stopped node back before it starts, and wake one that is paused before it is asked', () => {
    const stopped = { attachments: at(''), state: 'stopped' } as const;
    const paused = { attachments: [], state: 'paused' } as const;
    expect(edges(planOf({ 'slave-1': stopped, 'slave-2': paused }))).toEqual([
      'disconnect slave-1 <- nothing',
      'connect slave-1 <- disconnect slave-1',
      'unpause slave-2 <- nothing',
      'connect slave-2 <- disconnect slave-1, unpause slave-2',
      'start slave-1 <- disconnect slave-1, connect slave-1, connect slave-2',
      'relink slave-2 <- connect slave-1, connect slave-2',
    ]);
  });

  test('must leave out what is made anew', () => {
    const other = cluster(2, { timezone: 'CET' });
    const plan = planOf({ 'slave-2': { attachments: [] } }, other, star);
    expect(plan.filter(({ step }) => step.op === 'connect')).toEqual([]);
  });

  test.each([null, at(null)])('must do nothing where the engine does not tell: %j', (attachments) => {
    expect(planOf({ 'slave-2': { attachments } })).toEqual([]);
  });

  test('must be refused where somebody else has the address, who is named', () => {
    const guest = foreign('guest', { attachments: at('172.19.0.12') });
    const { containers } = engineOf({ 'slave-2': { attachments: [] } });
    const taken = engineWith({ networks, containers: [...containers, guest] });
    expect(errorOf(() => refuseConflicts(star, taken))).toMatchObject({
      code: 'conflict',
      message: 'The address 172.19.0.12 of slave-2 belongs to the container guest.',
      hint: 'docker network disconnect redis-server_app_net guest',
    });
    const asleep = engineWith({ networks, containers: [...containers, { ...guest, state: 'stopped' }] });
    expect(() => refuseConflicts(star, asleep)).not.toThrow();
  });

  test('must leave what Docker Compose made to it, and name the commands', () => {
    const composed = { run: null, composeDirectory: '/srv/demo' };
    const all = { master: composed, 'slave-1': composed, 'slave-2': { ...composed, attachments: [] } };
    expect(errorOf(() => refuseConflicts(star, engineOf(all)))).toMatchObject({
      code: 'conflict',
      message:
        'Docker Compose owns redis-server: it made redis-server-slave-2 from /srv/demo, which is not on the network redis-server_app_net.',
      hint: 'Put it back by hand: docker network connect --ip 172.19.0.12 --alias slave-2 redis-server_app_net redis-server-slave-2',
    });
  });
});

describe('a node that others do not find', () => {
  const elsewhere = { 'slave-2': { attachments: at('172.19.0.240') } };

  test.each<['aof' | 'none', string]>([
    ['aof', 'Put it back: rmsx up'],
    [
      'none',
      'Put it back: docker network disconnect redis-server_app_net redis-server-slave-2 && docker network connect --ip 172.19.0.12 --alias slave-2 redis-server_app_net redis-server-slave-2',
    ],
  ])('must not be promoted, and the hint must lead on where the data are %s', (persistence, hint) => {
    const spec = cluster(2, { persistence });
    const down = replicaInfo(node('master', null), { link: 'down' });
    const { containers } = engineOf({ ...elsewhere, master: { state: 'stopped' } }, spec);
    const infos = new Map([
      ['slave-1', down],
      ['slave-2', down],
    ]);
    const facts = { record: record(spec), containers, infos, target: 'slave-2', force: true };
    expect(errorOf(() => planPromote(facts))).toMatchObject({
      code: 'unsafe',
      message:
        'slave-2 cannot be promoted: it has the address 172.19.0.240 instead of 172.19.0.12, and no other node would find it.',
      hint,
    });
  });

  test('must be neither started nor restarted, and a silent one must be waited for by nobody', () => {
    const facts = (changes: Changes, nodes: readonly string[]) => ({
      record: record(star),
      engine: engineOf(changes),
      confs: confs(record(star)),
      nodes,
    });
    const refused = {
      code: 'conflict',
      message: 'slave-2 has the address 172.19.0.240 instead of 172.19.0.12: no other node would find it.',
      hint: 'Put it back: rmsx up',
    };
    expect(errorOf(() => planStart(facts(elsewhere, ['slave-2'])))).toMatchObject(refused);
    expect(errorOf(() => planRestart(facts(elsewhere, ['slave-2'])))).toMatchObject(refused);
    expect(() => planStart(facts(elsewhere, ['slave-1']))).not.toThrow();
    const off = { 'slave-2': { attachments: [] } };
    expect(errorOf(() => planStart(facts(off, ['slave-1'])))).toMatchObject({ code: 'conflict' });
  });
});
