import { RmsxError } from '../domain/errors.ts';
import type { Connections } from './connections.ts';

/**
 * @param nodes - who answers; one that does not any more is passed over
 * @returns the ids of the Sentinels that listen at any of them, each once
 */
export async function sentinelsAt(nodes: Iterable<string>, connections: Connections): Promise<readonly string[]> {
  const found = await Promise.all(
    [...nodes].map(async (node) => {
      try {
        return await (await connections.to(node)).sentinels();
      } catch (error) {
        if (error instanceof RmsxError) return [];
        throw error;
      }
    }),
  );
  return [...new Set(found.flat())];
}
