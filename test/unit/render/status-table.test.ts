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
    hint: rmsx repair
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

/** A hundred nodes that have written a lot. */
function large(changes: (infos: Map<string, ServerInfo>) => void = () => {}): string {
  const offset = 1_234_567_890_123;
  const replicas = Array.from({ length: 99 }, (_, i) => node(`slave-${i + 1}`, i < 3 ? 'master' : `slave-${i - 2}`));
  const spec = cluster(0, { nodes: [node('master', null), ...replicas] });
  const all = (infos: Map<string, ServerInfo>): void => {
    for (const [name, info] of infos) {
      const links = info.replicas.map((link) => ({ ...link, offset: offset - 9_876_543_210 }));
      const own = info.role === 'master' ? offset : offset - 9_876_543_210;
      infos.set(name, { ...info, offset: own, replicas: links });
    }
    changes(infos);
  };
  return table({ 'slave-98': 'paused' }, all, spec);
}

test('the table of a hundred nodes with long offsets must fit into 100 columns, without what is said twice', () => {
  const text = large((infos) => infos.delete('slave-98'));
  expect(widest(text)).toBeLessThanOrEqual(100);
  const lines = text.split('\n');
  expect([lines[1], lines[2], lines[101]].join('\n')).toMatchInlineSnapshot(`
    "NODE      ROLE      STATE    SOURCE    ADDRESS            LINK  LAG B  LAG S  OFFSET  VERSION
    master    master    running  -         172.19.0.10:6379   -     -      -      1235G   8.0.2
    slave-99  replica   running  slave-96  172.19.0.109:6478  up    0      0      1225G   8.0.2"
  `);
  expect(lines.filter((line) => /^(master|slave-)/.test(line))).toHaveLength(100);
});

test('a port that is another one outside must not be left out for the width', () => {
  const status = assessCluster({
    record: record(cluster(2)),
    containers: containers(cluster(2)),
    confs: confs(record(cluster(2))),
    infos: new Map([...healthyInfos(cluster(2))].map(([name, info]) => [name, { ...info, offset: 10 ** 15 }])),
    endpoint: () => ({ host: '127.0.0.1', port: 49_153 }),
  });
  const wide = {
    ...status,
    nodes: status.nodes.map((each) => ({ ...each, lagBytes: 10 ** 14, state: 'unreachable' as const })),
  };
  const text = renderStatus(wide, (_, plain) => plain);
  expect(widest(text)).toBeLessThanOrEqual(100);
  expect(text).toContain('49153');
});

test('advice must be told as that, and a synchronisation and a wrong address be marked', () => {
  const text = table({}, (infos) => {
    const busy = { ...healthyInfos(cluster(2)).get('master'), sentBytesPerSecond: 2 ** 22 } as ServerInfo;
    infos.set('master', busy);
    infos.set('slave-1', replicaInfo(node('master', null), { link: 'syncing' }));
  });
  expect(text).toContain('!syncing');
  expect(text).toContain('advice: the backlog of master');
  expect(text).toContain('hint: rmsx status\n');
});

test.each([
  [80, 'NODE     ROLE     STATE    SOURCE  ADDRESS           LINK  LAG B  LAG S  OFFSET'],
  [60, 'NODE     ROLE     STATE    SOURCE  PORT  LINK  LAG B  LAG S'],
  [40, 'NODE     ROLE     STATE    LINK  LAG B'],
])('a terminal of %d columns must show no line that breaks', (columns, header) => {
  const status = assessCluster({
    record: record(cluster(2)),
    containers: containers(cluster(2)),
    confs: confs(record(cluster(2))),
    infos: healthyInfos(cluster(2)),
    endpoint: (name) => ({ host: '127.0.0.1', port: 6379 + ['master', 'slave-1', 'slave-2'].indexOf(name) }),
  });
  const lines = renderStatus(status, (_, text) => text, columns)
    .split('\n')
    .slice(1);
  expect(lines[0]).toBe(header);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
});
