import { familyName, isAtLeast, newestOf, type ServerFamily, type ServerVersion } from './server-version.ts';

/** When one family learned something, and when it forgot it. */
export interface Span {
  /** The first version that knows it: `7.2`. */
  readonly since: string;
  /** The first version that refuses it again. */
  readonly goneIn?: string;
}

/** Who knows something. A family that is left out never did. */
export type Spans = Readonly<Partial<Record<ServerFamily, Span>>>;

/** Names that came and went together. */
export interface SpanGroup extends Spans {
  /** With white space between them. */
  readonly names: string;
}

/** @returns the group of every name */
export const groupsByName = (groups: readonly SpanGroup[]): ReadonlyMap<string, SpanGroup> =>
  new Map(
    groups.flatMap((group) =>
      group.names
        .trim()
        .split(/\s+/)
        .map((name) => [name, group] as const),
    ),
  );

const families = ['redis', 'valkey'] as const satisfies readonly ServerFamily[];

/** @returns whether a server knows it; one whose minor version is open, whether some version of its major one does */
export function isKnownTo(server: ServerVersion, spans: Spans): boolean {
  const span = spans[server.family];
  if (!span || !isAtLeast(newestOf(server), span.since)) return false;
  return span.goneIn === undefined || !isAtLeast(server, span.goneIn);
}

/** @returns who knows it, for messages: `Redis 7.0 and Valkey 7.2`, `Valkey 8.0 only` */
export function describeSpans(spans: Spans): string {
  const known = families.flatMap((family) => {
    const span = spans[family];
    if (!span) return [];
    return [`${familyName(family)} ${span.since}${span.goneIn === undefined ? '' : ` (gone in ${span.goneIn})`}`];
  });
  return known.length === 1 ? `${known[0]} only` : known.join(' and ') || 'no server';
}
