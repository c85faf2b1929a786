import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { isHostile } from './is-hostile.ts';
import { maxFileLength } from './limits.ts';
import type { Notes } from './notes.ts';
import type { Entry, Value } from './values.ts';
import { explainYaml } from './yaml-problems.ts';

/** More than a file of the allowed length needs; aliases could make anything out of it. */
const maxValues = 100_000;
const maxDepth = 50;

/**
 * Reads YAML 1.2; what a line `%YAML 1.1` says is not heard, so that `no` is always a word.
 * @param notes - gets everything that is wrong. A text that is not YAML has no other problems: nobody knows what it means
 * @returns what the file says; undefined where it cannot be known
 */
export function parseYaml(text: string, notes: Notes): Value | undefined {
  if (text.length > maxFileLength) {
    notes.report({ path: '', line: 1 }, `the file is longer than ${maxFileLength} characters`);
    return undefined;
  }
  if (isHostile(text)) {
    notes.report({ path: '', line: 1 }, explainNesting);
    return undefined;
  }
  const lines = new LineCounter();
  const document = compose(text, lines, notes);
  if (!document) return undefined;
  const found = [...document.errors, ...document.warnings];
  const seen = new Set<number>();
  const linesOf = new Map<string, number[]>();
  for (const error of found) {
    const { line } = lines.linePos(error.pos[0]);
    // What the parser finds next on the same line mostly comes from the first mistake.
    if (!seen.has(line)) linesOf.set(explainYaml(error), [...(linesOf.get(explainYaml(error)) ?? []), line]);
    seen.add(line);
  }
  // A space too few, and every line after it is wrong in the same way.
  for (const [message, [line = 1, ...more]] of linesOf) {
    notes.report({ path: '', line }, more.length > 2 ? `${message} (the same on ${more.length} more lines)` : message);
    if (more.length <= 2) for (const other of more) notes.report({ path: '', line: other }, message);
  }
  return found.length > 0 ? undefined : new Builder(lines, notes).root(document);
}

function compose(text: string, lineCounter: LineCounter, notes: Notes): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, schema: 'core', merge: true, uniqueKeys: false, prettyErrors: false });
  } catch {
    // Brackets within brackets, thousands of them, take more stack than there is.
    notes.report({ path: '', line: 1 }, explainNesting);
    return undefined;
  }
}

const explainNesting = 'things are nested too deeply, or there are thousands of anchors';

/** Thrown inside of this file alone. */
class Hostile extends Error {}

/** Undoes aliases and merge keys. An anchor is built once, and every alias of it is the same object. */
class Builder {
  readonly #lines: LineCounter;
  readonly #notes: Notes;
  readonly #anchors = new Map<string, Value | 'unfinished'>();
  /** How many values one value is, with all that aliases add. */
  readonly #sizes = new WeakMap<Value, number>();
  #failed = false;

  constructor(lines: LineCounter, notes: Notes) {
    this.#lines = lines;
    this.#notes = notes;
  }

  root(document: Document.Parsed): Value | undefined {
    try {
      const value = this.#build(document.contents, 1, 0);
      return this.#failed ? undefined : value;
    } catch (error) {
      if (!(error instanceof Hostile)) throw error;
      this.#notes.report({ path: '', line: 1 }, error.message);
      return undefined;
    }
  }

  #build(node: ParsedNode | null, line: number, depth: number): Value {
    if (depth > maxDepth) throw new Hostile(explainNesting);
    if (!node) return { kind: 'nothing', line };
    const here = this.#lines.linePos(node.range[0]).line || line;
    if (isAlias(node)) return this.#aliased(node.source, here);
    if (node.anchor) this.#anchors.set(node.anchor, 'unfinished');
    const value = this.#content(node, here, depth);
    if (node.anchor) this.#anchors.set(node.anchor, value);
    return value;
  }

  #content(node: ParsedNode, line: number, depth: number): Value {
    if (isMap(node)) {
      const entries = this.#entries(node as YAMLMap.Parsed, depth);
      return this.#sized(
        { kind: 'map', line, entries },
        entries.map(({ value }) => value),
      );
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#build(item as ParsedNode, line, depth + 1));
      return this.#sized({ kind: 'list', line, items }, items);
    }
    return isScalar(node) ? this.#scalar(node as Scalar.Parsed, line) : { kind: 'nothing', line };
  }

  #scalar({ value, source }: Scalar.Parsed, line: number): Value {
    if (typeof value === 'boolean') return { kind: 'boolean', line, value };
    if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'number', line, text: source };
    return typeof value === 'string' ? { kind: 'text', line, text: value } : { kind: 'nothing', line };
  }

  #aliased(name: string, line: number): Value {
    const value = this.#anchors.get(name);
    if (value !== undefined && value !== 'unfinished') return value;
    this.#failed = true;
    const why = value ? 'it is inside of what it stands for' : `there is no anchor &${name} above it`;
    this.#notes.report({ path: '', line }, `the alias *${name} cannot be used: ${why}`);
    return { kind: 'nothing', line };
  }

  /** What a map says itself wins over what it merges in, and what is merged in first wins over what comes later. */
  #entries(map: YAMLMap.Parsed, depth: number): readonly Entry[] {
    const own: Entry[] = [];
    const merged = new Map<string, Entry>();
    for (const pair of map.items as readonly Pair<ParsedNode, ParsedNode | null>[]) {
      const line = this.#lines.linePos(pair.key?.range[0] ?? map.range[0]).line;
      const key = keyOf(pair.key);
      if (key === undefined) {
        this.#failed = true;
        this.#notes.report({ path: '', line }, 'a key has to be a word');
        continue;
      }
      const value = this.#build(pair.value, line, depth + 1);
      if (!isMergeKey(pair.key)) own.push({ key, line, value });
      else for (const entry of this.#mergedIn(value, line)) if (!merged.has(entry.key)) merged.set(entry.key, entry);
    }
    const said = new Set(own.map(({ key }) => key));
    return [...own, ...[...merged.values()].filter(({ key }) => !said.has(key))];
  }

  #mergedIn(value: Value, line: number): readonly Entry[] {
    if (value.kind === 'map') return value.entries;
    if (value.kind === 'list' && value.items.every((item) => item.kind === 'map')) {
      return value.items.flatMap((item) => (item.kind === 'map' ? item.entries : []));
    }
    this.#failed = true;
    this.#notes.report({ path: '', line }, '<< takes a group of keys, or a list of them, mostly as an alias');
    return [];
  }

  #sized<T extends Value>(value: T, parts: readonly Value[]): T {
    const size = parts.reduce((sum, part) => sum + (this.#sizes.get(part) ?? 1), 1);
    if (size > maxValues) throw new Hostile(`the file has more than ${maxValues} values, with what its aliases repeat`);
    this.#sizes.set(value, size);
    return value;
  }
}

/** A number is the name that it is written as; other things are none. */
function keyOf(node: ParsedNode | null): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : (node as Scalar.Parsed).source;
}

const isMergeKey = (node: ParsedNode | null): boolean =>
  isScalar(node) && node.type === 'PLAIN' && (node as Scalar.Parsed).source === '<<';
