import type Docker from 'dockerode';
import { composeLabels, dataDirectory, labels, networkName, type VolumePurpose } from '../domain/names.ts';
import type { ContainerState, ObservedContainer, ObservedNetwork, ObservedVolume } from '../domain/observed.ts';
import {
  type CarrierSpec,
  type ContainerSpec,
  type NetworkSpec,
  stopGraceSeconds,
  type VolumeMount,
} from '../domain/ports.ts';

/** Our labels, and the version that made the object. */
export type Stamp = Readonly<Record<string, string>>;

/**
 * The name that the network has for Docker Compose. `docker compose down` takes it from here; `docker compose up` with
 * rendered files expects another one, and refuses: it would replace the containers, and their roles by those of its files.
 */
const ownedByRmsx = 'made-by-rmsx-use-rmsx-down-first';

/** @returns what the engine wants to hear to create a network */
export function toNetworkOptions(network: NetworkSpec, stamp: Stamp): Docker.NetworkCreateOptions {
  return {
    Name: network.name,
    Driver: 'bridge',
    CheckDuplicate: true,
    IPAM: {
      Driver: 'default',
      Config: [{ Subnet: network.subnet, IPRange: network.dynamicRange, Gateway: network.gateway }],
    },
    Labels: {
      ...stamp,
      [labels.cluster]: network.cluster,
      [labels.run]: network.run,
      ...(network.isolated ? { [labels.isolated]: 'true' } : {}),
      ...(network.held ? { [labels.held]: 'true' } : {}),
      [composeLabels.project]: network.cluster,
      [composeLabels.network]: ownedByRmsx,
    },
  };
}

/** @returns what the engine wants to hear to create a container of a node */
export function toContainerOptions(container: ContainerSpec, stamp: Stamp): Docker.ContainerCreateOptions {
  const port = `${container.address.port}/tcp`;
  const owner = {
    ...stamp,
    [labels.cluster]: container.cluster,
    [labels.node]: container.node,
    [labels.run]: container.run,
  };
  return {
    name: container.name,
    Hostname: container.node,
    Image: container.image,
    Cmd: [...container.command],
    Env: [`TZ=${container.timezone}`],
    ExposedPorts: { [port]: {} },
    StopTimeout: stopGraceSeconds,
    Labels: { ...owner, [labels.topology]: container.topology, ...composeLabelsOf(container) },
    HostConfig: {
      Mounts: container.volumes.map((volume) =>
        toMount(volume, container.node, { ...owner, [labels.image]: container.image }),
      ),
      ...(container.ephemeral ? { Tmpfs: { [dataDirectory]: tmpfsOptions(container) } } : {}),
      NetworkMode: container.network,
      PortBindings: { [port]: [{ HostIp: container.bind, HostPort: String(container.address.port) }] },
      RestartPolicy: { Name: container.restart },
      SecurityOpt: ['no-new-privileges'],
      Sysctls: { ...container.sysctls },
    },
    NetworkingConfig: {
      EndpointsConfig: {
        [container.network]: { IPAMConfig: { IPv4Address: container.address.host }, Aliases: [container.node] },
      },
    },
  };
}

/**
 * `docker compose ls`, `ps`, `logs` and `down` find the nodes of a cluster under its name. Whom a node follows is not in
 * them: that changes, labels do not, and Compose refuses to take down what depends on a node that is gone.
 */
function composeLabelsOf({ cluster, node }: ContainerSpec): Stamp {
  return {
    [composeLabels.project]: cluster,
    [composeLabels.service]: node,
    [composeLabels.number]: '1',
    [composeLabels.oneOff]: 'False',
    [composeLabels.configHash]: '',
    [composeLabels.configFiles]: '',
  };
}

/** @returns what the engine wants to hear to create a container that only gives access to volumes */
export function toCarrierOptions(carrier: CarrierSpec, stamp: Stamp): Docker.ContainerCreateOptions {
  const owner = {
    ...stamp,
    [labels.cluster]: carrier.cluster,
    [labels.run]: carrier.run,
    ...(carrier.owner === undefined ? {} : { [labels.owner]: carrier.owner }),
  };
  const ownerOf = (node: string): Stamp => ({ ...owner, [labels.node]: node, [labels.image]: carrier.image });
  return {
    name: carrier.name,
    Image: carrier.image,
    Cmd: ['true'],
    NetworkDisabled: true,
    Labels: owner,
    HostConfig: {
      Mounts: carrier.volumes.map((volume) => toMount(volume, volume.node, ownerOf(volume.node))),
      NetworkMode: 'none',
    },
  };
}

/** Runtimes before runc 1.2 give a tmpfs the mode of the directory that it covers, whatever is asked for. */
const tmpfsOptions = ({ dataOwner }: ContainerSpec): string =>
  dataOwner ? `uid=${dataOwner.uid},gid=${dataOwner.gid}` : '';

