import { describe, expect, test } from 'vitest';
import type { ObservedEngine } from '../../../src/domain/observed.ts';
import { formatPlan, type Plan } from '../../../src/domain/plan.ts';
import { planWayBack, type WayBackFacts } from '../../../src/plan/way-back.ts';
import { edgesOf, engineOf, template } from '../../helpers/up-facts.ts';
import { cluster, confs, container, record, type States } from '../../helpers/values.ts';

const star = cluster(2);

/** The way back to a cluster that ran, but for what is said. */
function wayBack(now: ObservedEngine, changes: Partial<WayBackFacts> = {}, states: States = {}): Plan {
  const before = record(star);
  return planWayBack({
    before,
    confs: confs(before),
    password: 'secret',
    was: engineOf(star, states),
    now,
    stopping: new Map(),
    run: 'this-run',
    template,
    ...changes,
  });
}

const gone: States = { master: 'missing', 'slave-1': 'missing', 'slave-2': 'missing' };

describe('the way back', () => {
  test('from nothing must make all that was there, in the order of up, and no network before its conf', () => {
    expect(edgesOf(wayBack({ ...engineOf(star, gone), networks: [] }))).toEqual([
      'conf for redis:8.0 <- nothing',
      'carriers <- start master, start slave-1, start slave-2, conf for redis:8.0',
      'network <- conf for redis:8.0',
      'create master <- conf for redis:8.0, network',
      'start master <- create master',
      'head-start master <- create master',
      'create slave-1 <- conf for redis:8.0, network',
      'start slave-1 <- create slave-1, head-start master',
      'create slave-2 <- conf for redis:8.0, network',
      'start slave-2 <- create slave-2, head-start master',
    ]);
  });

  test('must start what was stopped by then, and touch neither conf nor what still runs', () => {
    expect(edgesOf(wayBack(engineOf(star, { master: 'stopped', 'slave-1': 'stopped' })))).toEqual([
      'start master <- nothing',
      'head-start master <- nothing',
      'start slave-1 <- head-start master',
    ]);
  });

  test('must wait for the end of a stop that nobody saw, with the grace that is left, before it starts the node', () => {
    const plan = wayBack(engineOf(star, {}), { stopping: new Map([['id-master', 12]]) });
    expect(edgesOf(plan)).toEqual(['stop master <- nothing', 'start master <- stop master']);
    expect(plan[0]?.step).toMatchObject({ id: 'id-master', graceSeconds: 12 });
  });

  test('must start nobody who did not run, make nobody who was not there, and leave no mark of the first run', () => {
    const states: States = { 'slave-1': 'stopped', 'slave-2': 'missing' };
    const plan = wayBack(engineOf(star, gone), {}, states);
    expect(formatPlan(plan)).not.toMatch(/slave-2|start slave-1/);
    const runs = plan.flatMap(({ step }) => (step.op === 'create-container' ? [step.node, step.container.run] : []));
    expect(runs).toEqual(['master', 'this-run', 'slave-1', 'this-run']);
  });

  test('must give every node what it had itself, where a change before was cut off', () => {
    const older = record(cluster(2, { image: 'redis:7.0' }));
    const newer = record(star, 2);
    const known = new Map([...confs(older, 'old word'), ...[...confs(newer)].filter(([node]) => node === 'slave-2')]);
    const plan = wayBack(engineOf(star, gone), { before: newer, confs: known });
    const images = plan.flatMap(({ step }) => (step.op === 'create-container' ? [step.container.image] : []));
    expect(images).toEqual(['redis:7.0', 'redis:7.0', 'redis:8.0']);
    const written = plan.flatMap(({ step }) => (step.op === 'write-volumes' ? step.directories : []));
    expect(written.map(({ path, files }) => [path, files[0]?.content.includes('requirepass "old word"')])).toEqual([
      ['/rmsx/master', true],
      ['/rmsx/slave-1', true],
      ['/rmsx/slave-2', false],
    ]);
  });

  test('must leave a master that would come back with an old snapshot where it is', () => {
    const rdb = cluster(1, { persistence: 'rdb' });
    const now = engineOf(rdb, {});
    const crashed = container(rdb, 'master', { state: 'stopped', statusText: 'Exited (137) 1 second ago' });
    const containersNow = now.containers.map((each) => (each.node === 'master' ? crashed : each));
    const facts = { before: record(rdb), confs: confs(record(rdb)), was: now };
    expect(wayBack({ ...now, containers: containersNow }, facts)).toEqual([]);
    const peaceful = { ...crashed, statusText: 'Exited (0) 1 second ago' };
    expect(edgesOf(wayBack({ ...now, containers: [peaceful, ...now.containers.slice(1)] }, facts))).toEqual([
      'start master <- nothing',
    ]);
  });
});
