import { describe, expect, test } from 'vitest';
import { formatPlan } from '../../../src/domain/plan.ts';
import { planDown, planRemoval } from '../../../src/plan/down.ts';
import { edges } from '../../helpers/up-facts.ts';
import { cluster, containers, engineWith, foreign, network, volume } from '../../helpers/values.ts';

const spec = cluster(2);
const own = { cluster: 'redis-server', purpose: 'data' } as const;
const engine = engineWith({
  containers: [
    ...containers(spec, { 'slave-2': 'stopped' }),
    foreign('web'),
    ...containers(cluster(1, { name: 'other' })),
  ],
  networks: [network('redis-server_app_net', '172.19.0.0/24', 'redis-server'), network('office', '10.0.0.0/8')],
  volumes: [
    volume('redis-server-master-data', { ...own, node: 'master' }),
    volume('redis-server-slave-1-data', { ...own, node: 'slave-1' }),
    volume('redis-server-slave-2-data'),
    volume('other-master-data', { cluster: 'other', node: 'master' }),
  ],
});

test('down must remove containers and network of this cluster, and stop servers whose data stays first', () => {
  const plan = planDown('redis-server', engine, { volumes: false });
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "stop master  (its data stays)
    remove container of master  (down removes it)
    stop slave-1  (its data stays)
    remove container of slave-1  (down removes it)
    remove container of slave-2  (down removes it)
    remove network redis-server_app_net  (down removes it)"
  `);
  expect(edges(plan)).toMatchInlineSnapshot(`
    "stop id-master <- nothing
    remove id-master <- stop id-master
    stop id-slave-1 <- nothing
    remove id-slave-1 <- stop id-slave-1
    remove id-slave-2 <- nothing
    network id-of-redis-server_app_net <- remove id-master, remove id-slave-1, remove id-slave-2"
  `);
});

test('down of a cluster without volumes must take its network away beside its containers', () => {
  const plan = planDown('redis-server', { ...engine, volumes: [] }, { volumes: true });
  expect(edges(plan)).toMatchInlineSnapshot(`
    "kill id-master <- nothing
    remove id-master <- kill id-master
    kill id-slave-1 <- nothing
    remove id-slave-1 <- kill id-slave-1
    remove id-slave-2 <- nothing
    network id-of-redis-server_app_net <- kill id-master, kill id-slave-1, remove id-slave-2"
  `);
});

test('down --volumes must take the labelled volumes too, and need not stop anything gently', () => {
  const plan = planDown('redis-server', engine, { volumes: true });
  expect(formatPlan(plan)).toMatchInlineSnapshot(`
    "remove container of master  (down removes it)
    remove container of slave-1  (down removes it)
    remove container of slave-2  (down removes it)
    remove network redis-server_app_net  (down removes it)
    remove volume redis-server-master-data  (--volumes takes the data too)
    remove volume redis-server-slave-1-data  (--volumes takes the data too)"
  `);
  expect(edges(plan)).toMatchInlineSnapshot(`
    "remove id-master <- nothing
    remove id-slave-1 <- nothing
    remove id-slave-2 <- nothing
    network id-of-redis-server_app_net <- remove id-master, remove id-slave-1, remove id-slave-2
    volume redis-server-master-data <- remove id-master, remove id-slave-1, remove id-slave-2
    volume redis-server-slave-1-data <- remove id-master, remove id-slave-1, remove id-slave-2"
  `);
});

test('down where only volumes are left must remove them only when asked to', () => {
  const left = engineWith({ volumes: engine.volumes });
  expect(planDown('redis-server', left, { volumes: false })).toEqual([]);
  expect(planDown('redis-server', left, { volumes: true }).map(({ step }) => step)).toEqual([
    { op: 'remove-volume', name: 'redis-server-master-data' },
    { op: 'remove-volume', name: 'redis-server-slave-1-data' },
  ]);
});

test('down where nothing is there must do nothing', () => {
  expect(planDown('nobody', engine, { volumes: true })).toEqual([]);
});

describe('removing one node', () => {
  test('must take its container alone, and stop a server whose data stays first', () => {
    const plan = planRemoval('redis-server', 'slave-1', engine, { volumes: false });
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "stop slave-1  (its data stays)
      remove container of slave-1  (the cluster goes on without it)"
    `);
    expect(edges(plan)).toMatchInlineSnapshot(`
      "stop id-slave-1 <- nothing
      remove id-slave-1 <- stop id-slave-1"
    `);
  });

  test('with its volumes must take those that carry its label, after its container', () => {
    const plan = planRemoval('redis-server', 'slave-1', engine, { volumes: true });
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "remove container of slave-1  (the cluster goes on without it)
      remove volume redis-server-slave-1-data  (--volumes takes the data too)"
    `);
    expect(edges(plan)).toMatchInlineSnapshot(`
      "remove id-slave-1 <- nothing
      volume redis-server-slave-1-data <- remove id-slave-1"
    `);
  });

  test.each<[string, string, readonly string[]]>([
    ['redis-server', 'slave-2', ['remove id-slave-2']],
    ['redis-server', 'slave-9', []],
    ['nobody', 'master', []],
  ])('%s of %s must be %j', (name, node, ids) => {
    expect(planRemoval(name, node, engine, { volumes: true }).map(({ id }) => id)).toEqual(ids);
  });

  test('of which only volumes are left must take them only when asked to', () => {
    const left = engineWith({ volumes: engine.volumes });
    expect(planRemoval('redis-server', 'slave-1', left, { volumes: false })).toEqual([]);
    expect(planRemoval('redis-server', 'slave-1', left, { volumes: true }).map(({ step }) => step)).toEqual([
      { op: 'remove-volume', name: 'redis-server-slave-1-data' },
    ]);
  });
});
