import { createServer } from 'node:net';

/**
 * Looks for ports of this machine that somebody listens on: a container or a program.
 * @param bind - the address on which they are to be published
 * @returns those that are taken
 */
export async function portsInUse(ports: readonly number[], bind: string): Promise<readonly number[]> {
  const busy = await Promise.all(ports.map((port) => isInUse(port, bind)));
  return ports.filter((_, index) => busy[index]);
}

/** Listens for an instant: nothing else tells, as programs of other users are not to be seen. */
function isInUse(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRINUSE'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
