import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, listedContainer, pathOf, type StubWorld, sendJson } from './stub-engine.ts';

/** What an engine says no to: status and text, or undefined. */
export type Refusal = (
  request: string,
  body: Readonly<Record<string, unknown>>,
) => readonly [status: number, text: string] | undefined;

interface Thing {
  readonly Id: string;
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

const nameIn = (query: string): string => /name=([^&]*)/.exec(query)?.[1] ?? '';

/** An engine that keeps what it is asked to make, and gives a name away once. What it starts runs, and answers nobody. */
export class MakingWorld implements StubWorld {
  readonly containers: (object & { readonly Id: string })[] = [];
  readonly networks: Thing[] = [];
  readonly volumes: Pick<Thing, 'Name' | 'Labels'>[] = [];
  readonly images: readonly string[] = ['redis:8.0'];
  /** What `network inspect` says is attached. */
  endpoints: Readonly<Record<string, object>> = {};
  readonly #refuse: Refusal;
  #count = 0;

  constructor(refuse: Refusal = () => undefined) {
    this.#refuse = refuse;
  }

  /** Names of everything that carries the label of a cluster. */
  get made(): readonly string[] {
    return [...this.containers, ...this.networks, ...this.volumes].flatMap((thing) => {
      const { Labels, Name, Names } = thing as Partial<Thing> & { readonly Names?: readonly string[] };
      return Labels?.['rmsx.cluster'] ? [Name ?? Names?.[0] ?? ''] : [];
    });
  }

  /** The same, where something else may answer before it does. */
  behind(first: Answer): StubWorld {
    const { containers, networks, volumes, images, answer } = this;
    return { containers, networks, volumes, images, answer: (...asked) => first(...asked) || answer(...asked) };
  }

  readonly answer = (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = pathOf(request);
    if (request.method === 'GET' && /^\/(containers\/json|networks$|volumes|info)/.test(path)) return false;
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const json = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
      const refused = this.#refuse(`${request.method} ${path}`, json);
      const [status, reply] = refused ? [refused[0], { message: refused[1] }] : this.#reply(request, path, json);
      const isDisconnection = path.endsWith('/disconnect'); // Docker says nothing then, and that with 200
      if (status === 204 || reply === undefined || isDisconnection) response.writeHead(status).end();
      else sendJson(response, status, reply);
    });
    return true;
  };

  #reply(
    { method = '' }: IncomingMessage,
    path: string,
    body: Record<string, unknown>,
  ): readonly [status: number, reply?: unknown] {
    const [, kind = '', id = '', rest = ''] = /^\/(\w+)\/([^/?]+)(.*)$/.exec(path) ?? [];
    if (kind === 'images') return [200, { Id: 'sha256:0', Config: { User: '' } }];
    if (method === 'POST' && id === 'create') {
      const name = nameIn(rest);
      const isTaken = kind === 'containers' && this.made.includes(`/${name}`);
      if (isTaken)
        return [409, { message: `Conflict. The container name "/${name}" is already in use by container "x".` }];
      return [201, { Id: this.#make(kind, rest, body) }];
    }
    if (method === 'DELETE') return this.#remove(kind, id);
    if (rest.startsWith('/archive')) return method === 'PUT' ? [200] : [404, { message: 'no such file' }];
    if (rest.startsWith('/start')) {
      Object.assign(this.containers.find(({ Id }) => Id === id) ?? {}, { State: 'running', Status: 'Up 1 second' });
      return [204];
    }
    if (/^\/(stop|unpause)/.test(rest)) return [204];
    if (kind === 'containers' && rest.startsWith('/json')) return [200, { Config: { User: '' } }];
    if (kind === 'networks' && method === 'GET') return [200, { Id: id, Name: id, Containers: this.endpoints }];
    return [200, {}];
  }

  #make(kind: string, query: string, body: Record<string, unknown>): string {
    const Id = `${kind.slice(0, 3)}${++this.#count}`.padEnd(12, '0');
    if (kind === 'networks') this.networks.push({ ...(body as unknown as Thing), Id });
    else {
      const { Labels = {}, HostConfig = {}, Image } = body as { Labels?: object; HostConfig?: object; Image?: string };
      this.containers.push(listedContainer(nameIn(query), { Id, Labels, Image, State: 'created' }) as { Id: string });
      for (const { Source, VolumeOptions } of (HostConfig as { Mounts?: Mount[] }).Mounts ?? []) {
        if (!this.volumes.some(({ Name }) => Name === Source)) this.volumes.push({ Name: Source, ...VolumeOptions });
      }
    }
    return Id;
  }

  #remove(kind: string, id: string): readonly [number, unknown?] {
    const list = kind === 'networks' ? this.networks : kind === 'containers' ? this.containers : this.volumes;
    const at = list.findIndex((thing) => (kind === 'volumes' ? (thing as Thing).Name : (thing as Thing).Id) === id);
    if (at < 0) return [404, { message: `no such ${kind}` }];
    list.splice(at, 1);
    return [204];
  }
}

interface Mount {
  readonly Source: string;
  readonly VolumeOptions: { readonly Labels: Readonly<Record<string, string>> };
}
