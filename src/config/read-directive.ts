import { encodeWord, splitWords } from '../domain/conf-grammar.ts';
import { canonicalDirective } from '../domain/directives.ts';

/** A directive as it is kept: its modern name, and its lines with every argument encoded. */
export interface ReadDirective {
  readonly name: string;
  readonly lines: readonly string[];
}

/**
 * Reads a directive as a user writes it, in the grammar of redis.conf. Whatever the text holds, it stays one directive.
 * @param values - what follows the directive, one element per line
 * @returns the directive, or a sentence that says what is wrong
 */
export function readDirective(name: string, values: readonly string[]): ReadDirective | string {
  const lines: string[] = [];
  for (const value of values) {
    try {
      const words = value === '' ? [''] : splitWords(value);
      if (words.length === 0) return 'has no value';
      lines.push(words.map(encodeWord).join(' '));
    } catch (error) {
      return error instanceof Error ? error.message : 'cannot be read';
    }
  }
  if (lines.length === 0) return 'has no value';
  return { name: canonicalDirective(name) ?? name.toLowerCase(), lines };
}
