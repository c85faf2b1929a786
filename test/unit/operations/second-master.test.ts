import { expect, test } from 'vitest';
import type { ContainerState } from '../../../src/domain/observed.ts';
import type { Step } from '../../../src/domain/plan.ts';
import type { Ports } from '../../../src/domain/ports.ts';
import type { RedisConnection } from '../../../src/domain/redis-port.ts';
import { refuseSecondMaster } from '../../../src/operations/second-master.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { SlowWorld } from '../../helpers/slow-world.ts';
import { cluster, masterInfo, record, replicaInfo } from '../../helpers/values.ts';

const spec = cluster(1);
const [master] = spec.nodes;
const start: Step = { op: 'start', node: 'master' };

/** slave-1 runs, as what is said. */
async function starting(role: 'master' | 'replica', steps: readonly Step[], state: ContainerState): Promise<void> {
  const world = await SlowWorld.of(spec);
  for (const [id, each] of world.containers) if (each.node === 'master') world.containers.set(id, { ...each, state });
  const connect = async (): Promise<RedisConnection> => {
    const info = role === 'master' || !master ? masterInfo([]) : replicaInfo(master);
    return { info: async () => info, close: () => undefined } as Partial<RedisConnection> as RedisConnection;
  };
  const ports: Ports = { ...world.ports, redis: { warmUp: () => undefined, connect } };
  const known = { name: spec.name, record: record(spec), containers: await ports.engine.listContainers(spec.name) };
  const plan = steps.map((step, i) => ({ id: `${i}`, step, because: 'it is down', after: [] }));
  return refuseSecondMaster(known, plan, ports);
}

test('the recorded master must not come back beside a master that somebody made by hand', async () => {
  expect(await rejectionOf(starting('master', [start], 'stopped'))).toMatchObject({
    code: 'unsafe',
    message: 'slave-1 runs as a master: with master, which the record names, there would be two.',
    hint: expect.stringContaining('Let slave-1 stay the master: rmsx promote slave-1'),
  });
});

test('the recorded master must come back where nobody else is the master, or where it is at work already', async () => {
  await starting('replica', [start], 'stopped');
  await starting('master', [{ op: 'stop', node: 'master', id: 'id-master', graceSeconds: 5 }, start], 'running');
  await starting('master', [{ ...start, node: 'slave-1' }], 'running');
});
