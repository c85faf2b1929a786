import { type Parsed, parseDurationMs } from './parse-flags.ts';

/** Without a value. */
export const usualWatchMs = 2000;
const leastMs = 200;
const mostMs = 86_400_000;

/** Reads how often a cluster is looked at: seconds, or a time with a unit. */
export function parseWatchMs(flag: string, text: string): Parsed<number> {
  const parsed = parseDurationMs(flag, /^[\d.]+$/.test(text) ? `${text}s` : text);
  const isInRange = 'value' in parsed && parsed.value >= leastMs && parsed.value <= mostMs;
  return isInRange ? parsed : { problem: `${flag}: "${text}" is not a number of seconds from 0.2 to 86400` };
}
