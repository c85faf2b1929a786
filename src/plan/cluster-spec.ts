import { defaults } from '../config/defaults.ts';
import type { UpRequest } from '../config/up-request.ts';
import { type ClusterSpec, masterOf, type NodeSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { masterName, replicaName } from '../domain/names.ts';
import { nodeIp, parseSubnet } from '../domain/subnet.ts';

/** What a request leaves open, once it is settled. */
export interface Choices {
  readonly subnet: string;
  readonly basePort: number;
  readonly timezone: string;
}

/**
 * The cluster that is wanted: the request, then what the cluster has been, then the defaults. Roles are kept: `up` after
 * a promotion brings back the promoted master.
 * @param existing - what the newest record says; null for a new cluster
 * @throws RmsxError `conflict` where the request would remove nodes
 */
export function wantedCluster(request: UpRequest, existing: ClusterSpec | null, choices: Choices): ClusterSpec {
  const before = existing ? existing.nodes.length - 1 : 0;
  const replicas = request.replicas ?? (existing ? before : defaults.replicas);
  if (existing && replicas < before) {
    throw new RmsxError(
      'conflict',
      `The cluster ${request.name} has ${before} replicas, and up never removes a node.`,
      {
        hint: `Keep them: rmsx up -n ${request.name} --replicas ${before}`,
      },
    );
  }
  const master = existing ? masterOf(existing).name : masterName;
  const names = [masterName, ...Array.from({ length: replicas }, (_, i) => replicaName(i + 1))];
  const subnet = parseSubnet(choices.subnet);
  if (typeof subnet === 'string') throw new RmsxError('bad-spec', `--subnet: ${subnet}.`);
  const nodes = names.map((name, index): NodeSpec => {
    const known = existing?.nodes.find((node) => node.name === name);
    const address = { host: nodeIp(subnet, index), port: choices.basePort + index };
    return { name, address, source: known ? known.source : name === master ? null : master };
  });
  const allowed = (request.allowCommands ?? []).map((command) => command.toUpperCase());
  return {
    name: request.name,
    topology: existing?.topology ?? 'star',
    image: request.image ?? existing?.image ?? defaults.image,
    subnet: subnet.cidr,
    bind: request.bind ?? existing?.bind ?? defaults.bind,
    timezone: request.timezone ?? existing?.timezone ?? choices.timezone,
    persistence: persistenceOf(request, existing),
    disabledCommands: request.allowCommands
      ? defaults.disabledCommands.filter((command) => !allowed.includes(command))
      : (existing?.disabledCommands ?? defaults.disabledCommands),
    nodes,
  };
}

function persistenceOf(request: UpRequest, existing: ClusterSpec | null): ClusterSpec['persistence'] {
  if (request.ephemeral === undefined) return existing?.persistence ?? 'aof';
  return request.ephemeral ? 'none' : 'aof';
}

/** @returns what differs between two descriptions of a cluster besides its nodes, as sentences */
export function describeDifferences(before: ClusterSpec, after: ClusterSpec): readonly string[] {
  const list = (cluster: ClusterSpec): string => [...cluster.disabledCommands].sort().join(' ') || 'none';
  const pairs: readonly (readonly [string, string | number, string | number])[] = [
    ['image', before.image, after.image],
    ['subnet', before.subnet, after.subnet],
    ['first port', firstPort(before), firstPort(after)],
    ['published on', before.bind, after.bind],
    ['time zone', before.timezone, after.timezone],
    ['persistence', before.persistence, after.persistence],
    ['disabled commands', list(before), list(after)],
  ];
  return pairs
    .filter(([, was, will]) => was !== will)
    .map(([what, was, will]) => `${what}: ${was} is there, ${will} is asked for`);
}

/** @returns the port of the node that was the first master */
export const firstPort = (cluster: ClusterSpec): number => cluster.nodes[0]?.address.port ?? defaults.basePort;
