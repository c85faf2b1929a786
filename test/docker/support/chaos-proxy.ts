import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What can go wrong with one request. What comes before `engine:` never reaches the engine. */
export type Fault =
  /** The connection breaks before the engine has the request. */
  | 'drop'
  /** The engine does what it is asked for, and the connection breaks before it says so. */
  | 'engine: drop the reply'
  /** The connection breaks in the middle of the reply. */
  | 'engine: cut the reply'
  /** The reply is half of the JSON, and says that this is all. */
  | 'engine: half of the JSON'
  | 'engine: other JSON'
  /** A proxy answers in the place of the engine. */
  | 'html'
  | 'hang'
  | 'engine: slow'
  | { readonly status: number; readonly message: string };

/** How a fault is called in the table. */
export const faultName = (fault: Fault): string =>
  typeof fault === 'string' ? fault : `${fault.status} ${fault.message.slice(0, 40)}`;

const slowMs = 1500;

/** A proxy in front of the real engine, in which one request goes wrong. */
export class ChaosProxy {
  readonly socket: string;
  /** Every route that was asked for, in order: `POST /containers/:id/start`. */
  readonly routes: string[] = [];
  /** Whether the fault was met. */
  met = false;
  /** Told of every request, before the engine has it; counted from 1. */
  onRequest: (count: number) => void = () => undefined;
  readonly #server: Server;
  readonly #route: string | undefined;
  readonly #fault: Fault | undefined;
  readonly #nth: number;

  /**
   * @param name - unique on this machine
   * @param route - one request to it goes wrong; without a route, none
   * @param nth - which of its requests, from 1
   */
  constructor(name: string, route?: string, fault?: Fault, nth = 1) {
    this.socket = join(tmpdir(), `${name}.sock`);
    this.#route = route;
    this.#fault = fault;
    this.#nth = nth;
    this.#server = createServer((incoming, outgoing) => void this.#handle(incoming, outgoing));
  }

  /** The environment in which rmsx finds it. */
  get env(): { readonly DOCKER_HOST: string } {
    return { DOCKER_HOST: `unix://${this.socket}` };
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

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const route = routeOf(incoming);
    this.routes.push(route);
    this.onRequest(this.routes.length);
    const isDue = route === this.#route && this.routes.filter((asked) => asked === route).length === this.#nth;
    const fault = isDue ? this.#fault : undefined;
    if (fault !== undefined) this.met = true;
    if (fault === 'hang') return;
    if (fault === 'drop') return void outgoing.destroy();
    if (fault === 'html') return send(outgoing, 200, 'text/html', '<html><body>Please log in</body></html>');
    if (typeof fault === 'object')
      return send(outgoing, fault.status, 'application/json', JSON.stringify({ message: fault.message }));
    try {
      await this.#forward(incoming, outgoing, body, fault);
    } catch {
      outgoing.destroy(); // the engine, or rmsx, has gone
    }
  }

  async #forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    body: Buffer,
    fault: Fault | undefined,
  ): Promise<void> {
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      const { method, url: path, headers } = incoming;
      request({ socketPath: '/var/run/docker.sock', method, path, headers }, resolve).on('error', reject).end(body);
    });
    const answer = await bytesOf(reply);
    const status = reply.statusCode ?? 500;
    if (fault === 'engine: drop the reply') return void outgoing.destroy();
    if (fault === 'engine: other JSON') return send(outgoing, status, 'application/json', '{"unexpected":["shape"]}');
    const half = answer.subarray(0, Math.floor(answer.length / 2));
    if (fault === 'engine: half of the JSON') return send(outgoing, status, 'application/json', half);
    if (fault === 'engine: slow') await new Promise((resolve) => setTimeout(resolve, slowMs));
    outgoing.writeHead(status, { ...reply.headers, ...(fault ? { 'content-length': answer.length } : {}) });
    if (fault !== 'engine: cut the reply') return void outgoing.end(answer);
    outgoing.write(half, () => outgoing.destroy());
  }
}

function send(outgoing: ServerResponse, status: number, type: string, body: string | Buffer): void {
  const bodyless = status === 204 || status === 304;
  outgoing.writeHead(bodyless ? 200 : status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The method and the path without version, ids, names and query. */
function routeOf({ method, url = '' }: IncomingMessage): string {
  const path = url
    .replace(/\?.*$/, '')
    .replace(/^\/v[\d.]+\//, '/')
    .replace(/^\/(containers|networks|volumes)\/(?!json$|create$)[^/]+/, '/$1/:id')
    .replace(/^\/images\/.+\/json$/, '/images/:name/json');
  return `${method} ${path}`;
}
