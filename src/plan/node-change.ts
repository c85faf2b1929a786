import { isDeepStrictEqual } from 'node:util';
import { isBootOnly } from '../domain/boot-only.ts';
import { type ClusterSpec, findNode, formatAddress, imageOf, type NodeSpec } from '../domain/cluster.ts';
import { splitWords } from '../domain/conf-grammar.ts';
import { nameFor } from '../domain/directives.ts';
import { bufferLimit, limitedClasses, mergeDirectives } from '../domain/merge-directives.ts';
import type { ConfigSetting } from '../domain/plan.ts';
import { versionOfImage } from '../domain/server-version.ts';
import { otherwise } from '../render/conf-values.ts';

/** What it takes to bring a node that is there from one description to another. */
export type NodeChange =
  | { readonly kind: 'none' }
  /** The server takes it while it runs. */
  | { readonly kind: 'configure'; readonly because: string; readonly settings: readonly ConfigSetting[] }
  /** Another container on the same volumes. */
  | { readonly kind: 'replace'; readonly because: string };

/**
 * The smallest change of one node. Roles are no part of it, and neither are addresses that take all nodes (`relocationOf`).
 * @param was - what the node itself knows; null where that cannot be read, which is no reason to touch it
 */
export function changeOf(was: ClusterSpec | null, will: ClusterSpec, name: string): NodeChange {
  const before = was && findNode(was, name);
  const after = findNode(will, name);
  if (!was || !before || !after) return { kind: 'none' };
  const directives = changedDirectives(was, before, will, after);
  const reasons = [
    ...difference('image', imageOf(was, before), imageOf(will, after)),
    ...difference('address', formatAddress(before.address), formatAddress(after.address)),
    ...difference('published on', was.bind, will.bind),
    ...difference('time zone', was.timezone, will.timezone),
    ...difference('disabled commands', list(was.disabledCommands), list(will.disabledCommands)),
    ...directives.filter(({ value }) => value === null).map(({ directive, text }) => `${directive}: ${text}`),
  ];
  if (reasons.length > 0) return { kind: 'replace', because: reasons.join(', ') };
  if (directives.length === 0) return { kind: 'none' };
  const server = versionOfImage(imageOf(will, after));
  return {
    kind: 'configure',
    because: directives.map(({ directive, text }) => `${directive}: ${text}`).join(', '),
    settings: directives.flatMap(({ directive, value }) => {
      const known = nameFor(directive, server);
      return known === undefined || value === null ? [] : [{ name: known, value }];
    }),
  };
}

const difference = (what: string, was: string, will: string): readonly string[] =>
  was === will ? [] : [`${what}: ${will} instead of ${was}`];

const list = (commands: readonly string[]): string => [...commands].sort().join(' ') || 'none';

interface ChangedDirective {
  readonly directive: string;
  /** For people. */
  readonly text: string;
  /** As CONFIG SET takes it; null where only a start does it. */
  readonly value: string | null;
}

function changedDirectives(
  was: ClusterSpec,
  before: NodeSpec,
  will: ClusterSpec,
  after: NodeSpec,
): readonly ChangedDirective[] {
  const old = mergeDirectives(otherwise, mergeDirectives(was.directives, before.directives));
  const wanted = mergeDirectives(otherwise, mergeDirectives(will.directives, after.directives));
  return [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort().flatMap((directive) => {
    const lines = wanted[directive];
    if (isDeepStrictEqual(old[directive], lines)) return [];
    const text = lines?.join(', ') ?? "the server's own again";
    const isLive =
      lines !== undefined && !isBootOnly(directive) && !dropsLimits(directive, old[directive] ?? [], lines);
    return [{ directive, text, value: isLive ? toValue(lines) : null }];
  });
}

/** CONFIG SET leaves the limit of a class alone that it does not name. */
const dropsLimits = (directive: string, before: readonly string[], lines: readonly string[]): boolean =>
  directive === bufferLimit && limitedClasses(before).some((name) => !limitedClasses(lines).includes(name));

/** CONFIG SET takes all lines of a directive in one, and no quotes. */
const toValue = (lines: readonly string[]): string =>
  lines.flatMap((line) => splitWords(line).map((word) => word.toString('utf8'))).join(' ');
