import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { wantedCluster } from '../../../src/config/cluster-spec.ts';
import type { UpRequest } from '../../../src/config/up-request.ts';
import { checkCompose } from '../../../src/render/compose-check.ts';
import { renderCluster } from '../../../src/render/compose-file.ts';
import { errorOf } from '../../helpers/error-of.ts';

const templateOf = (file: string): string =>
  readFileSync(new URL(`../../../templates/${file}`, import.meta.url), 'utf8');
const compose = templateOf('compose.yaml');

const replaced = (...changes: readonly (readonly [string | RegExp, string])[]): string =>
  changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`nothing is like ${from}`);
    return changed;
  }, compose);

function render(text: string, request: Partial<UpRequest> = {}, conf: string = templateOf('redis.conf')): string {
  const choices = { subnet: '172.19.0.0/24', basePort: 6379, timezone: 'UTC' };
  const cluster = wantedCluster({ name: 'demo', replicas: 1, ...request }, null, choices);
  const templates = {
    redisConf: { file: 'my.conf', text: conf },
    compose: { file: 'my.yaml', text },
    readme: { file: 'my.md', text: '{{name}}' },
  };
  const files = renderCluster({ schemaVersion: 1, epoch: 1, cluster }, 'top-secret', templates);
  return files.find(({ path }) => path === 'compose.yaml')?.content ?? '';
}

describe('a compose template must not lose in silence', () => {
  test.each<[string, string, Partial<UpRequest>, readonly string[]]>([
    [
      'the image',
      replaced(['image: {{image}}', 'image: redis:7.2']),
      { image: 'redis:8.0' },
      ['master', 'slave-1'].map((node) => `image of ${node} is redis:7.2, and redis:8.0 is asked for`),
    ],
    [
      'the image of one node',
      replaced(['    image: {{own-image}}\n', '    # {{own-image}}\n']),
      { nodes: { 'slave-1': { image: 'redis:8.2' } } },
      ['image of slave-1 is redis:8.0, and redis:8.2 is asked for'],
    ],
    [
      'the data',
      replaced(['{{#data}}\n      - {{data}}\n{{/data}}\n', '']),
      {},
      ['master', 'slave-1'].map((node) => `nothing is mounted on /data of ${node}: its data is to be kept`),
    ],
    [
      'the labels by which nodes are found',
      replaced(['      rmsx.node: {{node}}\n', '']),
      {},
      ['master', 'slave-1'].map((node) => `label rmsx.node of ${node} is not in it, and ${node} is asked for`),
    ],
    [
      'the time zone',
      replaced(['TZ: {{timezone}}', 'ZONE: {{timezone}}']),
      {},
      ['master', 'slave-1'].map((node) => `TZ of ${node} is not in it, and UTC is asked for`),
    ],
    [
      'who a master is that must not come back by itself',
      replaced([/restart: "no"/g, 'restart: unless-stopped']),
      { persistence: 'none', replicas: 0 },
      ['restart of master is unless-stopped: a master that comes back by itself without its data empties its replicas'],
    ],
    [
      'the name of the network',
      replaced(['name: {{network}}', 'name: mine']),
      {},
      ['no network is called demo_app_net'],
    ],
  ])('%s', (_, text, request, problems) => {
    const error = errorOf(() => render(text, request));
    expect([error.code, error.problems]).toEqual(['bad-spec', problems.map((problem) => `my.yaml: ${problem}`)]);
  });

  test('what it says twice in another form must be taken: lists, long ports, variables of Compose', () => {
    const text = replaced(
      ['    TZ: {{timezone}}', '    - TZ=UTC # {{timezone}}'],
      ['      - {{publish}}', '      - { published: "6379", target: 6379, host_ip: 127.0.0.1 } # {{publish}}'],
      ['image: {{image}}', 'image: $IMAGE # {{image}}'],
    );
    expect(() => render(text, { replicas: 0 })).not.toThrow();
  });

  test('what is no YAML any more must be told', () => {
    expect(
      checkCompose(
        'a: [',
        'my.yaml',
        wantedCluster({ name: 'demo' }, null, { subnet: '172.19.0.0/24', basePort: 1, timezone: 'UTC' }),
      ),
    ).toEqual(['my.yaml: it does not become YAML that Compose could read']);
  });
});

test('everything that is wrong with several templates must be told at once', () => {
  const conf = `${templateOf('redis.conf')}`.replace('port {{port}}', 'port {{prot}}');
  const error = errorOf(() => render(`{{nothing}}\n${compose}`, {}, conf));
  expect(error.message).toBe('2 templates cannot be used.');
  expect(error.problems).toEqual([
    expect.stringMatching(/^my\.conf:\d+: unknown placeholder \{\{prot\}\}$/),
    'my.yaml:1: unknown placeholder {{nothing}}',
  ]);
});
