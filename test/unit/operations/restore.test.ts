import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { PlannedStep, Step } from '../../../src/domain/plan.ts';
import { type Engine, type Ports, usualOwner } from '../../../src/domain/ports.ts';
import type { Redis } from '../../../src/domain/redis-port.ts';
import { Connections } from '../../../src/operations/connections.ts';
import { putBack } from '../../../src/operations/restore.ts';
import { cluster, confs, record } from '../../helpers/values.ts';

const spec = cluster(2);

/** Puts back what some steps have done, in a world in which something fails; gives what was told and what was done. */
async function puttingBack(steps: readonly Step[], fails: string) {
  const warnings: string[] = [];
  const done: string[] = [];
  const act = (what: string): void => {
    if (what === fails) throw new RmsxError('failed', 'The disk is full.');
    done.push(what);
  };
  const engine = {
    serverUser: async () => usualOwner,
    createCarrier: async ({ volumes: [first] }) => `carrier of ${first?.node}`,
    removeContainer: async () => undefined,
    writeFiles: async (id) => act(`write ${id}`),
  } satisfies Partial<Engine> as unknown as Engine;
  const redis = {
    connect: async (node: string) => ({ follow: async () => act(`follow ${node}`), close: () => undefined }),
  } as unknown as Redis;
  const ports = { engine, redis, progress: { warn: (text: string) => warnings.push(text) } } as unknown as Ports;
  const plan = steps.map((step, i): PlannedStep => ({ id: String(i), step, because: '', after: [] }));
  await putBack(plan, {
    ports,
    ids: new Map(spec.nodes.map(({ name }) => [name, name])),
    confs: confs(record(spec)),
    connections: new Connections(
      redis,
      () => 'secret',
      () => ({ host: '127.0.0.1', port: 1 }),
    ),
  });
  return { warnings, done };
}

const each = (toStep: (node: string) => Step): readonly Step[] => spec.nodes.map(({ name }) => toStep(name));

test.each<[string, readonly Step[], string, readonly string[]]>([
  ['conf', each((node) => ({ op: 'write-conf', node, files: [] })), 'write slave-1', ['write master', 'write slave-2']],
  [
    'source',
    ['slave-1', 'slave-2'].map(
      (node) => ({ op: 'follow', node, source: 'master', instead: 'master' }) as unknown as Step,
    ),
    'follow slave-1',
    ['follow slave-2'],
  ],
  [
    'volume',
    each((node) => {
      const volume = { name: node, purpose: 'conf', target: `/${node}`, readOnly: false, node } as const;
      const carrier = { cluster: spec.name, run: 'now', image: spec.image, name: node, volumes: [volume] };
      return { op: 'write-volumes', carrier, directories: [], restarts: true };
    }),
    'write carrier of slave-1',
    ['write carrier of master', 'write carrier of slave-2'],
  ],
])('a node whose %s cannot be put back must be named, and the others get theirs', async (_, steps, fails, others) => {
  const { warnings, done } = await puttingBack(steps, fails);
  expect(done).toEqual(others);
  expect(warnings).toEqual(['slave-1 could not be made what it was: The disk is full.']);
});
