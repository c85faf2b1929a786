import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseInfo } from '../../../src/redis/parse-info.ts';

const servers = ['redis-6.0', 'redis-7.0', 'redis-8.0', 'valkey-8.1'];

/** What test/fixtures/record-info.ts recorded; FAILOVER came with Redis 6.2. */
const states = [
  ...['never-linked', 'syncing', 'syncing-sized', 'loading', 'master', 'chained', 'replica', 'link-down', 'promoted'],
  ...['failed-over-old', 'failed-over-new'],
];

const file = (name: string): URL => new URL(`../../fixtures/info/${name}`, import.meta.url);

const recorded = (server: string, state: string): string => readFileSync(file(`${server}-${state}.txt`), 'utf8');

const statesOf = (server: string): readonly string[] =>
  states.filter((state) => existsSync(file(`${server}-${state}.txt`)));

test.each(servers)('everything must be read of INFO in every state: %s', async (server) => {
  const values = Object.fromEntries(statesOf(server).map((state) => [state, parseInfo(recorded(server, state))]));
  expect(Object.keys(values)).toEqual(server === 'redis-6.0' ? states.slice(0, -2) : states);
  await expect(`${JSON.stringify(values, null, 2)}\n`).toMatchFileSnapshot(fileURLToPath(file(`${server}.snap`)));
});

/** The part that differs between states, and may not differ between servers, in one line. */
function summary(server: string, state: string): string {
  const info = parseInfo(recorded(server, state));
  const { role, link, linkDownSeconds, lastIoSeconds, sync, loadedPercent, replicas, goodReplicas, refusals, keys } =
    info;
  const known = (value: number | null | undefined): string => (typeof value === 'number' ? 'known' : 'unknown');
  const told = {
    [`${role} link`]: link,
    'down since': known(linkDownSeconds),
    'last io': known(lastIoSeconds),
    loaded: known(loadedPercent),
    left: known(sync?.leftBytes),
    promoted: info.secondOffset > 0 && /[1-9a-f]/.test(info.replid2),
    replicas: replicas.map((replica) => replica.state).join(),
    good: goodReplicas,
    keys: info.loading ? undefined : keys,
    limit: info.memory.limitBytes,
    aof: info.persistence.aofEnabled,
    refused: server === 'redis-6.0' ? undefined : refusals.noReplicas,
  };
  const text = Object.entries(told).map(([name, value]) => `${name}=${value ?? ''}`);
  return text.join(' ').replaceAll(/ [\w ]+=(unknown|false|0|)(?= |$)/g, '');
}

test('the states of every supported server must be told apart alike', () => {
  const summaries = states.map((state) => {
    const own = servers.filter((server) => statesOf(server).includes(state)).map((server) => summary(server, state));
    return [state, ...new Set(own)].join('\n  ');
  });
  expect(summaries.join('\n')).toMatchInlineSnapshot(`
    "never-linked
      replica link=down
    syncing
      replica link=syncing
    syncing-sized
      replica link=syncing left=known
    loading
      master loaded=known
    master
      master replicas=online good=1 keys=20 limit=104857600 aof=true
      master replicas=online good=1 keys=20 limit=104857600 aof=true refused=1
    chained
      replica link=up last io=known replicas=online keys=20
    replica
      replica link=up last io=known keys=20
    link-down
      replica link=down down since=known replicas=online keys=20
    promoted
      master promoted=true replicas=online keys=20
    failed-over-old
      replica link=up last io=known promoted=true keys=20
    failed-over-new
      master promoted=true replicas=online keys=20"
  `);
});

test('what is left of a synchronisation whose size nobody knows must be read as what has come, and never as it is printed', () => {
  const syncs = servers.map((server) => parseInfo(recorded(server, 'syncing')).sync);
  for (const sync of syncs) expect(sync).toEqual({ readBytes: expect.any(Number), leftBytes: null, totalBytes: null });
  expect(syncs.every((sync) => (sync?.readBytes ?? 0) > 10_000)).toBe(true);
});

test('a full synchronisation that has not begun to send must claim nothing', () => {
  const text =
    'role:slave\nmaster_sync_in_progress:1\nmaster_sync_left_bytes:-1\nmaster_sync_total_bytes:-1\nmaster_sync_read_bytes:0';
  expect(parseInfo(text).sync).toEqual({ readBytes: 0, leftBytes: null, totalBytes: null });
});

test('a full synchronisation on its way must never look like a link that is merely down', () => {
  expect(servers.map((server) => parseInfo(recorded(server, 'syncing')).link)).toEqual(servers.map(() => 'syncing'));
});

test('Valkey must be called by its own version, not by the Redis it is compatible with', () => {
  expect(parseInfo(recorded('valkey-8.1', 'master')).version).toBe('8.1.1');
});

test('a server that says nothing must not claim any data', () => {
  expect(parseInfo('')).toMatchInlineSnapshot(`
    {
      "backlog": {
        "active": false,
        "firstOffset": 0,
        "heldBytes": 0,
        "sizeBytes": 0,
      },
      "changesSinceSave": null,
      "fullSyncs": 0,
      "goodReplicas": null,
      "keys": 0,
      "lastIoSeconds": null,
      "link": null,
      "linkDownSeconds": null,
      "loadedPercent": null,
      "loading": false,
      "memory": {
        "countedBytes": 0,
        "limitBytes": 0,
        "policy": "",
      },
      "offset": 0,
      "partialSyncs": 0,
      "persistence": {
        "aofEnabled": false,
        "aofRewriteOk": true,
        "aofWriteOk": true,
        "snapshotOk": true,
      },
      "priority": 100,
      "readOffset": 0,
      "readOnly": true,
      "receivedBytesPerSecond": 0,
      "refusals": {
        "disk": 0,
        "memory": 0,
        "noReplicas": 0,
      },
      "replicas": [],
      "replid": "",
      "replid2": "",
      "role": "master",
      "runId": "",
      "secondOffset": -1,
      "sentBytesPerSecond": null,
      "source": null,
      "sync": null,
      "uptimeSeconds": 0,
      "version": "",
    }
  `);
});

test('a replica that its source has never heard from must not look up to date', () => {
  const text = 'role:master\r\nslave0:ip=10.0.0.1,port=6380,state=wait_bgsave,offset=0,lag=0\r\nslave1:ip=10.0.0.2\r\n';
  expect(parseInfo(text).replicas).toEqual([
    { address: { host: '10.0.0.1', port: 6380 }, state: 'wait_bgsave', offset: 0, lagSeconds: 0 },
    { address: { host: '10.0.0.2', port: 0 }, state: '', offset: 0, lagSeconds: -1 },
  ]);
});

test('a replica is known by its address even where INFO prints IPv6 or a name', () => {
  const [replica] = parseInfo('role:master\nslave0:ip=fd00::1,port=6380,state=online,offset=1,lag=1').replicas;
  expect(replica?.address).toEqual({ host: 'fd00::1', port: 6380 });
});

test('fields that only look like a list of replicas must be left alone', () => {
  expect(parseInfo('role:master\nslave_priority:10\nslaves:3\nslave0x:ip=1').replicas).toEqual([]);
});

test('numbers that are none must not become NaN', () => {
  const { offset, secondOffset } = parseInfo('role:master\nmaster_repl_offset:x\nsecond_repl_offset:-');
  expect([offset, secondOffset]).toEqual([0, -1]);
});
