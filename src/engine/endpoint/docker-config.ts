import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RmsxError } from '../../domain/errors.ts';
import { quoteForShell } from '../../domain/shell.ts';
import type { TlsSettings } from './endpoint.ts';

/** What a docker context says about its engine. */
export interface DockerContext {
  readonly host: string;
  /** Null where it has neither TLS files nor a word about them. */
  readonly tls: TlsSettings | null;
}

/** @returns the directory of the docker command's own configuration */
export const configDirectory = (env: NodeJS.ProcessEnv): string =>
  env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker');

const configFile = (env: NodeJS.ProcessEnv): string => join(configDirectory(env), 'config.json');

/**
 * Whether the file in which `docker context use` keeps its choice is there, and says nothing to us.
 * @returns a sentence, or undefined where it is fine; no file is, and neither does the docker command mind an empty one
 */
export function configProblem(env: NodeJS.ProcessEnv): string | undefined {
  const path = configFile(env);
  const problem = unreadable(path, { isEmptyFine: true });
  if (problem === undefined || problem === 'absent') return undefined;
  return `${path} ${problem}: a docker context that it names is not used`;
}

/** @returns why a file says nothing to us: it is `absent`, or words; undefined where it can be read */
function unreadable(path: string, { isEmptyFine = false } = {}): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    if (!isEmptyFine || text.trim() !== '') JSON.parse(text);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : `cannot be read (${code ?? 'it is not JSON'})`;
  }
}

/** @returns the context that `docker context use` has chosen, or undefined */
export function currentContext(env: NodeJS.ProcessEnv): string | undefined {
  const value = readJson(configFile(env)) as { currentContext?: unknown } | null | undefined;
  return typeof value?.currentContext === 'string' && value.currentContext !== '' ? value.currentContext : undefined;
}

/**
 * @returns a context, or undefined where it is not there
 * @throws RmsxError `engine-unreachable` where it is there, and cannot be read or names no engine
 */
export async function readContext(env: NodeJS.ProcessEnv, name: string): Promise<DockerContext | undefined> {
  const { createHash } = await import('node:crypto'); // costs milliseconds, and most people use no context
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = join(configDirectory(env), 'contexts');
  const path = join(contexts, 'meta', id, 'meta.json');
  const problem = unreadable(path);
  if (problem === 'absent') return undefined;
  const meta = readJson(path) as
    | { Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } }
    | null
    | undefined;
  const docker = meta?.Endpoints?.docker;
  if (typeof docker?.Host !== 'string' || docker.Host === '') {
    throw new RmsxError(
      'engine-unreachable',
      `The docker context ${name} tells no engine: ${path} ${problem ?? 'names none'}.`,
      {
        hint: `Make it anew: docker context rm --force ${quoteForShell(name)} && docker context create ${quoteForShell(name)} --docker host=URL`,
        reason: 'context-broken',
      },
    );
  }
  const own = (file: string): string | null => {
    const path = join(contexts, 'tls', id, 'docker', file);
    return existsSync(path) ? path : null;
  };
  const files = { ca: own('ca.pem'), cert: own('cert.pem'), key: own('key.pem') };
  const isTls = docker.SkipTLSVerify === true || Object.values(files).some((path) => path !== null);
  return { host: docker.Host, tls: isTls ? { ...files, verify: docker.SkipTLSVerify !== true } : null };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // no docker configuration is the normal case
  }
}
