import type { ClusterSpec, NodeSpec } from '../domain/cluster.ts';

/** The target takes the place of the former master, who becomes a leaf under it. Everybody else stays where they are. */
export function reparent(cluster: ClusterSpec, target: string, formerMaster: string | null): readonly NodeSpec[] {
  return cluster.nodes.map((node) => {
    if (node.name === target) return { ...node, source: null };
    return node.name === formerMaster || node.source === formerMaster ? { ...node, source: target } : node;
  });
}
