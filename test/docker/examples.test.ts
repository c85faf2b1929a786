import { afterEach, expect, test } from 'vitest';
import { rows } from './support/breadth.ts';
import { TestCluster } from './support/cluster.ts';
import { expectAsDrawn } from './support/examples.ts';

let cluster: TestCluster | undefined;

afterEach(() => cluster?.remove());

// The star is in versions.test.ts, on every server, and goes on from there.
test.each(
  rows(
    [
      ['chain', 'redis:6.0'],
      ['tree', 'redis:7.0'],
      ['cross', 'redis:7.0'],
      ['tuned', 'redis:7.0'],
    ],
    [
      ['chain', 'redis:7.0'],
      ['chain', 'redis:8.0'],
      ['chain', 'valkey:8.1'],
    ],
  ),
)('examples/%s.yaml must come up on %s as it is drawn, and up again must change nothing', async (example, image) => {
  cluster = new TestCluster(`example-${example}`);
  await expectAsDrawn(cluster, example, image);
  if (example === 'tuned') await expectTuned(cluster);
});

/** Everything that examples/tuned.yaml says, as the servers see it. */
async function expectTuned(current: TestCluster): Promise<void> {
  const everywhere = {
    'repl-backlog-size': String(64 * 2 ** 20),
    'repl-ping-replica-period': '1',
    'repl-timeout': '10',
    'min-replicas-to-write': '1',
    'min-replicas-max-lag': '3',
    'replica-serve-stale-data': 'no',
    'client-output-buffer-limit': expect.stringMatching(/(?:slave|replica) 134217728 67108864 30\b/),
    maxmemory: String(64 * 2 ** 20),
    'maxmemory-policy': 'volatile-lru',
    appendfsync: 'always',
    maxclients: '2000',
    'slowlog-log-slower-than': '5000',
    'replica-priority': '100',
  };
  const own: Readonly<Record<string, object>> = {
    'slave-1': { 'replica-priority': '10' },
    'slave-3': { 'replica-priority': '0', 'slowlog-log-slower-than': '100000' },
  };
  for (const node of ['master', 'slave-1', 'slave-2', 'slave-3']) {
    const client = await current.client(node);
    const found: Record<string, string> = {};
    for (const name of Object.keys(everywhere)) {
      found[name] = ((await client.config('GET', name)) as string[])[1] ?? '';
    }
    expect([node, found]).toEqual([node, { ...everywhere, ...own[node] }]);
  }
}
