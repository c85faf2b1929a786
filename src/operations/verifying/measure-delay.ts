import type { KeyName, Marker } from '../../domain/data.ts';
import { RmsxError } from '../../domain/errors.ts';
import type { Delay, Seen } from '../../domain/verification/evidence.ts';
import type { Patience } from './catch-up.ts';
import { type NodeSession, seen } from './node-session.ts';

const rounds = 5;

/** Nodes that are asked at the same time: with more of them the asking would be measured. */
export const measuredAtOnce = 8;

/**
 * Measures how long it takes until what the master writes can be read on other nodes: from sending the write to the first
 * answer that shows it.
 * @param key - which is written, and removed by the caller
 */
export async function measureDelays(
  master: NodeSession,
  others: readonly NodeSession[],
  key: KeyName,
  ttlMs: number,
  patience: Patience,
): Promise<ReadonlyMap<string, Seen<Delay>>> {
  const timesMs = new Map<string, number[]>(others.map(({ node }) => [node, []]));
  const failed = new Map<string, string>();
  for (let i = 0; i < rounds; i++) {
    const round: Round = { beganMs: performance.now(), waitMs: patience.waitMs };
    const marker: Marker = { name: key, type: 'string', elements: [`${i}`] };
    const written = seen(patience.signal, () => master.use(({ data }) => data.write([marker], ttlMs)));
    const watching = others.map(async (session) => {
      if (failed.has(session.node)) return;
      const visible = await seen(patience.signal, () => watch(session, key, `${i}`, round));
      if ('value' in visible) timesMs.get(session.node)?.push(visible.value - round.beganMs);
      else failed.set(session.node, visible.error);
    });
    const outcome = written.then((write) => {
      if ('error' in write) round.refused = new RmsxError('failed', write.error);
    });
    await Promise.all([outcome, ...watching]);
  }
  return new Map(
    others.map(({ node }) => {
      const error = failed.get(node);
      return [node, error === undefined ? { value: delayOf(timesMs.get(node) ?? []) } : { error }];
    }),
  );
}

/** One write that is looked for. */
interface Round {
  readonly beganMs: number;
  readonly waitMs: number;
  /** Nobody will see what was not written. */
  refused?: RmsxError;
}

/** @returns when a value could be read, by the clock of `performance` */
async function watch(session: NodeSession, key: KeyName, value: string, round: Round): Promise<number> {
  for (;;) {
    const text = await session.use(({ data }) => data.get(key));
    const nowMs = performance.now();
    if (text === value) return nowMs;
    if (round.refused) throw round.refused;
    if (nowMs > round.beganMs + round.waitMs) throw notVisible(session.node, round.waitMs);
  }
}

function delayOf(timesMs: readonly number[]): Delay {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const rounded = (ms = 0): number => Math.round(ms * 10) / 10;
  return { medianMs: rounded(sorted[Math.floor(sorted.length / 2)]), maxMs: rounded(sorted.at(-1)) };
}

const notVisible = (node: string, waitMs: number): RmsxError =>
  new RmsxError('failed', `${node} did not show a write within ${waitMs / 1000} s`, { node });
