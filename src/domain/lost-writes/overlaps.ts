/** A way to lay one sequence along another, so that all that lies side by side is the same. */
export interface Overlap {
  /** How many elements of the first sequence lie before the end of the second one. */
  readonly firstEnd: number;
  /** How many elements of the second sequence lie before the end of the first one. */
  readonly secondEnd: number;
  /** How many elements lie side by side; at least 1. */
  readonly length: number;
}

/**
 * All ways to lay two sequences along each other. Time and memory grow with their lengths, not with the product.
 * @param mayEndEarly - whether the first sequence may end before the second one does, too
 */
export function overlapsOf(
  first: readonly number[],
  second: readonly number[],
  mayEndEarly: boolean,
): readonly Overlap[] {
  const late = endsIn(first, second).map(({ end, length }) => ({ firstEnd: end, secondEnd: second.length, length }));
  if (!mayEndEarly) return late;
  const early = endsIn(second, first).filter(({ end }) => end < second.length); // the others are in both
  return [...late, ...early.map(({ end, length }) => ({ firstEnd: first.length, secondEnd: end, length }))];
}

interface End {
  readonly end: number;
  readonly length: number;
}

/** Where in a text a pattern may end: it lies in it as a whole, or its end is the beginning of the text. */
function endsIn(text: readonly number[], pattern: readonly number[]): readonly End[] {
  if (pattern.length === 0 || text.length === 0) return [];
  const ends: End[] = [];
  const inPattern = bordersOf(pattern);
  let matched = 0;
  for (const [at, symbol] of text.entries()) {
    while (matched > 0 && (matched === pattern.length || pattern[matched] !== symbol)) {
      matched = inPattern[matched - 1] ?? 0;
    }
    if (pattern[matched] === symbol) matched++;
    if (matched === pattern.length) ends.push({ end: at + 1, length: matched });
  }
  return [...ends, ...startsWithEndOf(text, pattern)];
}

/** Where only the end of the pattern is the beginning of the text. */
function startsWithEndOf(text: readonly number[], pattern: readonly number[]): readonly End[] {
  const limit = Math.min(text.length, pattern.length - 1);
  const start = text.slice(0, limit);
  const borders = bordersOf([...start, -1, ...pattern]);
  const ends: End[] = [];
  for (let length = borders.at(-1) ?? 0; length > 0; length = borders[length - 1] ?? 0) {
    ends.push({ end: length, length });
  }
  return ends;
}

/** @returns for every place, how much of what ends there is also the beginning: the prefix function */
function bordersOf(sequence: readonly number[]): readonly number[] {
  const borders = new Array<number>(sequence.length).fill(0);
  for (let at = 1; at < sequence.length; at++) {
    let length = borders[at - 1] ?? 0;
    while (length > 0 && sequence[at] !== sequence[length]) length = borders[length - 1] ?? 0;
    borders[at] = sequence[at] === sequence[length] ? length + 1 : 0;
  }
  return borders;
}
