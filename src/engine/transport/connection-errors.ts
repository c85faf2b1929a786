import { RmsxError } from '../../domain/errors.ts';

interface Rule {
  readonly codes: RegExp;
  readonly told: string;
  readonly hint: string;
}

const ownFiles = 'The files come from DOCKER_CERT_PATH or the docker context. See which engine is meant: rmsx doctor';

/** The codes of node:tls, and what they mean to somebody who wants to reach an engine. */
const tlsRules: readonly Rule[] = [
  {
    codes: /^CERT_HAS_EXPIRED$/,
    told: 'its certificate has expired',
    hint: 'Renew the certificate of the engine; look at the clock of this machine, too.',
  },
  {
    codes: /^CERT_NOT_YET_VALID$/,
    told: 'its certificate is not valid yet',
    hint: 'Look at the clocks of both machines.',
  },
  {
    codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    told: 'its certificate is for another host name',
    hint: 'Use a name that is in the certificate, or make one for this name.',
  },
  {
    codes:
      /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)|^CERT_(SIGNATURE|UNTRUSTED)/,
    told: 'its certificate is not signed by the CA in ca.pem, so it may be another machine',
    hint: ownFiles,
  },
  {
    codes:
      /ALERT_CERTIFICATE_REQUIRED$|ALERT_(BAD|UNKNOWN|UNSUPPORTED)_C|ALERT_CERTIFICATE_|ALERT_HANDSHAKE_FAILURE$|ALERT_ACCESS_DENIED$/,
    told: 'it does not accept the client certificate, or misses one',
    hint: `cert.pem and key.pem must be signed by the CA of the engine. ${ownFiles}`,
  },
  {
    codes: /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$|^EPROTO$/,
    told: 'it does not speak TLS there, and rmsx does not go on without',
    hint: 'Engines speak TLS on port 2376 as a rule, and plain TCP on 2375.',
  },
  { codes: /^ERR_(SSL|TLS)_|^CERT_|CERT/, told: 'the TLS handshake failed', hint: ownFiles },
];

/**
 * What went wrong on the way to an engine, before it could say a word.
 * @param endpoint - the engine, for the message
 * @returns undefined for everything that the engine itself says
 */
export function toConnectionError(endpoint: string, error: unknown): RmsxError | undefined {
  const { code, lines } = (error ?? {}) as { code?: unknown; lines?: unknown };
  if (typeof code !== 'string') return undefined;
  if (code === 'SSH_FAILED') return sshError(endpoint, error as SshFailure, lines as readonly string[]);
  const isTls = endpoint.includes(', TLS)');
  if (isTls && (code === 'ECONNRESET' || code === 'EPIPE')) {
    return new RmsxError('engine-refused', `The Docker engine at ${endpoint} broke off (${code}).`, {
      hint: 'An engine that does not accept the client certificate does that. See its log.',
      reason: 'tls',
      cause: error,
    });
  }
  const rule = tlsRules.find(({ codes }) => codes.test(code));
  if (!rule) return undefined;
  const message = `The Docker engine at ${endpoint} is not trusted: ${rule.told} (${code}).`;
  return new RmsxError('engine-refused', message, { hint: rule.hint, reason: 'tls', cause: error });
}

interface SshFailure {
  readonly exitCode: number | null;
  readonly message: string;
}

/** What ssh says on stderr, by substring: it speaks English everywhere. */
const sshRules: readonly (readonly [RegExp, string, string])[] = [
  [
    /HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    'its host key is not the one that is known: it may be another machine',
    'If the host was set up anew, forget the old key: ssh-keygen -R HOST   then log in once: ssh HOST',
  ],
  [
    /host key verification failed|no .* host key is known/i,
    'its host key is not known',
    'Log in once, and compare the key: ssh HOST',
  ],
  [/permission denied \(/i, 'it does not let this user in', 'Try it: ssh HOST docker version'],
  [
    /could not resolve hostname|connection refused|no route to host|timed out|network is unreachable/i,
    'ssh does not get there',
    'Try it: ssh HOST docker version',
  ],
];

function sshError(endpoint: string, failure: SshFailure, lines: readonly string[]): RmsxError {
  const isMissing = /\bENOENT$/.test(failure.message);
  const text = lines.join('\n');
  const [, told, hint] = isMissing
    ? [null, 'the program ssh is not there', 'Install it: apt-get install openssh-client']
    : failure.exitCode === 127
      ? [null, 'there is no docker program on the other side', 'Install it there, and try: ssh HOST docker version']
      : (sshRules.find(([pattern]) => pattern.test(text)) ?? [
          null,
          failure.exitCode === null ? 'ssh was ended' : `ssh ended with exit code ${failure.exitCode}`,
          'Try it: ssh HOST docker version',
        ]);
  return new RmsxError('engine-unreachable', `The Docker engine at ${endpoint} cannot be reached: ${told}.`, {
    hint,
    logs: lines.slice(-6),
    reason: 'ssh',
    cause: failure,
  });
}
