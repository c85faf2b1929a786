/** What was measured of one contender: every sample, so that others can judge the spread. */
export interface Measurement {
  /** `up --replicas 2: rmsx` */
  readonly name: string;
  readonly unit: 'ms' | 'MB' | 'count';
  readonly samples: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @returns the middle of the samples, or the mean of the two in the middle */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new RangeError('the median of nothing');
  return (lower + upper) / 2;
}

/** Rounds to a tenth: nobody needs microseconds of a process. */
export const roundToTenth = (value: number): number => Math.round(value * 10) / 10;

/** @returns what a series of samples amounts to */
export function measurementOf(name: string, unit: Measurement['unit'], samples: readonly number[]): Measurement {
  return {
    name,
    unit,
    samples: samples.map(roundToTenth),
    median: roundToTenth(median(samples)),
    min: roundToTenth(Math.min(...samples)),
    max: roundToTenth(Math.max(...samples)),
  };
}

/** Samples of several contenders, gathered round by round. */
export class Samples {
  readonly #samples = new Map<string, number[]>();

  add(contender: string, value: number): void {
    const samples = this.#samples.get(contender) ?? [];
    this.#samples.set(contender, [...samples, value]);
  }

  /** @throws RangeError where the contender never ran */
  median(contender: string): number {
    return median(this.#samples.get(contender) ?? []);
  }

  /** @param prefix - put before the name of each contender */
  measurements(prefix: string, unit: Measurement['unit']): readonly Measurement[] {
    return [...this.#samples].map(([name, samples]) => measurementOf(`${prefix}${name}`, unit, samples));
  }
}

/**
 * The contenders in the order of one round. Each round begins with another one, so that none always runs right after the
 * same neighbour and pays for what that one left to tidy up.
 */
export const rotated = <T>(contenders: readonly T[], round: number): readonly T[] => [
  ...contenders.slice(round % contenders.length),
  ...contenders.slice(0, round % contenders.length),
];
