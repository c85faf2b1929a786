import { expect, test } from 'vitest';
import { assessCluster } from '../../../src/domain/assess.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { renderStatus } from '../../../src/render/status-table.ts';
import {
  cluster,
  confs,
  containers,
  healthyInfos,
  masterInfo,
  node,
  record,
  replicaInfo,
  type States,
} from '../../helpers/values.ts';

/** The table of a cluster, healthy but for what is said. */
function table(
  states: States = {},
  changes: (infos: Map<string, ServerInfo>) => void = () => {},
  spec = cluster(2),
): string {
  const own = record(spec);
  const infos = healthyInfos(spec);
  changes(infos);
  const given = { record: own, containers: containers(spec, states), confs: confs(own), infos };
  const endpoint = (name: string): { host: string; port: number } => ({
    host: '127.0.0.1',
    port: spec.nodes.find((other) => other.name === name)?.address.port ?? 0,
  });
  return renderStatus(assessCluster({ ...given, endpoint }), (_, text) => text);
}

const widest = (text: string): number =>
  Math.max(
    ...text
      .split('\n')
      .filter((line) => !/^(warning|hint):/.test(line))
      .map((line) => line.length),
  );

test('a healthy cluster', () => {
  expect(table()).toMatchInlineSnapshot(`
    "redis-server  star  redis:8.0  172.19.0.0/24  healthy
    NODE     ROLE     STATE    SOURCE  ADDRESS           PORT  LINK  LAG B  LAG S  OFFSET  VERSION
    master   master   running  -       172.19.0.10:6379  6379  -     -      -      1000    8.0.2
    slave-1  replica  running  master  172.19.0.11:6380  6380  up    0      0      1000    8.0.2
    slave-2  replica  running  master  172.19.0.12:6381  6381  up    0      0      1000    8.0.2
    "
  `);
});

test('a dead master: what could not be seen must be marked, and one command named', () => {
  const dead = table({ master: 'stopped' }, (infos) => {
    infos.delete('master');
    for (const name of ['slave-1', 'slave-2']) infos.set(name, replicaInfo(node('master', null), { link: 'down' }));
  });
  expect(dead).toMatchInlineSnapshot(`
    "redis-server  star  redis:8.0  172.19.0.0/24  degraded
    NODE     ROLE     STATE     SOURCE  ADDRESS           PORT  LINK   LAG B  LAG S  OFFSET  VERSION
    master   ?master  !stopped  ?       172.19.0.10:6379  6379  ?      ?      ?      ?       ?
    slave-1  replica  running   master  172.19.0.11:6380  6380  !down  ?      ?      1000    8.0.2
    slave-2  replica  running   master  172.19.0.12:6381  6381  !down  ?      ?      1000    8.0.2
    warning: no node is a master: nothing can be written
    warning: master is stopped; slave-1 and slave-2 have no link because of that
    hint: rmsx promote slave-1
    "
  `);
});

test('a second master must be marked without colour', () => {
  expect(table({}, (infos) => infos.set('slave-2', masterInfo([])))).toMatchInlineSnapshot(`
    "redis-server  star  redis:8.0  172.19.0.0/24  degraded
    NODE     ROLE     STATE    SOURCE  ADDRESS           PORT  LINK  LAG B  LAG S  OFFSET  VERSION
    master   master   running  -       172.19.0.10:6379  6379  -     -      -      1000    8.0.2
    slave-1  replica  running  master  172.19.0.11:6380  6380  up    0      0      1000    8.0.2
    slave-2  !master  running  !-      172.19.0.12:6381  6381  -     -      -      1000    8.0.2
    warning: master (the recorded one, 2 replicas) and slave-2 (no replica) are masters at the same time: writes to them go apart
    hint: docker restart redis-server-slave-2   # as replicas; writes that only they have are lost
    "
  `);
});

test('the table must fit into 100 columns with typical values', () => {
  const address = { host: '172.19.0.229', port: 16_598 };
  const spec = cluster(0, { nodes: [node('master', null), { ...node('slave-12', 'master'), address }] });
  const busy = table(
    {},
    (infos) => {
      const link = { address, state: 'online', offset: 81_234_000, lagSeconds: 0 };
      infos.set('master', masterInfo([], { offset: 81_234_567, version: '7.0.15', replicas: [link] }));
      infos.set('slave-12', replicaInfo(node('master', null), { offset: 81_234_000, version: '7.0.15' }));
    },
    spec,
  );
  expect(widest(busy)).toBeLessThanOrEqual(100);
});

test('the table of a dead master must fit into 100 columns', () => {
  const dead = table({ master: 'stopped', 'slave-1': 'paused' }, (infos) => {
    infos.delete('master');
    infos.delete('slave-1');
    infos.set('slave-2', replicaInfo(node('master', null), { link: 'down', offset: 812_345, version: '7.0.15' }));
  });
  expect(widest(dead)).toBeLessThanOrEqual(100);
});

test('colour must change nothing but colour', () => {
  const own = record(cluster(1));
  const status = assessCluster({
    record: own,
    containers: [],
    confs: new Map(),
    infos: new Map(),
    endpoint: () => ({ host: 'h', port: 1 }),
  });
  const painted = renderStatus(status, (tone, text) => `<${tone}>${text}</${tone}>`);
  expect(painted.replaceAll(/<\/?(good|bad|dim)>/g, '')).toBe(renderStatus(status, (_, text) => text));
  expect(painted).toContain('<bad>down</bad>');
});
