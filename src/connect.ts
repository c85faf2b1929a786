import type { ConsideredEngine } from './domain/engine-facts.ts';
import type { Ports, Progress } from './domain/ports.ts';

/** What a connection may be given. */
export interface ConnectOptions {
  /** Where DOCKER_HOST, DOCKER_CONTEXT and DOCKER_CONFIG are read. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** The engine, as DOCKER_HOST would name it: `ssh://me@host`. @default what the docker command would take */
  readonly dockerHost?: string | undefined;
  /** The docker context that names the engine. @default what the docker command would take */
  readonly dockerContext?: string | undefined;
  /** How messages call whoever gave dockerHost or dockerContext. @default the name of the option */
  readonly chosenBy?: string | undefined;
  /** Whether plain TCP to another machine is allowed. @default false */
  readonly insecureEngine?: boolean | undefined;
  /** Told what is done. @default nobody */
  readonly progress?: Progress;
  /** Stops what is under way; its reason is thrown. @default never */
  readonly signal?: AbortSignal;
}

const silent = (): void => undefined;
const nobody: Progress = { begin: silent, succeed: silent, fail: silent, note: silent, detail: silent, warn: silent };

/**
 * The world that every operation works with. The heavy libraries load here; the engine is asked by the first operation.
 * @throws RmsxError `bad-usage` for an address that names no engine, `engine-unreachable` for a docker context or TLS files
 * that are not there, `unsafe` for plain TCP to another machine
 * @example
 * const ports = await connect();
 * const { cluster } = await status('redis-server', ports);
 */
export async function connect(options: ConnectOptions = {}): Promise<Ports> {
  const env = options.env ?? process.env;
  const [{ connectDocker }, { openTransport }, { findEndpoint }, { redisClient }, { packageVersion }] =
    await Promise.all([
      import('./engine/docker-engine.ts'),
      import('./engine/transport/transport.ts'),
      import('./engine/endpoint/find-endpoint.ts'),
      import('./redis/redis-client.ts'),
      import('./files/package-version.ts'),
    ]);
  const signal = options.signal ?? new AbortController().signal;
  const progress = options.progress ?? nobody;
  const endpoint = await findEndpoint(options, env);
  const transport = await openTransport(endpoint, env);
  for (const warning of endpoint.warnings) progress.warn(warning);
  const considered = async (): Promise<readonly ConsideredEngine[]> => {
    const { considerAll } = await import('./engine/endpoint/considered.ts');
    return considerAll(options, env, endpoint.url);
  };
  return {
    engine: connectDocker(transport, considered, packageVersion(), signal),
    redis: redisClient,
    progress,
    signal,
  };
}
