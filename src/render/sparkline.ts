const bars = [...'▁▂▃▄▅▆▇█'];
const asciiBars = [...'_.:-=+*#'];

/**
 * A row of bars for numbers of bytes. The lowest bar is 0, and each further one stands for ten times as much, from 100 B
 * on: so bars of different nodes compare, and what a ping makes is no mountain.
 * @param values - oldest first; null, which is not known, becomes `?`
 * @param width - how many of the newest are shown
 * @param isUtf8 - whether the terminal shows more than ASCII
 */
export const sparkline = (values: readonly (number | null)[], width: number, isUtf8: boolean): string =>
  values
    .slice(-width)
    .map((value) => (value === null ? '?' : (isUtf8 ? bars : asciiBars)[levelOf(value)]))
    .join('');

const levelOf = (bytes: number): number =>
  bytes <= 0 ? 0 : Math.min(bars.length - 1, Math.max(1, Math.floor(Math.log10(bytes))));
