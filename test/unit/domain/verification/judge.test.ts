import { describe, expect, test } from 'vitest';
import { assessCluster } from '../../../../src/domain/assess.ts';
import type { NodeSpec } from '../../../../src/domain/cluster.ts';
import type { ServerInfo } from '../../../../src/domain/server-info.ts';
import type { DataCompared, NodeEvidence, VerifyEvidence } from '../../../../src/domain/verification/evidence.ts';
import { judge } from '../../../../src/domain/verification/judge.ts';
import type { Verification } from '../../../../src/domain/verification/verification.ts';
import { assertValid } from '../../../helpers/schemas.ts';
import {
  confs,
  containers,
  healthyInfos,
  history,
  record,
  replicaInfo,
  type States,
  shaped,
} from '../../../helpers/values.ts';

const chain = shaped('chain', { master: null, 'slave-1': 'master', 'slave-2': 'slave-1' }, { name: 'demo' });
const addressOf = (name: string): NodeEvidence['roleConf'] => ({
  value: chain.nodes.find((node) => node.name === name)?.address ?? null,
});
const same: DataCompared = { compared: 7, differences: [], inMotion: 0, typesOnly: 0, isSettled: true };

/** What is seen of each node when all is well. */
function wellSeen(): Record<string, NodeEvidence> {
  const all = chain.nodes.map(({ name, source }): [string, NodeEvidence] => [
    name,
    {
      roleConf: addressOf(source ?? ''),
      refusal: { value: source === null ? null : "READONLY You can't write against a read only replica." },
      readOnly: { value: 'yes' },
      enabled: { value: [] },
      reached: { value: { replid: history, offset: 1200, link: source === null ? null : 'up' } },
      markers: { value: { missing: 0, wrong: [] } },
      left: { value: 0 },
      delay: { value: { medianMs: 0.5, maxMs: 1.2 } },
      data: { value: same },
    },
  ]);
  return Object.fromEntries(all);
}

interface Scene {
  readonly nodes?: Readonly<Record<string, Partial<NodeEvidence>>>;
  readonly infos?: Readonly<Record<string, ServerInfo>>;
  readonly states?: States;
  readonly strangers?: Readonly<Record<string, string>>;
  readonly changes?: Partial<VerifyEvidence>;
}

function verdict({ nodes = {}, infos = {}, states = {}, strangers = {}, changes = {} }: Scene): Verification {
  const own = record(chain);
  const seen = new Map([...healthyInfos(chain), ...Object.entries(infos)]);
  const answering = [...seen].filter(([name]) => (states[name] ?? 'running') === 'running');
  const status = assessCluster({
    record: own,
    containers: containers(chain, states),
    confs: confs(own),
    infos: new Map(answering),
    endpoint: () => ({ host: '127.0.0.1', port: 1 }),
  });
  const evidence = wellSeen();
  const verification = judge({
    cluster: chain,
    status,
    master: 'master',
    target: { value: { replid: history, offset: 1200 } },
    markers: 10,
    waitMs: 2500,
    keys: { of: 7, compared: 7, isComplete: true },
    strangers: new Map(
      answering.map(([name]) => [name, { value: strangers[name] ?? 'NOAUTH Authentication required.' }]),
    ),
    nodes: new Map(answering.map(([name]) => [name, { ...(evidence[name] as NodeEvidence), ...nodes[name] }])),
    ...changes,
  });
  assertValid('verify', { schemaVersion: 1, ...verification });
  return verification;
}

/** @returns `check node: message` of what is not ok */
const failed = (scene: Scene): readonly string[] =>
  verdict(scene).checks.flatMap(({ check, node, ok, message }) => (ok ? [] : [`${check} ${node}: ${message}`]));

test('a cluster of which all is well must pass', () => {
  const { ok, checks, latency, keys } = verdict({});
  expect([ok, checks.every((check) => check.ok && check.made && check.hint === null)]).toEqual([true, true]);
  expect(latency.map(({ node }) => node)).toEqual(['slave-1', 'slave-2']);
  expect(keys).toEqual({ written: 10, compared: 7, of: 7, complete: true, inMotion: 0 });
});