function toMount(volume: VolumeMount, node: string, owner: Stamp): Docker.MountSettings {
  const compose = {
    [composeLabels.project]: owner[labels.cluster] ?? '',
    [composeLabels.volume]: `${node}-${volume.purpose}`,
  };
  return {
    Type: 'volume',
    Source: volume.name,
    Target: volume.target,
    ReadOnly: volume.readOnly,
    VolumeOptions: {
      // What the image has at the place of its data, comes along with owner and mode: its server may not be root.
      NoCopy: volume.purpose !== 'data',
      Labels: { ...owner, [labels.purpose]: volume.purpose, ...compose },
      DriverConfig: { Name: 'local', Options: {} },
    },
  };
}

/** @param reachHost - the host of a remote engine; undefined where ports are published on this machine */
export function fromContainer(info: Docker.ContainerInfo, reachHost: string | undefined): ObservedContainer {
  const networks = info.NetworkSettings?.Networks;
  const own = info.Labels ?? {}; // what is being removed may have lost labels, names and ports
  const node = own[labels.node] ?? null;
  const run = own[labels.run] ?? null;
  const owner = own[labels.owner] ?? null;
  const isOurs = node !== null || run !== null || owner !== null;
  return {
    id: info.Id,
    name: (info.Names?.[0] ?? info.Id).replace(/^\//, ''),
    // People filter by the label of the cluster, and may give it to what is theirs: see names.ts.
    cluster: isOurs ? (own[labels.cluster] ?? null) : null,
    node,
    run,
    topology: own[labels.topology] ?? null,
    image: info.Image,
    state: fromState(info.State),
    neverStarted: info.State === 'created',
    halfRemoved: info.State === 'dead' || info.State === 'removing',
    statusText: info.Status,
    createdAtMs: info.Created * 1000,
    ports: (info.Ports ?? []).flatMap(({ IP, PrivatePort, PublicPort }) =>
      PublicPort === undefined || IP?.includes(':')
        ? []
        : [{ inside: PrivatePort, host: reachHost ?? loopbackOf(IP), port: PublicPort }],
    ),
    attachments: networks
      ? Object.entries(networks).map(([network, endpoint]) => ({
          network,
          networkId: endpoint.NetworkID || '',
          ip: addressOf(endpoint, info.State),
        }))
      : null,
    owner,
    composeProject: own[composeLabels.project] ?? null,
    composeDirectory: own[composeLabels.directory] ?? null,
  };
}

/** A port that is published on every address is reached on the loopback one. */
export const loopbackOf = (bind: string | undefined): string => (!bind || bind === '0.0.0.0' ? '127.0.0.1' : bind);

/** What does not run has the address of its settings only, and gets any one where these are there and name none. */
function addressOf({ IPAddress, IPAMConfig }: Docker.NetworkInfo, state: string): string | null {
  const settings: { readonly IPv4Address?: string } | null | undefined = IPAMConfig;
  const isUp = fromState(state) !== 'stopped';
  return IPAddress || settings?.IPv4Address || (settings && !isUp ? '' : null);
}

function fromState(state: string): ContainerState {
  return state === 'running' || state === 'paused' || state === 'restarting' ? state : 'stopped';
}

/** @returns the network in our words */
export function fromNetwork(info: Docker.NetworkInspectInfo): ObservedNetwork {
  const pools = info.IPAM?.Config ?? [];
  const [first] = pools;
  const cluster = info.Labels?.[labels.cluster] ?? null;
  const run = info.Labels?.[labels.run] ?? null;
  // As with containers, the label alone says nothing: what Docker Compose makes of our files has no run, but the name.
  const isOurs = cluster !== null && (run !== null || info.Name === networkName(cluster));
  return {
    id: info.Id,
    name: info.Name,
    cluster: isOurs ? cluster : null,
    run,
    isolated: info.Labels?.[labels.isolated] === 'true',
    held: info.Labels?.[labels.held] === 'true',
    createdAtMs: toTimeMs(info.Created),
    subnets: pools.flatMap(({ Subnet }) => (Subnet ? [Subnet] : [])),
    driver: info.Driver || null,
    dynamicRange: first?.IPRange || null,
    gateway: first?.Gateway || null,
  };
}

/** @returns the volume in our words */
export function fromVolume(info: Docker.VolumeInspectInfo): ObservedVolume {
  const own = info.Labels ?? {};
  const node = own[labels.node] ?? null;
  const run = own[labels.run] ?? null;
  const purpose = (own[labels.purpose] as VolumePurpose | undefined) ?? null;
  const isOurs = node !== null || run !== null || purpose !== null; // as with containers
  return {
    name: info.Name,
    cluster: isOurs ? (own[labels.cluster] ?? null) : null,
    node,
    run,
    purpose,
    createdAtMs: toTimeMs((info as { readonly CreatedAt?: string }).CreatedAt),
    image: own[labels.image] ?? null,
  };
}

function toTimeMs(text: string | undefined): number | null {
  const timeMs = Date.parse(text ?? '');
  return Number.isNaN(timeMs) ? null : timeMs;
}
