import { describe, expect, test } from 'vitest';
import { describeVerdict, judgeMaster, type MasterEvidence } from '../../../src/domain/master-verdict.ts';
import type { ServerInfo } from '../../../src/domain/server-info.ts';
import { cluster, containers, masterInfo, node, replicaInfo, type States } from '../../helpers/values.ts';

const star = cluster(2);
const master = node('master', null);
const hears = (lastIoSeconds: number): ServerInfo => replicaInfo(master, { lastIoSeconds });
const cut = replicaInfo(master, { link: 'down', lastIoSeconds: null });

function judge(
  states: States,
  infos: Readonly<Record<string, ServerInfo>>,
  inside: MasterEvidence['inside'] = null,
  spec = star,
): string {
  const given = { cluster: spec, containers: containers(spec, states), infos: new Map(Object.entries(infos)), inside };
  return describeVerdict('master', judgeMaster(given));
}

const running: States = { master: 'running' };

test.each<[string, string]>([
  ['missing', 'master is dead: it has no container.'],
  ['stopped', 'master is dead: its container has ended (stopped).'],
  ['restarting', 'master is flapping: its container crashes and is started again (restarting).'],
  ['paused', 'master is frozen: its container is paused.'],
])('a master whose container is %s must be judged by that alone', (state, said) => {
  expect(judge({ master: state as 'paused' }, { 'slave-1': hears(0) }, 'answers')).toBe(said);
});

describe('a master that answers', () => {
  const own = masterInfo([node('slave-1', 'master')]);

  test('must be alive, also where the engine said before that it had ended', () => {
    expect(judge({ master: 'stopped' }, { master: own })).toBe(
      'master is alive: it answers as the master, at offset 1000.',
    );
  });

  test('must be demoted where it follows somebody', () => {
    expect(judge(running, { master: cut })).toBe('master is demoted: it answers as a replica.');
  });

  test('must be reborn where it is empty, and a replica that ran before it still holds keys of another history', () => {
    const empty = { ...own, keys: 0, uptimeSeconds: 5, replid: 'f'.repeat(40) };
    const holder = replicaInfo(master, { keys: 7, uptimeSeconds: 60, link: 'down' });
    expect(judge(running, { master: empty, 'slave-1': holder })).toBe(
      'master is reborn: it came back empty 5 s ago; slave-1 still holds 7 keys of before.',
    );
    expect(judge(running, { master: { ...empty, keys: 1 }, 'slave-1': holder })).toMatch(/^master is alive/);
  });
});

describe('a master that runs in silence', () => {
  test('must be isolated from us where it answers inside its container', () => {
    expect(judge(running, { 'slave-1': cut }, 'answers')).toBe(
      'master is isolated: it runs and does not answer; it does answer inside its container.',
    );
  });

  test('must be isolated as long as one replica has heard from it lately, and frozen when none has', () => {
    expect(judge(running, { 'slave-1': hears(9), 'slave-2': hears(3) }, 'silent')).toBe(
      'master is isolated: it runs and does not answer; it does not answer inside its container either; slave-1 heard from it 9 s ago; slave-2 heard from it 3 s ago.',
    );
    expect(judge(running, { 'slave-1': hears(9), 'slave-2': hears(4) }, 'silent')).toMatch(/^master is frozen: /);
    expect(judge(running, { 'slave-1': cut, 'slave-2': cut }, 'silent')).toMatch(/^master is frozen: /);
  });

  test('must have as much time as its pings take', () => {
    const slow = cluster(2, { directives: { 'repl-ping-replica-period': ['10'] } });
    expect(judge(running, { 'slave-1': hears(12) }, 'silent', slow)).toMatch(/^master is isolated: /);
    expect(judge(running, { 'slave-1': hears(13) }, 'silent', slow)).toMatch(/^master is frozen: /);
  });

  test('must not be taken for gone where nobody could ask inside: its password may have been changed by hand', () => {
    expect(judge(running, { 'slave-1': cut, 'slave-2': cut })).toMatch(/^master is isolated: /);
  });

  test('must count only replicas of its own as witnesses', () => {
    const chain = cluster(0, { nodes: [master, node('slave-1', 'master'), node('slave-2', 'slave-1')] });
    expect(judge(running, { 'slave-1': cut, 'slave-2': hears(0) }, 'silent', chain)).toMatch(/^master is frozen: /);
  });

  test('must be cut off where it is not on the network of the cluster', () => {
    const off = containers(star, running).map((each) => (each.node === 'master' ? { ...each, attachments: [] } : each));
    const given = { cluster: star, containers: off, infos: new Map([['slave-1', hears(0)]]) };
    expect(judgeMaster(given)).toEqual({
      state: 'cut-off',
      evidence: ['it is not on the network redis-server_app_net'],
    });
  });
});
