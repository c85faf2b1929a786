import { expect, test } from 'vitest';
import type { Ports, Progress } from '../../../src/domain/ports.ts';
import type { RedisConnection } from '../../../src/domain/redis-port.ts';
import { awaitUsable } from '../../../src/operations/await-usable.ts';
import { Connections } from '../../../src/operations/connections.ts';
import { cluster, healthyInfos, replicaInfo } from '../../helpers/values.ts';

const spec = cluster(1);
const [master] = spec.nodes;

test('a replica that tries again and again must not be told of for every attempt', async () => {
  const infos = healthyInfos(spec);
  let looks = 0;
  const connections = new Connections(
    {
      warmUp: () => undefined,
      connect: async (node) => {
        const connection: Partial<RedisConnection> = {
          info: async () => {
            if (node === 'master') return infos.get('master') as NonNullable<ReturnType<typeof infos.get>>;
            looks += 1;
            if (looks > 6) return replicaInfo(master as NonNullable<typeof master>);
            return replicaInfo(master as NonNullable<typeof master>, { link: looks % 2 === 0 ? 'down' : 'syncing' });
          },
          mark: async () => ({ offset: 1, acknowledged: 1 }),
          close: () => undefined,
        };
        return connection as RedisConnection;
      },
    },
    () => 'secret',
    () => ({ host: '127.0.0.1', port: 6379 }),
  );
  const said: string[] = [];
  const progress: Partial<Progress> = {
    begin: (text) => void said.push(`begin ${text}`),
    update: (text) => void said.push(`update ${text}`),
  };
  const { signal } = new AbortController();
  const ports = { progress, signal } as Ports;
  await awaitUsable({ cluster: spec, linked: ['master', 'slave-1'], lonely: [], connections }, ports);
  const states = [
    'waiting: slave-1 is in its first synchronisation with master',
    'waiting: slave-1 has no link to master',
  ];
  const again = states.map((text) => `update ${text}`);
  expect(said).toEqual([...states.map((text) => `begin ${text}`), ...again, ...again]);
});
