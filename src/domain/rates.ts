/** How far a master was at one moment. */
export interface Progressed {
  /** On a clock that never goes back. */
  readonly atMs: number;
  /** The node, and the start of its server: counters of different ones do not compare. */
  readonly master: string;
  readonly runId: string;
  readonly replid: string;
  readonly offset: number;
  readonly changesSinceSave: number | null;
}

/** How fast a master is written. Null means: not known. */
export interface Rates {
  /** Changes to its data. */
  readonly writesPerSecond: number | null;
  /** What it sends to each of its replicas, a ping every second included. */
  readonly bytesPerSecond: number | null;
}

/** Before there is anything to compare. */
export const unknownRates: Rates = { writesPerSecond: null, bytesPerSecond: null };

/** @returns how fast a master was written between two moments; what fell was counted anew, and tells nothing */
export function ratesBetween(before: Progressed | undefined, after: Progressed | undefined): Rates {
  if (!before || !after || after.atMs <= before.atMs) return unknownRates;
  const isSame = before.master === after.master && before.runId === after.runId && before.replid === after.replid;
  if (!isSame) return unknownRates;
  const perSecond = (from: number | null, to: number | null): number | null =>
    from === null || to === null || to < from ? null : ((to - from) * 1000) / (after.atMs - before.atMs);
  return {
    writesPerSecond: perSecond(before.changesSinceSave, after.changesSinceSave), // a snapshot sets it back to 0
    bytesPerSecond: perSecond(before.offset, after.offset),
  };
}

/** By how much each replica was behind, oldest first; null where that was not known. */
export type Trends = ReadonlyMap<string, readonly (number | null)[]>;

/** @returns the trends with one more look, of at most so many looks; nodes that are gone have none */
export const withLags = (
  trends: Trends,
  lags: readonly { readonly name: string; readonly lagBytes: number | null }[],
  most: number,
): Trends =>
  new Map(lags.map(({ name, lagBytes }) => [name, [...(trends.get(name) ?? []), lagBytes].slice(-most)] as const));
