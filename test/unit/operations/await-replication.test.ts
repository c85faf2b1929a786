import { expect, test } from 'vitest';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { RedisConnection } from '../../../src/domain/redis-port.ts';
import { awaitReplication } from '../../../src/operations/await-replication.ts';
import { Connections } from '../../../src/operations/connections.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { cluster, healthyInfos } from '../../helpers/values.ts';

const spec = cluster(1);

test('a master that ends before it acknowledged a marker must be told, and not be asked for ever', async () => {
  const infos = healthyInfos(spec);
  const gone = new RmsxError('failed', 'gone', { reason: 'refused' });
  const connections = new Connections(
    {
      warmUp: () => undefined,
      connect: async (node) => {
        const connection: Partial<RedisConnection> = {
          info: async () => infos.get(node) ?? Promise.reject(gone),
          mark: async () => {
            infos.delete('master');
            throw gone;
          },
          close: () => undefined,
        };
        return connection as RedisConnection;
      },
    },
    () => 'secret',
    () => ({ host: '127.0.0.1', port: 6379 }),
  );
  const { signal } = new AbortController();
  const failFast = async (seen: ReadonlyMap<string, unknown>): Promise<void> => {
    throw new RmsxError('failed', `only ${[...seen.keys()].join()} answers`);
  };
  const error = await rejectionOf(
    awaitReplication({ cluster: spec, nodes: spec.nodes, connections, signal, failFast }),
  );
  expect(error.message).toBe('only slave-1 answers');
});
