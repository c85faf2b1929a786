import type { LogLine } from '../domain/log-line.ts';
import { type Frame, FrameReader } from './frames.ts';
import { strangeReply } from './wire.ts';

const [lineFeed, blank] = [0x0a, 0x20];

/** A line of which the end is still to come: the engine cuts long ones, and stamps every part. */
interface Part {
  readonly time: string;
  readonly pieces: Buffer[];
}

/** Takes a stamped log apart, as it comes. */
export class LogLineReader {
  readonly #frames = new FrameReader();
  readonly #open = new Map<Frame['from'], Part>();

  /**
   * @returns the lines that are complete by now
   * @throws Error with the words of the engine, RmsxError for what is no stamped log
   */
  take(chunk: Buffer): readonly LogLine[] {
    return this.#frames.take(chunk).flatMap((frame) => [...this.#linesOf(frame)]);
  }

  /**
   * @returns the last lines, where the server did not end them
   * @throws Error where the log is cut off in the middle of a frame
   */
  end(): readonly LogLine[] {
    this.#frames.end();
    return [...this.#open.values()].map(toLine);
  }

  *#linesOf({ from, bytes }: Frame): Generator<LogLine> {
    for (let at = 0; at < bytes.length; ) {
      const stampEnd = bytes.indexOf(blank, at);
      if (stampEnd < 0) throw strangeReply();
      const end = bytes.indexOf(lineFeed, stampEnd);
      const piece = bytes.subarray(stampEnd + 1, end < 0 ? undefined : end);
      const part = this.#open.get(from) ?? { time: toTime(bytes.toString('latin1', at, stampEnd)), pieces: [] };
      part.pieces.push(piece);
      if (end < 0) {
        this.#open.set(from, part);
        return;
      }
      this.#open.delete(from);
      yield toLine(part);
      at = end + 1;
    }
  }
}

const toLine = ({ time, pieces }: Part): LogLine => ({
  time,
  text: Buffer.concat(pieces).toString('utf8').replace(/\r$/, ''),
});

const usual = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;

/** Docker stamps in UTC with nine digits, Podman in its own time zone with as many as there are. */
function toTime(stamp: string): string {
  if (usual.test(stamp)) return stamp;
  const [, seconds, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(stamp) ?? [];
  const timeMs = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(timeMs)) throw strangeReply();
  return `${new Date(timeMs).toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`;
}

/** @returns RFC 3339 as engines take it in a query: seconds since 1970 with a fraction */
export function toUnixSeconds(time: string): string {
  const [, fraction = ''] = /\.(\d+)Z$/.exec(time) ?? [];
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction.padEnd(9, '0')}`;
}
