import { type ErrorCode, RmsxError } from '../domain/errors.ts';
import { toPrintable } from '../domain/printable.ts';
import { toConnectionError } from './transport/connection-errors.ts';

interface Rule {
  readonly pattern: RegExp;
  /** Only with this status code. @default any */
  readonly status?: number;
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint?: string;
}

/**
 * The texts of the engines, by substring, as they drift between versions and the status code does not tell them apart:
 * The first match wins.
 */
const rules: readonly Rule[] = [
  { pattern: /pool overlaps|networks have overlapping/i, code: 'conflict', reason: 'subnet-overlap' },
  {
    pattern: /access a socket in a way forbidden/i, // Docker Desktop on Windows (docker/for-win#3171)
    code: 'conflict',
    reason: 'port-reserved',
  },
  {
    pattern:
      /port is already allocated|bind: address already in use|failed to bind host port|only one usage of each socket address/i,
    code: 'conflict',
    reason: 'port-taken',
  },
  {
    pattern: /address already in use|requested ip address .* is already allocated/i,
    code: 'conflict',
    reason: 'address-taken',
  },
  { pattern: /cannot assign requested address/i, code: 'bad-spec', reason: 'bind-not-ours' },
  {
    pattern: /name .* is already in use|network with name .* already exists|network name .* already used/i,
    code: 'conflict',
    reason: 'name-taken',
  },
  { pattern: /endpoint with name .* already exists/i, code: 'conflict', reason: 'endpoint-exists' },
  { pattern: /has active endpoints|network .* is in use|volume is in use/i, code: 'conflict', reason: 'in-use' },
  { pattern: /removal of container .* is already in progress/i, code: 'conflict', reason: 'going-away' },
  { pattern: /failed to remove root filesystem/i, code: 'failed', reason: 'half-removed' },
  { pattern: /no such image|manifest unknown|pull access denied/i, code: 'image-missing', reason: 'image-missing' },
  { pattern: /invalid reference format/i, code: 'bad-spec', reason: 'image-name' },
  { pattern: /sysctl|net[./]core[./]somaxconn/i, code: 'failed', reason: 'sysctl-refused' },
  // Not every `permission denied`: a program or a directory in a container may be denied as well.
  {
    pattern: /permission denied while trying to connect|authorization denied by plugin/i,
    code: 'engine-refused',
    reason: 'permission',
  },
  {
    pattern: /(permission|access|authorization) denied|forbidden/i, // of a proxy before the engine, too
    status: 403,
    code: 'engine-refused',
    reason: 'permission',
  },
  {
    pattern: /logging driver does not support reading/i,
    code: 'failed',
    reason: 'log-unreadable',
    hint: 'Its logs go somewhere else, or nowhere: docker info -f {{.LoggingDriver}}',
  },
  {
    pattern: /client version \S+ is too (old|new)/i,
    code: 'engine-refused',
    reason: 'api-version',
    hint: 'Update rmsx or the engine, whichever is older. See both: rmsx --version, rmsx doctor',
  },
  {
    pattern: /HTTP request to an HTTPS server/i,
    code: 'engine-refused',
    reason: 'tls',
    hint: 'It speaks TLS: set DOCKER_TLS_VERIFY=1, with the certificates in DOCKER_CERT_PATH',
  },
];

const unreachable = new Set([
  'ENOENT',
  'ENOTDIR',
  'EAI_AGAIN',
  'ENETUNREACH',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);
const refused = new Set(['EACCES', 'EPERM']);

/**
 * Turns whatever dockerode threw into an RmsxError.
 * @param what - what was tried: `start redis-server-master`
 * @param endpoint - the engine, for the message
 */
export function toEngineError(what: string, endpoint: string, error: unknown): RmsxError {
  if (error instanceof RmsxError) return error;
  const onTheWay = toConnectionError(endpoint, error);
  if (onTheWay) return onTheWay;
  const { code, statusCode, json } = (error ?? {}) as {
    code?: string;
    statusCode?: number;
    json?: { message?: unknown };
  };
  if (typeof code === 'string' && code.startsWith('HPE_')) return notHttp(what, endpoint, code, error);
  if (code && unreachable.has(code)) {
    return new RmsxError('engine-unreachable', `The Docker engine at ${endpoint} does not answer (${code}).`, {
      hint: 'Start it, or name another one with --docker-host or --docker-context. See what was tried: rmsx doctor',
      reason: code,
      cause: error,
    });
  }
  if (code && refused.has(code)) {
    return new RmsxError('engine-refused', `The Docker engine at ${endpoint} refuses this user (${code}).`, {
      hint: 'Join its group (usermod -aG docker USER, then log in again) or run as root.',
      cause: error,
    });
  }
  const said = typeof json?.message === 'string' ? json.message : error instanceof Error ? error.message : '';
  const text = toPrintable(said).trim();
  const rule = rules.find(
    ({ pattern, status }) => pattern.test(text) && (status === undefined || status === statusCode),
  );
  const reason =
    rule?.reason ?? (isGone(statusCode, text) ? 'gone' : statusCode === 304 ? 'already-so' : 'engine-error');
  return new RmsxError(rule?.code ?? 'failed', `The engine could not ${what}: ${text || 'it gave no reason'}`, {
    reason,
    hint: rule?.hint ?? (reason === 'engine-error' ? 'See how the engine is: rmsx doctor' : undefined),
    cause: error,
  });
}

/** The parser of Node: another service, or over ssh what a shell of the other side prints when somebody logs in. */
function notHttp(what: string, endpoint: string, code: string, cause: unknown): RmsxError {
  const hint = endpoint.startsWith('ssh://')
    ? 'A shell there may print something at every login. This must print nothing: ssh HOST true'
    : 'Another service may listen there. See which engine is meant: rmsx doctor';
  const message = `What answers at ${endpoint} does not speak as a Docker engine does (${code}: ${what}).`;
  return new RmsxError('engine-refused', message, { reason: 'strange-reply', hint, cause });
}

/**
 * Whether the engine says that something is not there. What stands in front of an engine says 404, too, where it does not
 * know the way; a reply to HEAD has no words.
 */
function isGone(statusCode: number | undefined, text: string): boolean {
  if (statusCode !== 404) return false;
  const words = text.replace(/^\(HTTP code 404\) .*? -/, '').trim();
  return (
    words === '' || (/no such|not found|could not find|unable to find/i.test(words) && !/page not found/i.test(words))
  );
}
