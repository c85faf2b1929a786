import { describe, expect, test } from 'vitest';
import type { Persistence } from '../../../src/domain/cluster.ts';
import type { ClusterRecord } from '../../../src/domain/record.ts';
import { settleCluster } from '../../../src/plan/settle.ts';
import { errorOf } from '../../helpers/error-of.ts';
import { cluster, engineWith, record, volume } from '../../helpers/values.ts';

const options = { timezone: 'UTC', attempt: 0 };

describe('another persistence', () => {
  const data = volume('redis-server-master-data', { cluster: 'redis-server', purpose: 'data', run: 'earlier' });
  const settle = (was: Persistence, persistence: Persistence, volumes = [data]): ClusterRecord =>
    settleCluster(
      { name: 'redis-server', persistence },
      record(cluster(1, { persistence: was })),
      engineWith({ volumes }),
      options,
    );

  test.each<[Persistence, Persistence, string]>([
    ['aof', 'rdb', 'append-only files'],
    ['aof', 'none', 'append-only files'],
    ['rdb', 'aof', 'snapshots'],
    ['rdb', 'none', 'snapshots'],
  ])('%s, then %s must be refused: servers would start empty beside their data', (was, will, what) => {
    const error = errorOf(() => settle(was, will));
    expect([error.code, error.message, error.hint]).toEqual([
      'unsafe',
      `The data of redis-server is in ${what} on a volume, which servers with persistence ${will} do not read: they would start empty.`,
      `Keep persistence ${was}   or begin anew without the data: rmsx down --volumes`,
    ]);
  });

  test('must be sound where no data is left, and where none was kept', () => {
    expect(settle('aof', 'rdb', []).cluster.persistence).toBe('rdb');
    expect(settle('none', 'aof').cluster.persistence).toBe('aof');
  });
});
