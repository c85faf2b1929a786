import { type ClusterSpec, findNode, sourceOf } from '../domain/cluster.ts';
import { describePlace, misplacedNodes } from '../domain/misplaced.ts';
import { networkName } from '../domain/names.ts';
import { attachedTo, type ObservedContainer, type ObservedEngine } from '../domain/observed.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { Conflict } from './conflicts.ts';
import { ownNetworks } from './network.ts';
import type { Scene } from './scene.ts';

/** What it takes to have every container where the others look for it. */
export interface Reconnection {
  /** Everybody leaves before the first one comes: two nodes may have each other's address. */
  readonly steps: readonly PlannedStep[];
  /** What the servers do about it, once they run. */
  readonly relinks: readonly PlannedStep[];
}

/**
 * Puts misplaced containers back, without a restart; who is paused wakes before, where nobody can reach it. A server does not notice that its own address went away, and would
 * wait for `repl-timeout` (60 s): whoever runs and has a link from or to such a node opens it anew.
 * @param after - ids of the steps before a container comes to the network
 */
export function planReconnection(
  cluster: ClusterSpec,
  { misplaced, containers }: Pick<Scene, 'misplaced' | 'containers'>,
  after: readonly string[],
): Reconnection {
  const network = networkName(cluster.name);
  const all = [...misplaced.values()];
  const leaves = all.flatMap((place): readonly PlannedStep[] => {
    if (place.ip === null) return [];
    const { node, container } = place;
    const { id } = container;
    const because = `it ${describePlace(cluster.name, place)}`;
    return [{ id: `disconnect ${node}`, step: { op: 'disconnect', node, id, network }, because, after: [] }];
  });
  const left = leaves.map(({ id }) => id);
  const comes = all.map(({ node, container: { id, state }, wanted }): PlannedStep => {
    const spec = findNode(cluster, node);
    const source = state === 'stopped' || !spec ? null : (sourceOf(cluster, spec)?.address ?? null);
    return {
      id: `connect ${node}`,
      step: { op: 'connect', node, id, network, ip: wanted, source },
      because: 'it is not on the network of the cluster',
      after: [...after, ...left, ...(state === 'paused' ? [`unpause ${node}`] : [])],
    };
  });
  const come = comes.map(({ id }) => id);
  const relinks = cluster.nodes.flatMap(({ name, source }): readonly PlannedStep[] => {
    const isTouched = source !== null && (misplaced.has(name) || misplaced.has(source));
    const state = containers.get(name)?.state;
    if (!isTouched || (state !== 'running' && state !== 'paused')) return [];
    const because = 'it would not see for a minute that the old one is dead';
    const after = state === 'paused' && !misplaced.has(name) ? [...come, `unpause ${name}`] : come;
    return [{ id: `relink ${name}`, step: { op: 'relink', node: name }, because, after }];
  });
  return { steps: [...leaves, ...comes], relinks };
}

/**
 * Who has the address of a misplaced node.
 * @param cluster - with those nodes that keep their address
 * @param own - the containers of the cluster
 */
export function placeConflicts(
  cluster: Pick<ClusterSpec, 'name' | 'nodes'>,
  own: readonly ObservedContainer[],
  engine: ObservedEngine,
): readonly Conflict[] {
  const misplaced = [...misplacedNodes(cluster, own).values()];
  const leaving = misplaced.map(({ container }) => container);
  const [network] = ownNetworks(cluster.name, engine);
  return misplaced.flatMap(({ node, wanted }): readonly Conflict[] => {
    const users = network ? attachedTo(network, engine.containers) : [];
    const holder = users.find((user) => holds(user, wanted) && !leaving.includes(user));
    if (!network || !holder) return [];
    return [
      {
        problem: `The address ${wanted} of ${node} belongs to the container ${holder.name}.`,
        hint: `docker network disconnect ${network.name} ${holder.name}`,
      },
    ];
  });
}

/** What does not run holds nothing. */
const holds = ({ state, attachments }: ObservedContainer, ip: string): boolean =>
  state !== 'stopped' && (attachments?.some((attachment) => attachment.ip === ip) ?? false);
