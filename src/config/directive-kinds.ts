import { parseBytes } from './memory.ts';

/** What a directive takes, as far as every supported server agrees. */
interface Kind {
  readonly expected: string;
  readonly takes: (text: string) => boolean;
}

const oneOf = (...words: readonly string[]): Kind => ({
  expected: `one of ${words.join(', ')}`,
  takes: (text) => words.includes(text.toLowerCase()),
});
const yesOrNo: Kind = { expected: 'yes or no', takes: (text) => /^(yes|no)$/i.test(text) };
const atLeast = (least: number): Kind => ({
  expected: `a whole number, ${least} or more`,
  takes: (text) => /^\d+$/.test(text) && Number(text) >= least,
});
const bytes: Kind = { expected: 'a size, such as 16mb', takes: (text) => parseBytes(text) !== undefined };

/**
 * From `standardConfig` in src/config.c of Redis 6.0 to 8.0 and Valkey. What differs between them, takes -1 or percentages,
 * or is a setting with a name of its own is not in here: the server has the last word on it.
 */
const groups: readonly (readonly [Kind, string])[] = [
  [
    yesOrNo,
    `activerehashing aof-load-truncated aof-rewrite-incremental-fsync aof-use-rdb-preamble dynamic-hz jemalloc-bg-thread
    lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del lazyfree-lazy-user-flush
    no-appendfsync-on-rewrite rdb-del-sync-files rdb-save-incremental-fsync rdbchecksum rdbcompression
    replica-ignore-maxmemory replica-lazy-flush stop-writes-on-bgsave-error`,
  ],
  [atLeast(0), 'hz latency-monitor-threshold lfu-decay-time lfu-log-factor slowlog-max-len tcp-keepalive timeout'],
  [atLeast(1), 'databases maxclients maxmemory-samples'],
  [bytes, 'auto-aof-rewrite-min-size client-query-buffer-limit proto-max-bulk-len'],
  [oneOf('always', 'everysec', 'no'), 'appendfsync'],
];

const kinds: ReadonlyMap<string, Kind> = new Map(
  groups.flatMap(([kind, names]) => names.split(/\s+/).map((name) => [name, kind] as const)),
);

/** The directives whose values are checked. */
export const checkedDirectives: readonly string[] = [...kinds.keys()];

/**
 * Checks the value of a directive of which every server takes the same.
 * @param directive - canonical
 * @param lines - what follows it, one element per line
 * @returns what is wrong, or undefined
 */
export function valueProblem(directive: string, lines: readonly string[]): string | undefined {
  const kind = kinds.get(directive);
  const wrong = kind && lines.find((text) => !kind.takes(text));
  return wrong === undefined ? undefined : `${wrong} is not ${kind?.expected}`;
}
