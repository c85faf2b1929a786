import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Topology } from '../../../src/domain/cluster.ts';
import { exitCodes } from '../../../src/domain/errors.ts';
import type { LinkState } from '../../../src/domain/server-info.ts';
import type { Health, NodeState } from '../../../src/domain/status.ts';

const directory = new URL('../../../docs/schemas/', import.meta.url);
const files = readdirSync(directory);
const textOf = (file: string): string => readFileSync(new URL(file, directory), 'utf8');

/** A part of a schema, and where it stands. */
interface Part {
  readonly path: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

function partsOf(value: unknown, path = ''): readonly Part[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, inner]) => partsOf(inner, `${path}/${key}`));
  return Array.isArray(value) ? below : [{ path, schema: value as Part['schema'] }, ...below];
}

const isMap = ({ additionalProperties }: Part['schema']): boolean => typeof additionalProperties === 'object';

describe.each(files)('%s', (file) => {
  const parts = partsOf(JSON.parse(textOf(file)));
  const objects = parts.filter(({ schema }) => typeof schema.properties === 'object' && 'type' in schema);

  test('must carry the name under which the package gives it out', () => {
    expect(parts[0]?.schema).toMatchObject({ $id: `rmsx/schemas/${file}`, title: expect.stringMatching(/./) });
  });

  test('must allow no field that it does not know', () => {
    // Names that people choose are fields of a map, and the schema says what they may hold.
    const open = objects.filter(({ schema }) => schema.additionalProperties !== false && !isMap(schema));
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  // What people write may leave things out, and what rmsx prints may not: null says that there is nothing.
  if (file === 'rmsx-file.schema.json') return;
  test('must require every field that it knows', () => {
    const required = (schema: Part['schema']): unknown => [...((schema.required ?? []) as string[])].sort();
    for (const { path, schema } of objects) {
      expect([path, required(schema)]).toEqual([path, Object.keys(schema.properties as object).sort()]);
    }
  });
});

/** Every value of a type, as the compiler knows them. */
const every = <T extends string>(values: Readonly<Record<T, true>>): readonly string[] => Object.keys(values).sort();
const states = every<NodeState>({
  running: true,
  paused: true,
  stopped: true,
  restarting: true,
  missing: true,
  unreachable: true,
});
const healths = every<Health>({ healthy: true, degraded: true, down: true });
const links = every<LinkState>({ up: true, down: true, syncing: true });
const topologies = every<Topology>({ star: true, chain: true, tree: true, custom: true });

test.each([
  ['error.schema.json', '/error/properties/code', Object.keys(exitCodes).sort()],
  ...['status', 'up', 'change', 'promote'].flatMap((name): [string, string, readonly string[]][] => [
    [`${name}.schema.json`, '/nodes/items/properties/state', states],
    [`${name}.schema.json`, '/nodes/items/properties/link', links],
    [`${name}.schema.json`, '/cluster/properties/health', healths],
    [`${name}.schema.json`, '/cluster/properties/topology', topologies],
  ]),
])('%s must allow at %s what the code may say, and nothing else', (file, path, values) => {
  const part = partsOf(JSON.parse(textOf(file))).find((each) => each.path === `/properties${path}`);
  const allowed = (part?.schema.enum ?? []) as (string | null)[];
  expect(allowed.filter((value) => value !== null).sort()).toEqual(values);
});

test('the README must name every schema', () => {
  const readme = readFileSync(new URL('../../README.md', directory), 'utf8');
  const names = files.map((file) => file.replace('.schema.json', ''));
  expect(names.filter((name) => !readme.includes(`\`${name}\``) && !readme.includes(`${name}.schema.json`))).toEqual(
    [],
  );
});
