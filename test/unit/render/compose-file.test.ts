import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { wantedCluster } from '../../../src/config/cluster-spec.ts';
import type { UpRequest } from '../../../src/config/up-request.ts';
import { type ClusterTemplates, type RenderedFile, renderCluster } from '../../../src/render/compose-file.ts';
import type { Template } from '../../../src/render/template.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { shaped } from '../../helpers/values.ts';

const packaged = (file: string): Template => ({
  file,
  text: readFileSync(new URL(`../../../templates/${file}`, import.meta.url), 'utf8'),
});
const templates: ClusterTemplates = {
  redisConf: packaged('redis.conf'),
  compose: packaged('compose.yaml'),
  readme: packaged('cluster-readme.md'),
};

function filesOf(request: Partial<UpRequest>, own: Partial<ClusterTemplates> = {}): readonly RenderedFile[] {
  const choices = { subnet: '172.19.0.0/24', basePort: 6379, timezone: 'UTC' };
  const cluster = wantedCluster({ name: 'redis-server', ...request }, null, choices);
  return renderCluster({ schemaVersion: 1, epoch: 1, cluster }, 'top-secret', { ...templates, ...own });
}

const contentOf = (path: string, request: Partial<UpRequest>): string =>
  filesOf(request).find((file) => file.path === path)?.content ?? '';

/** A chain whose words are numbers, truths and variables to YAML and to Compose. */
const hostile: Partial<UpRequest> = {
  name: '1e3',
  topology: 'chain',
  image: 'registry.example:5000/no/1:1.0',
  timezone: '<+03>-3',
  persistence: 'rdb',
  bind: '0.0.0.0',
  nodes: { 'slave-2': { image: 'valkey:8.1', ip: '172.19.0.77', port: 22 } },
};

