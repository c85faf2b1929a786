import { canonicalDirective } from '../../domain/directives.ts';
import { bufferLimit } from '../../domain/merge-directives.ts';
import { canonicalNodeName } from '../../domain/names.ts';
import { prioritySetting, settings } from '../settings.ts';

/** A key of the file. */
export interface Place {
  /** As the file spells it: `nodes.replica-1.priority`; empty for the file as a whole. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
}

const maxProblems = 100;

/** Settings that share their directive with the section `redis`: they write some of its lines, and not all. */
const sharing = bufferLimit;

/** What is known of a file while it is read: where its keys are, and what is wrong. */
export class Notes {
  readonly #fileName: string;
  readonly #places = new Map<string, Place>();
  readonly #problems: { readonly place: Place; readonly message: string }[] = [];

  /** @param fileName - how messages call the file */
  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  /** Adds a problem. */
  report(place: Place, message: string): void {
    this.#problems.push({ place, message });
  }

  /**
   * Remembers a key.
   * @returns false where the file has said the same before, under this name or another one; that is reported
   */
  enter(place: Place): boolean {
    const path = canonicalPath(place.path);
    const before = this.#places.get(path);
    if (!before) {
      this.#places.set(path, place);
      return true;
    }
    const isSame = before.path === place.path;
    this.report(
      place,
      isSame ? `is there already, in line ${before.line}` : `says the same as ${before.path} in line ${before.line}`,
    );
    return false;
  }

  /**
   * @param path - in the words of the checks: `redis.repl-timeout`
   * @returns where the file says it, in its own words: `rmsx.yaml:12: replication.timeout`; undefined where it does not
   */
  locate(path: string): string | undefined {
    const place = this.#places.get(canonicalPath(path)) ?? this.#near(path);
    return place && this.#format(place);
  }

  /** The key that has to do with a path that is not in the file itself. */
  #near(path: string): Place | undefined {
    if (path === `redis.${sharing}`) return this.#places.get('replication.outputBufferLimit');
    // The pause between two pings alone can be too long for a time limit that is not in the file.
    if (path === 'redis.repl-timeout') return this.#places.get('redis.repl-ping-replica-period');
    const [, list] = /^(\w+)\[\d+\]$/.exec(path) ?? [];
    if (list !== undefined) return this.#places.get(list);
    const [, node, key = ''] = /^(nodes\.[^.]+)\.(.+)$/.exec(path) ?? [];
    if (node === undefined) return undefined;
    const above = { source: 'topology', image: 'image', ip: 'network.subnet', port: 'ports.base' }[key];
    const candidates = [node, 'nodes', ...(above === undefined ? [] : [above])];
    const found = candidates.map((name) => this.#places.get(canonicalPath(name))).find(Boolean);
    return found && { path, line: found.line };
  }

  /** @returns everything that is wrong, from the first line to the last, as sentences that name their place */
  problems(): readonly string[] {
    const sorted = this.#problems.toSorted((a, b) => a.place.line - b.place.line);
    const all = [...new Set(sorted.map(({ place, message }) => `${this.#format(place)}: ${message}`))];
    if (all.length <= maxProblems) return all;
    return [...all.slice(0, maxProblems), `${this.#fileName}: and ${all.length - maxProblems} more`];
  }

  #format({ path, line }: Place): string {
    return `${this.#fileName}:${line}${path === '' ? '' : `: ${path}`}`;
  }
}

/** One path for everything that means the same: settings, aliases of directives, names of nodes. */
function canonicalPath(path: string): string {
  const setting = settings.find((known) => known.path === path);
  if (setting && setting.directive !== sharing) return `redis.${setting.directive}`;
  const [, typed, rest] = /^nodes\.([^.]+)(.*)$/s.exec(path) ?? [];
  const head = typed === undefined ? '' : `nodes.${canonicalNodeName(typed)}`;
  const tail = typed === undefined ? path : (rest ?? '');
  if (head !== '' && tail === `.${prioritySetting.path}`) return `${head}.redis.${prioritySetting.directive}`;
  return head + tail.replace(/^(\.?redis\.)(.+)$/s, (_, section: string, name: string) => section + modernName(name));
}

const modernName = (name: string): string => canonicalDirective(name) ?? name.toLowerCase();
