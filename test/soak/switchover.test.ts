import { afterAll, expect, test } from 'vitest';
import { TestCluster } from '../docker/support/cluster.ts';
import { type UnderLoad, underLoad } from '../docker/support/switching.ts';

const times = Number(process.env.SOAK_SWITCHOVERS ?? 50);
const table: string[] = [];

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

test.each(['redis:6.0', 'redis:7.0', 'redis:8.0', 'valkey:8.1'])(
  `${times} hand-overs under four writers must lose no acknowledged write, and copy no data anew: %s`,
  async (image) => {
    const cluster = new TestCluster('switches');
    const done: UnderLoad[] = [];
    try {
      await cluster.up('--replicas', '2', '--image', image);
      const order = ['slave-1', 'slave-2', 'master'];
      for (let i = 0; i < times; i++) done.push(await underLoad(cluster, order[i % order.length] ?? 'master'));
    } finally {
      await cluster.remove();
    }
    const stalls = done.map(({ stallMs }) => stallMs ?? 0);
    const gaps = done.map(({ gapMs }) => gapMs);
    const figures = [stalls, gaps].map((each) => `${median(each)} / ${Math.max(...each)} ms`);
    const lost = done.reduce((sum, each) => sum + each.lost, 0);
    const resyncs = new Set(done.flatMap(({ resync }) => Object.values(resync)));
    table.push([image, `${done.length}`, ...figures, `${lost} lost`, [...resyncs].join(', ')].join('  '));
    expect([lost, [...resyncs], done.flatMap(({ incomplete }) => incomplete)]).toEqual([0, ['partial'], []]);
    expect(median(stalls)).toBeLessThan(100);
  },
  3_600_000,
);

afterAll(() => {
  const head = 'server, hand-overs, stall (median / longest), gap of a client (same), lost, resyncs';
  process.stdout.write(`\n${head}\n${table.join('\n')}\n`);
});
