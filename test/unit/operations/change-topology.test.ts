import { describe, expect, test } from 'vitest';
import type { ClusterSpec } from '../../../src/domain/cluster.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { ObservedContainer, ObservedEngine } from '../../../src/domain/observed.ts';
import { formatPlan } from '../../../src/domain/plan.ts';
import type { Engine, Ports } from '../../../src/domain/ports.ts';
import type { Redis } from '../../../src/domain/redis-port.ts';
import { readTemplate } from '../../../src/files/templates.ts';
import { type ChangeResult, changeTopology } from '../../../src/operations/change-topology.ts';
import { addNode, moveNode, removeNode, scaleTo } from '../../../src/plan/change-topology.ts';
import { renderConf } from '../../../src/render/conf-files.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { engineOf } from '../../helpers/up-facts.ts';
import {
  cluster,
  container,
  containers,
  foreign,
  healthyInfos,
  record,
  type States,
  shaped,
} from '../../helpers/values.ts';

/** How a cluster is found, besides what its record says. */
interface Scene {
  readonly states?: States;
  /** Nodes that run and do not answer. */
  readonly silent?: readonly string[];
  readonly others?: readonly ObservedContainer[];
  readonly changes?: Partial<ObservedContainer>;
  readonly memoryBytes?: number;
  /** What all servers say of theirs. */
  readonly priority?: number;
}

/** An engine and servers that can be looked at and not changed: whatever is called besides fails the test. */
async function portsOf(spec: ClusterSpec, scene: Scene): Promise<Ports> {
  const template = await readTemplate('redis.conf');
  const own = record(spec, 4);
  const found = containers(spec, scene.states).map((each) => ({ ...each, ...scene.changes }));
  const all: ObservedEngine = { ...engineOf(spec), containers: [...found, ...(scene.others ?? [])] };
  const filesOf = (id: string): ReadonlyMap<string, string> => {
    const node = spec.nodes.find(({ name }) => `id-${name}` === id);
    const files = node ? renderConf(own, node, 'secret', template) : [];
    return new Map(files.map(({ name, content }) => [name, content]));
  };
  const engine: Partial<Engine> = {
    listContainers: async (name) => all.containers.filter((each) => name === undefined || each.cluster === name),
    listNetworks: async () => all.networks,
    listVolumes: async () => all.volumes,
    hasImage: async () => true,
    memoryBytes: async () => scene.memoryBytes ?? 2 ** 40,
    reach: (host, port) => ({ host, port }),
    readFiles: async (id) => filesOf(id),
    stampOf: async (id) => (filesOf(id).size > 0 ? 4 : null),
  };
  const infos = healthyInfos(spec);
  const redis: Redis = {
    warmUp: () => undefined,
    connect: async (node) => {
      const info = infos.get(node);
      if (!info || scene.silent?.includes(node)) throw new RmsxError('failed', 'no answer', { reason: 'no-answer' });
      const own = { ...info, priority: scene.priority ?? info.priority };
      return { info: async () => own, close: () => undefined } as unknown as Awaited<ReturnType<Redis['connect']>>;
    },
  };
  const tell = (): void => undefined;
  const progress = { begin: tell, succeed: tell, fail: tell, note: tell, detail: tell, warn: tell };
  return { engine: engine as Engine, redis, progress, signal: new AbortController().signal };
}

async function change(
  spec: ClusterSpec,
  decide: (spec: ClusterSpec, strays: readonly string[]) => ClusterSpec,
  scene: Scene = {},
): Promise<ChangeResult> {
  return changeTopology(spec.name, decide, { volumes: false, dryRun: true }, await portsOf(spec, scene));
}

const refusal = (...given: Parameters<typeof change>): ReturnType<typeof rejectionOf> => rejectionOf(change(...given));
const chain = shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' });

