import type { ClusterSpec } from '../domain/cluster.ts';
import { masterName, nodeIndex, replicaName } from '../domain/names.ts';
import { defaults } from './defaults.ts';
import type { UpRequest } from './up-request.ts';

/** @returns how many replicas a request means that does not say so: enough for every node that it names */
export function impliedReplicas({ nodes = {}, topology }: UpRequest): number {
  const highest = Math.max(0, ...Object.keys(nodes).map(nodeIndex));
  return topology === 'custom' && highest > 0 ? highest : Math.max(defaults.replicas, highest);
}

const namedReplicas = ({ nodes = {} }: UpRequest): readonly string[] =>
  Object.keys(nodes).filter((name) => nodeIndex(name) > 0);

/** Whether a request names every node that there is to be: a file with a shape of its own, and no number in it. */
const namesAll = (request: UpRequest): boolean =>
  request.complete === true &&
  request.topology === 'custom' &&
  request.replicas === undefined &&
  namedReplicas(request).length > 0;

/**
 * The names of the nodes that are wanted. A request with a lower number of replicas than there are keeps them all.
 * @param existing - what the newest record says; null for a new cluster
 * @returns the names in their order
 */
export function namesOf(request: UpRequest, existing: ClusterSpec | null): readonly string[] {
  const there = existing?.nodes.map(({ name }) => name) ?? [masterName];
  const named = namedReplicas(request);
  if (namesAll(request)) {
    const isMasterThere = there.includes(masterName) || Object.hasOwn(request.nodes ?? {}, masterName);
    return ordered([...(isMasterThere ? [masterName] : []), ...named]);
  }
  const names = [...there];
  if (existing && request.replicas === undefined) names.push(...named.filter((name) => !names.includes(name)));
  const replicas = request.replicas ?? (existing ? 0 : impliedReplicas(request));
  for (let index = 1; names.length <= replicas; index++) {
    if (!names.includes(replicaName(index))) names.push(replicaName(index));
  }
  return ordered(names);
}

const ordered = (names: readonly string[]): readonly string[] => [...names].sort((a, b) => nodeIndex(a) - nodeIndex(b));

/** @returns the nodes of a cluster that a request leaves out which names them all */
export const unnamedNodes = (request: UpRequest, existing: ClusterSpec): readonly string[] => {
  const names = namesOf(request, existing);
  return existing.nodes.map(({ name }) => name).filter((name) => !names.includes(name));
};

/**
 * Whether a request names all nodes, does not know `master`, and has one other node that follows nobody and that others
 * follow: it may be about a cluster whose first master was removed, which only the look at the cluster can tell.
 */
export function knowsNoMaster(request: UpRequest): boolean {
  const { nodes = {} } = request;
  const sources = Object.values(nodes).map(({ source }) => source ?? null);
  const [root, ...others] = namedReplicas(request).filter((name) => (nodes[name]?.source ?? null) === null);
  const isMasterKnown = Object.hasOwn(nodes, masterName) || sources.includes(masterName);
  return namesAll(request) && !isMasterKnown && root !== undefined && others.length === 0 && sources.includes(root);
}
