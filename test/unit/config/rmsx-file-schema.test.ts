import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { wantedCluster } from '../../../src/config/cluster-spec.ts';
import { defaults } from '../../../src/config/defaults.ts';
import { whyOwned } from '../../../src/config/owned-directives.ts';
import { rmsxFileKeys } from '../../../src/config/rmsx-file/keys.ts';
import type { Reader } from '../../../src/config/rmsx-file/readers.ts';
import { parseRmsxFile } from '../../../src/config/rmsx-file/rmsx-file.ts';
import { evictionPolicies, prioritySetting, type Setting, settings } from '../../../src/config/settings.ts';
import { checkUpRequest } from '../../../src/config/up-request.ts';
import { directiveNames } from '../../../src/domain/directives.ts';
import { assertValid } from '../../helpers/schemas.ts';

/** As much of a JSON Schema as is used here. */
interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const schema: Schema = JSON.parse(
  readFileSync(new URL('../../../docs/schemas/rmsx-file.schema.json', import.meta.url), 'utf8'),
);
const template = readFileSync(new URL('../../../templates/rmsx.yaml', import.meta.url), 'utf8');

function resolved(part: Schema): Schema {
  const [, name] = /^#\/\$defs\/(\w+)$/.exec(part.$ref ?? '') ?? [];
  return name === undefined ? part : { ...schema.$defs?.[name], ...part };
}

function at(path: string): Schema | undefined {
  return path.split('.').reduce<Schema | undefined>((part, key) => part && resolved(part).properties?.[key], schema);
}

/** Every path of the parser, nodes being called NODE. */
function pathsOfReader({ keys = {} }: Reader<unknown>, prefix = ''): readonly string[] {
  return Object.entries(keys).flatMap(([key, reader]) => [
    `${prefix}${key}`,
    ...pathsOfReader(reader, `${prefix}${key}.`),
  ]);
}

function pathsOfSchema(part: Schema, prefix = ''): readonly string[] {
  const { properties = {}, patternProperties = {} } = resolved(part);
  const keys = prefix.endsWith('redis.') ? {} : properties; // directives are looked at below
  const all = [...Object.entries(keys), ...Object.values(patternProperties).map((node) => ['NODE', node] as const)];
  return all.flatMap(([key, below]) => [`${prefix}${key}`, ...pathsOfSchema(below, `${prefix}${key}.`)]);
}

/** How the file spells what follows a directive. */
function spelled({ kind, otherwise }: Setting): unknown {
  if (kind === 'seconds') return `${otherwise}s`;
  if (kind === 'boolean') return otherwise === 'yes';
  return /^\d+$/.test(otherwise) ? Number(otherwise) : otherwise;
}

const passes = (document: unknown): boolean => {
  try {
    assertValid('rmsx-file', document);
    return true;
  } catch {
    return false;
  }
};

describe('the schema', () => {
  test('must have the keys of the parser, at every level, and each one described', () => {
    const paths = pathsOfSchema(schema);
    expect([...paths].sort()).toEqual([...pathsOfReader(rmsxFileKeys)].sort());
    expect(paths.length).toBeGreaterThan(40);
    const undescribed = paths.filter((path) => !path.includes('NODE') && !at(path)?.description);
    expect(undescribed).toEqual([]);
  });

  test.each(settings.filter(({ kind }) => kind !== 'buffer-limit'))('must have the default of $path', (setting) => {
    expect(at(setting.path)?.default).toBe(spelled(setting));
  });

  test('must offer every directive that is for users, and no other one', () => {
    const offered = directiveNames.filter((name) => whyOwned(name) === undefined);
    const wanted = Object.fromEntries(offered.map((name) => [name, { $ref: '#/$defs/lines' }]));
    expect(schema.$defs?.directives?.properties).toEqual(wanted);
    expect(offered.length).toBeGreaterThan(100);
  });

  test('must have the defaults of everything else', () => {
    const { topology, replicas, fanout, image, subnet, basePort, bind, persistence, disabledCommands } = defaults;
    const expected = {
      name: 'redis-server',
      topology,
      replicas,
      fanout,
      image,
      'network.subnet': subnet,
      'ports.base': basePort,
      'ports.bind': bind,
      persistence,
      disabledCommands,
    };
    const found = Object.keys(expected).map((path) => [path, at(path)?.default]);
    expect(Object.fromEntries(found)).toEqual(expected);
    const { hard, soft, softTime } = at('replication.outputBufferLimit')?.properties ?? {};
    expect(`replica ${hard?.default} ${soft?.default} ${softTime?.default}`).toBe(
      `${settings.find(({ kind }) => kind === 'buffer-limit')?.otherwise}s`,
    );
    expect(schema.$defs?.node?.properties?.[prioritySetting.path]?.default).toBe(spelled(prioritySetting));
    expect(at('memory.policy')?.enum).toEqual(evictionPolicies);
  });
});

