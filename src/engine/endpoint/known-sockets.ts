import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The socket that the docker command takes where nobody says otherwise. */
export const dockerSocket = '/var/run/docker.sock';

/** A socket that an engine may listen on, and whose it usually is. */
export interface KnownSocket {
  readonly path: string;
  readonly owner: string;
}

/** How a socket was found. */
export type SocketState = 'missing' | 'stale' | 'alive';

/** @returns where engines listen by themselves, in the order in which they are looked for */
export function knownSockets(env: NodeJS.ProcessEnv): readonly KnownSocket[] {
  const home = (path: string): string => join(env.HOME || homedir(), path);
  const runtime = env.XDG_RUNTIME_DIR;
  return [
    { path: dockerSocket, owner: 'Docker' },
    { path: home('.docker/run/docker.sock'), owner: 'Docker Desktop' },
    { path: home('.docker/desktop/docker.sock'), owner: 'Docker Desktop' },
    { path: home('.colima/default/docker.sock'), owner: 'Colima' },
    { path: home('.rd/docker.sock'), owner: 'Rancher Desktop' },
    { path: home('.orbstack/run/docker.sock'), owner: 'OrbStack' },
    ...(runtime ? [{ path: join(runtime, 'docker.sock'), owner: 'rootless Docker' }] : []),
    ...(runtime ? [{ path: join(runtime, 'podman/podman.sock'), owner: 'rootless Podman' }] : []),
    { path: '/run/podman/podman.sock', owner: 'Podman' },
  ];
}

/**
 * The first socket behind which somebody listens; where nobody does, the first that is there. A single one needs no
 * knock: the first request will tell.
 */
export async function chooseSocket(sockets: readonly KnownSocket[]): Promise<string> {
  const there = sockets.filter(({ path }) => existsSync(path));
  if (there.length > 1) {
    for (const { path } of there) if ((await socketState(path)) === 'alive') return path;
  }
  return there[0]?.path ?? dockerSocket;
}

/** Knocks at a socket. One that may not be opened is alive: somebody else's engine is no reason to take another. */
export function socketState(path: string): Promise<SocketState> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (state: SocketState): void => {
      socket.destroy();
      resolve(state);
    };
    socket.once('connect', () => end('alive'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      end(code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : code === 'ECONNREFUSED' ? 'stale' : 'alive');
    });
  });
}
