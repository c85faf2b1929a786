import { describe, expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { LostWrites } from '../../../src/domain/lost-writes/lost-writes.ts';
import type { ObservedContainer, ObservedVolume } from '../../../src/domain/observed.ts';
import type { Engine } from '../../../src/domain/ports.ts';
import type { RedisConnection, StreamPart } from '../../../src/domain/redis-port.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import type { Connections } from '../../../src/operations/connections.ts';
import { lostWrites } from '../../../src/operations/lost-writes/lost-writes.ts';
import { cluster, containers, history, masterInfo, record } from '../../helpers/values.ts';
import { lines, stream } from '../domain/lost-writes/streams.ts';

const before = stream('SELECT 0', 'SET a 1', 'SET b 2');
const own = stream('SET c 3', 'PING', 'MULTI', 'SET d 4', 'EXEC');
const second = before.length + 1;
const next = 'b'.repeat(40);
const backlog = { active: true, sizeBytes: 2 ** 20, firstOffset: 1, heldBytes: second + 20 };
/** slave-1 took over from master, which had sent what came before. */
const heir = masterInfo([], { replid: next, replid2: history, secondOffset: second, offset: second + 200, backlog });
const alive = masterInfo([], { replid: history, offset: second - 1 + own.length, backlog });

const nodes = cluster(1).nodes.map((node) => ({ ...node, source: node.name === 'slave-1' ? null : 'slave-1' }));
const changed = (directives = {}): ReturnType<typeof record> => record({ ...cluster(1), nodes, directives }, 2);
const always = { appendfsync: ['always'] };
const manifest = 'file appendonly.aof.1.incr.aof seq 1 type i\n';

interface World {
  readonly infos?: Readonly<Record<string, ServerInfo>>;
  readonly files?: Readonly<Record<string, Buffer>>;
  readonly master?: Partial<ObservedContainer> | null;
  readonly directives?: Readonly<Record<string, readonly string[]>>;
  readonly streams?: Readonly<Record<string, Buffer>>;
  readonly isPredecessor?: boolean;
  /** What is left of its data where its container is gone. */
  readonly volumes?: readonly string[];
  /** @default that of a master which began the history that the new one left */
  readonly log?: readonly string[];
}

const began = (id: string): string =>
  `1:M 28 Nov 2026 18:06:35.123 * Replication backlog created, my new replication IDs are '${id}' and '0'`;

/** The engine reads volumes through containers. */
const keptData = ({ volumes = [] }: World): Partial<Engine> => ({
  listVolumes: async () => volumes.map((name) => ({ name }) as ObservedVolume),
  createCarrier: async () => 'carrier',
  removeContainer: async () => undefined,
});

const file = { manifest: Buffer.from(manifest), 'incr.aof': Buffer.concat([before, own]) };

function find(world: World = {}): Promise<LostWrites> {
  const { infos = { 'slave-1': heir }, files = file, master = {}, directives = always, isPredecessor = true } = world;
  const streams: Readonly<Record<string, Buffer>> = {
    'slave-1': before,
    master: Buffer.concat([before, own]),
    ...world.streams,
  };
  const connections = {
    probe: async (node: string) => (infos[node] ? { info: infos[node] } : { error: new RmsxError('failed', 'no') }),
    to: async (node: string) => {
      const readStream = async (part: StreamPart): Promise<Buffer> => {
        if (part.replid === next) return streams.since ?? Buffer.alloc(0);
        return (streams[node] ?? Buffer.alloc(0)).subarray(part.offset - 1, part.offset - 1 + part.bytes);
      };
      return { readStream } as Partial<RedisConnection> as RedisConnection;
    },
  } as Partial<Connections> as Connections;
  const readFile = async function* (_: string, path: string): AsyncGenerator<Buffer> {
    const found = Object.entries(files).find(([name]) => path.endsWith(name));
    if (!found) throw new RmsxError('failed', 'it is not there.', { reason: 'gone' });
    yield found[1];
  };
  const there = containers(cluster(1), { master: 'stopped' }).map((each) =>
    each.node === 'master' ? { ...each, statusText: 'Exited (137) 3 seconds ago', ...master } : each,
  );
  const logs = async (): Promise<readonly string[]> => world.log ?? [began(history)];
  return lostWrites({
    record: changed(directives),
    containers: master === null ? there.filter(({ node }) => node !== 'master') : there,
    formerMaster: 'master',
    isPredecessor,
    connections,
    engine: { ...keptData(world), readFile, logs } as Partial<Engine> as Engine,
    signal: new AbortController().signal,
  });
}

const seen = (lost: LostWrites): unknown => ('unknown' in lost ? lost : { ...lost, writes: lines(lost.writes) });
const found = {
  writes: ['SET c 3', 'MULTI', 'SET d 4', 'EXEC'],
  bytes: own.length - stream('PING').length,
};

describe('the lost writes of a former master', () => {
  test.each([
    ['that is dead must come from its file', {}, null],
    ['of one file must come from that', { files: { 'appendonly.aof': file['incr.aof'] } }, null],
    [
      'that still runs must come from its stream',
      { master: { state: 'running' }, infos: { 'slave-1': heir, master: alive } },
      null,
    ],
    [
      'that left the same history as the new one must come from its stream',
      {
        master: { state: 'running' },
        infos: {
          'slave-1': heir,
          master: { ...alive, replid: 'c'.repeat(40), replid2: history, secondOffset: second },
        },
        files: {},
      },
      null,
    ],
    [
      'that syncs once a second must be what was found at least',
      { directives: {} },
      expect.stringContaining('everysec'),
    ],
    [
      'that is held must be what was found at least',
      { master: { state: 'paused' } },
      expect.stringContaining('it is paused, and may go on'),
    ],
    [
      'that ended in order must be exact all the same',
      { directives: {}, master: { statusText: 'Exited (0) 3 seconds ago' } },
      null,
    ],
    [
      'that was a replica since must be told by as few writes',
      { log: [began('c'.repeat(40)), `1:S 28 Nov 2026 18:06:36.123 * Full resync from master: ${history}:1`] },
      null,
    ],
    [
      'must be the same however the new master goes on',
      { isPredecessor: false, streams: { since: stream('SET x 1') } },
      null,
    ],
    [
      'whose container is gone must come from what is left of its data',
      { master: null, volumes: ['redis-server-master-data'] },
      null,
    ],
    [
      'that left its source by itself must come from its file, though nobody was promoted',
      {
        ...{ isPredecessor: false, infos: { 'slave-1': { ...heir, secondOffset: -1 } }, streams: { since: before } },
        log: [
          `1:M 28 Nov 2026 18:06:35.123 * Setting secondary replication ID to ${next}, valid up to offset: ${second}.`,
        ],
      },
      null,
    ],
  ] as const)('%s', async (_, world, beyond) => {
    expect(seen(await find(world as World))).toEqual({ ...found, beyond });
  });

  test.each([
    ['its container and its data are gone', { master: null }, 'its container and its data are gone'],
    ['it keeps restarting', { master: { state: 'restarting' } }, 'keeps restarting'],
    ['it has no file', { files: {} }, 'it is not there'],
    ['its file is broken', { files: { ...file, 'incr.aof': Buffer.from('no commands') } }, 'cannot be read'],
    ['its manifest is broken', { files: { ...file, manifest: Buffer.from('hello') } }, 'cannot be read'],
    ['the new master does not answer', { infos: {} }, 'slave-1 does not answer'],
    ['the new master started anew', { infos: { 'slave-1': { ...heir, secondOffset: -1 } } }, 'does not know any more'],
    [
      'the backlog of the new master has gone on',
      { infos: { 'slave-1': { ...heir, backlog: { ...backlog, firstOffset: second } } } },
      'holds nothing of that time',
    ],
    [
      'its own backlog has gone on',
      {
        master: { state: 'running' },
        infos: { 'slave-1': heir, master: { ...alive, backlog: { ...backlog, firstOffset: second + 1 } } },
      },
      'keeps only the end',
    ],
    [
      'another one was the master between them, and few writes tell where it got its last',
      { log: [began('c'.repeat(40))] },
      'not clear',
    ],
    [
      'it may have followed the new master since',
      { isPredecessor: false, streams: { since: stream('SELECT 0', 'SET c 3', 'SET e 5') } },
      'may have received them',
    ],
  ] as const)('must be unknown where %s, with the reason', async (_, world, reason) => {
    expect(seen(await find(world as World))).toEqual({ unknown: expect.stringContaining(reason) });
  });

  test('must be none where the new master has all that stands in its file', async () => {
    const world = { isPredecessor: false, streams: { since: Buffer.concat([own, stream('SET e 5')]) } };
    expect(seen(await find(world))).toEqual({ writes: [], bytes: 0, beyond: null });
  });

  const running = { master: { state: 'running' }, directives: always } as const;
  const databases = async (world: World): Promise<unknown> => {
    const lost = await find({ ...running, ...world });
    return 'unknown' in lost ? lost : lost.writes.map(({ database }) => database);
  };

  test('must have the database that its stream said last before them, or that its file has', async () => {
    const master = Buffer.concat([stream('SELECT 3', 'SET a 1', 'SET b 2'), own]);
    const infos = { 'slave-1': heir, master: alive };
    expect(await databases({ infos, streams: { master } })).toEqual([3, 3, 3, 3]);
    const begins = { ...alive, backlog: { ...backlog, firstOffset: second } };
    const short = { infos: { 'slave-1': heir, master: begins } };
    expect(await databases(short)).toEqual([0, 0, 0, 0]);
    const other = { 'appendonly.aof': Buffer.concat([before, stream('SET c 3')]) };
    expect(await databases({ ...short, files: other })).toEqual([null, null, null, null]);
    expect(await databases({ ...short, files: {} })).toEqual([null, null, null, null]);
  });
});
