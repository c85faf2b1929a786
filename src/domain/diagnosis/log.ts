import type { StreamPlace } from '../redis-port.ts';
import type { ServerInfo } from '../server-info.ts';

/** Why the link of a replica is down, in the words of its own log. */
export type LinkCause =
  | { readonly kind: 'password' | 'no-password' | 'unreachable' | 'disk'; readonly text: string }
  | { readonly kind: 'rdb-version'; readonly version: string };

const synchronised = /sync: Finished with success|Successful partial resynchronization/;
const started = /Server initialized|Ready to accept connections|Redis is starting/;

const rdbVersion = /Can't handle RDB format version (\d+)/;
const noPassword = /NOAUTH/;
const password = /WRONGPASS|invalid password|Unable to AUTH to|NOPERM/;
const unreachable =
  /(Connection refused|No route to host|Host is unreachable|Network is unreachable|(?:Connection|Operation) timed out|Timeout connecting to the (?:MASTER|PRIMARY))/;
const disk =
  /(No space left on device|Read-only file system|Permission denied|Input\/output error|Disk quota exceeded)/;
/** Less was written than was asked for, and no error is told: servers take that for a full disk (ENOSPC in aof.c). */
const shortWrite = /Short write while writing|: short write$/;
const full = 'No space left on device';

/** Why a server ended, in its own words. Redis 8 aborts on a directive that none of its modules knows. */
export const fatalLine: RegExp =
  /FATAL|Fatal error|Can't handle RDB|can't open|Bad (directive|file)|aborting|Unsupported system page size|Guru Meditation|crashed by signal/i;

const fullSync = /Full resync from (?:master|primary)/i;
/** What a replica of Redis 8 says in the place of that, without the history, where it gets all data over a connection of its own. */
const namelessSync = /initialize RDB channel/;

/** Before every synchronisation. */
const connecting = /Connecting to (?:MASTER|PRIMARY) (\S+:\d+)/;

/** `1:S 28 Nov 2026 18:06:35.123 * ` before what a server says. */
const head = /^\d+:\w (\d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2}\.\d{3}) \S /;

/**
 * Reads from the log of a replica why it has no link.
 * @param log - its last lines; what stands before the last time that it was in sync says nothing
 * @returns the last cause told; undefined where none is
 */
export function linkCauseIn(log: readonly string[]): LinkCause | undefined {
  const since = log.slice(log.findLastIndex((line) => synchronised.test(line)) + 1);
  // A connection that cannot be made comes after everything else, and those lines may be older.
  const causes = since.flatMap((line): readonly LinkCause[] => {
    const version = rdbVersion.exec(line)?.[1];
    if (version !== undefined) return [{ kind: 'rdb-version', version }];
    if (noPassword.test(line)) return [{ kind: 'no-password', text: withoutHead(line) }];
    if (password.test(line)) return [{ kind: 'password', text: withoutHead(line) }];
    const text = unreachable.exec(line)?.[1];
    if (text !== undefined) return [{ kind: 'unreachable', text }];
    const refusal = refusalIn(line);
    return refusal === undefined ? [] : [{ kind: 'disk', text: refusal }];
  });
  return causes.at(-1);
}

/** @returns what the disk refused with, as a log says it last; undefined where it does not */
export const diskCauseIn = (log: readonly string[]): string | undefined =>
  log.flatMap((line) => refusalIn(line) ?? []).at(-1);

const refusalIn = (line: string): string | undefined =>
  disk.exec(line)?.[1] ?? (shortWrite.test(line) ? full : undefined);

/** @returns the last line in which a server says why it ended since it served last; undefined where there is none */
export function fatalIn(log: readonly string[]): string | undefined {
  const own = log.slice(log.findLastIndex((line) => /Ready to accept connections/.test(line)) + 1);
  const line = own.findLast((each) => fatalLine.test(each));
  return line === undefined ? undefined : withoutHead(line);
}

/** @returns whether a source gave up replicas that did not keep up */
export const hasGivenUp = (log: readonly string[]): boolean =>
  log.some((line) => /overcoming of output buffer limits/.test(line));

/**
 * Counts the full synchronisations that a replica has begun in the last while before the end of its log.
 * @returns how many, and over how many seconds
 */
