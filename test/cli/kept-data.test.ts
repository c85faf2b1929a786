import { expect, test } from 'vitest';
import { runAgainst } from '../helpers/run-against.ts';

/** Everything that is left of a cluster after `down`, but for its conf. */
const volumes = ['master', 'slave-1', 'slave-2'].map((node) => ({
  Name: `redis-server-${node}-data`,
  Labels: {
    'rmsx.cluster': 'redis-server',
    'rmsx.node': node,
    'rmsx.run': 'earlier',
    'rmsx.purpose': 'data',
    'rmsx.image': 'redis:8.0',
  },
}));

test('up with a server that is older than the data must exit 7, with the numbers, before anything is made', async () => {
  const world = { volumes, images: ['redis:7.0', 'redis:8.0'] };
  const { code, stdout, stderr, writes } = await runAgainst(world, ['up', '--image', 'redis:7.0']);
  expect([code, stdout, writes]).toEqual([7, '', []]);
  expect(stderr).toMatchInlineSnapshot(`
    "rmsx: 3 nodes could not load their data.
      - master could not load its data: redis-server-master-data was written by redis:8.0 (RDB format 12), and redis:7.0 has RDB format 10
      - slave-1 could not load its data: redis-server-slave-1-data was written by redis:8.0 (RDB format 12), and redis:7.0 has RDB format 10
      - slave-2 could not load its data: redis-server-slave-2-data was written by redis:8.0 (RDB format 12), and redis:7.0 has RDB format 10
    hint: Keep the image of before: rmsx up --image redis:8.0
          Or begin anew without the data: rmsx down --volumes
    "
  `);
});
