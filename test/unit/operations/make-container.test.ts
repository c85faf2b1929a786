import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { masterOf } from '../../../src/domain/cluster.ts';
import { RmsxError } from '../../../src/domain/errors.ts';
import type { ObservedContainer } from '../../../src/domain/observed.ts';
import type { Engine, Ports } from '../../../src/domain/ports.ts';
import { ConfWriter } from '../../../src/operations/conf-writer.ts';
import { makeContainer } from '../../../src/operations/make-container.ts';
import { containerSpec } from '../../../src/plan/container-spec.ts';
import { rejectionOf } from '../../helpers/error-of.ts';
import { cluster, container, foreign } from '../../helpers/values.ts';

const spec = cluster(0);
const own = container(spec, 'master', { state: 'stopped' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Makes a master whose name somebody has for some time. */
async function making(holder: ObservedContainer | undefined, before: string | undefined, heldMs: number) {
  const begunMs = performance.now();
  const ids = new Map(before === undefined ? [] : [['master', before]]);
  let tries = 0;
  const engine = {
    listContainers: async () => (holder ? [holder] : []),
    createContainer: async () => {
      tries += 1;
      if (performance.now() - begunMs >= heldMs) return 'new';
      throw new RmsxError('conflict', 'The name is already in use.', { reason: 'name-taken' });
    },
  } as unknown as Engine;
  const work = makeContainer(containerSpec(spec, masterOf(spec), 'now'), {
    engine,
    writer: new ConfWriter({ engine } as Ports),
    cluster: spec,
    ids,
    onMade: () => undefined,
    warn: () => undefined,
  });
  const outcome = work.then(
    () => ids.get('master'),
    () => rejectionOf(work),
  );
  await vi.runAllTimersAsync();
  return { outcome: await outcome, tries, tookMs: performance.now() - begunMs };
}

test.each<[string, ObservedContainer | undefined, string | undefined]>([
  ['is the one that was just removed', own, own.id],
  ['is one of the node that is being removed', { ...own, halfRemoved: true }, undefined],
  ['has gone meanwhile', undefined, undefined],
])('a container must be made when its name is free where whoever has it %s', async (_, holder, before) => {
  expect(await making(holder, before, 4_000)).toMatchObject({ outcome: 'new' });
});

test('a name that does not become free must be given up after 5 s', async () => {
  const { outcome, tookMs } = await making({ ...own, halfRemoved: true }, own.id, 60_000);
  expect(outcome).toMatchObject({ code: 'conflict', message: 'The name is already in use.' });
  expect([tookMs >= 5_000, tookMs < 6_000]).toEqual([true, true]);
});

test.each<[string, ObservedContainer]>([
  ['a stranger', foreign(own.name)],
  ['a stranger that is being removed', foreign(own.name, { halfRemoved: true })],
  ['a node of another cluster', { ...own, cluster: 'other', halfRemoved: true }],
  ['one of the node that nobody removes', { ...own, id: 'of-another-run' }],
])('a container must not be asked for again where its name belongs to %s', async (_, holder) => {
  const { outcome, tries } = await making(holder, own.id, 60_000);
  expect([tries, outcome]).toEqual([1, expect.objectContaining({ code: 'conflict' })]);
});