export function fullSyncsIn(log: readonly string[], withinSeconds: number): { count: number; seconds: number } {
  const own = log.slice(log.findLastIndex((line) => started.test(line)) + 1);
  const lastMs = timeOf(own.findLast((line) => timeOf(line) !== undefined) ?? '') ?? 0;
  const times = own
    .filter((line) => fullSync.test(line) || namelessSync.test(line))
    .flatMap((line) => timeOf(line) ?? [])
    .filter((timeMs) => lastMs - timeMs <= withinSeconds * 1000);
  const [firstMs = lastMs] = times;
  return { count: times.length, seconds: Math.round((lastMs - firstMs) / 1000) };
}

/** What a source can go on with. */
type Histories = Pick<ServerInfo, 'replid' | 'replid2' | 'secondOffset'>;

/**
 * Finds how far a replica was in a history that its source does not have: that is what it asked to go on from.
 * @param source - one that was promoted goes on with the history of before, up to where it took over
 * @returns an offset in bytes; undefined where it asked for no such history since its last start, or not last
 */
export function lostHistoryIn(log: readonly string[], source: Histories): number | undefined {
  const own = log.slice(log.findLastIndex((line) => started.test(line)) + 1);
  const requests = own.flatMap((line) => {
    const [, asked, offset] = /Trying a partial resynchronization \(request (\w{40}):(\d+)\)/.exec(line) ?? [];
    return asked === undefined || asked === source.replid ? [] : [{ asked, offset: Number(offset) }];
  });
  const last = requests.at(-1);
  const isContinued = last?.asked === source.replid2 && last.offset <= source.secondOffset;
  return isContinued ? undefined : last?.offset;
}

const withoutHead = (line: string): string => line.replace(head, '').replace(/^[#*\s-]+/, '');

/** In the time zone of the server: only good for differences. */
function timeOf(line: string): number | undefined {
  const time = head.exec(line)?.[1];
  const timeMs = time === undefined ? Number.NaN : Date.parse(`${time} UTC`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** A replica that is told another source has none for a moment, and says this as if it were a master (`replicationSetMaster`). */
const leavesSource = /Connection with (?:master|primary) lost|Caching the disconnected (?:master|primary) state/i;

/**
 * Reads from the log of a server as what it served last: a master may have writes that nobody else has, and a replica that
 * got in sync since then has none of its own. The letter behind the process id is the role (`serverLogRaw` in server.c).
 * @returns null where the lines do not tell
 */
export function lastRoleIn(log: readonly string[]): 'master' | 'replica' | null {
  const lastMaster = log.findLastIndex((line) => /^\d+:M /.test(line) && !leavesSource.test(line));
  const lastInSync = log.findLastIndex((line) => /^\d+:S /.test(line) && synchronised.test(line));
  if (lastMaster === lastInSync) return null; // neither is there
  return lastMaster > lastInSync ? 'master' : 'replica';
}

/**
 * Said by a master as its first replica comes, and as it takes over from another one (`syncCommand`, `shiftReplicationId`);
 * by a replica as it gets all data, and as its source took over from another one (`slaveTryPartialResynchronization`).
 */
const inHistory =
  /^\d+:(?:M .*(?:my new replication IDs are '|New replication ID is )|S .*(?:Full resync from (?:master|primary): |replication ID changed to ))(\w{40})/i;

/** @returns the replication id of the history in which a server wrote, or received, last; undefined where its log does not tell */
export const lastHistoryIn = (log: readonly string[]): string | undefined =>
  inHistory.exec(log.findLast((line) => inHistory.test(line) || namelessSync.test(line)) ?? '')?.[1];

/** @returns the address of the source with which a replica was in sync last, as `host:port`; undefined where its log does not tell */
export function lastSourceIn(log: readonly string[]): string | undefined {
  const lastInSync = log.findLastIndex((line) => /^\d+:S /.test(line) && synchronised.test(line));
  const asked = log.slice(0, lastInSync + 1).findLast((line) => connecting.test(line));
  return connecting.exec(asked ?? '')?.[1];
}

/**
 * Finds where a server left its source to become a master by itself, if that is what it did last (`shiftReplicationId` in
 * replication.c).
 * @returns the first byte that it did not receive any more
 */
export function departureIn(log: readonly string[]): StreamPlace | undefined {
  const since = log.slice(log.findLastIndex((line) => synchronised.test(line) || started.test(line)) + 1);
  const lines = since.flatMap((line) => {
    const [, replid, offset] =
      /Setting secondary replication ID to (\w{40}), valid up to offset: (\d+)/.exec(line) ?? [];
    return replid === undefined ? [] : [{ replid, offset: Number(offset) }];
  });
  return lines.at(-1);
}
