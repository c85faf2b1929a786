import { RmsxError } from '../../domain/errors.ts';
import { configDirectory, configProblem, currentContext } from './docker-config.ts';
import type { EngineChoice, EngineEndpoint } from './endpoint.ts';
import { chooseSocket, type KnownSocket, knownSockets } from './known-sockets.ts';

/** An engine that somebody named: by an address, or by a docker context. */
export interface NamedEngine {
  readonly kind: 'host' | 'context';
  readonly value: string;
  readonly from: string;
}

/**
 * Finds the engine as the docker command does: what the caller says, DOCKER_HOST, DOCKER_CONTEXT, the current context;
 * and only where nobody says anything, the sockets on which engines listen by themselves. An explicit choice is final.
 * @param sockets - what is looked at then
 * @throws RmsxError `bad-usage` for a way of reaching an engine that is none, `engine-unreachable` for a context that is
 * not there, `unsafe` for plain TCP to another machine
 */
export async function findEndpoint(
  choice: EngineChoice,
  env: NodeJS.ProcessEnv,
  sockets: readonly KnownSocket[] = knownSockets(env),
): Promise<EngineEndpoint> {
  const named = nameEngine(choice, env);
  if (named?.kind === 'host' && named.value.startsWith('unix:///'))
    return unixEndpoint(named.value.slice(7), named.from);
  if (named) {
    const { resolveNamed } = await import('./resolve-named.ts'); // addresses, contexts, TLS: not for the usual case
    return resolveNamed(named, choice, env);
  }
  const problem = configProblem(env);
  return unixEndpoint(await chooseSocket(sockets), 'the default', problem === undefined ? [] : [problem]);
}

const unixEndpoint = (path: string, from: string, warnings: readonly string[] = []): EngineEndpoint => ({
  url: `unix://${path}`,
  from,
  target: { kind: 'unix', path },
  warnings,
});

/**
 * @returns who names an engine, in the order of the docker command; undefined where nobody does
 * @throws RmsxError `bad-usage` where the caller names two
 */
export function nameEngine(choice: EngineChoice, env: NodeJS.ProcessEnv): NamedEngine | undefined {
  const { dockerHost, dockerContext, chosenBy } = choice;
  if (dockerHost && dockerContext)
    throw new RmsxError('bad-usage', 'Both an address and a docker context name an engine.', {
      hint: 'Give one of --docker-host and --docker-context.',
    });
  if (dockerHost) return { kind: 'host', value: dockerHost, from: chosenBy ?? 'dockerHost' };
  if (dockerContext) return context(dockerContext, `, from ${chosenBy ?? 'dockerContext'}`);
  if (env.DOCKER_HOST) return { kind: 'host', value: env.DOCKER_HOST, from: 'DOCKER_HOST' };
  if (env.DOCKER_CONTEXT) return context(env.DOCKER_CONTEXT, ', from DOCKER_CONTEXT');
  const current = currentContext(env);
  if (current !== undefined && current !== 'default')
    return context(current, `, current in ${configDirectory(env)}/config.json`);
  // The docker command does the same: who asks for TLS and for nothing else does not mean a socket.
  const tls = ['DOCKER_TLS_VERIFY', 'DOCKER_TLS'].find((name) => env[name]);
  return tls === undefined ? undefined : { kind: 'host', value: 'tcp://localhost:2376', from: tls };
}

const context = (value: string, from: string): NamedEngine => ({
  kind: 'context',
  value,
  from: `the docker context "${value}"${from}`,
});
