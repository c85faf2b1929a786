import { type ClusterSpec, findNode, masterOf } from '../domain/cluster.ts';
import type { MasterVerdict } from '../domain/master-verdict.ts';
import { containerName, networkName } from '../domain/names.ts';
import { containerOf, isOnNetwork, type ObservedContainer } from '../domain/observed.ts';

/**
 * What keeps a former master from taking writes while another one takes its place; what has ended needs none but its role.
 * `stop` ends its server. `cut-off` holds its process, and takes its container off the network: what it had taken in stays in
 * its memory, and whoever wakes it wakes a server that nobody reaches.
 */
export type Fence =
  | { readonly how: 'stop'; readonly container: ObservedContainer }
  | {
      readonly how: 'cut-off';
      readonly container: ObservedContainer;
      /** Whether it is to be held first; else it is already. */
      readonly pauses: boolean;
      /** The network that it has to leave, and its address there; null where it has left. */
      readonly leaves: { readonly network: string; readonly ip: string } | null;
    };

/** @returns the fence for a former master, or null where its role is enough */
export function fenceFor(
  cluster: ClusterSpec,
  containers: readonly ObservedContainer[],
  { state }: MasterVerdict,
): Fence | null {
  const { name } = masterOf(cluster);
  const container = containerOf({ containers }, name);
  if (!container || state === 'dead' || state === 'demoted') return null;
  if (state !== 'frozen' && state !== 'cut-off') return { how: 'stop', container };
  const network = networkName(cluster.name);
  const isThere = isOnNetwork(container, network);
  const ip = findNode(cluster, name)?.address.host ?? '';
  const leaves = isThere ? { network, ip } : null;
  return { how: 'cut-off', container, pauses: container.state !== 'paused', leaves };
}

/** The fence as sentences, in the order in which they happen. */
export function describeFence(cluster: string, fence: Fence): readonly string[] {
  const node = fence.container.node ?? '';
  if (fence.how === 'stop') return [`stop ${node}  (it could still take writes)`];
  return [
    ...(fence.pauses ? [`pause ${containerName(cluster, node)}  (what it had taken in stays in its memory)`] : []),
    ...(fence.leaves ? [`take ${node} off the network ${fence.leaves.network}  (nobody reaches it any more)`] : []),
  ];
}
