import type { Address } from './cluster.ts';
import type { VolumePurpose } from './names.ts';
import type { ClusterRecord } from './record.ts';

/** The state of a container, in the words of the contract. */
export type ContainerState = 'running' | 'paused' | 'restarting' | 'stopped';

/** A port that a container publishes on its host. */
export interface PublishedPort {
  readonly inside: number;
  readonly host: string;
  readonly port: number;
}

/** What a container has on a network. */
export interface Attachment {
  /** The name of the network. */
  readonly network: string;
  /** The id of the network; empty where the container was not started since it was attached. */
  readonly networkId: string;
  /** IPv4, that it has or will have; empty where the engine will choose one, null where the engine does not tell. */
  readonly ip: string | null;
}

/** A container as the engine lists it. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  /** Null for a container that is not ours: neither a node, nor a lock, nor made by a run of rmsx. */
  readonly cluster: string | null;
  readonly node: string | null;
  readonly run: string | null;
  readonly image: string;
  readonly state: ContainerState;
  /** Made, and never started yet. */
  readonly neverStarted: boolean;
  /** Its removal began and did not end: the engine will not start it any more. */
  readonly halfRemoved: boolean;
  /** As people read it in `docker ps`: "Up 2 minutes". */
  readonly statusText: string;
  readonly createdAtMs: number;
  readonly ports: readonly PublishedPort[];
  /** Its networks; null where the engine does not tell. */
  readonly attachments: readonly Attachment[] | null;
  readonly topology: string | null;
  /** The process that holds the lock which this container stands for. */
  readonly owner: string | null;
  /** The project of Docker Compose that it counts as a part of. */
  readonly composeProject: string | null;
  /** Where the files of that project lie. */
  readonly composeDirectory: string | null;
}

/** Whether a container is stopped, and its server ended by itself and not by force. */
export const hasEndedInOrder = ({ state, statusText }: ObservedContainer): boolean =>
  state === 'stopped' && /^Exited \(0\)/.test(statusText);

/** A network as the engine lists it. */
export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly cluster: string | null;
  readonly run: string | null;
  /** Whether its cluster was made with `--isolated`. */
  readonly isolated: boolean;
  /** Whether the process that made it was to take it down: `rmsx run`. */
  readonly held: boolean;
  /** Null where the engine does not say. */
  readonly createdAtMs: number | null;
  readonly subnets: readonly string[];
  /** `bridge`; null where the engine does not tell, as with the next two. */
  readonly driver: string | null;
  /** From where the engine hands out addresses by itself, CIDR. */
  readonly dynamicRange: string | null;
  readonly gateway: string | null;
}

/** What is attached to a network. */
export interface NetworkEndpoint {
  /** Null where the engine does not know the container any more. */
  readonly containerId: string | null;
  /** The name that the container has, or had. */
  readonly name: string;
  /** IPv4; empty where it has none. */
  readonly ip: string;
}

/** A volume as the engine lists it. */
export interface ObservedVolume {
  readonly name: string;
  readonly cluster: string | null;
  readonly node: string | null;
  readonly run: string | null;
  readonly purpose: VolumePurpose | null;
  /** Null where the engine does not say. */
  readonly createdAtMs: number | null;
  readonly image: string | null;
}

/** What rmsx finds in the conf directory of a node. */
export interface NodeConf {
  readonly password: string;
  /** What role.conf says: the source, or null for a master; undefined where it cannot be read. */
  readonly source: Address | null | undefined;
  readonly record: ClusterRecord | null;
}

/** What is there of one cluster: containers and their conf. Enough for every verb that only looks. */
export interface ObservedCluster {
  readonly name: string;
  readonly containers: readonly ObservedContainer[];
  readonly confs: ReadonlyMap<string, NodeConf>;
}

/** What is there on the engine, as far as it matters to a cluster that is to be made or changed. */
export interface ObservedEngine {
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedNetwork[];
  readonly volumes: readonly ObservedVolume[];
}

/** Whether a container only carries the conf of new nodes: see `carrierName`. */
export const isCarrier = ({ cluster, node, owner, name }: ObservedContainer): boolean =>
  cluster !== null && node === null && owner === null && name.startsWith(`${cluster}-conf-`);

/** Whether Docker Compose made a container, from files that rmsx rendered: what rmsx makes carries the mark of its run. */
export const isMadeByCompose = ({ cluster, run, composeProject }: ObservedContainer): boolean =>
  cluster !== null && run === null && composeProject !== null;

/** @returns the containers that are attached to a network, whatever their state: those that are stopped need it again */
export const attachedTo = (
  { id, name }: Pick<ObservedNetwork, 'id' | 'name'>,
  containers: readonly ObservedContainer[],
): readonly ObservedContainer[] =>
  containers.filter(({ attachments }) => attachments?.some((attachment) => isTo({ id, name }, attachment)));

/** Whether an attachment is one to this very network: another one of the same name is no use to a container. */
export const isTo = (
  { id, name }: Pick<ObservedNetwork, 'id' | 'name'>,
  { network, networkId }: Attachment,
): boolean => (networkId === '' ? network === name : networkId === id);

/** Whether a container is on a network of that name; where the engine does not tell, it is taken to be. */
export const isOnNetwork = ({ attachments }: Pick<ObservedContainer, 'attachments'>, network: string): boolean =>
  attachments?.some((attachment) => attachment.network === network) ?? true;

/** @returns the containers of the nodes of a cluster; its lock, and what carries a conf, are none */
export const nodeContainers = (
  cluster: string,
  { containers }: Pick<ObservedEngine, 'containers'>,
): readonly ObservedContainer[] => containers.filter((own) => own.cluster === cluster && own.node !== null);

/** @returns the container of a node of a cluster, or undefined */
export const containerOf = (
  cluster: { readonly containers: readonly ObservedContainer[] },
  node: string,
): ObservedContainer | undefined => cluster.containers.find((container) => container.node === node);
