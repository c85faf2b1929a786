import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseInfo } from '../../../src/redis/parse-info.ts';

const servers = ['redis-6.0', 'redis-7.0', 'redis-8.0', 'valkey-8.1'];

/** Recorded from real servers: master <- chained <- replica, and two that follow something that does not serve them. */
const recorded = (server: string, state: string): string =>
  readFileSync(new URL(`../../fixtures/info/${server}-${state}.txt`, import.meta.url), 'utf8');

/** The part that differs between states, in one line. */
function summary(server: string, state: string): string {
  const { version, role, link, offset, replicas, source, loading } = parseInfo(recorded(server, state));
  const list = replicas.map((replica) => `${replica.address.port} ${replica.state} at ${replica.offset}`).join(', ');
  return `${version} ${role} link=${link} offset=${offset} source=${source?.port ?? null} loading=${loading} [${list}]`;
}

test('INFO of every supported server must be read alike', () => {
  const states = ['master', 'chained', 'replica', 'never-linked', 'syncing', 'link-down'];
  const summaries = servers.flatMap((server) => states.map((state) => `${state}: ${summary(server, state)}`));
  expect(summaries.join('\n')).toMatchInlineSnapshot(`
    "master: 6.0.16 master link=null offset=1593 source=null loading=false [21601 online at 1593]
    chained: 6.0.16 replica link=up offset=1593 source=21600 loading=false [21602 online at 0]
    replica: 6.0.16 replica link=up offset=1593 source=21601 loading=false []
    never-linked: 6.0.16 replica link=down offset=1 source=1 loading=false []
    syncing: 6.0.16 replica link=syncing offset=1 source=21605 loading=false []
    link-down: 6.0.16 replica link=down offset=1593 source=21600 loading=false [21602 online at 1593]
    master: 7.0.15 master link=null offset=1593 source=null loading=false [21701 online at 1593]
    chained: 7.0.15 replica link=up offset=1593 source=21700 loading=false [21702 online at 0]
    replica: 7.0.15 replica link=up offset=1593 source=21701 loading=false []
    never-linked: 7.0.15 replica link=down offset=1 source=1 loading=false []
    syncing: 7.0.15 replica link=syncing offset=1 source=21705 loading=false []
    link-down: 7.0.15 replica link=down offset=1593 source=21700 loading=false [21702 online at 1593]
    master: 8.0.2 master link=null offset=1593 source=null loading=false [21801 online at 1593]
    chained: 8.0.2 replica link=up offset=1593 source=21800 loading=false [21802 online at 1593]
    replica: 8.0.2 replica link=up offset=1593 source=21801 loading=false []
    never-linked: 8.0.2 replica link=down offset=1 source=1 loading=false []
    syncing: 8.0.2 replica link=syncing offset=1 source=21805 loading=false []
    link-down: 8.0.2 replica link=down offset=1593 source=21800 loading=false [21802 online at 1593]
    master: 8.1.1 master link=null offset=1593 source=null loading=false [21901 online at 1593]
    chained: 8.1.1 replica link=up offset=1593 source=21900 loading=false [21902 online at 1593]
    replica: 8.1.1 replica link=up offset=1593 source=21901 loading=false []
    never-linked: 8.1.1 replica link=down offset=1 source=1 loading=false []
    syncing: 8.1.1 replica link=syncing offset=1 source=21905 loading=false []
    link-down: 8.1.1 replica link=down offset=1593 source=21900 loading=false [21902 online at 1593]"
  `);
});

test('every field must be read', () => {
  expect(parseInfo(recorded('redis-7.0', 'chained'))).toMatchInlineSnapshot(`
    {
      "changesSinceSave": 20,
      "fullSyncs": 1,
      "keys": 20,
      "link": "up",
      "loading": false,
      "offset": 1593,
      "partialSyncs": 0,
      "priority": 100,
      "readOffset": 1593,
      "replicas": [
        {
          "address": {
            "host": "127.0.0.1",
            "port": 21702,
          },
          "lagSeconds": 0,
          "offset": 0,
          "state": "online",
        },
      ],
      "replid": "8697cecf80f8b0a0cdf096fcbf7fc24709198999",
      "replid2": "0000000000000000000000000000000000000000",
      "role": "replica",
      "runId": "5efcd37855d4c4fb53b0c213cce35780a701fd5a",
      "secondOffset": -1,
      "source": {
        "host": "127.0.0.1",
        "port": 21700,
      },
      "version": "7.0.15",
    }
  `);
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
      "changesSinceSave": null,
      "fullSyncs": 0,
      "keys": 0,
      "link": null,
      "loading": false,
      "offset": 0,
      "partialSyncs": 0,
      "priority": 100,
      "readOffset": 0,
      "replicas": [],
      "replid": "",
      "replid2": "",
      "role": "master",
      "runId": "",
      "secondOffset": -1,
      "source": null,
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
