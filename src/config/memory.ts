import type { ClusterSpec, NodeSpec } from '../domain/cluster.ts';

/** The units of redis.conf: `1k` is a thousand, `1kb` is 1024 (config.c, memtoull). */
const units: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['k', 1000],
  ['kb', 1024],
  ['m', 1000 ** 2],
  ['mb', 1024 ** 2],
  ['g', 1000 ** 3],
  ['gb', 1024 ** 3],
]);

/** What the servers keep sizes in: a signed number of 64 bits. */
const mostBytes = 2n ** 63n - 1n;

/** @returns a size as redis.conf writes it, in bytes; undefined for what is none, and for one that no server can hold */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([a-z]*)$/i.exec(text) ?? [];
  const factor = units.get(unit.toLowerCase());
  if (amount === undefined || factor === undefined) return undefined;
  const bytes = BigInt(amount) * BigInt(factor);
  return bytes > mostBytes ? undefined : Number(bytes);
}

/** @returns the most that the data of a node may take, in bytes; 0 where it has no limit */
export function maxMemoryBytes(cluster: ClusterSpec, node: NodeSpec): number {
  const text = (node.directives.maxmemory ?? cluster.directives.maxmemory)?.[0];
  return text === undefined ? 0 : (parseBytes(text) ?? 0);
}
