/**
 * A text as Docker Compose reads it back: a YAML string in double quotes, which is never taken for a number, a truth or
 * nothing, with every `$` doubled, as a single one begins a variable. What comes out is ASCII, in one line.
 * @throws RangeError for half a surrogate pair, which is no text
 */
export function composeScalar(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new RangeError('half a surrogate pair cannot be written into a compose file');
  const escaped = text.replaceAll('$', '$$$$').replace(/["\\]|[^ -~]/gu, escapeOf);
  return `"${escaped}"`;
}

function escapeOf(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
