import type { Notes } from './notes.ts';

/** A byte order mark at the very start is harmless, and some editors write it. */
const odd = /(?![\t\n\r\u0085])\p{Cc}|[\uFEFF\uFFFD-\uFFFF\p{Cs}]|\r(?!\n)/gu;

/**
 * Reports characters that no text holds, each one at the first line that has it.
 * @returns whether there are any
 */
export function reportCharacters(text: string, notes: Notes): boolean {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const told = new Set<string>();
  lines.forEach((line, i) => {
    for (const [character] of `${line}\n`.matchAll(odd)) {
      if (told.has(character)) continue;
      told.add(character);
      notes.report({ path: '', line: i + 1 }, explain(character));
    }
  });
  return told.size > 0;
}

function explain(character: string): string {
  if (character === '\uFFFD') return 'this is not UTF-8; save the file as UTF-8';
  if (character === '\r') return 'a carriage return without a line feed; end lines with a line feed';
  if (character === '\0') return 'a NUL byte; save the file as UTF-8';
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `the character U+${code} does not belong in a text`;
}
