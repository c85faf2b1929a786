import { compareNodeNames } from './names.ts';

/** A line of the log of a server. */
export interface LogLine {
  /** When the engine got it: RFC 3339 in UTC with nanoseconds, so that times compare as texts. */
  readonly time: string;
  /** Without its line end. As the server wrote it: see `toPrintable` before it is shown. */
  readonly text: string;
}

/** Which part of a log is read. */
export interface LogOptions {
  /** RFC 3339 in UTC. @default its beginning */
  readonly since?: string | undefined;
  /** How many of the last lines. @default all of them */
  readonly tail?: number | undefined;
  /** Goes on with what comes, without a deadline, until the container stops. @default false */
  readonly follow?: boolean;
  /** Ends it without an error. */
  readonly signal?: AbortSignal;
}

/** A line that may be shown, with the node that wrote it. */
export interface NodeLine extends LogLine {
  readonly node: string;
}

/**
 * Lines of several nodes in the order of their time. Those of one node keep their order: two streams, or a clock that was
 * set back, can give a later line an earlier time.
 * @param logs - the lines of each node, by its name
 */
export function mergeLogs(logs: ReadonlyMap<string, readonly LogLine[]>): readonly NodeLine[] {
  const nodes = [...logs.keys()].sort(compareNodeNames);
  const placed = nodes.flatMap((node) => {
    let latest = '';
    return (logs.get(node) ?? []).map((line) => {
      if (line.time > latest) latest = line.time;
      return { key: latest, line: { node, ...line } };
    });
  });
  placed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)); // stable: equal times stay in the order of nodes
  return placed.map(({ line }) => line);
}

/** How far the log of a node has been read: whoever opens it again misses no line, and gets none twice. */
export class LogPosition {
  #time: string | undefined;
  /** How many lines of that very time have been read. */
  #count = 0;
  #skip = 0;

  /** @param since - RFC 3339, from where it is read at first. @default its beginning */
  constructor(since?: string) {
    this.#time = since;
  }

  /** @returns from where to read on: the time of the last line, which comes again; undefined for the beginning */
  open(): string | undefined {
    this.#skip = this.#count;
    return this.#time;
  }

  /** @returns the lines that have not been read before */
  take(lines: readonly LogLine[]): readonly LogLine[] {
    return lines.filter(({ time }) => {
      if (this.#skip > 0 && time === this.#time) {
        this.#skip -= 1;
        return false;
      }
      if (time === this.#time) this.#count += 1;
      else if (this.#time === undefined || time > this.#time) {
        this.#time = time;
        this.#count = 1;
      }
      return true;
    });
  }
}
