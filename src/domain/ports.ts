import type { Address } from './cluster.ts';
import type { ConsideredEngine, EngineFacts } from './engine-facts.ts';
import type { ExecSession, ExecSpec } from './exec.ts';
import type { LogLine, LogOptions } from './log-line.ts';
import type { VolumePurpose } from './names.ts';
import type { NetworkEndpoint, ObservedContainer, ObservedNetwork, ObservedVolume } from './observed.ts';
import type { Redis } from './redis-port.ts';

/** Who owns a file. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The official images, on Debian and on Alpine, run the server as this user. */
export const usualOwner: Owner = { uid: 999, gid: 999 };

/** Who owns what everybody in a container may read. */
export const rootUser: Owner = { uid: 0, gid: 0 };

/**
 * How long a server has to end by itself: a master waits up to 10 s for its replicas (redis#9872), and then writes its data
 * down.
 */
export const stopGraceSeconds = 30;

/** A file that goes into a container. */
export interface ContainerFile {
  readonly name: string;
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
  /** Its time of modification, in seconds since 1970. @default now */
  readonly stampSeconds?: number;
}

/** Files that belong into one directory. */
export interface Directory {
  /** Absolute path in the container. */
  readonly path: string;
  readonly files: readonly ContainerFile[];
  /** It is there, and keeps owner and mode: on the host it may belong to the one who rendered it. @default false */
  readonly isThere?: boolean;
}