describe('a dry run must tell what would be done, and touch nothing', () => {
  test('to add a node', async () => {
    const { plan, ...result } = await change(cluster(1), (spec) => addNode(spec, undefined));
    expect(result).toEqual({
      added: ['slave-2'],
      removed: [],
      keptVolumes: [],
      changed: false,
      status: null,
      remarks: [],
      resync: {},
    });
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "write the conf of slave-2  (new nodes)
      write role.conf, rmsx.json of master  (it is older than the change)
      write role.conf, rmsx.json of slave-1  (it is older than the change)
      create container redis-server-slave-2 (172.19.0.12:6381)  (it is not there)
      start slave-2  (it is new)
      remove what carried the conf  (it is done)"
    `);
  });

  test('to remove a node that others follow: they have another source before it goes', async () => {
    const { plan, added, removed, keptVolumes } = await change(chain, (spec) => removeNode(spec, 'slave-1'));
    expect([added, removed, keptVolumes]).toEqual([[], ['slave-1'], ['redis-server-slave-1-data']]);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "write role.conf, rmsx.json of master  (it is older than the change)
      write role.conf, rmsx.json of slave-2  (it is older than the change)
      let slave-2 follow master instead of slave-1  (it has another source now)
      stop slave-1  (its data stays)
      remove container of slave-1  (the cluster goes on without it)"
    `);
  });

  test('to remove a former master that is stopped', async () => {
    const promoted = shaped('star', { master: 'slave-1', 'slave-1': null, 'slave-2': 'slave-1' });
    const { plan, removed } = await change(promoted, (spec) => removeNode(spec, 'master'), {
      states: { master: 'stopped' },
    });
    expect(removed).toEqual(['master']);
    expect(formatPlan(plan)).toMatchInlineSnapshot(`
      "write role.conf, rmsx.json of slave-1  (it is older than the change)
      write role.conf, rmsx.json of slave-2  (it is older than the change)
      remove container of master  (the cluster goes on without it)"
    `);
  });

  test('to move a node', async () => {
    const { plan } = await change(chain, (spec) => moveNode(spec, 'slave-2', 'master'));
    expect(plan.filter(({ step }) => step.op === 'follow').map(({ id }) => id)).toEqual(['follow slave-2']);
  });

  test('to scale', async () => {
    const { added, removed } = await change(cluster(3), (spec) => scaleTo(spec, 1));
    expect([added, removed]).toEqual([[], ['slave-2', 'slave-3']]);
    expect(await change(cluster(1), (spec) => scaleTo(spec, 3))).toMatchObject({ added: ['slave-2', 'slave-3'] });
  });

  test('where nothing changes: nothing', async () => {
    expect(await change(cluster(2), (spec) => spec)).toMatchObject({ plan: [], added: [], removed: [] });
  });

  test('to remove what a change that was cut off left behind', async () => {
    const stray = container(cluster(2), 'slave-9', { state: 'stopped' });
    const seen: string[] = [];
    const keep = (spec: ClusterSpec, strays: readonly string[]): ClusterSpec => {
      seen.push(...strays);
      return spec;
    };
    const { plan, removed } = await change(cluster(2), keep, { others: [stray] });
    expect([seen, removed, plan.map(({ id }) => id)]).toEqual([['slave-9'], ['slave-9'], ['remove id-slave-9']]);
  });

  test('a replica that is stopped must stay so', async () => {
    const { plan } = await change(cluster(2), (spec) => addNode(spec, undefined), { states: { 'slave-1': 'stopped' } });
    expect(plan.filter(({ step }) => step.op === 'start').map(({ id }) => id)).toEqual(['start slave-3']);
  });
});

