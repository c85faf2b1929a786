import type { Parsed } from './parse-flags.ts';

/** From when on: so long ago by the clock of the engine, or a point in time, ms since 1970. */
export type Since = { readonly agoMs: number } | { readonly atMs: number };

const millisecondsPer: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

const spanPattern = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;
const timePattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads `--since`: a time with its unit or several, from the longest to the shortest (`5m`, `1h30m`, `2d`), or a date or
 * time in ISO 8601. One without a zone is meant as the clock of this machine shows it.
 */
export function parseSince(flag: string, text: string): Parsed<Since> {
  const span = spanPattern.exec(text);
  if (text !== '' && span) {
    const factors = Object.values(millisecondsPer);
    const agoMs = span.slice(1).reduce((sum, amount = '0', i) => sum + Number(amount) * (factors[i] ?? 0), 0);
    return { value: { agoMs: Math.round(agoMs) } };
  }
  const [, date, time = '00:00', zone = ''] = timePattern.exec(text) ?? [];
  const atMs = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(atMs) || !isDay(date ?? '')) {
    return { problem: `${flag}: "${text}" is neither a time with a unit, such as 5m or 1h30m, nor one in ISO 8601` };
  }
  return { value: { atMs } };
}

/** 30 February would be taken for a day of March. */
const isDay = (date: string): boolean => new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