describe('compose.yaml', () => {
  test('of a star must be this', async () => {
    await expect(contentOf('compose.yaml', {})).toMatchFileSnapshot('compose/star.yaml');
  });

  test('of a chain with hostile names must be this', async () => {
    await expect(contentOf('compose.yaml', hostile)).toMatchFileSnapshot('compose/hostile-chain.yaml');
  });

  test('of a cluster that keeps nothing must be this', async () => {
    const text = contentOf('compose.yaml', { persistence: 'none', replicas: 0 });
    await expect(text).toMatchFileSnapshot('compose/nothing-kept.yaml');
  });

  test('must have every word of a user as text', () => {
    const file = parse(contentOf('compose.yaml', hostile), { merge: true });
    expect(file).toMatchObject({
      name: '1e3',
      services: {
        master: {
          image: 'registry.example:5000/no/1:1.0',
          container_name: '1e3-master',
          environment: { TZ: '<+03>-3' },
          labels: { 'rmsx.cluster': '1e3', 'rmsx.node': 'master', 'rmsx.topology': 'chain' },
          restart: 'no',
        },
        'slave-2': { image: 'valkey:8.1', ports: ['0.0.0.0:22:22'] },
      },
      networks: { app_net: { name: '1e3_app_net' } },
      volumes: { 'slave-2-data': { labels: { 'rmsx.image': 'valkey:8.1', 'rmsx.purpose': 'data' } } },
    });
  });

  test.each([
    ['star', 'master'],
    ['chain', 'slave-1'],
  ] as const)('of a %s must be the same after a promotion, and so must redis.conf', (topology, second) => {
    const before = shaped(topology, { master: null, 'slave-1': 'master', 'slave-2': second });
    const after = shaped(topology, { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
    const [was, is] = [before, after].map((cluster, i) =>
      renderCluster({ schemaVersion: 1, epoch: 1 + i, cluster }, 'top-secret', templates),
    );
    const changed = is?.filter(({ content }, i) => content !== was?.[i]?.content).map(({ path }) => path) ?? [];
    expect(changed).toContain('nodes/master/role.conf');
    expect(changed.filter((path) => /(compose\.yaml|redis\.conf)$/.test(path))).toEqual([]);
  });

  test.each<[string, Partial<UpRequest>, readonly string[]]>([
    ['a star', {}, ['master', 'slave-1', 'slave-2']],
    ['hostile names', hostile, ['master', 'slave-1', 'slave-2']],
    ['nothing kept', { persistence: 'none', replicas: 0 }, ['master']],
  ])('must mount the conf directory of each node, and make none that is not there: %s', (_, request, names) => {
    const { services } = parse(contentOf('compose.yaml', request), { merge: true });
    expect(Object.keys(services)).toEqual(names);
    expect(names.map((name) => services[name].volumes[0])).toEqual(
      names.map((name) => ({
        type: 'bind',
        source: `./nodes/${name}`,
        target: '/usr/local/etc/redis',
        bind: { create_host_path: false, selinux: 'z' },
      })),
    );
  });

  test.each([
    ['aof', 'always', true],
    ['rdb', 'no', true],
    ['none', 'no', false],
  ] as const)('with persistence %s must restart %s, and have volumes: %s', (persistence, restart, keeps) => {
    const { services, volumes } = parse(contentOf('compose.yaml', { persistence }), { merge: true });
    expect([services.master.restart, services.master.tmpfs, volumes !== undefined]).toEqual([
      restart,
      keeps ? undefined : ['/data:mode=1777'],
      keeps,
    ]);
  });
});

describe('README.md', () => {
  test.each(['aof', 'rdb', 'none'] as const)('with persistence %s must be this', async (persistence) => {
    await expect(contentOf('README.md', { name: 'demo', persistence })).toMatchFileSnapshot(
      `compose/readme-${persistence}.md`,
    );
  });

  test.each<[string, Partial<UpRequest>]>([
    ['of a master alone', { replicas: 0 }],
    ['whose replicas are never promoted', { directives: { 'replica-priority': ['0'] } }],
    [
      'whose master could not load the data of its replicas',
      { image: 'redis:8.8', nodes: { master: { image: 'redis:7.0' } } },
    ],
  ])('%s must promise no promotion', (_, request) => {
    expect(contentOf('README.md', request)).not.toContain('rmsx promote');
  });

  test('must name a replica that may be promoted', () => {
    const nodes = { 'slave-1': { directives: { 'replica-priority': ['0'] } } };
    expect(contentOf('README.md', { nodes })).toContain('rmsx promote slave-2');
  });

  test('must not name a command that removes more than it says', () => {
    const told = (persistence: 'aof' | 'none'): string => contentOf('README.md', { name: 'demo', persistence });
    expect(told('aof')).toContain('`docker volume rm demo_slave-9-data`');
    expect(told('aof') + told('none')).not.toContain('rmsx down');
    expect(told('none')).not.toContain('docker volume');
  });
});

describe('the files of a cluster', () => {
  test('must be these, readable for whatever user a server is', () => {
    expect(filesOf({ replicas: 1 }).map(({ path, mode }) => `${mode.toString(8)} ${path}`)).toEqual([
      '644 compose.yaml',
      '644 README.md',
      '644 nodes/.gitignore',
      '644 nodes/master/redis.conf',
      '644 nodes/master/role.conf',
      '644 nodes/master/rmsx.json',
      '644 nodes/slave-1/redis.conf',
      '644 nodes/slave-1/role.conf',
      '644 nodes/slave-1/rmsx.json',
    ]);
  });

  test('must have the password in redis.conf and nowhere else', () => {
    const told = filesOf({}).filter(({ content }) => content.includes('top-secret'));
    expect(told.map(({ path }) => path)).toEqual([
      'nodes/master/redis.conf',
      'nodes/slave-1/redis.conf',
      'nodes/slave-2/redis.conf',
    ]);
  });

  test('must be the same for the same cluster', () => {
    expect(filesOf(hostile)).toEqual(filesOf(hostile));
  });

  test('must not come from a template that loses where the nodes are', () => {
    const compose = {
      file: 'my/compose.yaml',
      text: 'name: {{name}}\nservices:\n{{#nodes}}\n  {{node}}: {}\n{{/nodes}}\n',
    };
    expect(errorOf(() => filesOf({}, { compose })).problems).toEqual([
      'my/compose.yaml: {{ip}} is not in it, and must be',
      'my/compose.yaml: {{publish}} is not in it, and must be',
      'my/compose.yaml: {{conf}} is not in it, and must be',
      'my/compose.yaml: {{subnet}} is not in it, and must be',
      'my/compose.yaml: {{timezone}} is not in it, and must be',
    ]);
  });
});
