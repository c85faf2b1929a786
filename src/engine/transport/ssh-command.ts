import { quoteForShell } from '../../domain/shell.ts';
import type { Target } from '../endpoint/endpoint.ts';

/** An engine behind ssh. */
export type SshTarget = Extract<Target, { kind: 'ssh' }>;

/** Less than a call may take, so that ssh says in its own words what is wrong. */
const connectTimeoutSeconds = 20;

/**
 * The arguments of the system's ssh, as the docker command gives them: known hosts, keys and jumps are those of the user.
 * @param isInteractive - whether ssh may ask its user anything
 */
export function sshArguments({ host, port, user, socket }: SshTarget, isInteractive: boolean): readonly string[] {
  return [
    '-o',
    `ConnectTimeout=${connectTimeoutSeconds}`,
    ...(isInteractive ? [] : ['-o', 'BatchMode=yes']),
    '-T',
    ...(port === null ? [] : ['-p', String(port)]),
    ...(user === null ? [] : ['-l', user]),
    '--',
    host,
    'docker',
    ...(socket === null ? [] : ['--host', quoteForShell(`unix://${socket}`)]), // ssh hands its words to a shell there
    'system',
    'dial-stdio',
  ];
}
