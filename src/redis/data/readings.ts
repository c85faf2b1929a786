import type { KeyName } from '../../domain/data.ts';
import { type Digest, digestFor } from '../../domain/verification/digest.ts';
import { type Reply, textsOf, WrongType } from './pipeline.ts';

const bytesPerPiece = 65_536;
const elementsPerPiece = 1000;

/** How a type is read, piece by piece. */
interface Way {
  /** Where the first piece begins. */
  readonly from: string;
  ask(key: KeyName, from: string): readonly string[];
  /** @returns where the next piece begins, or undefined after the last one */
  take(reply: Reply, from: string, digest: Digest): string | undefined;
  /** Whether a value without elements is there all the same. @default false */
  readonly mayBeEmpty?: boolean;
  /** What belongs to the value, and is no element of it. */
  readonly beside?: Beside;
}

interface Beside {
  ask(key: KeyName): readonly string[];
  /** @returns it as text, empty where there is nothing; null where the key is gone */
  read(reply: Reply): string | null;
}

const ways: Readonly<Record<string, Way>> = {
  string: {
    from: '0',
    mayBeEmpty: true,
    ask: (key, from) => ['GETRANGE', key, from, String(Number(from) + bytesPerPiece - 1)],
    take: (reply, from, digest) => {
      const piece = String(reply ?? '');
      digest.add(piece);
      return piece.length < bytesPerPiece ? undefined : String(Number(from) + bytesPerPiece);
    },
  },
  list: byIndex('LRANGE', 1),
  zset: byIndex('ZRANGE', 2, 'WITHSCORES'),
  hash: byCursor('HSCAN', 2),
  set: byCursor('SSCAN', 1),
  stream: {
    from: '-',
    ask: (key, from) => ['XRANGE', key, from, '+', 'COUNT', String(elementsPerPiece)],
    take: (reply, _from, digest) => {
      const entries = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
      for (const entry of entries) {
        const [id, fields] = entry as readonly [Reply, Reply];
        digest.add(String(id), ...textsOf(fields));
      }
      const [last] = textsOf(entries.at(-1));
      return entries.length < elementsPerPiece || last === undefined ? undefined : idAfter(last);
    },
    beside: {
      ask: (key) => ['XINFO', 'GROUPS', key],
      read: (reply) => (Array.isArray(reply) ? groupsIn(reply as readonly Reply[]) : null),
    },
  },
};

/**
 * What a replica gets of a consumer group: its name, its position, and how much is not acknowledged. Of consumers that have
 * nothing pending some servers tell their replicas, and some do not.
 */
function groupsIn(reply: readonly Reply[]): string {
  const groups = reply.map((group) => {
    const words = textsOf(group);
    const wordAfter = (name: string): string => words[words.indexOf(name) + 1] ?? '';
    return ['name', 'pending', 'last-delivered-id'].map((name) => JSON.stringify(wordAfter(name))).join(' ');
  });
  return groups.sort().join('\n');
}

function byIndex(command: string, parts: number, ...options: readonly string[]): Way {
  return {
    from: '0',
    ask: (key, from) => [command, key, from, String(Number(from) + elementsPerPiece - 1), ...options],
    take: (reply, from, digest) => {
      const count = addAll(textsOf(reply), parts, digest);
      return count < elementsPerPiece ? undefined : String(Number(from) + elementsPerPiece);
    },
  };
}

function byCursor(command: string, parts: number): Way {
  return {
    from: '0',
    ask: (key, from) => [command, key, from, 'COUNT', String(elementsPerPiece)],
    take: (reply, _from, digest) => {
      const [cursor = '0', elements = null] = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
      addAll(textsOf(elements), parts, digest);
      return cursor === '0' ? undefined : String(cursor);
    },
  };
}

function addAll(texts: readonly string[], parts: number, digest: Digest): number {
  for (let i = 0; i < texts.length; i += parts) digest.add(...texts.slice(i, i + parts));
  return texts.length / parts;
}

/** Exclusive ranges are there since 6.2 only. */
function idAfter(id: string): string {
  const [ms = '0', sequence = '0'] = id.split('-');
  return `${ms}-${BigInt(sequence) + 1n}`;
}

/** The reading of one key, which takes as many commands as its value has pieces. */
export class Reading {
  readonly #key: KeyName;
  readonly #way: Way;
  readonly #digest: Digest;
  #from: string | undefined;
  #isMixed = false;
  /** Undefined until it is read. */
  #beside: string | null | undefined;

  private constructor(key: KeyName, way: Way, digest: Digest) {
    this.#key = key;
    this.#way = way;
    this.#digest = digest;
    this.#from = way.from;
  }

  /** @returns undefined for a type that cannot be read */
  static of(key: KeyName, type: string): Reading | undefined {
    const [way, digest] = [ways[type], digestFor(type)];
    return way && digest && new Reading(key, way, digest);
  }

  /** The next command, or undefined where the value is read. */
  get next(): readonly string[] | undefined {
    if (this.#from !== undefined) return this.#way.ask(this.#key, this.#from);
    return this.#isMixed || this.#beside !== undefined ? undefined : this.#way.beside?.ask(this.#key);
  }

  /** Takes the reply to that command. */
  take(reply: Reply): void {
    this.#isMixed ||= reply instanceof WrongType;
    if (this.#isMixed) this.#from = undefined;
    else if (this.#from === undefined) this.#beside = this.#way.beside?.read(reply) ?? null;
    else this.#from = this.#way.take(reply, this.#from, this.#digest);
  }

  /** A value that turned into another one while it was read is equal to none. Null where there was nothing to read. */
  get result(): { readonly digest: string; readonly size: number } | null {
    const { size } = this.#digest;
    if (this.#isMixed) return { digest: `mixed ${Math.random()}`, size };
    // A string may be empty, and so may a stream. Everything else without elements is gone.
    const mayBeEmpty = this.#way.mayBeEmpty === true || (this.#way.beside !== undefined && this.#beside !== null);
    if (size === 0 && !mayBeEmpty) return null;
    const beside = this.#beside ? ` ${this.#beside}` : '';
    return { digest: `${this.#digest.end()}${beside}`, size };
  }
}
