/** A place at which an engine is looked for. */
export interface ConsideredEngine {
  /** `DOCKER_HOST`, `the current docker context`, `/var/run/docker.sock (Docker)`. */
  readonly place: string;
  /** What it says; null where it says nothing. */
  readonly value: string | null;
  /**
   * `chosen`; `empty`: it names nothing; `overruled`: something before it was chosen; `alive`, `stale` and `missing`: a
   * socket that somebody, nobody, or not even a file serves.
   */
  readonly outcome: 'chosen' | 'empty' | 'overruled' | 'alive' | 'stale' | 'missing';
}

/** What an engine says of itself and of the machine on which its containers run. */
export interface EngineFacts {
  /** `Docker Engine - Community`, `Podman Engine`. */
  readonly product: string;
  readonly isPodman: boolean;
  readonly version: string;
  readonly apiVersion: string;
  /** The name of its host. */
  readonly host: string;
  /** As people call it: `Debian GNU/Linux 12 (bookworm)`. */
  readonly system: string;
  readonly os: string;
  readonly arch: string;
  readonly kernel: string;
  /** `1` or `2`; null where it does not say. */
  readonly cgroupVersion: string | null;
  readonly isRootless: boolean;
  readonly storageDriver: string;
  readonly memoryBytes: number;
  readonly cpus: number;
}
