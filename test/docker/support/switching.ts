import type { Redis } from 'ioredis';
import { url } from '../../../src/operations.ts';
import type { TestCluster } from './cluster.ts';
import { library } from './library.ts';
import { eventually, rmsxJson } from './run.ts';
import { lostOn, type Place, Writers } from './writers.ts';

/** `rmsx switchover --json` */
export interface SwitchedOver {
  readonly promoted: string;
  readonly formerMaster: string | null;
  readonly epoch: number;
  readonly lostBytes: number | null;
  readonly stallMs: number | null;
  readonly resync: Record<string, string>;
  readonly incomplete: readonly string[];
  readonly changed: boolean;
}

const nodes = ['master', 'slave-1', 'slave-2'];

/** How a hand-over under load went. */
export interface UnderLoad extends SwitchedOver {
  /** The longest time in which a client had no write acknowledged, in ms. */
  readonly gapMs: number;
  /** How many writes were acknowledged, and are gone. */
  readonly lost: number;
}

/** @returns where the nodes are reached */
export const placesOf = (cluster: TestCluster): Promise<readonly Place[]> =>
  Promise.all(
    nodes.map(async (node) => {
      const { hostname, port, password } = new URL((await url(cluster.name, node, await library())).url);
      return { host: hostname, port: Number(port), password: decodeURIComponent(password) };
    }),
  );

/** Hands over; must succeed. */
export const switchover = (cluster: TestCluster, node: string, ...flags: readonly string[]): Promise<SwitchedOver> =>
  rmsxJson(['switchover', node, '-n', cluster.name, ...flags]);

/** Hands over while four clients write, and looks at what they lost. */
export async function underLoad(cluster: TestCluster, target: string): Promise<UnderLoad> {
  const writers = new Writers(await placesOf(cluster));
  let result: SwitchedOver;
  try {
    await eventually('all writers write', async () => writers.count > 400);
    writers.measure();
    result = await switchover(cluster, target);
    const count = writers.count;
    await eventually('all writers go on', async () => writers.count > count + 400);
  } finally {
    await writers.stop();
  }
  const written = await writers.stop();
  const master = (await cluster.client(target)) as Redis;
  const lost = (await lostOn(master, written)).length;
  return { ...result, gapMs: Math.round(written.longestGapMs), lost };
}
