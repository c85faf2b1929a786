import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

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
const engineSocket = '/var/run/docker.sock';
const page = '<html><body>Please log in</body></html>';
const otherJson = '{"unexpected":["shape"]}';

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
  readonly #streams = new Set<Duplex>();

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
    this.#server.on('upgrade', (incoming, stream, head) => this.#handleStream(incoming, stream, head));
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
      for (const stream of this.#streams) stream.destroy();
      this.#server.close(() => resolve());
    });
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const fault = this.#faultFor(incoming);
    if (fault === 'hang') return;
    if (fault === 'drop') return void outgoing.destroy();
    if (fault === 'html') return send(outgoing, 200, 'text/html', page);
    if (typeof fault === 'object')
      return send(outgoing, fault.status, 'application/json', JSON.stringify({ message: fault.message }));
    try {
      await this.#forward(incoming, outgoing, body, fault);
    } catch {
      outgoing.destroy(); // the engine, or rmsx, has gone
    }
  }

  /** Writes the request down, and decides whether it is the one that goes wrong. */
  #faultFor(incoming: IncomingMessage): Fault | undefined {
    const route = routeOf(incoming);
    this.routes.push(route);
    this.onRequest(this.routes.length);
    const isDue = route === this.#route && this.routes.filter((asked) => asked === route).length === this.#nth;
    if (isDue && this.#fault !== undefined) this.met = true;
    return isDue ? this.#fault : undefined;
  }

  /** A connection that becomes a stream in both directions: what an exec is told, and what it says. */
  #handleStream(incoming: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#streams.add(stream.on('error', () => undefined));
    const fault = this.#faultFor(incoming);
    if (fault === 'hang') return;
    if (fault === 'drop') return void stream.destroy();
    if (fault === 'html') return void stream.end(replyText(200, 'text/html', page));
    if (typeof fault === 'object') {
      return void stream.end(replyText(fault.status, 'application/json', JSON.stringify({ message: fault.message })));
    }
    const engine = createConnection(engineSocket);
    this.#streams.add(engine.on('error', () => stream.destroy()));
    engine.write(`${headOf(incoming)}\r\n\r\n`);
    engine.write(head);
    stream.pipe(engine);
    engine.once('data', (first: Buffer) => {
      if (fault === 'engine: drop the reply') return void stream.destroy();
      if (fault === 'engine: cut the reply') return void stream.write(first.subarray(0, 20), () => stream.destroy());
      const isStrange = fault === 'engine: other JSON' || fault === 'engine: half of the JSON';
      if (isStrange) return void stream.end(replyText(200, 'application/json', otherJson));
      engine.pause();
      const passOn = (): void => {
        stream.write(first);
        engine.pipe(stream);
      };
      setTimeout(passOn, fault === 'engine: slow' ? slowMs : 0);
    });
  }

  async #forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    body: Buffer,
    fault: Fault | undefined,
  ): Promise<void> {
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      const { method, url: path, headers } = incoming;
      request({ socketPath: engineSocket, method, path, headers }, resolve).on('error', reject).end(body);
    });
    const answer = await bytesOf(reply);
    const status = reply.statusCode ?? 500;
    if (fault === 'engine: drop the reply') return void outgoing.destroy();
    if (fault === 'engine: other JSON') return send(outgoing, status, 'application/json', otherJson);
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

const replyText = (status: number, type: string, body: string): string =>
  `HTTP/1.1 ${status} Chaos\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const headers = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
  return [`${method} ${url} HTTP/1.1`, ...headers].join('\r\n');
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
    .replace(/^\/(containers|networks|volumes|exec)\/(?!json$|create$)[^/]+/, '/$1/:id')
    .replace(/^\/images\/.+\/json$/, '/images/:name/json');
  return `${method} ${path}`;
}