describe('schema and parser must agree', () => {
  const first = 'apiVersion: rmsx/v1\n';
  const agree = (text: string): boolean => {
    const isGood = parseRmsxFile(text, 'f').problems.length === 0;
    expect(passes(parse(text, { merge: true, uniqueKeys: false }))).toBe(isGood);
    return isGood;
  };

  test.each([
    '',
    'name: demo\nreplicas: 0\ntopology: custom',
    'network: { subnet: auto, driver: bridge }\nports: { base: auto }',
    'ports: { base: 7000, bind: 0.0.0.0 }',
    'disabledCommands: []',
    'replication: { backlogSize: 5, timeout: 1.5m, serveStaleData: false, outputBufferLimit: { hard: 1GB } }',
    'memory: { max: 5k, policy: volatile-ttl }',
    'redis: { maxclients: 5, appendfsync: no, activedefrag: true, client-output-buffer-limit: [a 1 2 3, b 4 5 6] }',
    'redis: {}\nnodes: {}\nnetwork: {}\nreplication: {}',
    'nodes: { master: {}, slave-1: { source: master, ip: 172.19.0.9, port: 1, image: redis, priority: 0, redis: { save: "" } } }',
    'nodes: { replica-1: &a { port: 5 }, slave-2: { <<: *a } }',
  ])('on a good file: %s', (body) => {
    expect(agree(first + body)).toBe(true);
  });

  test.each([
    'nam: demo',
    'name: 5',
    'image: 8.0',
    'image: ""',
    'topology: ring',
    'replicas: two',
    'replicas: 1.5',
    'replicas:',
    'network: [a]',
    'network: { driver: overlay }',
    'network: { subnet: 5 }',
    'ports: { base: automatic }',
    'ports: { bind: 1.5 }',
    'persistence: no',
    'password: x',
    'passwordFile: 5',
    'timezone: []',
    'disabledCommands: KEYS',
    'disabledCommands: [5]',
    'replication: { timeout: 60 }',
    'replication: { timeout: 1d }',
    'replication: { backlogSize: 16tb }',
    'replication: { backlogSize: -1 }',
    'replication: { serveStaleData: no }',
    'replication: { minReplicasToWrite: -1 }',
    'replication: { outputBufferLimit: 1gb }',
    'replication: { outputBufferLimit: { hart: 1gb } }',
    'replication: { repl-timeout: 5s }',
    'memory: { policy: none }',
    'redis: [maxclients]',
    'redis: { maxclients: }',
    'redis: { maxclients: [] }',
    'redis: { maxclients: [[5]] }',
    'redis: { maxclients: { a: 1 } }',
    'nodes: { foo: {} }',
    'nodes: { slave-0: {} }',
    'nodes: { slave-1: }',
    'nodes: { slave-1: { sauce: master } }',
    'nodes: { slave-1: { port: "1" } }',
    'nodes: { slave-1: { priority: low } }',
    'nodes: { slave-1: { redis: { x: {} } } }',
  ])('on a wrong one: %s', (body) => {
    expect(agree(first + body)).toBe(false);
  });

  test.each([
    ['1.5s', false],
    ['500ms', false],
    ['1000ms', true],
    ['1.0s', true],
    ['1.25m', true],
    ['1.01m', false],
    ['0.07h', true],
    ['0.0025h', true],
    ['0.001h', false],
    ['0s', false],
    ['0ms', false],
    ['0.0m', false],
    ['10s', true],
    ['00s', false],
    ['2m', true],
  ])('on a time that must be 1 s or more: %s', (text, isGood) => {
    for (const key of ['timeout', 'pingPeriod']) {
      const given = `${first}replication: { ${key === 'pingPeriod' ? 'timeout: 500h, ' : 'pingPeriod: 1s, '}${key}: ${text} }`;
      const { request, problems } = parseRmsxFile(given, 'f');
      const told = [...problems, ...checkUpRequest({ ...request, name: 'demo' })].filter(
        (each) => !/sign of life/.test(each),
      );
      expect([given, told.length === 0, passes(parse(given))]).toEqual([given, isGood, isGood]);
    }
  });

  test.each([
    ['backlogSize: 0', false],
    ['backlogSize: 0mb', false],
    ['backlogSize: "00"', false],
    ['backlogSize: 1', true],
    ['backlogSize: 10mb', true],
    ['backlogTtl: 0s', true],
    ['backlogTtl: 1.5s', false],
    ['disklessSyncDelay: 0ms', true],
  ])('on %s', (text, isGood) => {
    const given = `${first}replication: { ${text} }`;
    const { request, problems } = parseRmsxFile(given, 'f');
    const told = [...problems, ...checkUpRequest({ ...request, name: 'demo' })];
    expect([told.length === 0, passes(parse(given))]).toEqual([isGood, isGood]);
  });

  test('on a file that names its schema', () => {
    expect(agree(`${first}$schema: https://example.com/rmsx-file.schema.json`)).toBe(true);
    expect(agree(`${first}$schema: 5`)).toBe(false);
  });

  test.each(['', '- a', 'redis', 'name: demo', 'apiVersion: rmsx/v2', 'apiVersion: 1'])(
    'on a file that is none: %j',
    (text) => {
      expect(agree(text)).toBe(false);
    },
  );
});

