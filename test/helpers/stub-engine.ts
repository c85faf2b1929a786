import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How an engine answers a request; false where it leaves that to the next one. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What is on the engine, in its own words. */
export interface StubWorld {
  readonly containers?: readonly object[];
  readonly networks?: readonly object[];
  readonly volumes?: readonly object[];
  /** Names of the images that are there. */
  readonly images?: readonly string[];
  /** The newest API that it speaks, as every reply says; nothing is said without it. */
  readonly apiVersion?: string;
  /** What differs in the answers of /version and /info. */
  readonly version?: object;
  readonly info?: object;
  /** Asked before everything else. */
  readonly answer?: Answer;
  /** Takes the connection of a program that is started; such a request is refused without it. */
  readonly onUpgrade?: (socket: Socket) => void;
}

/** A Docker engine on a Unix socket that answers from a fixed world, makes nothing, and keeps every request. */
export class StubEngine {
  /** `GET /containers/json?all=true`, without the version. */
  readonly requests: string[] = [];
  /** The version that each request names: `v1.43`; empty where it names none. */
  readonly versions: string[] = [];
  /** How many connections were made. */
  connections = 0;
  readonly #directory: string;
  readonly #server: Server;

  private constructor(directory: string, server: Server) {
    this.#directory = directory;
    this.#server = server;
  }

  static async start(world: StubWorld = {}): Promise<StubEngine> {
    const directory = mkdtempSync(join(tmpdir(), 'rmsx-engine-'));
    const server = createServer();
    const engine = new StubEngine(directory, server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      engine.requests.push(`${request.method} ${pathOf(request)}`);
      engine.versions.push(/^\/(v[\d.]+)\//.exec(request.url ?? '')?.[1] ?? '');
      if (world.apiVersion) response.setHeader('Api-Version', world.apiVersion);
      if (world.answer?.(request, response)) return;
      answerFrom(world, request, response);
    });
    const { onUpgrade } = world;
    if (onUpgrade) {
      server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
        engine.requests.push(`${request.method} ${pathOf(request)}`);
        onUpgrade(socket);
      });
    }
    server.on('connection', () => {
      engine.connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(join(directory, 'docker.sock'), resolve));
    return engine;
  }

  get socketPath(): string {
    return join(this.#directory, 'docker.sock');
  }

  /** The environment in which rmsx finds this engine. */
  get env(): { readonly DOCKER_HOST: string } {
    return { DOCKER_HOST: `unix://${this.socketPath}` };
  }

  /** The requests that would have changed something. */
  get writes(): readonly string[] {
    return this.requests.filter((request) => !/^(GET|HEAD) /.test(request));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** The path of a request, without the version. */
export const pathOf = ({ url = '' }: IncomingMessage): string => decodeURIComponent(url).replace(/^\/v[\d.]+\//, '/');

function answerFrom(world: StubWorld, request: IncomingMessage, response: ServerResponse): void {
  const [status, body] = replyTo(world, pathOf(request));
  sendJson(response, status, body);
}

function replyTo(world: StubWorld, path: string): readonly [number, unknown] {
  if (path === '/version') return [200, { ...dockerVersion, ...world.version }];
  if (path === '/info') return [200, { ...dockerInfo, SystemTime: new Date().toISOString(), ...world.info }];
  const image = /^\/images\/(.+)\/json$/.exec(path)?.[1];
  if (path.startsWith('/containers/json')) return [200, containersOf(world, path)];
  if (path === '/networks') return [200, world.networks ?? []];
  if (path === '/volumes') return [200, { Volumes: world.volumes ?? [], Warnings: null }];
  if (image !== undefined && world.images?.includes(image)) return [200, { Id: 'sha256:0' }];
  const what = image === undefined ? `page not found: ${path}` : `No such image: ${image}`;
  return [404, { message: what }];
}

const dockerVersion = {
  Platform: { Name: 'Docker Engine - Community' },
  Components: [{ Name: 'Engine', Version: '28.3.0' }],
  Version: '28.3.0',
  ApiVersion: '1.51',
  MinAPIVersion: '1.24',
  Os: 'linux',
  Arch: 'amd64',
  KernelVersion: '6.1.0',
};

const dockerInfo = {
  Name: 'lab',
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  CgroupVersion: '2',
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
  Driver: 'overlay2',
  MemTotal: 8 * 2 ** 30,
  NCPU: 4,
};

/** The engine itself looks at labels, so this one does too. */
function containersOf(world: StubWorld, path: string): readonly object[] {
  const label = /"label":\["rmsx\.cluster=([^"]*)"\]/.exec(path)?.[1];
  const all = (world.containers ?? []) as readonly { readonly Labels?: Readonly<Record<string, string>> }[];
  return label === undefined ? all : all.filter(({ Labels }) => Labels?.['rmsx.cluster'] === label);
}

/** Sends a reply as the engine does. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A container in the list of the engine. */
export const listedContainer = (name: string, changes: object = {}): object => ({
  Id: 'f0f0f0f0f0f0f0f0',
  Names: [`/${name}`],
  Image: 'nginx:1',
  State: 'running',
  Status: 'Up 2 minutes',
  Created: 1_700_000_000,
  Labels: {},
  Ports: [],
  NetworkSettings: {}, // not told
  ...changes,
});

/** A network in the list of the engine. */
export const listedNetwork = (name: string, subnet: string, changes: object = {}): object => ({
  Id: `id-of-${name}`,
  Name: name,
  Labels: {},
  IPAM: { Config: [{ Subnet: subnet }] },
  ...changes,
});
