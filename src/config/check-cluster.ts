import { type ClusterSpec, findNode, imageOf, type NodeSpec } from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';
import { canLoad, formatServerVersion, newestVersionOfImage, versionOfImage } from '../domain/server-version.ts';
import { shapeProblems } from '../domain/shape.ts';
import { nodeIpProblem, parseSubnet } from '../domain/subnet.ts';
import { checkDirectives } from './check-directives.ts';
import { checkServersHave } from './commands.ts';

/** The highest port that there is. */
export const maxPort = 65_535;

/** @returns everything that is wrong with a cluster as a whole, each problem with its place in rmsx.yaml */
export function checkCluster(cluster: ClusterSpec): readonly Problem[] {
  return [
    ...shapeProblems(cluster.nodes).map(({ node, message }) => ({
      path: `nodes.${node}.source`,
      message,
      dependsOn: 'nodes' as const,
    })),
    ...checkAddresses(cluster),
    ...checkPorts(cluster.nodes),
    ...checkVersions(cluster),
    ...checkDirectives(cluster),
    ...checkServersHave(cluster),
  ];
}

function checkAddresses({ nodes, subnet: cidr }: ClusterSpec): readonly Problem[] {
  const subnet = parseSubnet(cidr);
  if (typeof subnet === 'string') return [];
  return nodes.flatMap(({ name, address }, i) => {
    const path = `nodes.${name}.ip`;
    const wrong = nodeIpProblem(subnet, address.host);
    if (wrong !== undefined) return [{ path, message: wrong, dependsOn: 'subnet' }];
    const other = nodes.slice(0, i).find((node) => node.address.host === address.host);
    return other ? [{ path, message: `${address.host} is the address of ${other.name} already` }] : [];
  });
}

function checkPorts(nodes: readonly NodeSpec[]): readonly Problem[] {
  return nodes.flatMap(({ name, address: { port } }, i) => {
    const path = `nodes.${name}.port`;
    if (port > maxPort) return [{ path, message: `${port} is above ${maxPort}` }];
    const other = nodes.slice(0, i).find((node) => node.address.port === port);
    return other ? [{ path, message: `${port} is the port of ${other.name} already` }] : [];
  });
}

/** A replica of an older server than its source never gets through its first synchronisation. What may work is let through. */
function checkVersions(cluster: ClusterSpec): readonly Problem[] {
  return cluster.nodes.flatMap((node) => {
    const source = node.source === null ? undefined : findNode(cluster, node.source);
    const own = newestVersionOfImage(imageOf(cluster, node));
    const above = source && versionOfImage(imageOf(cluster, source));
    if (!own || !above || canLoad(own, above)) return [];
    const message = `${node.name} (${formatServerVersion(own)}) cannot load what its source ${source?.name} (${formatServerVersion(above)}) would send it`;
    return [{ path: `nodes.${node.name}.image`, message, dependsOn: 'image' }];
  });
}
