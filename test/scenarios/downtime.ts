/** The longest time in which nothing was acknowledged. */
export interface Downtime {
  readonly ms: number;
  /** When it began, on the clock of the acknowledgements. */
  readonly fromMs: number;
}

/**
 * @param acknowledgedMs - when a write of anybody was acknowledged, in order
 * @param fromMs - what was acknowledged before does not count
 * @param toMs - the end of the time that is looked at
 */
export function downtimeOf(acknowledgedMs: readonly number[], fromMs: number, toMs: number): Downtime {
  const times = acknowledgedMs.filter((ms) => ms >= fromMs && ms <= toMs);
  let longest: Downtime = { ms: 0, fromMs };
  let last = fromMs;
  for (const ms of [...times, toMs]) {
    if (ms - last > longest.ms) longest = { ms: ms - last, fromMs: last };
    last = ms;
  }
  return longest;
}

/** @returns the value in the middle; the upper one of two */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
