import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * An engine that does not allow sysctls to be set, as rootless engines are: a proxy in front of the real one that
 * refuses to start a container that was created with some.
 */
export class SysctlProxy {
  readonly socket: string;
  /** Containers that were started without a sysctl. */
  started = 0;
  readonly #server: Server;
  readonly #withSysctls = new Set<string>();

  /** @param name - of the cluster, for the name of the socket */
  constructor(name: string) {
    this.socket = join(tmpdir(), `${name}.sock`);
    this.#server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks);
        const url = incoming.url ?? '';
        const startedId = /\/containers\/(\w+)\/start/.exec(url)?.[1];
        if (startedId && this.#withSysctls.has(startedId)) {
          outgoing.writeHead(500, { 'content-type': 'application/json' });
          outgoing.end(JSON.stringify({ message: 'open /proc/sys/net/core/somaxconn: no such file or directory' }));
          return;
        }
        if (startedId) this.started += 1;
        const forward = request(
          { socketPath: '/var/run/docker.sock', method: incoming.method, path: url, headers: incoming.headers },
          (reply) => {
            const answer: Buffer[] = [];
            reply.on('data', (chunk: Buffer) => answer.push(chunk));
            reply.on('end', () => {
              const text = Buffer.concat(answer);
              if (url.includes('/containers/create') && body.includes('"net.core.somaxconn"')) {
                this.#withSysctls.add((JSON.parse(text.toString()) as { Id: string }).Id);
              }
              outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
              outgoing.end(text);
            });
          },
        );
        forward.end(body);
      });
    });
  }

  /** Begins to listen. */
  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.socket, resolve));
  }

  /** Ends, and takes the socket away. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.closeAllConnections();
      this.#server.close(() => resolve());
    });
  }
}
