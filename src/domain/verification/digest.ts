import { createHash } from 'node:crypto';
import type { DataType } from '../data.ts';

/** Makes one word of a value that comes in pieces. */
export interface Digest {
  /** @param parts - of one element, one character for each byte */
  add(...parts: readonly string[]): void;
  /** How many elements were added; of a string, how many bytes. */
  readonly size: number;
  end(): string;
}

/**
 * A digest in which the order counts where the type has one. Servers keep hashes and sets in any order, and meet elements
 * twice while they scan them.
 * @returns undefined for a type that cannot be compared
 */
export function digestFor(type: string): Digest | undefined {
  switch (type as DataType) {
    case 'string':
      return new Bytes();
    case 'hash':
    case 'set':
      return new Unordered();
    case 'zset':
      return new Ordered(([member = '', score = '']) => [member, canonicalScore(score)]);
    case 'list':
    case 'stream':
      return new Ordered((parts) => parts);
    default:
      return undefined;
  }
}

/** How many parts an element has: a field and its value, a member and its score; here an entry has one field. */
const partsOf: Readonly<Record<DataType, number>> = { string: 1, hash: 2, list: 1, set: 1, zset: 2, stream: 3 };

/**
 * The digest of a whole value.
 * @param elements - of a hash field, value, field, value, …; of a sorted set member, score, …; of a stream id, field, value, …
 */
export function digestOf(type: DataType, elements: readonly string[]): string {
  const digest = digestFor(type) as Digest;
  for (let i = 0; i < elements.length; i += partsOf[type]) digest.add(...elements.slice(i, i + partsOf[type]));
  return digest.end();
}

/** Versions write the same number in different ways: 1e+17 and 100000000000000000. */
const canonicalScore = (score: string): string => (/^[-+]?\d/.test(score) ? String(Number(score)) : score);

class Bytes implements Digest {
  readonly #hash = createHash('sha256');
  size = 0;

  add(piece = ''): void {
    this.size += piece.length;
    this.#hash.update(piece, 'latin1');
  }

  end(): string {
    return this.#hash.digest('hex');
  }
}

class Ordered implements Digest {
  readonly #hash = createHash('sha256');
  readonly #canonical: (parts: readonly string[]) => readonly string[];
  size = 0;

  constructor(canonical: (parts: readonly string[]) => readonly string[]) {
    this.#canonical = canonical;
  }

  add(...parts: readonly string[]): void {
    this.size += 1;
    this.#hash.update(framed(this.#canonical(parts)), 'latin1');
  }

  end(): string {
    return this.#hash.digest('hex');
  }
}

class Unordered implements Digest {
  readonly #elements = new Set<string>();

  get size(): number {
    return this.#elements.size;
  }

  add(...parts: readonly string[]): void {
    this.#elements.add(createHash('sha256').update(framed(parts), 'latin1').digest('binary'));
  }

  end(): string {
    const hash = createHash('sha256');
    for (const element of [...this.#elements].sort()) hash.update(element, 'latin1');
    return hash.digest('hex');
  }
}

/** With the length before each part, no two lists of parts look the same. */
const framed = (parts: readonly string[]): string =>
  `${parts.length};${parts.map((part) => `${part.length}:${part}`).join('')}`;