/** A named volume of a container. */
export interface VolumeMount {
  readonly name: string;
  readonly purpose: VolumePurpose;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A network as it should be. */
export interface NetworkSpec {
  readonly name: string;
  readonly cluster: string;
  readonly run: string;
  /** Marks the cluster as one that is thrown away. @default false */
  readonly isolated?: boolean;
  /** Marks the cluster as one that the process of its run takes down. @default false */
  readonly held?: boolean;
  readonly subnet: string;
  readonly gateway: string;
  /** From where the engine may hand out addresses by itself. */
  readonly dynamicRange: string;
}

/** A container as it should be. */
export interface ContainerSpec {
  readonly name: string;
  readonly cluster: string;
  readonly node: string;
  readonly run: string;
  readonly topology: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly network: string;
  readonly address: Address;
  /** The address of the host on which the port is published. */
  readonly bind: string;
  readonly timezone: string;
  readonly volumes: readonly VolumeMount[];
  /** Whether /data lives in memory. */
  readonly ephemeral: boolean;
  /** Whose /data in memory is. @default root, whose process gives it to its server */
  readonly dataOwner?: Owner;
  /** Whether the engine starts it again when it ends. */
  readonly restart: 'always' | 'no';
  readonly sysctls: Readonly<Record<string, string>>;
}

/** A throw-away container that is never started: it gives access to the volumes of several nodes at once. */
export interface CarrierSpec {
  readonly cluster: string;
  readonly run: string;
  readonly image: string;
  readonly volumes: readonly (VolumeMount & { readonly node: string })[];
  readonly name: string;
  /** Makes it a lock, held by this process. */
  readonly owner?: string;
}

/** How far an image is that is fetched, over all of its layers that are known so far. */
export interface PullProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** The Docker engine, in our words. Every method ends within a deadline and throws RmsxError only. */
export interface Engine {
  /** How people find it: `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  /** Who chose it: `DOCKER_HOST`, `the default`. */
  readonly origin: string;
  /** What is weaker than it could be on the way to it. */
  readonly warnings: readonly string[];
  /** What was looked at to find it, in order. */
  considered(): Promise<readonly ConsideredEngine[]>;
  /** What it says of itself and its host. */
  facts(): Promise<EngineFacts>;
  /** What it was asked for longest ago, of that which it has not answered yet. */
  unanswered(): { readonly what: string; readonly forMs: number } | undefined;
  /** Cuts every connection: an engine that never answers must not keep the process alive. */
  close(): void;
  /** Whether the published ports are on this machine. */
  readonly isLocal: boolean;
  /** Where a port that is published on `bind` can be reached from here. */
  reach(bind: string, port: number): Address;
  /** @param cluster - only what carries its label; without it, everything there is */
  listContainers(cluster?: string): Promise<readonly ObservedContainer[]>;
  listNetworks(): Promise<readonly ObservedNetwork[]>;
  listVolumes(): Promise<readonly ObservedVolume[]>;
  hasImage(image: string): Promise<boolean>;
  /** What time it is where the containers run, in ms since 1970: theirs may differ from ours. */
  timeMs(): Promise<number>;
  /** The memory of the machine on which the containers run, in bytes. */
  memoryBytes(): Promise<number>;
  /** @param tell - told how far it is */
  pullImage(image: string, tell?: (progress: PullProgress) => void): Promise<void>;
  /** @returns the id */
  createNetwork(network: NetworkSpec): Promise<string>;
  removeNetwork(id: string): Promise<void>;
  /** The name of the machine on which the engine runs, as that calls itself. */
  hostName(): Promise<string>;
  /** @param network - its name or id */
  endpointsOf(network: string): Promise<readonly NetworkEndpoint[]>;
  /** Detaches by force what the engine knows under this name, be there such a container or not. */
  disconnect(network: string, container: string): Promise<void>;
  /**
   * Attaches a container to a network, whether it runs or not.
   * @param ip - IPv4, which it has there from now on
   * @param alias - another name under which it is found there
   */
  connect(network: string, container: string, ip: string, alias: string): Promise<void>;
  /** @returns the id */
  createContainer(container: ContainerSpec): Promise<string>;
  /** @returns the id */
  createCarrier(carrier: CarrierSpec): Promise<string>;
  start(id: string): Promise<void>;
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  /** Ends the server as a crash does. For the engine that is an end by hand: it starts nothing again. */
  kill(id: string): Promise<void>;
  /** @param graceSeconds - how long the server has to end by itself */
  stop(id: string, graceSeconds: number): Promise<void>;
  /** Removes the container and its anonymous volumes, whatever its state. */
  removeContainer(id: string): Promise<void>;
  removeVolume(name: string): Promise<void>;
  /** The user as whom the process of an image starts, in its own words; empty for root. */
  userOfImage(image: string): Promise<string>;
  /** The uid and gid under which the server of this container runs. Slow: the engine unpacks an archive for it. */
  serverUser(id: string): Promise<Owner>;
  /** Writes files into a container, whatever its state. */
  writeFiles(id: string, directories: readonly Directory[], owner: Owner): Promise<void>;
  /** The time of modification of a file, in seconds since 1970; null where it is not there. Costs next to nothing. */
  stampOf(id: string, path: string): Promise<number | null>;
  /** Reads all files below a directory: path below it -> content. Empty where the directory is not there. */
  readFiles(id: string, directory: string): Promise<ReadonlyMap<string, string>>;
  /**
   * Reads one file of a container, whatever its state, as it comes. A reader that stops early closes it.
   * @param limitBytes - a larger file is not read
   * @throws RmsxError with the reason `gone` where it is not there, `too-large` where it is larger
   */
  readFile(id: string, path: string, limitBytes: number): AsyncIterable<Buffer>;
  endOf(id: string): Promise<ServerEnd>;
  /** What a container may take, in bytes; null where it has no limit of its own. */
  memoryLimitOf(id: string): Promise<number | null>;
  /** The last lines of the server's log. */
  logs(id: string, lines: number): Promise<readonly string[]>;
  /**
   * The server's log, as it comes, to its real end: a log that is cut off before is an error. A reader that stops early
   * closes it.
   */
  readLog(id: string, options?: LogOptions): AsyncIterable<readonly LogLine[]>;
  /** Runs a program in a container that runs, beside its server, until the program ends. */
  exec(id: string, spec: ExecSpec): Promise<ExecSession>;
}

/** How the server of a container ended. */
export interface ServerEnd {
  /** The system killed it, as there was no memory left for it. */
  readonly outOfMemory: boolean;
  /** How often the engine has started it again. */
  readonly restarts: number;
}

/** What operations tell while they work. */
export interface Progress {
  begin(text: string): void;
  /** How far that which has begun is; told often. */
  update?(text: string): void;
  succeed(text: string): void;
  fail(text: string): void;
  note(text: string): void;
  /** For --verbose alone. */
  detail(text: string): void;
  warn(text: string): void;
}

/** What every operation is handed: the world, and how long it may take. */
export interface Ports {
  readonly engine: Engine;
  readonly redis: Redis;
  readonly progress: Progress;
  /** Aborted when the time is up or the user stops us; its reason is an RmsxError. */
  readonly signal: AbortSignal;
}
