import { type ClusterSpec, imageOf, type NodeSpec } from '../domain/cluster.ts';
import { confDirectory, containerName, dataDirectory, networkName, volumeName } from '../domain/names.ts';
import type { ContainerSpec, VolumeMount } from '../domain/ports.ts';
import { serverCommand } from '../render/conf-directory.ts';

/** @returns a volume of a node, and where it is mounted */
export function mount(
  cluster: ClusterSpec,
  node: NodeSpec,
  purpose: VolumeMount['purpose'],
  target: string,
): VolumeMount {
  return { name: volumeName(cluster.name, node.name, purpose), purpose, target, readOnly: false };
}

/** @returns the container of a node as it should be */
export function containerSpec(cluster: ClusterSpec, node: NodeSpec, run: string): ContainerSpec {
  const isEphemeral = cluster.persistence === 'none';
  const volumes = [mount(cluster, node, 'data', dataDirectory), mount(cluster, node, 'conf', confDirectory)];
  return {
    name: containerName(cluster.name, node.name),
    cluster: cluster.name,
    node: node.name,
    run,
    topology: cluster.topology,
    image: imageOf(cluster, node),
    command: serverCommand,
    network: networkName(cluster.name),
    address: node.address,
    bind: cluster.bind,
    timezone: cluster.timezone,
    volumes: isEphemeral ? [] : volumes,
    ephemeral: isEphemeral,
    restart: cluster.persistence === 'aof' ? 'always' : 'no',
    sysctls: { 'net.core.somaxconn': '511' },
  };
}
