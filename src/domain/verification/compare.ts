import type { KeyName, KeyState } from '../data.ts';
import { toPrintable } from '../printable.ts';

/** Clocks of servers and the time between two looks: times of expiry that are as close are the same. */
const expiryToleranceMs = 5000;

const longestName = 60;

/** @returns how what a node holds differs from what its master holds, or undefined where it is the same */
export function differenceOf(own: KeyState, other: KeyState, master: string): string | undefined {
  if (own.type !== other.type) {
    if (own.type === null) return `is not there; ${master} has a ${other.type}`;
    if (other.type === null) return `is a ${own.type} that ${master} does not have`;
    return `is a ${own.type}, on ${master} a ${other.type}`;
  }
  if (own.digest !== other.digest) {
    const unit = own.type === 'string' ? 'bytes' : 'elements';
    return own.size === other.size
      ? `has another value than on ${master} (${own.type}, ${own.size} ${unit} each)`
      : `has ${own.size} ${unit}, on ${master} ${other.size} (${own.type})`;
  }
  return expiryDifference(own.expiresAtMs, other.expiresAtMs, master);
}

function expiryDifference(own: number | null, other: number | null, master: string): string | undefined {
  if (own === null && other === null) return undefined;
  if (own === null) return `never expires, and does on ${master}`;
  if (other === null) return `expires, and does not on ${master}`;
  const apartMs = own - other;
  if (Math.abs(apartMs) <= expiryToleranceMs) return undefined;
  return `expires ${Math.round(Math.abs(apartMs) / 1000)} s ${apartMs > 0 ? 'after' : 'before'} that on ${master}`;
}

/** Whether two looks at one side met the same. */
export const isUnchanged = (before: KeyState, after: KeyState): boolean =>
  before.type === after.type &&
  before.digest === after.digest &&
  expiryDifference(before.expiresAtMs, after.expiresAtMs, '') === undefined;

/** @returns the name of a key as it may be shown: as text, shortened, without what steers a terminal */
export function printableKey(key: KeyName): string {
  const text = [...Buffer.from(key, 'latin1').toString('utf8')];
  const shown = text.length > longestName ? `${text.slice(0, longestName - 1).join('')}…` : text.join('');
  return JSON.stringify(toPrintable(shown));
}
