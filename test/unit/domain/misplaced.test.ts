import { expect, test } from 'vitest';
import { assessCluster } from '../../../src/domain/assess.ts';
import type { Attachment, ObservedContainer } from '../../../src/domain/observed.ts';
import { attachment, cluster, confs, container, healthyInfos, record } from '../../helpers/values.ts';

const own = record(cluster(2));
const at = (ip: string | null): readonly Attachment[] => [attachment('redis-server', { ip })];

/** What status says where the container of slave-2 is like this. */
function seen(changes: Partial<ObservedContainer>, isSilent = false) {
  const infos = healthyInfos(own.cluster);
  if (isSilent) infos.delete('slave-2');
  const {
    cluster: summary,
    nodes,
    warnings,
  } = assessCluster({
    record: own,
    containers: own.cluster.nodes.map(({ name }) => container(own.cluster, name, name === 'slave-2' ? changes : {})),
    confs: confs(own),
    infos,
    endpoint: () => ({ host: '127.0.0.1', port: 6379 }),
  });
  const { ip } = nodes.find(({ name }) => name === 'slave-2') ?? {};
  return { health: summary.health, ip, codes: warnings.map(({ code }) => code), first: warnings[0] };
}

test('a node that has left the network must be told with the cause and the command, and not as one that is silent', () => {
  expect(seen({ attachments: [] }, true)).toEqual({
    health: 'degraded',
    ip: '172.19.0.12',
    codes: ['off-network'],
    first: {
      code: 'off-network',
      node: 'slave-2',
      message: 'slave-2 is not on the network redis-server_app_net: no other node finds it',
      hint: 'rmsx up',
      level: 'problem',
    },
  });
  expect(seen({ attachments: [attachment('other')] }, true).codes).toEqual(['off-network']);
});

test('a master that has left the network must be put back rather than replaced', () => {
  const infos = healthyInfos(own.cluster);
  infos.delete('master');
  const { warnings } = assessCluster({
    record: own,
    containers: own.cluster.nodes.map(({ name }) =>
      container(own.cluster, name, name === 'master' ? { attachments: [] } : {}),
    ),
    confs: confs(own),
    infos,
    endpoint: () => ({ host: '127.0.0.1', port: 6379 }),
  });
  expect(warnings.map(({ code, hint }) => [code, hint])).toEqual([
    ['no-master', 'rmsx up'],
    ['off-network', 'rmsx up'],
  ]);
});

test('a node that has another address must be told, with the address that it has', () => {
  expect(seen({ attachments: at('172.19.0.240') })).toEqual({
    health: 'degraded',
    ip: '172.19.0.240',
    codes: ['address-differs'],
    first: {
      code: 'address-differs',
      node: 'slave-2',
      message: 'slave-2 has the address 172.19.0.240 instead of 172.19.0.12: no other node finds it',
      hint: 'rmsx up',
      level: 'problem',
    },
  });
});

test('a stopped node that would start with any address must be told beside its stop', () => {
  expect(seen({ attachments: at(''), state: 'stopped' }, true)).toMatchObject({
    ip: '172.19.0.12',
    codes: ['address-differs', 'node-stopped'],
    first: { message: 'slave-2 has no fixed address instead of 172.19.0.12: no other node finds it' },
  });
});

test.each<[string, Partial<ObservedContainer>]>([
  ['an address that the engine does not tell', { attachments: at(null) }],
  ['networks that the engine does not tell', { attachments: null }],
  ['another network beside its own', { attachments: [attachment('other', { ip: '10.0.0.9' }), ...at('172.19.0.12')] }],
])('%s must not be taken for wrong', (_, changes) => {
  expect(seen(changes)).toMatchObject({ health: 'healthy', codes: [] });
});

test('a container that is being removed must not be told as misplaced', () => {
  expect(seen({ attachments: [], state: 'stopped', halfRemoved: true }, true).codes).toEqual(['node-stopped']);
});

test('what Docker Compose made must be told with the commands that put it back by hand, as up leaves it alone', () => {
  expect(seen({ attachments: at('172.19.0.240'), run: null, composeProject: 'demo' }).first?.hint).toBe(
    'docker network disconnect redis-server_app_net redis-server-slave-2 && docker network connect --ip 172.19.0.12 --alias slave-2 redis-server_app_net redis-server-slave-2',
  );
});
