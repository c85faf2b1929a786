/** Which program a server is: Valkey left Redis at 7.2.4 and counts on from there. */
export type ServerFamily = 'redis' | 'valkey';

/** A server, as exactly as it matters here: patch releases add no directives and no file formats. */
export interface ServerVersion {
  readonly family: ServerFamily;
  readonly major: number;
  readonly minor: number;
  /** The tag names the major version alone, and the minor one is where that begins: it may be any from there on. */
  readonly isMinorOpen?: true;
}

/** Major versions whose first minor version is not 0: Valkey began as 7.2. */
const firstMinor: Readonly<Record<string, number>> = { valkey7: 2 };

/** What a full synchronisation is written in, per family, oldest first: `RDB_VERSION` in src/rdb.h. */
const rdbVersions: Readonly<Record<ServerFamily, readonly (readonly [since: string, rdb: number])[]>> = {
  redis: [
    ['6.0', 9],
    ['7.0', 10],
    ['7.2', 11],
    ['7.4', 12],
    ['8.6', 13],
  ],
  valkey: [
    ['7.2', 11],
    ['9.0', 80],
    ['9.2', 81],
  ],
};

/** The formats that belong to Redis from 7.4 on; Valkey refuses them all: `rdbIsForeignVersion` in its src/rdb.h. */
const redisOnlyRdb = { first: 12, last: 79 } as const;

/** Above every minor version that there will be. */
const highestMinor = 99;

/**
 * Reads a version from the name of an image alone: nothing is asked of an engine.
 *
 * A tag that names only a major version (`redis:7`) does not tell the minor one, and registries move it on. What comes
 * out is then the OLDEST that it may be, marked as open; `newestOf` is the other end.
 * @returns null where the name does not tell, as in `redis`, `redis:latest` or `my-redis:7.0`
 */
export function versionOfImage(image: string): ServerVersion | null {
  const match = /^(?:.*\/)?(redis|valkey):v?(\d{1,2})(?:\.(\d{1,2})(?:\.\d+)*)?(?:-[\w.-]*)?(?:@.*)?$/.exec(image);
  if (!match) return null;
  const family = match[1] as ServerFamily;
  const major = Number(match[2]);
  if (match[3] !== undefined) return { family, major, minor: Number(match[3]) };
  return { family, major, minor: firstMinor[family + major] ?? 0, isMinorOpen: true };
}

/** @returns the newest version that a server may be: itself, unless its minor version is open */
export const newestOf = (server: ServerVersion): ServerVersion =>
  server.isMinorOpen ? { ...server, minor: highestMinor } : server;

/**
 * The newest version that an image may hold: the careful side where something is refused because a server is too old.
 * @returns null where the name does not tell
 */
export function newestVersionOfImage(image: string): ServerVersion | null {
  const version = versionOfImage(image);
  return version && newestOf(version);
}

/** @returns the version as people write it: `Valkey 8.1`, `Redis 7` where the minor version is open */
export const formatServerVersion = ({ family, major, minor, isMinorOpen }: ServerVersion): string =>
  `${familyName(family)} ${major}${isMinorOpen ? '' : `.${minor}`}`;

/** @returns the name of a family as people write it */
export const familyName = (family: ServerFamily): string => (family === 'redis' ? 'Redis' : 'Valkey');

/**
 * Compares a server with a version of its own family.
 * @param since `7.2`
 */
export function isAtLeast(server: Pick<ServerVersion, 'major' | 'minor'>, since: string): boolean {
  const { major, minor } = numbersOf(since);
  return server.major > major || (server.major === major && server.minor >= minor);
}

/** @returns major and minor of a version as servers tell it: `7.0.15` */
export function numbersOf(version: string): Pick<ServerVersion, 'major' | 'minor'> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { major, minor };
}

/** The first versions that rmsx runs: older ones lack directives and commands that it lives on. */
const oldest: Readonly<Record<ServerFamily, string>> = { redis: '6.0', valkey: '7.2' };

/** @returns why the server of an image is too old, or undefined; an image whose name does not tell is taken for a new one */
export function tooOld(image: string): string | undefined {
  const version = versionOfImage(image);
  if (!version || isAtLeast(version, oldest[version.family])) return undefined;
  return `${formatServerVersion(version)} is not supported: ${oldest[version.family]} or later`;
}

/** @returns the version of the format that this server writes, in files and to its replicas */
export function rdbVersion(version: ServerVersion): number {
  const known = rdbVersions[version.family];
  const written = known.findLast(([since]) => isAtLeast(version, since)) ?? known[0];
  return written?.[1] ?? 0;
}

/**
 * Whether a replica can load the full synchronisation that a source sends. Where it cannot, the replica says "Can't
 * handle RDB format version 12" and asks again, for ever. Valkey 9.1 and newer may write the
 * format of an older Valkey for it, when they synchronise without a disk; that is not relied upon.
 */
export function canLoad(replica: ServerVersion, source: ServerVersion): boolean {
  const sent = rdbVersion(source);
  const foreign = replica.family === 'valkey' && sent >= redisOnlyRdb.first && sent <= redisOnlyRdb.last;
  return !foreign && sent <= rdbVersion(replica);
}
