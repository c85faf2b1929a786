import { RmsxError } from '../../domain/errors.ts';
import type { Target } from './endpoint.ts';

/** A target whose port may be left open. */
export type ParsedHost =
  | Exclude<Target, { kind: 'tcp' }>
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number | null };

const possible = 'Possible are unix:///PATH, tcp://HOST[:PORT] and ssh://[USER@]HOST[:PORT][/PATH].';

/**
 * Reads the address of an engine.
 * @param from - who gave it, for the message
 * @throws RmsxError `bad-usage` with what is possible; never repeats a password
 */
export function parseHost(text: string, from: string): ParsedHost {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'unix') {
    const path = text.slice('unix://'.length);
    if (path.startsWith('/')) return { kind: 'unix', path };
    throw wrong(text, from, 'has no absolute path', 'unix:///var/run/docker.sock');
  }
  if (scheme === 'tcp' || scheme === 'ssh') return parseAuthority(text, scheme, from);
  if (scheme === 'http' || scheme === 'https') {
    throw wrong(text, from, 'is not the address of an engine: that begins with tcp://', swap(text));
  }
  if (scheme === 'npipe') throw wrong(text, from, 'is a named pipe of Windows, which rmsx does not speak', null);
  if (scheme !== undefined) throw wrong(text, from, `begins with ${scheme}://, which reaches no engine`, null);
  throw wrong(text, from, 'has no scheme', text.startsWith('/') ? `unix://${text}` : null);
}

function parseAuthority(text: string, kind: 'tcp' | 'ssh', from: string): ParsedHost {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong(text, from, 'cannot be read', null);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.password) throw wrong(text, from, 'holds a password, which everybody on this machine can see', null);
  // What begins with a dash would be an option for ssh.
  if (!/^[\w.:%][\w.:%-]*$/.test(host)) throw wrong(text, from, 'has no host that can be used', null);
  if (url.search || url.hash) throw wrong(text, from, 'has something behind its path', null);
  const port = url.port === '' ? null : Number(url.port);
  if (kind === 'tcp') {
    if (url.username || (url.pathname !== '' && url.pathname !== '/'))
      throw wrong(text, from, 'has more than host and port', null);
    return { kind, host, port };
  }
  const user = url.username === '' ? null : decodeURIComponent(url.username);
  if (user !== null && /^-|[\s\p{Cc}]/u.test(user)) throw wrong(text, from, 'has no usable user', null);
  const socket = url.pathname === '' || url.pathname === '/' ? null : decodeURIComponent(url.pathname);
  return { kind, host, port, user, socket };
}

const swap = (text: string): string => text.replace(/^https?/i, 'tcp');

function wrong(text: string, from: string, why: string, instead: string | null): RmsxError {
  const shown = withoutPassword(text);
  const tls = /^https:/i.test(text) ? ' with DOCKER_TLS_VERIFY=1' : '';
  return new RmsxError('bad-usage', `The engine address "${shown}" (${from}) ${why}.`, {
    hint: instead === null ? possible : `Perhaps: ${withoutPassword(instead)}${tls}\n${possible}`,
  });
}

const withoutPassword = (text: string): string => text.replace(/(:\/\/[^@/]*?):[^@]*@/, '$1:***@');
