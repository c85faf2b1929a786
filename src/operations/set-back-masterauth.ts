import { RmsxError } from '../domain/errors.ts';
import type { Connections } from './connections.ts';

/**
 * Nodes that are to follow another one must be able to log in there. The conf of a node has one password for both; where
 * somebody changed `masterauth` alone, nobody sees that of a master, and it would come back as a replica without a link.
 * @param nodes - who does not answer is passed over: what comes next looks at it anyway
 * @param warn - told of each that had another one
 */
export async function setBackMasterauth(
  nodes: readonly string[],
  connections: Connections,
  warn: (message: string) => void,
): Promise<void> {
  const others = await Promise.all(
    nodes.map(async (node) => {
      try {
        return (await (await connections.to(node)).keepOwnMasterauth()) ? [node] : [];
      } catch (error) {
        if (error instanceof RmsxError) return [];
        throw error;
      }
    }),
  );
  for (const node of others.flat()) {
    warn(`the masterauth of ${node} was changed by hand: it is that of its conf again, or ${node} could follow nobody`);
  }
}
