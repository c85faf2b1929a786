import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { inspect } from 'node:util';
import { RmsxError } from '../../domain/errors.ts';
import { describeEndpoint, type EngineEndpoint, type TlsSettings } from '../endpoint/endpoint.ts';

/**
 * An agent that speaks TLS and nothing else.
 * @throws RmsxError `engine-unreachable` for a file that is not there, or is not what it should be
 */
export function tlsAgent({ ca, cert, key, verify }: TlsSettings, endpoint: EngineEndpoint): Agent {
  const read = (path: string | null, what: string, check: (pem: string) => unknown): { pem?: string } => {
    if (path === null) return {};
    let pem: string;
    try {
      pem = readFileSync(path, 'utf8');
    } catch (error) {
      throw unusable(endpoint, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
    }
    try {
      check(pem);
    } catch (error) {
      throw unusable(endpoint, `${path} is not ${what} in PEM form`, error);
    }
    return { pem };
  };
  const authority = read(verify ? ca : null, 'a certificate', (pem) => new X509Certificate(pem));
  const certificate = read(cert, 'a certificate', (pem) => new X509Certificate(pem));
  const privateKey = read(key, 'a private key without a passphrase', (pem) => createPrivateKey(pem));
  if ((cert === null) !== (key === null)) {
    throw unusable(endpoint, `${cert ?? key} is there without its ${cert === null ? 'cert.pem' : 'key.pem'}`);
  }
  if (certificate.pem && privateKey.pem) {
    const belongs = new X509Certificate(certificate.pem).checkPrivateKey(createPrivateKey(privateKey.pem));
    if (!belongs) throw unusable(endpoint, `${key} is not the key of ${cert}`);
  }
  return new QuietTlsAgent({
    keepAlive: true,
    rejectUnauthorized: verify, // said in so many words: NODE_TLS_REJECT_UNAUTHORIZED must not switch it off
    ...(authority.pem ? { ca: authority.pem } : {}),
    ...(certificate.pem ? { cert: certificate.pem, key: privateKey.pem } : {}),
  });
}

const unusable = (endpoint: EngineEndpoint, why: string, cause?: unknown): RmsxError =>
  new RmsxError('engine-unreachable', `The Docker engine at ${describeEndpoint(endpoint)} is not asked: ${why}.`, {
    hint: 'Put ca.pem, cert.pem and key.pem where DOCKER_CERT_PATH or the docker context has them; rmsx does not go on without TLS.',
    reason: 'tls-files',
    cause,
  });

/** Keeps the private key out of the debug lines of docker-modem. */
class QuietTlsAgent extends Agent {
  [inspect.custom](): string {
    return 'Agent';
  }
}
