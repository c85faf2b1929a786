import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterStatus } from '../../src/domain/status.ts';
import { isSoak } from '../docker/support/breadth.ts';
import { ChaosProxy } from '../docker/support/chaos-proxy.ts';
import { TestCluster } from '../docker/support/cluster.ts';
import { inParallel } from '../docker/support/in-parallel.ts';
import { loadKeys, missingKeys } from '../docker/support/keys.ts';
import { docker, type Finished, inspect, rmsx } from '../docker/support/run.ts';

/** Without a soak, one call in so many. */
const oneOf = 12;
const keys = 20;

const codes = { SIGINT: 130, SIGTERM: 143, SIGKILL: null } as const;
type Signal = keyof typeof codes;

interface Moment {
  readonly signal: Signal;
  /** At which request to the engine, counted from 1. */
  readonly call: number;
}

/** What is killed: what comes before it, its command line, and what must be true afterwards. */
interface Victim {
  readonly prepare: (cluster: TestCluster) => Promise<unknown>;
  readonly args: (cluster: TestCluster) => readonly string[];
  /** @returns what is wrong */
  readonly check: (cluster: TestCluster, run: Finished, moment: Moment) => Promise<readonly string[]>;
}

/** Runs a command through a proxy that sends the signal at one request. */
async function runUntil(
  cluster: TestCluster,
  args: readonly string[],
  moment?: Moment,
): Promise<Finished & { readonly calls: number }> {
  const proxy = new ChaosProxy(`${cluster.name}-${randomBytes(3).toString('hex')}`);
  await proxy.listen();
  try {
    const run = await rmsx(args, {
      env: proxy.env,
      whileRunning: async (kill) => {
        proxy.onRequest = (count) => {
          if (moment && count === moment.call) kill(moment.signal);
        };
      },
    });
    return { ...run, calls: proxy.routes.length };
  } finally {
    await proxy.close();
  }
}

/** @returns every call that the command makes, with every signal; a part of them without a soak */
async function momentsOf({ prepare, args }: Victim): Promise<readonly Moment[]> {
  const cluster = new TestCluster('kill');
  try {
    await prepare(cluster);
    const { code, calls } = await runUntil(cluster, args(cluster));
    expect([code, calls > 5]).toEqual([0, true]);
    const all = Array.from({ length: calls }, (_, i) => i + 1);
    return (Object.keys(codes) as Signal[]).flatMap((signal, s) =>
      all.filter((call) => isSoak || call % oneOf === 2 * s).map((call): Moment => ({ signal, call })),
    );
  } finally {
    await cluster.remove();
  }
}

/** @returns everything that is wrong after each of the moments, with the moment in front */
async function goThrough(victim: Victim): Promise<readonly string[]> {
  const wrong: string[] = [];
  await inParallel(await momentsOf(victim), async (moment) => {
    const { signal, call } = moment;
    const cluster = new TestCluster('kill');
    try {
      await victim.prepare(cluster);
      const run = await runUntil(cluster, victim.args(cluster), moment);
      const problems = await victim.check(cluster, run, moment);
      const isEnded = run.code === codes[signal] || run.code === 0; // the last calls come when all is done
      const ending = isEnded ? [] : [`exit ${run.code}: ${run.stderr.slice(-300)}`];
      wrong.push(...[...ending, ...problems].map((problem) => `${signal} at call ${call}: ${problem}`));
    } finally {
      await cluster.remove();
    }
  });
  if ((await guestNow()) !== guestBefore) wrong.push('a container of somebody else was touched');
  return wrong;
}

const guest = `kill-guest-${randomBytes(3).toString('hex')}`;
let guestBefore = '';
const guestNow = async (): Promise<string> => {
  const { Id, State } = await inspect(guest);
  return `${Id} ${State.StartedAt}`;
};

beforeAll(async () => {
  await docker('run', '-d', '--name', guest, '--network', 'none', '--entrypoint', 'sleep', 'redis:8.0', '1800');
  guestBefore = await guestNow();
});
afterAll(async () => {
  await docker('rm', '-f', '-v', guest);
});

const up = (cluster: TestCluster): readonly string[] => ['up', ...cluster.apart, '--replicas', '1'];
const down = ({ name }: TestCluster): readonly string[] => ['down', '--volumes', '-y', '-n', name];
const promote = ({ name }: TestCluster): readonly string[] => ['promote', 'slave-1', '-n', name];

const victims: Readonly<Record<string, Victim>> = {
  up: {
    prepare: async () => undefined,
    args: up,
    check: async (cluster, { code }, { signal, call }) => {
      const left = await cluster.objects();
      if (signal !== 'SIGKILL') return code !== 0 && left.length > 0 ? [`left: ${left.join(' ')}`] : [];
      const next = [up(cluster), down(cluster), ['gc', '--older-than', '0s', '-n', cluster.name]][call % 3] ?? [];
      const { code: nextCode, stderr } = await rmsx(next);
      const remains = await cluster.objects();
      if (nextCode !== 0) return [`the next ${next[0]}: ${nextCode} ${stderr} ${remains.join(' ')}`];
      if (next[0] === 'up' || remains.length === 0) return [];
      // gc leaves alone what somebody may use by now: that must be finished by up.
      const last = next[0] === 'gc' ? await rmsx(up(cluster)) : undefined;
      return last?.code === 0 ? [] : [`after ${next[0]}: ${remains.join(' ')}; up: ${last?.code} ${last?.stderr}`];
    },
  },
  down: {
    prepare: (cluster) => cluster.up('--replicas', '1'),
    args: down,
    check: async (cluster) => {
      const { code, stderr } = await rmsx(down(cluster));
      const left = await cluster.objects();
      return code === 0 && left.length === 0 ? [] : [`the next down: ${code} ${stderr} ${left.join(' ')}`];
    },
  },
  promote: {
    prepare: async (cluster) => {
      await cluster.up('--replicas', '2');
      await loadKeys(cluster, 'master', keys);
      await docker('kill', cluster.container('master'));
    },
    args: promote,
    check: async (cluster) => {
      const { code, stderr } = await rmsx(promote(cluster));
      if (code !== 0) return [`the next promote: ${code} ${stderr}`];
      const { stdout } = await rmsx(['status', '--json', '-n', cluster.name]);
      const { nodes } = JSON.parse(stdout) as ClusterStatus;
      const masters = nodes.filter(({ role }) => role === 'master').map(({ name }) => name);
      const missing = await missingKeys(cluster, ['slave-1', 'slave-2'], keys);
      const written = await (await cluster.client('slave-1')).set('after', '1');
      const isRight = masters.join() === 'slave-1' && missing.length === 0 && written === 'OK';
      return isRight ? [] : [`masters: ${masters}; missing: ${missing}; a write: ${written}`];
    },
  },
};

describe('a signal at any call to the engine must leave what the next command finishes or cleans up', () => {
  test.each(Object.entries(victims))(
    '%s',
    async (_, victim) => {
      expect(await goThrough(victim)).toEqual([]);
    },
    1_800_000,
  );
});
