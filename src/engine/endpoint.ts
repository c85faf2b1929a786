import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RmsxError } from '../domain/errors.ts';

/** Where the engine listens, and who said so. */
export interface EngineEndpoint {
  /** `unix:///var/run/docker.sock` or `tcp://127.0.0.1:2375`. */
  readonly url: string;
  /** For messages: `DOCKER_HOST`, `the docker context "colima"`, `the default`. */
  readonly from: string;
}

/**
 * Finds the engine as the docker command does: DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.
 * An explicit choice is final.
 * @throws RmsxError `engine-refused` for a way of reaching an engine that rmsx does not speak
 */
export function findEndpoint(env: NodeJS.ProcessEnv): EngineEndpoint {
  if (env.DOCKER_HOST) return supported({ url: env.DOCKER_HOST, from: 'DOCKER_HOST' }, env);
  const config = env.DOCKER_CONFIG ?? join(homedir(), '.docker');
  const context = env.DOCKER_CONTEXT ?? currentContext(config);
  if (context && context !== 'default') return supported(contextEndpoint(config, context), env);
  return { url: `unix://${defaultSocket(env)}`, from: 'the default' };
}

function supported(endpoint: EngineEndpoint, env: NodeJS.ProcessEnv): EngineEndpoint {
  const isTcp = endpoint.url.startsWith('tcp://');
  if (endpoint.url.startsWith('unix://') || (isTcp && !env.DOCKER_TLS_VERIFY)) return endpoint;
  throw new RmsxError(
    'engine-refused',
    isTcp
      ? `${endpoint.from} asks for TLS, which rmsx does not speak yet, and it does not go on without.`
      : `${endpoint.from} names ${endpoint.url}, and rmsx speaks unix:// and tcp:// only, so far.`,
    {
      hint: 'Forward the socket: ssh -nNT -L "$HOME/docker.sock:/var/run/docker.sock" HOST, then DOCKER_HOST=unix://$HOME/docker.sock',
    },
  );
}

function currentContext(config: string): string | undefined {
  const value = readJson(join(config, 'config.json')) as { currentContext?: unknown } | undefined;
  return typeof value?.currentContext === 'string' ? value.currentContext : undefined;
}

function contextEndpoint(config: string, context: string): EngineEndpoint {
  const directory = createHash('sha256').update(context).digest('hex');
  const meta = readJson(join(config, 'contexts', 'meta', directory, 'meta.json')) as
    | { Endpoints?: { docker?: { Host?: unknown } } }
    | undefined;
  const host = meta?.Endpoints?.docker?.Host;
  if (typeof host === 'string') return { url: host, from: `the docker context "${context}"` };
  throw new RmsxError('engine-unreachable', `The docker context "${context}" is not there.`, {
    hint: 'docker context ls',
  });
}

function defaultSocket(env: NodeJS.ProcessEnv): string {
  const candidates = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
  ];
  return candidates.find((path) => existsSync(path)) ?? '/var/run/docker.sock';
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // no docker configuration is the normal case
  }
}
