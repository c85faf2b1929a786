import { RmsxError } from '../../domain/errors.ts';
import { readContext } from './docker-config.ts';
import type { EngineChoice, EngineEndpoint, Target, TlsSettings } from './endpoint.ts';
import type { NamedEngine } from './find-endpoint.ts';
import { dockerSocket } from './known-sockets.ts';
import { parseHost } from './parse-host.ts';
import { strictest, tlsFromEnvironment } from './tls-settings.ts';

/**
 * The endpoint of an engine that was named. It is final: what cannot be resolved is an error, and no other engine.
 * @throws RmsxError `bad-usage`, `engine-unreachable` or `unsafe`
 */
export async function resolveNamed(
  named: NamedEngine,
  choice: EngineChoice,
  env: NodeJS.ProcessEnv,
): Promise<EngineEndpoint> {
  const { url, tls: own } = await addressOf(named, env);
  const parsed = parseHost(url, named.from);
  const tls = parsed.kind === 'tcp' ? strictest(own, tlsFromEnvironment(env)) : null;
  const target: Target =
    parsed.kind === 'tcp'
      ? { kind: 'tcp', host: parsed.host, port: parsed.port ?? (tls ? 2376 : 2375), tls }
      : { ...parsed };
  return { url, from: named.from, target, warnings: weaknesses(url, target, choice, named.from) };
}

async function addressOf(
  named: NamedEngine,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly url: string; readonly tls: TlsSettings | null }> {
  if (named.kind === 'host') return { url: named.value.trim(), tls: null };
  if (named.value === 'default') return { url: env.DOCKER_HOST || `unix://${dockerSocket}`, tls: null };
  const context = await readContext(env, named.value);
  if (context) return { url: context.host, tls: context.tls };
  throw new RmsxError('engine-unreachable', `There is no ${named.from.replace(/^the /, '')}.`, {
    hint: 'See which there are: docker context ls',
    reason: 'context-missing',
  });
}

/** Whoever can write to the socket of an engine is root on its host, and so is anybody on the way to it in plain TCP. */
function weaknesses(url: string, target: Target, choice: EngineChoice, from: string): readonly string[] {
  if (target.kind !== 'tcp') return [];
  if (target.tls) {
    return target.tls.verify
      ? []
      : [`TLS to ${url} does not check who answers: anybody on the way can take over that host (${from})`];
  }
  if (isLoopback(target.host)) return [];
  if (choice.insecureEngine) {
    return [`${url} is plain TCP: anybody on the way can read along and take over that host (--insecure-engine)`];
  }
  throw new RmsxError(
    'unsafe',
    `${url} (${from}) is plain TCP to another machine: anybody on the way could take over that host.`,
    {
      hint: 'Use TLS (DOCKER_TLS_VERIFY=1, certificates in DOCKER_CERT_PATH) or ssh://USER@HOST. If the network is yours alone: --insecure-engine',
      reason: 'plain-tcp',
    },
  );
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
