/** Fewer letters begin too many words. */
const fewestLetters = 3;

/**
 * The word that a user may have meant.
 * @returns the one with the same letters, whatever stands between them; else the only one that begins so; else the nearest
 * of the known words, or undefined where none is near
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const letters = lettersOf(typed);
  const same = known.find((word) => lettersOf(word) === letters);
  if (same !== undefined) return same;
  const begin = typed.toLowerCase();
  const longer = typed.length < fewestLetters ? [] : known.filter((word) => word.toLowerCase().startsWith(begin));
  if (longer.length === 1) return longer[0];
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const ranked = known
    .map((word) => ({ word, distance: editDistance(typed, word) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= limit ? best.word : undefined;
}

/** @returns what `basePort`, `base-port`, `base_port` and `BASE_PORT` have in common */
export const lettersOf = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** @returns the known word that is a part of a longer one, as `base` is of `basePort`; undefined for none and for several */
export function partOf(typed: string, known: readonly string[]): string | undefined {
  const parts = typed.split(/[^A-Za-z0-9]+|(?=[A-Z])/).map((part) => part.toLowerCase());
  const found = known.filter((word) => parts.includes(word));
  return found.length === 1 ? found[0] : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
