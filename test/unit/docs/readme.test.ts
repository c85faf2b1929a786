import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { commands } from '../../../src/cli/commands/index.ts';
import { exitCodeTexts } from '../../../src/cli/exit-code-texts.ts';
import { wantedCluster } from '../../../src/config/cluster-spec.ts';
import { exitCodes } from '../../../src/domain/errors.ts';
import { readTemplates } from '../../../src/files/templates.ts';
import { renderCluster } from '../../../src/render/compose-file.ts';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const section = readme.slice(readme.indexOf('## Where it differs'), readme.indexOf('## Limits'));
const told = new Set([...section.matchAll(/`([a-z_-]+)[^`]*`/g)].map(([, name]) => name));

/** What the hand-made setup has; everything else that is rendered needs a reason in the README. */
const byHand = {
  directives: ['port', 'always-show-logo', 'requirepass', 'masterauth', 'rename-command'],
  service: ['image', 'container_name', 'networks', 'restart', 'environment', 'volumes', 'ports', 'sysctls', 'command'],
};

const star = async (image: string): Promise<ReadonlyMap<string, string>> => {
  const choices = { subnet: '172.19.0.0/24', basePort: 6379, timezone: 'UTC' };
  const cluster = wantedCluster({ name: 'redis-server', image }, null, choices);
  const files = renderCluster({ schemaVersion: 1, epoch: 1, cluster }, 'secret', await readTemplates());
  return new Map(files.map(({ path, content }) => [path, content]));
};

test.each(['redis:6.0', 'redis:8.0', 'valkey:8.1'])(
  'every directive of a rendered star that the hand-made setup does not have must have its reason in the README: %s',
  async (image) => {
    const files = await star(image);
    const conf = ['master', 'slave-1'].map((node) => files.get(`nodes/${node}/redis.conf`) ?? '').join('\n');
    const directives = conf.split('\n').flatMap((line) => /^[a-z-]+/.exec(line)?.[0] ?? []);
    expect(directives.length).toBeGreaterThan(30);
    expect(directives.filter((name) => !byHand.directives.includes(name) && !told.has(name))).toEqual([]);
  },
);

test('every key of a service that the hand-made setup does not have must have its reason in the README', async () => {
  const compose = parse((await star('redis:8.0')).get('compose.yaml') ?? '', { merge: true });
  const keys = Object.keys(compose.services['slave-1']);
  expect(keys).toEqual(expect.arrayContaining(['labels', 'hostname']));
  expect(keys.filter((key) => !byHand.service.includes(key) && !told.has(key))).toEqual([]);
  const [pool] = compose.networks.app_net.ipam.config;
  expect(Object.keys(pool).filter((key) => key !== 'subnet' && !told.has(key))).toEqual([]);
});

/** Verbs and flags that are to come. */
const planned = [
  ...['switchover', 'rejoin', 'repair', 'verify', 'topology', 'run', 'logs', 'cli', 'fault', 'drill', 'completion'],
  ...['up --sentinels', 'promote --best', 'promote --via', 'status -w'],
];

test.each(planned)('what is not there yet must be among the limits, and what is there must not: %s', async (words) => {
  const [verb = '', flag = ''] = words.split(' ');
  const command = await commands.find(({ name }) => name === verb)?.load();
  const flags = Object.entries(command?.options ?? {}).flatMap(([name, { alias }]) => [`--${name}`, `-${alias}`]);
  const isThere = command !== undefined && (flag === '' || flags.includes(flag));
  const limits = readme.slice(readme.indexOf('## Limits'), readme.indexOf('## Speed'));
  expect(limits.includes(`\`${words}\``)).toBe(!isThere);
});

test('the table of exit codes must be what the manual page says, and have every code of an error', () => {
  const table = readme.slice(readme.indexOf('## Exit codes'), readme.indexOf('With `--json`, stdout'));
  const rows = [...table.matchAll(/^\| (\d[\d, ]*) \| (.+) \|$/gm)].map(([, codes, text]) => [codes, text]);
  expect(rows).toEqual(exitCodeTexts);
  const known = exitCodeTexts.flatMap(([codes]) => codes.split(', ').map(Number));
  expect(Object.values(exitCodes).filter((code) => !known.includes(code))).toEqual([]);
});
