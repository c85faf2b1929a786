/** The files of a TLS connection, and whether the engine has to prove who it is. */
export interface TlsSettings {
  /** Null: the authorities that the system trusts. */
  readonly ca: string | null;
  /** Null: no client certificate. */
  readonly cert: string | null;
  readonly key: string | null;
  readonly verify: boolean;
}

/** How to get to an engine. */
export type Target =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsSettings | null }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly port: number | null;
      readonly user: string | null;
      /** The socket on the other side; null for the one that its docker command takes. */
      readonly socket: string | null;
    };

/** Where the engine listens, and who said so. */
export interface EngineEndpoint {
  /** `unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375` or `ssh://me@host`. */
  readonly url: string;
  /** For messages: `DOCKER_HOST`, `the current docker context "colima"`, `the default`. */
  readonly from: string;
  readonly target: Target;
  /** What is weaker than it could be and was asked for, or could not be read. */
  readonly warnings: readonly string[];
}

/** What a caller says about the engine; the environment and the docker configuration say the rest. */
export interface EngineChoice {
  readonly dockerHost?: string | undefined;
  readonly dockerContext?: string | undefined;
  /** Who gave the one or the other, for messages: `--docker-host`. */
  readonly chosenBy?: string | undefined;
  readonly insecureEngine?: boolean | undefined;
}

/** @returns an endpoint for messages: where, and who chose it */
export function describeEndpoint({ url, from, target }: EngineEndpoint): string {
  const tls = target.kind === 'tcp' && target.tls ? ', TLS' : '';
  return `${url} (${from}${tls})`;
}
