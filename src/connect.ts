import type { Ports, Progress } from './domain/ports.ts';

/** What a connection may be given. */
export interface ConnectOptions {
  /** Where DOCKER_HOST, DOCKER_CONTEXT and DOCKER_CONFIG are read. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Told what is done. @default nobody */
  readonly progress?: Progress;
  /** Stops what is under way; its reason is thrown. @default never */
  readonly signal?: AbortSignal;
}

const silent = (): void => undefined;
const nobody: Progress = { begin: silent, succeed: silent, fail: silent, note: silent, detail: silent, warn: silent };

/**
 * The world that every operation works with. The heavy libraries load here; the engine is asked by the first operation.
 * @throws RmsxError `engine-unreachable` or `engine-refused` for a way of reaching an engine that rmsx does not speak
 * @example
 * const ports = await connect();
 * const { cluster } = await status('redis-server', ports);
 */
export async function connect(options: ConnectOptions = {}): Promise<Ports> {
  const [{ connectDocker }, { findEndpoint }, { redisClient }, { packageVersion }] = await Promise.all([
    import('./engine/docker-engine.ts'),
    import('./engine/endpoint.ts'),
    import('./redis/redis-client.ts'),
    import('./files/package-version.ts'),
  ]);
  const signal = options.signal ?? new AbortController().signal;
  return {
    engine: connectDocker(findEndpoint(options.env ?? process.env), packageVersion(), signal),
    redis: redisClient,
    progress: options.progress ?? nobody,
    signal,
  };
}