describe('one thing that is off must be one check that names the node', () => {
  const key = 'cart\u001b:7';
  const one = { database: 2, key, how: 'is not there; master has a list' };
  test.each<[string, Scene]>([
    [
      'writable master: master refuses writes: NOREPLICAS Not enough good replicas to write.',
      { nodes: { master: { refusal: { value: 'NOREPLICAS Not enough good replicas to write.' } } } },
    ],
    [
      'read-only slave-2: slave-2 accepts writes: its replica-read-only is no',
      { nodes: { 'slave-2': { refusal: { value: null }, readOnly: { value: 'no' } } } },
    ],
    [
      "read-only slave-2: slave-2 refuses writes, but not as a replica: ERR unknown command 'DEL'",
      { nodes: { 'slave-2': { refusal: { value: "ERR unknown command 'DEL'" } } } },
    ],
    ['password slave-1: slave-1 answers somebody who has not logged in: PONG', { strangers: { 'slave-1': 'PONG' } }],
    [
      'disabled-commands slave-1: slave-1 knows KEYS, which this cluster disables',
      { nodes: { 'slave-1': { enabled: { value: ['KEYS'] } } } },
    ],
    [
      'role-conf slave-2: slave-2 runs as a replica of slave-1, and its role.conf says the master: it would come back as that',
      { nodes: { 'slave-2': { roleConf: { value: null } } } },
    ],
    [
      'role-conf slave-2: slave-2 has a role.conf that cannot be read',
      { nodes: { 'slave-2': { roleConf: { value: undefined } } } },
    ],
    [
      'lag slave-2: slave-2 is 200 bytes behind master after 2.5 s; its link is down',
      { nodes: { 'slave-2': { reached: { value: { replid: history, offset: 1000, link: 'down' } } } } },
    ],
    [
      `markers slave-2: slave-2 does not have 2 of 10 markers and has 1 with another value, such as "k"`,
      { nodes: { 'slave-2': { markers: { value: { missing: 2, wrong: ['k'] } } } } },
    ],
    [
      'markers-removed master: master still has 3 markers (__rmsx__:verify:…); they expire by themselves',
      { nodes: { master: { left: { value: 3 } } } },
    ],
    [
      'latency slave-1: not checked: slave-1 did not show a write within 2.5 s',
      { nodes: { 'slave-1': { delay: { error: 'slave-1 did not show a write within 2.5 s' } } } },
    ],
    [
      'data slave-1: slave-1 does not hold the data of master, 1 key differs: in database 2 "cart :7" is not there; master has a list',
      { nodes: { 'slave-1': { data: { value: { ...same, differences: [one] } } } } },
    ],
    [
      'data slave-1: slave-1 has not caught up with master, and 5 keys differ as long: in database 2 "cart :7" is not there; master has a list, in database 2 "cart :7" is not there; master has a list, in database 2 "cart :7" is not there; master has a list, and 2 more',
      {
        nodes: {
          'slave-1': { data: { value: { ...same, differences: [one, one, one, one, one], isSettled: false } } },
        },
      },
    ],
  ])('%s', (line, scene) => {
    expect(failed(scene)).toEqual([line]);
  });
});

test('another history must fail, as offsets say nothing then', () => {
  const reached = { value: { replid: 'b'.repeat(40), offset: 9999, link: 'up' } } as const;
  expect(failed({ nodes: { 'slave-2': { reached } } })).toEqual([
    'history slave-2: slave-2 holds another history than master: bbbbbbbb, not aaaaaaaa',
    'lag slave-2: slave-2 cannot be compared with master, as it holds another history after 2.5 s',
  ]);
});

test('a node that follows another source must fail', () => {
  const [master] = chain.nodes;
  const infos = { 'slave-2': replicaInfo(master as never) };
  const roleConf = addressOf('master');
  expect(failed({ infos, nodes: { 'slave-2': { roleConf } } })).toEqual([
    'source slave-2: slave-2 runs as a replica of master, and should be a replica of slave-1',
  ]);
});

test('a node that is stopped must fail, and all that could not be checked with it', () => {
  const lines = failed({ states: { 'slave-2': 'stopped' } });
  expect(lines[0]).toBe('reachable slave-2: slave-2 is stopped');
  expect(lines.slice(1).every((line) => line.endsWith('slave-2: not checked: slave-2 is stopped'))).toBe(true);
  expect(lines.length).toBe(12);
});

test('keys in motion and types of modules must be told, and fail nothing', () => {
  const data = { value: { ...same, inMotion: 2, typesOnly: 1 } };
  const { ok, keys, checks } = verdict({ nodes: { 'slave-1': { data } } });
  expect([ok, keys.inMotion]).toEqual([true, 2]);
  expect(checks.find(({ check }) => check === 'data')?.message).toBe(
    'slave-1 holds the same data as master: 5 keys (not compared, as they changed all the time: 2; compared by type alone, as they are of a module: 1)',
  );
});

test.each<[string, Readonly<Record<string, ServerInfo>>, string]>([
  [
    'of replicas',
    { 'slave-1': replicaInfo(chain.nodes[2] as NodeSpec), 'slave-2': replicaInfo(chain.nodes[1] as NodeSpec) },
    'rmsx repair -n demo',
  ],
  ['with the master', { master: replicaInfo(chain.nodes[1] as NodeSpec) }, 'rmsx promote master -n demo'],
])('a circle %s must be told with what ends it, as status does', (_, infos, hint) => {
  const { checks } = verdict({ infos });
  const first = checks.find((check) => !check.ok && check.hint !== null);
  expect(first?.hint).toBe(hint);
});
