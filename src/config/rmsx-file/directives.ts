import { readDirective } from '../read-directive.ts';
import type { Notes, Place } from './notes.ts';
import { entriesOf, type Reader, shown } from './readers.ts';
import type { Value } from './values.ts';

/** A directive of the section `redis`, as it is kept. */
export interface DirectiveInFile {
  readonly place: Place;
  /** What follows it in redis.conf, one element per line, encoded. */
  readonly lines: readonly string[];
}

/** Directives of redis.conf by their modern names. Which ones there are, the checks of the whole request know. */
export const directives: Reader<ReadonlyMap<string, DirectiveInFile>> = {
  read: (value, place, notes) => {
    const found = new Map<string, DirectiveInFile>();
    for (const { entry, at } of entriesOf(value, place, notes)) {
      const name = entry.key;
      if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name) || name.trim() === '') {
        notes.report({ ...at, path: shown(at.path) }, 'is no name of a directive');
      } else if (notes.enter(at)) {
        const read = linesOf(name, entry.value, at, notes);
        if (read) found.set(read.name, { place: at, lines: read.lines });
      }
    }
    return found;
  },
};

function linesOf(
  name: string,
  value: Value,
  place: Place,
  notes: Notes,
): { readonly name: string; readonly lines: readonly string[] } | undefined {
  const texts = value.kind === 'list' ? value.items.map(textOf) : [textOf(value)];
  const wrong = texts.find((text) => typeof text !== 'string');
  const read = wrong ? wrong.problem : readDirective(name, texts as readonly string[]);
  if (typeof read !== 'string') return read;
  notes.report(place, read);
  return undefined;
}

/** A value as redis.conf writes it. It is never shown: a directive may hold a secret. */
function textOf(value: Value): string | { readonly problem: string } {
  switch (value.kind) {
    case 'text':
    case 'number':
      return value.text;
    case 'boolean':
      return value.value ? 'yes' : 'no'; // what YAML 1.1 makes of yes and no
    case 'nothing':
      return { problem: 'has no value' };
    default:
      return { problem: 'must be a word, a number, or a list of lines' };
  }
}
