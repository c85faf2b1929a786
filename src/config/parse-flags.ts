const millisecondsPer: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The value of a flag, or what is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** Reads a whole number. The range is checked where it is known. */
export function parseInteger(flag: string, text: string): Parsed<number> {
  return /^-?\d+$/.test(text) ? { value: Number(text) } : { problem: `${flag}: "${text}" is not a whole number` };
}

/** Reads a time with its unit: `500ms`, `60s`, `2m`, `1h`. */
export function parseDurationMs(flag: string, text: string): Parsed<number> {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = millisecondsPer[unit ?? ''];
  if (amount === undefined || factor === undefined) {
    return { problem: `${flag}: "${text}" is not a time with a unit, such as 500ms, 60s or 2m` };
  }
  const value = Math.round(Number(amount) * factor);
  return value > 0 && value <= 2 ** 31 - 1
    ? { value }
    : { problem: `${flag}: ${text} must be more than 0 and at most 24 days` };
}

/** Reads one of several words. */
export function parseChoice<T extends string>(flag: string, text: string, choices: readonly T[]): Parsed<T> {
  const value = choices.find((choice) => choice === text);
  return value === undefined ? { problem: `${flag}: "${text}" is not one of ${choices.join(', ')}` } : { value };
}

/** Reads a boolean from the environment. */
export function parseBoolean(flag: string, text: string): Parsed<boolean> {
  if (/^(1|true|yes|on)$/i.test(text)) return { value: true };
  if (/^(0|false|no|off|)$/i.test(text)) return { value: false };
  return { problem: `${flag}: "${text}" is neither yes nor no` };
}
