import type { ServerInfo } from '../domain/server-info.ts';

/** How a node comes to its new source: by what it missed, or by everything. */
export type Resync = 'partial' | 'full';

/**
 * How a survivor will come back.
 * @param before - what the survivor said last
 * @param target - what the target said last
 */
export function predictResync(before: ServerInfo | undefined, target: ServerInfo | undefined): Resync {
  const sharesHistory = before?.replid !== undefined && before.replid === target?.replid;
  return sharesHistory && before.offset <= target.offset ? 'partial' : 'full';
}

/**
 * How the survivors of a promotion have come to the new master. It counts the kinds and not who they were of: where it has
 * served both, what was to be expected decides.
 * @param before - what every node said last before the promotion
 * @param after - what the target says now; undefined where it does not answer
 * @param incomplete - those that do not follow it
 */
export function resyncsOf(
  { target, survivors }: { readonly target: string; readonly survivors: readonly string[] },
  before: ReadonlyMap<string, ServerInfo>,
  after: ServerInfo | undefined,
  incomplete: readonly string[],
): Readonly<Record<string, Resync | 'none'>> {
  const was = before.get(target);
  const full = (after?.fullSyncs ?? 0) - (was?.fullSyncs ?? 0);
  const partial = (after?.partialSyncs ?? 0) - (was?.partialSyncs ?? 0);
  const kind = (node: string): Resync | 'none' => {
    if (incomplete.includes(node)) return 'none';
    if (full === 0 || partial === 0) return full === 0 ? 'partial' : 'full';
    return predictResync(before.get(node), was);
  };
  return Object.fromEntries(survivors.map((node) => [node, kind(node)]));
}
