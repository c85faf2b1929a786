import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configDirectory } from './docker-config.ts';
import type { TlsSettings } from './endpoint.ts';

/**
 * What DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH ask for. As with the docker command any value that is not
 * empty switches on, `0` and `false` too, and a pair of client files that is not there is not used.
 * @returns null where nobody asks for TLS
 */
export function tlsFromEnvironment(env: NodeJS.ProcessEnv): TlsSettings | null {
  const verify = Boolean(env.DOCKER_TLS_VERIFY);
  if (!verify && !env.DOCKER_TLS) return null;
  const file = (name: string): string => join(env.DOCKER_CERT_PATH || configDirectory(env), name);
  const [cert, key] = [file('cert.pem'), file('key.pem')];
  const hasClient = existsSync(cert) || existsSync(key); // half a pair is an error, which names the other half
  return {
    ca: verify ? file('ca.pem') : null,
    cert: hasClient ? cert : null,
    key: hasClient ? key : null,
    verify,
  };
}

/** Neither a context nor the environment can switch off what the other one asks for. */
export function strictest(context: TlsSettings | null, environment: TlsSettings | null): TlsSettings | null {
  if (!context || !environment) return context ?? environment;
  return { ...context, verify: context.verify || environment.verify };
}
