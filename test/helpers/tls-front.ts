import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';

/** A TLS server on the loopback that hands what it hears on to an engine. */
export class TlsFront {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param directory - with cert.pem and key.pem of the server, and ca.pem for its clients */
  static async start(socketPath: string, directory: string, options: TlsOptions = {}): Promise<TlsFront> {
    const file = (name: string): string => readFileSync(join(directory, name), 'utf8');
    const files = { cert: file('cert.pem'), key: file('key.pem'), ca: file('ca.pem') };
    const server = createServer({ ...files, ...options }, (socket) => {
      const engine = connect(socketPath);
      socket.pipe(engine).pipe(socket);
      for (const end of [socket, engine]) {
        end.on('error', () => undefined);
        end.on('close', () => {
          socket.destroy();
          engine.destroy();
        });
      }
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TlsFront(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
