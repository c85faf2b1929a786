import type { ClusterStatus } from '../../src/domain/status.ts';
import type { TestCluster } from '../docker/support/cluster.ts';
import { docker } from '../docker/support/run.ts';
import {
  as,
  both,
  type Check,
  collected,
  cutOff,
  gone,
  healed,
  isNow,
  isWhole,
  killed,
  linked,
  moved,
  named,
  opens,
  otherPasswordFile,
  renewed,
  replaced,
  rotated,
  running,
  set,
  standing,
  stopped,
  strayed,
  upFlags,
  whole,
  withKeys,
  withOtherPassword,
} from './situations.ts';

/** A verb, what has to be there before it, and what must be there after it. */
export interface Scenario {
  readonly args: (cluster: TestCluster) => readonly string[];
  readonly prepare: (cluster: TestCluster) => Promise<void>;
  readonly check: Check;
  /** From what is there after it to what has to be there before it; where that is missing, a new cluster is made. */
  readonly reset?: (cluster: TestCluster) => Promise<void>;
  /**
   * What a failure leaves: `nothing` on the engine; what the same command `finishes`; or everything as it was, as the verb
   * only `looks`.
   */
  readonly after: 'nothing' | 'finishes' | 'looks';
}

const asItIs = async (): Promise<void> => undefined;
const looking = (args: Scenario['args'], check: Check): Scenario => ({
  args,
  prepare: standing(),
  check,
  reset: asItIs,
  after: 'looks',
});
const changing = (args: Scenario['args'], check: Check, rest: Partial<Scenario> = {}): Scenario => ({
  args,
  prepare: standing(),
  check,
  after: 'finishes',
  ...rest,
});

/** Every verb that uses an engine. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  up: { args: upFlags, prepare: asItIs, check: running(2), after: 'nothing' },
  'up again': changing(upFlags, running(2), { reset: asItIs }),
  'up --set': changing(
    named('--set', 'maxclients=500'),
    both(running(2), set(['master', 'slave-1'], 'maxclients', '500')),
    {
      reset: as('up', '--set', 'maxclients=400'),
    },
  ),
  'up --image': changing(named('--image', 'redis:8.0'), both(running(2), renewed), {
    prepare: withKeys(standing('1', '--image', 'redis:7.0')),
  }),
  status: looking(named('--json'), async (_, { stdout }) => isWhole(JSON.parse(stdout) as ClusterStatus)),
  topology: looking(named('--json'), async (_, { stdout }) => {
    const { edges } = JSON.parse(stdout) as { edges: readonly { link: string | null }[] };
    return edges.map(({ link }) => link).join() === 'up' ? undefined : `it shows ${JSON.stringify(edges)}`;
  }),
  verify: looking(named('--json', '--keys', '7'), async (_, { stdout }) => {
    const { ok, keys } = JSON.parse(stdout) as { ok: boolean; keys: { written: number } };
    return ok && keys.written === 7 ? undefined : `it says ${stdout}`;
  }),
  logs: looking(named(), async (_, { stdout }) => {
    const isWhole = ['master', 'slave-1'].every((node) =>
      new RegExp(`^${node} \\| .*Server initialized`, 'm').test(stdout),
    );
    return isWhole ? undefined : `it printed ${stdout}`;
  }),
  cli: looking(
    ({ name }) => ['-n', name, 'master', 'ECHO', 'hello'],
    async (_, { stdout }) => (stdout === 'hello\n' ? undefined : `it printed ${stdout}`),
  ),
  ls: looking(
    () => ['--json'],
    async ({ name }, { stdout }) => {
      const { clusters } = JSON.parse(stdout) as { clusters: readonly { name: string; running: number }[] };
      const found = clusters.find((cluster) => cluster.name === name);
      return found?.running === 2 ? undefined : `it is listed as ${JSON.stringify(found)}`;
    },
  ),
  env: looking(named(), opens),
  url: looking(named(), opens),
  doctor: looking(named(), async () => undefined),
  down: changing(named('--volumes', '-y'), gone, { reset: standing() }),
  promote: changing(named('slave-1'), both(running(1, 1, 'slave-1'), whole(['slave-1'])), {
    prepare: async (cluster) => {
      await withKeys(standing())(cluster);
      await docker('kill', cluster.container('master'));
    },
  }),
  scale: changing(named('--replicas', '2'), running(3), { reset: as('scale', '--replicas', '1', '--volumes') }),
  add: changing(named(), running(3, 4), { reset: as('scale', '--replicas', '1', '--volumes') }),
  remove: changing(named('slave-1'), running(1), { reset: as('scale', '--replicas', '1') }),
  move: changing(named('slave-2', '--source', 'slave-1'), moved, {
    prepare: standing('2'),
    reset: as('move', 'slave-2', '--source', 'master'),
  }),
  start: changing(named(), running(2), {
    prepare: async (cluster) => {
      await standing()(cluster);
      await as('stop')(cluster);
    },
    reset: as('stop'),
  }),
  stop: changing(named(), stopped, { reset: as('start') }),
  restart: changing(named(), running(2), { reset: asItIs }),
  gc: changing(named('--older-than', '0s'), collected, { prepare: killed, reset: killed }),
  'up --password-file': changing(
    (cluster) => ['-n', cluster.name, '--password-file', otherPasswordFile(cluster)],
    rotated,
    { prepare: withOtherPassword, reset: as('up') },
  ),
  switchover: changing(named('slave-1'), both(running(2, 2, 'slave-1'), whole(['master', 'slave-1'])), {
    prepare: withKeys(standing()),
    reset: as('switchover', 'master'),
  }),
  rejoin: changing(named('master'), both(running(2, 2, 'slave-1'), whole(['master', 'slave-1'])), {
    prepare: replaced,
  }),
  repair: changing(named(), both(running(2), linked), {
    prepare: async (cluster) => standing()(cluster).then(() => strayed(cluster)),
    reset: strayed,
  }),
  run: {
    args: (cluster) => [...upFlags(cluster), '--', 'echo', 'hello'],
    prepare: asItIs,
    check: async (cluster, { stdout }) => (stdout.includes('hello') ? gone(cluster) : `it printed ${stdout}`),
    after: 'nothing',
  },
  ...Object.fromEntries(
    Object.entries({ kill: 'exited', stop: 'exited', pause: 'paused' }).map(([kind, state]) => [
      `fault ${kind}`,
      changing(named(kind, 'slave-1'), isNow(state), { reset: as('fault', 'heal') }),
    ]),
  ),
  'fault partition': changing(named('partition', 'slave-1'), cutOff, { reset: as('fault', 'heal') }),
  'fault heal': changing(named('heal'), healed, {
    prepare: async (cluster) => standing()(cluster).then(() => as('fault', 'partition', 'slave-1')(cluster)),
    reset: as('fault', 'partition', 'slave-1'),
  }),
};