describe('the template', () => {
  const bare = { name: 'redis-server' };
  const choices = { subnet: defaults.subnet, basePort: defaults.basePort, timezone: 'UTC' };

  test('must mean exactly the defaults', () => {
    const { name, request, problems } = parseRmsxFile(template, 'rmsx.yaml');
    expect([problems, checkUpRequest({ ...request, name: name ?? '' })]).toEqual([[], []]);
    expect(wantedCluster({ ...request, name: name ?? '' }, null, choices)).toEqual(wantedCluster(bare, null, choices));
    expect([request.subnet, request.basePort]).toEqual([defaults.subnet, defaults.basePort]);
  });

  test('must show every key, and what is commented out must be sound', () => {
    const ofTree = template.replace('topology: star', 'topology: tree'); // a fanout is for trees
    const text = ofTree.replace(/^#(?! \S|\n)/gm, ''); // prose has one blank behind its #
    const { request, problems } = parseRmsxFile(text, 'rmsx.yaml');
    expect([problems, checkUpRequest({ ...request, ...bare })]).toEqual([[], []]);
    const missing = pathsOfReader(rmsxFileKeys).filter((path) => !text.includes(`${path.split('.').at(-1)}:`));
    expect(missing).toEqual(['$schema', 'nodes.NODE']);
    const said = settings.map(({ directive }) => [directive, request.directives?.[directive]?.[0]]);
    const usual = settings.map(({ directive, otherwise }) => [
      directive,
      directive === 'maxmemory' ? '512mb' : otherwise,
    ]);
    expect(said).toEqual(usual);
  });

  test('must name the schema that ships in the package', () => {
    const [, path = ''] = /^# yaml-language-server: \$schema=node_modules\/rmsx\/(\S+)$/m.exec(template) ?? [];
    expect(JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'))).toEqual(schema);
  });
});
