import { aliases, directiveGroups, renames } from './directive-table.ts';
import { isAtLeast, type ServerVersion } from './server-version.ts';
import { describeSpans, groupsByName, isKnownTo } from './span.ts';

const groupOf = groupsByName(directiveGroups);

const canonicalOf: ReadonlyMap<string, string> = new Map([
  ...Object.entries(aliases),
  ...Object.entries(renames).map(([name, { former }]) => [former, name] as const),
]);

/** Directives of the modules that official images of Redis 8 load: search, time series, Bloom and cuckoo filters. */
const ofModules = /^(search|ts|bf|cf)-[a-z0-9-]+$/;

/** Every canonical name, in order: what a mistyped one is compared with. */
export const directiveNames: readonly string[] = [...groupOf.keys()].sort();

/**
 * Finds the one name under which rmsx thinks of a directive: the modern one (`slaveof` is `replicaof`,
 * `hash-max-ziplist-value` is `hash-max-listpack-value`), except that what Valkey alone renamed keeps the name that
 * every server understands (`primaryauth` is `masterauth`).
 * @param name as somebody typed it
 * @returns undefined where no supported server knows it
 */
export function canonicalDirective(name: string): string | undefined {
  const lower = name.toLowerCase();
  const canonical = canonicalOf.get(lower) ?? lower;
  return groupOf.has(canonical) || ofModules.test(canonical) ? canonical : undefined;
}

/**
 * Finds the name under which a server takes a directive in its file.
 * @param directive canonical or alias
 * @param server null where the version is not known: it is then taken to know every directive, by its modern name
 * @returns undefined where that server does not know it, and would refuse to start
 */
export function nameFor(directive: string, server: ServerVersion | null): string | undefined {
  const name = canonicalDirective(directive);
  if (name === undefined || server === null) return name;
  if (ofModules.test(name)) return server.family === 'redis' && isAtLeast(server, '8.0') ? name : undefined;
  const group = groupOf.get(name);
  if (!group || !isKnownTo(server, group)) return undefined;
  const rename = renames[name];
  return rename && !isAtLeast(server, rename[server.family]) ? rename.former : name;
}

/**
 * Says who knows a directive, for messages: `Redis 7.0 and Valkey 7.2`, `Valkey 8.0 only`.
 * @param directive canonical or alias
 */
export function sinceText(directive: string): string {
  if (ofModules.test(directive)) return 'Redis 8.0, as a part of its modules';
  return describeSpans(groupOf.get(canonicalDirective(directive) ?? '') ?? {});
}
