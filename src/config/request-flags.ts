import type { Directives } from '../domain/cluster.ts';
import { quoteForShell } from '../domain/shell.ts';
import type { UpRequest } from './up-request.ts';

/**
 * The flags that ask for the same again, for a command to type. A password is not among them, and what a file says is in
 * that file.
 */
export function flagsOfRequest(request: UpRequest): string {
  const password = request.password === undefined ? [] : ['--password-file FILE'];
  if (request.complete) return ['-f FILE', ...password].join(' ');
  const { replicas, topology, fanout, image, subnet, basePort, bind, timezone, persistence } = request;
  const valued = { topology, replicas, fanout, image, subnet, 'base-port': basePort, bind, tz: timezone };
  return [
    ...Object.entries(valued).flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag} ${quoteForShell(String(value))}`],
    ),
    ...(persistence === undefined ? [] : [persistence === 'none' ? '--ephemeral' : '--no-ephemeral']),
    ...settings(request.directives ?? {}),
    ...(request.allowCommands ?? []).map((command) => `--allow-command ${quoteForShell(command)}`),
    ...password,
  ].join(' ');
}

const settings = (directives: Directives): readonly string[] =>
  Object.entries(directives).flatMap(([name, lines]) =>
    lines.map((line) => `--set ${quoteForShell(`${name}=${line}`)}`),
  );
