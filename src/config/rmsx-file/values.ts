/** What stands somewhere in the file: YAML with aliases, merge keys and tags undone. */
export type Value =
  | { readonly kind: 'map'; readonly line: number; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Value[] }
  | { readonly kind: 'text'; readonly line: number; readonly text: string }
  /** The text is the number as it is written: `8.0` is not `8`. */
  | { readonly kind: 'number'; readonly line: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly line: number; readonly value: boolean }
  /** A key without a value, or `null`. */
  | { readonly kind: 'nothing'; readonly line: number };

/** One key of a map with its value. */
export interface Entry {
  readonly key: string;
  /** The line of the key, counted from 1. */
  readonly line: number;
  readonly value: Value;
}

const maxShown = 40;

/** @returns a value in a few words, for messages: `the number 60` */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case 'map':
      return 'a group of keys';
    case 'list':
      return 'a list';
    case 'text':
      return `the text ${quote(value.text)}`;
    case 'number':
      return `the number ${value.text.slice(0, maxShown)}`;
    case 'boolean':
      return String(value.value);
    case 'nothing':
      return 'nothing';
    default:
      return value satisfies never;
  }
}

/** @returns a text in quotes, with its control characters escaped, and cut where it is long */
export const quote = (text: string): string =>
  JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}…` : text);
