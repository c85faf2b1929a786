import { nearest, partOf } from '../nearest.ts';
import type { Notes, Place } from './notes.ts';
import { describeValue, type Entry, quote, type Value } from './values.ts';

/** What may stand at one place of the file. */
export interface Reader<T> {
  /** The keys, where they are fixed. */
  readonly keys?: Readonly<Record<string, Reader<unknown>>>;
  /** @returns what the file says; undefined after the problem is reported */
  read(value: Value, place: Place, notes: Notes): T | undefined;
}

/** What a reader gives. */
export type Read<R> = R extends Reader<infer T> ? T : never;

/** What `take` says of a value that it does not take: what to do about it, or nothing. */
export interface Refusal {
  readonly advice: string | undefined;
}

/** @returns a refusal */
export const refuse = (advice?: string): Refusal => ({ advice });

/**
 * A reader of single values.
 * @param wants - what belongs there, for messages
 * @param secret - never show what is there
 */
export function single<T extends string | number>(
  wants: string,
  take: (value: Value) => T | Refusal,
  secret = false,
): Reader<T> {
  return {
    read: (value, place, notes) => {
      if (value.kind === 'nothing') return reportNothing(place, notes);
      const taken = take(value);
      if (typeof taken !== 'object') return taken;
      const found = secret && value.kind !== 'map' && value.kind !== 'list' ? 'what is there' : describeValue(value);
      notes.report(place, `must be ${wants}, not ${found}${taken.advice ? `; ${taken.advice}` : ''}`);
      return undefined;
    },
  };
}

function reportNothing(place: Place, notes: Notes): undefined {
  notes.report(place, 'has no value: write one, or leave the key out');
}

/** A text on one line. */
export const word = (wants: string, secret = false): Reader<string> =>
  single(
    wants,
    (value) => {
      if (value.kind === 'number' && !secret) return refuse(`write it in quotes: "${value.text}"`);
      if (value.kind !== 'text') return refuse();
      if (value.text === '') return refuse();
      return /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value.text)
        ? refuse('it has to be printable, on one line')
        : value.text;
    },
    secret,
  );

/** One of several words. */
export const choice = <T extends string>(words: readonly T[]): Reader<T> =>
  single<T>(words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`, (value) => {
    const text = value.kind === 'text' ? value.text : '';
    const near = nearest(text.slice(0, 40), words);
    return (
      words.find((known) => known === text) ?? refuse(near && words.length > 1 ? `did you mean ${near}?` : undefined)
    );
  });

/** A whole number; its range is checked where it is known, besides the lowest one. */
export const whole = (example: string, lowest: number = Number.NEGATIVE_INFINITY): Reader<number> =>
  single(`a whole number such as ${example}`, (value) => {
    if (value.kind === 'text' && /^\d+$/.test(value.text)) return refuse('leave the quotes out');
    const number = value.kind === 'number' && /^-?\d+$/.test(value.text) ? Number(value.text) : Number.NaN;
    return Number.isSafeInteger(number) && number >= lowest ? number : refuse();
  });

/** A list of words. */
export function words(wants: string): Reader<readonly string[]> {
  const one = word('a word');
  return {
    read: (value, place, notes) => {
      if (value.kind === 'nothing') return reportNothing(place, notes);
      if (value.kind !== 'list') {
        notes.report(place, `must be ${wants}, not ${describeValue(value)}`);
        return undefined;
      }
      return value.items.flatMap((item, i) => {
        const read = one.read(item, { path: `${place.path}[${i}]`, line: item.line }, notes);
        return read === undefined ? [] : [read];
      });
    },
  };
}

/** The entries of a map, each key once. */
export function* entriesOf(
  value: Value,
  place: Place,
  notes: Notes,
): Generator<{ readonly entry: Entry; readonly at: Place }> {
  if (value.kind === 'nothing') {
    reportNothing(place, notes);
  } else if (value.kind !== 'map') {
    const what = place.path === '' ? 'the file must be' : 'must be';
    notes.report(place, `${what} a group of keys, not ${describeValue(value)}`);
  } else {
    for (const entry of value.entries) {
      yield { entry, at: { path: place.path === '' ? entry.key : `${place.path}.${entry.key}`, line: entry.line } };
    }
  }
}

/** What a section gives: what its keys give, where they are there. */
export type SectionOf<K extends Readonly<Record<string, Reader<unknown>>>> = {
  readonly [P in keyof K]?: Read<K[P]> | undefined;
};

/** What to say of a key that a section does not have. */
export interface Advice {
  /** Where it belongs; undefined where that is not sure. */
  readonly instead: (key: string) => string | undefined;
  /** Something that may help where no known key is near. */
  readonly otherwise: (key: string) => string | undefined;
}

const noAdvice: Advice = { instead: () => undefined, otherwise: () => undefined };

/** A group of known keys. */
export function section<K extends Readonly<Record<string, Reader<unknown>>>>(
  keys: K,
  advice: Advice = noAdvice,
): Reader<SectionOf<K>> {
  return {
    keys,
    read: (value, place, notes) => {
      const found: [string, unknown][] = [];
      for (const { entry, at } of entriesOf(value, place, notes)) {
        const reader = Object.hasOwn(keys, entry.key) ? keys[entry.key] : undefined;
        if (!reader)
          notes.report({ ...at, path: shown(at.path) }, explainUnknown(entry.key, Object.keys(keys), advice));
        else if (notes.enter(at)) found.push([entry.key, reader.read(entry.value, at, notes)]);
      }
      return Object.fromEntries(found) as SectionOf<K>;
    },
  };
}

const secretKeys = /^(password|passwd|requirepass|masterauth|primaryauth|auth)$/i;

function explainUnknown(key: string, known: readonly string[], advice: Advice): string {
  if (secretKeys.test(key)) {
    return 'a password never stands in this file; write it into a file of its own, and name that with passwordFile';
  }
  const meant = advice.instead(key) ?? nearest(key.slice(0, 40), known);
  const part = partOf(key, known);
  const rest = meant ? `did you mean ${meant}?` : (advice.otherwise(key) ?? (part && `did you mean ${part}?`));
  return `unknown key${rest ? `; ${rest}` : ''}`;
}

/** A key as it can be printed: short, and on one line. */
export const shown = (path: string): string => quote(path).slice(1, -1);
