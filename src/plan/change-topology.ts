import { type ClusterSpec, findNode, masterOf, type NodeSpec, topDown } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { canFollow, heirAmong, promoteCommand } from '../domain/heir.ts';
import { rmsxCommand, waysOut } from '../domain/hints.ts';
import { containerName, nodeIndex, replicaName } from '../domain/names.ts';
import { levels, nextSource, shapeProblems } from '../domain/shape.ts';
import { nodeCapacity, nodeIp, parseSubnet } from '../domain/subnet.ts';

/**
 * One more replica. It gets the first name that is free.
 * @param source - the node it follows; where the shape of the cluster says otherwise, it has been asked for
 * @throws RmsxError `not-found` for a source that is not there
 */
export function addNode(cluster: ClusterSpec, source: string | undefined): ClusterSpec {
  if (source !== undefined) requireNodes(cluster, [source]);
  const subnet = parseSubnet(cluster.subnet);
  if (typeof subnet === 'string') throw new RangeError(subnet);
  const name = freeReplicaName(cluster);
  const index = nodeIndex(name);
  const followed = source ?? nextSource(cluster.nodes, cluster.topology, cluster.fanout);
  const node: NodeSpec = {
    name,
    address: { host: nodeIp(subnet, index), port: cluster.basePort + index },
    source: followed,
    image: null,
    directives: {},
  };
  const nodes = [...cluster.nodes, node].sort((a, b) => nodeIndex(a.name) - nodeIndex(b.name));
  return { ...cluster, nodes };
}

/** Once the first master is gone, every node may be called slave-N: there are as many names taken as there are nodes. */
function freeReplicaName({ nodes }: ClusterSpec): string {
  let index = 1;
  while (nodes.some((node) => node.name === replicaName(index))) index += 1;
  return replicaName(index);
}

/**
 * The cluster without a node. Whoever followed it follows its source.
 * @throws RmsxError `not-found`, or `unsafe` for the master
 */
export function removeNode(cluster: ClusterSpec, name: string): ClusterSpec {
  requireNodes(cluster, [name]);
  const node = findNode(cluster, name);
  if (!node || node.source === null) {
    const heir = heirAmong(cluster, othersThan(cluster, name));
    const hint = waysOut(
      heir && `let another node take over first:\n${handOver(cluster, name, heir, `remove ${name}`)}`,
      `remove the whole cluster: ${rmsxCommand(cluster.name, 'down')}`,
    );
    throw new RmsxError('unsafe', `${name} is the master of ${cluster.name}: without it nothing could be written.`, {
      node: name,
      hint,
    });
  }
  const { source } = node;
  const rest = cluster.nodes.filter((other) => other.name !== name);
  const nodes = rest.map((other) => (other.source === name ? { ...other, source } : other));
  const asked = Object.entries(cluster.asked).filter(([other, above]) => other !== name && above !== name);
  return { ...cluster, nodes, asked: Object.fromEntries(asked) };
}

/** A server that is stopped in peace hands its last writes to its replicas. */
const handOver = (cluster: ClusterSpec, master: string, heir: string, then: string): string =>
  `docker stop ${containerName(cluster.name, master)} && ${promoteCommand(cluster, heir, rmsxCommand(cluster.name, then))}`;

/** Those that follow it first. */
const othersThan = (cluster: ClusterSpec, master: string): readonly string[] =>
  topDown(cluster)
    .map(({ name }) => name)
    .filter((name) => name !== master);

/**
 * A replica under another source; whoever follows it comes along.
 * @throws RmsxError `not-found`, or `unsafe` for the master and for a source below the node itself
 */
export function moveNode(cluster: ClusterSpec, name: string, source: string): ClusterSpec {
  requireNodes(cluster, [name, source]);
  const node = findNode(cluster, name);
  if (!node || node.source === null) {
    const others = [source, ...othersThan(cluster, name)].filter((other) => canFollow(cluster, name, other));
    const heir = heirAmong(cluster, others);
    throw new RmsxError('unsafe', `${name} is the master of ${cluster.name}: it follows nobody.`, {
      node: name,
      hint:
        heir === undefined
          ? rmsxCommand(cluster.name, 'status')
          : `Let another node take over first:\n${handOver(cluster, name, heir, 'up')}`,
    });
  }
  const nodes = cluster.nodes.map((other) => (other.name === name ? { ...other, source } : other));
  const [problem] = shapeProblems(nodes);
  if (problem) {
    throw new RmsxError('unsafe', `${name} cannot follow ${source}: ${problem.message}.`, {
      node: name,
      hint:
        name === source
          ? `Name another source: ${rmsxCommand(cluster.name, `move ${name} --source ${masterOf(cluster).name}`)}`
          : `Move ${source} away first: ${rmsxCommand(cluster.name, `move ${source} --source ${masterOf(cluster).name}`)}`,
    });
  }
  return { ...cluster, nodes };
}

/**
 * The cluster with as many replicas as are asked for.
 * @param replicas - 0 or more
 * @throws RmsxError `bad-usage` for what is no number of replicas
 */
export function scaleTo(cluster: ClusterSpec, replicas: number): ClusterSpec {
  if (!Number.isSafeInteger(replicas) || replicas < 0) {
    throw new RmsxError('bad-usage', `--replicas: ${replicas} is not a number of replicas: 0 or more`);
  }
  const subnet = parseSubnet(cluster.subnet);
  const room = typeof subnet === 'string' ? 0 : nodeCapacity(subnet) - 1;
  if (replicas > room) {
    throw new RmsxError(
      'bad-spec',
      `--replicas: ${replicas} do not fit into ${cluster.subnet}, which has room for ${room}`,
    );
  }
  let scaled = leavers(cluster, replicas).reduce(removeNode, cluster);
  while (scaled.nodes.length - 1 < replicas) scaled = addNode(scaled, undefined);
  return scaled;
}

/** From the bottom up, the one with the highest number first, so that nobody has to move. */
function leavers(cluster: ClusterSpec, replicas: number): readonly string[] {
  let { nodes } = cluster;
  const names: string[] = [];
  while (nodes.length - 1 > replicas) {
    const last = lastLeaf(nodes);
    names.push(last);
    nodes = nodes.filter((node) => node.name !== last);
  }
  return names;
}

function lastLeaf(nodes: readonly NodeSpec[]): string {
  const leaves = levels(nodes).filter(
    (node) => node.source !== null && !nodes.some((other) => other.source === node.name),
  );
  const highest = leaves.reduce((a, b) => (nodeIndex(b.name) > nodeIndex(a.name) ? b : a));
  return highest.name;
}

function requireNodes(cluster: ClusterSpec, names: readonly string[]): void {
  const known = cluster.nodes.map((node) => node.name);
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length === 0) return;
  throw new RmsxError(
    'not-found',
    `The cluster ${cluster.name} has no node called ${missing.join(' and none called ')}.`,
    {
      hint: `Its nodes are: ${known.join(', ')}`,
    },
  );
}