describe('a change must be refused before anything is touched', () => {
  test('where the master does not answer', async () => {
    expect(await refusal(cluster(2), (spec) => addNode(spec, undefined), { silent: ['master'] })).toEqual({
      code: 'unsafe',
      message: 'master is the master of redis-server and does not answer: nothing would get its data.',
      hint: 'Bring it back: rmsx up\nOr let a replica take over: rmsx promote slave-1',
      problems: [],
    });
  });

  test('where the master would come back with an old snapshot, or empty: that must not be told', async () => {
    const spec = cluster(2, { persistence: 'rdb', image: 'redis:7.2' });
    const nodes = spec.nodes.map((each) => (each.name === 'slave-1' ? { ...each, image: 'redis:8.0' } : each));
    const scene: Scene = { states: { master: 'stopped' }, silent: ['master'], changes: { statusText: 'Exited (137)' } };
    const error = await refusal({ ...spec, nodes }, (own) => own, scene);
    expect(error.hint).toBe('Let a replica take over: rmsx promote slave-2');
  });

  test('where nobody that answers may take over: what that means must be looked up', async () => {
    const directives = { 'replica-priority': ['0'] };
    const scene: Scene = { states: { master: 'stopped' }, priority: 0 };
    const hints = async (persistence: 'aof' | 'none'): Promise<string | undefined> =>
      (await refusal(cluster(2, { persistence, directives }), (own) => own, scene)).hint;
    expect([await hints('aof'), await hints('none')]).toEqual([
      'Bring it back: rmsx up',
      'See what can be done: rmsx status',
    ]);
  });

  test('where nobody answers', async () => {
    const states = { master: 'stopped', 'slave-1': 'stopped' } as const;
    const error = await refusal(cluster(1, { name: 'demo' }), (spec) => addNode(spec, undefined), { states });
    expect([error.code, error.hint]).toEqual(['unsafe', 'Bring it back: rmsx up -n demo']);
  });

  test.each<[string, Scene]>([
    ['does not answer', { silent: ['slave-2'] }],
    ['is stopped', { states: { 'slave-2': 'stopped' } }],
    ['is paused', { states: { 'slave-2': 'paused' } }],
    ['is missing', { states: { 'slave-2': 'missing' } }],
  ])('where the new source %s', async (_, scene) => {
    const moving = refusal(cluster(2), (spec) => moveNode(spec, 'slave-1', 'slave-2'), scene);
    expect(await moving).toEqual({
      code: 'unsafe',
      message: 'slave-2 does not answer: slave-1 would get no data from it.',
      hint: 'Bring it back first: rmsx up   or name another source',
      problems: [],
    });
    expect((await refusal(cluster(2), (spec) => addNode(spec, 'slave-2'), scene)).message).toBe(
      'slave-2 does not answer: slave-3 would get no data from it.',
    );
  });

  test.each<[string, Scene]>([
    ['does not answer', { silent: ['slave-1'] }],
    ['is paused', { states: { 'slave-1': 'paused' } }],
  ])('where the node that is to move %s', async (state, scene) => {
    expect(await refusal(cluster(2), (spec) => moveNode(spec, 'slave-1', 'slave-2'), scene)).toEqual({
      code: 'unsafe',
      message: `slave-1 ${state}: it cannot be told to follow slave-2.`,
      hint: 'Bring it back first: rmsx up',
      problems: [],
    });
  });

  test('where Docker Compose would make the node again', async () => {
    const scene = { changes: { run: null } };
    expect(await refusal(cluster(2), (spec) => removeNode(spec, 'slave-2'), scene)).toEqual({
      code: 'conflict',
      message: 'Docker Compose owns redis-server: it would make slave-2 again.',
      hint: 'Render it anew where it lies: rmsx render -n redis-server --out DIR --replicas 1\nThen: docker compose --project-directory DIR up -d --remove-orphans',
      problems: [],
    });
  });

  test('where Docker Compose owns the cluster that is to grow', async () => {
    const error = await refusal(cluster(1), (spec) => addNode(spec, undefined), { changes: { run: null } });
    expect([error.code, error.message, error.hint?.split('\n')[0]]).toEqual([
      'conflict',
      'Docker Compose owns redis-server: it made redis-server-master, and rmsx makes no nodes beside it (slave-2).',
      'Render it anew where it lies: rmsx render -n redis-server --out DIR --replicas 2',
    ]);
  });

  test('where the port of the new node is taken', async () => {
    const web = foreign('web', { ports: [{ inside: 80, host: '0.0.0.0', port: 6381 }] });
    const error = await refusal(cluster(1), (spec) => addNode(spec, undefined), { others: [web] });
    expect([error.code, error.message]).toEqual([
      'conflict',
      'Port 6381 of slave-2 is already published by the container web.',
    ]);
  });

  test('where the subnet is full', async () => {
    const full = scaleTo(cluster(0, { subnet: '172.19.0.0/26' }), 27);
    expect(await refusal(full, (spec) => addNode(spec, undefined))).toMatchObject({
      code: 'bad-spec',
      message: 'The cluster redis-server cannot be like this.',
      problems: ['nodes.slave-28.ip: 172.19.0.38 is kept for a sentinel, as are all from 172.19.0.38 on'],
    });
  });

  test.each<[string, ClusterSpec, (spec: ClusterSpec) => ClusterSpec, string]>([
    ['moved', cluster(2), (spec) => moveNode(spec, 'slave-2', 'slave-1'), '1 of 2 would follow it'],
    ['removed', cluster(2), (spec) => removeNode(spec, 'slave-2'), 'there are 1'],
    ['scaled away', cluster(3), (spec) => scaleTo(spec, 1), 'there are 1'],
  ])('where the master would keep too few replicas to take a write: %s', async (_, spec, decide, seen) => {
    const wanting = (count: string): ClusterSpec => ({ ...spec, directives: { 'min-replicas-to-write': [count] } });
    expect(await refusal(wanting('2'), decide)).toEqual({
      code: 'unsafe',
      message: 'The cluster redis-server cannot be like this.',
      hint: 'Ask for fewer first: rmsx up --set min-replicas-to-write=1',
      problems: [`min-replicas-to-write: the master would never take a write: it wants 2 replicas, and ${seen}`],
    });
    await expect(change(wanting('1'), decide)).resolves.toMatchObject({ changed: false });
  });

  test('where the host has too little memory for one more', async () => {
    const own = cluster(1, { directives: { maxmemory: ['100mb'] } });
    const error = await refusal(own, (spec) => addNode(spec, undefined), { memoryBytes: 400 * 2 ** 20 });
    expect([error.code, error.message]).toEqual([
      'unsafe',
      'The nodes of redis-server may take 300 MB together, and the host has 400 MB: 30 % of it must stay free for snapshots and buffers.',
    ]);
  });

  test('where the cluster is not there', async () => {
    const ports = await portsOf(cluster(1), {});
    const changing = changeTopology('nobody', (spec) => spec, { volumes: false, dryRun: true }, ports);
    expect((await rejectionOf(changing)).code).toBe('not-found');
  });
});
