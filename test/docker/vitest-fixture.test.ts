import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../helpers/packed.ts';
import { objectsOf } from './support/cluster.ts';

test('with vitest, an application must lose no job, each file has a cluster, and a failure its logs', async () => {
  await using folder = new Folder();
  await folder.furnish('job-queue');
  writeFileSync(join(folder.path, 'vitest/fails.test.js'), failing);
  const { code, output } = await folder.run('node', [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...['--config', 'vitest/vitest.config.js', '--reporter', 'verbose'],
  ]);
  expect([code, output]).toEqual([1, expect.stringMatching(/1 failed \| 3 passed/)]);
  const told = /rmsx: the logs of (rmsx-\w+) are in rmsx-logs\/fails\.test\.js-orders-are-lost\n/;
  expect(output).toMatch(told);
  expect(folder.list('rmsx-logs')).toEqual(['fails.test.js-orders-are-lost']);
  expect(folder.list('rmsx-logs/fails.test.js-orders-are-lost')).toEqual(['master.log', 'slave-1.log']);
  const names = [
    told.exec(output)?.[1] ?? '',
    ...(/(?<=clusters: )(rmsx-\w+) (rmsx-\w+)/.exec(output)?.slice(1) ?? []),
  ];
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(await objectsOf(name)).toEqual([]);
});

/** Also looks at the cluster of the whole run. */
const failing = `
import { expect, inject, test as base } from 'vitest';
import { withCluster } from 'rmsx/vitest';
const test = withCluster(base, { replicas: 1, scope: 'worker' });
const shared = withCluster(base, { shared: inject('rmsx') });
test.beforeAll(({ cluster }) => console.log('clusters: ' + cluster.name + ' ' + inject('rmsx').name));
test('orders are lost', ({ cluster }) => expect(cluster.replicas.length).toBe(2));
shared('orders are kept', ({ cluster }) => expect(cluster.name).toBe(inject('rmsx').name));
`;
