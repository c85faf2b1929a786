import { setMaxListeners } from 'node:events';
import { Agent, type IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import type Docker from 'dockerode';
import { RmsxError } from '../domain/errors.ts';
import { labels } from '../domain/names.ts';
import type { Engine } from '../domain/ports.ts';
import { packDirectories, unpackFiles } from './archive.ts';
import { withDeadline } from './deadline.ts';
import { toEngineError } from './docker-errors.ts';
import type { EngineEndpoint } from './endpoint.ts';
import { loadDockerode } from './load-dockerode.ts';
import { parseLogFrames } from './log-frames.ts';
import { pullImage } from './pull.ts';
import { serverUserOf, startsAsRoot } from './server-user.ts';
import {
  fromContainer,
  fromNetwork,
  fromVolume,
  loopbackOf,
  type Stamp,
  toCarrierOptions,
  toContainerOptions,
  toNetworkOptions,
} from './translate.ts';

/** Any call that should be quick; a loaded engine needs seconds to start a container, not half a minute. */
const callTimeoutMs = 30_000;

/** What every call needs. */
interface Wire {
  readonly docker: Docker;
  readonly url: string;
  /** The host of a remote engine; undefined where ports are published on this machine. */
  readonly reachHost: string | undefined;
  readonly stamp: Stamp;
  /** Makes a call within a deadline, and translates its error. */
  readonly call: <T>(what: string, work: () => Promise<T>, timeoutMs?: number) => Promise<T>;
  /** The same for a call that changes nothing: it ends with the signal, as nobody needs to know how it went. */
  readonly look: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

/**
 * The Engine over dockerode. Connects on the first call.
 * @param version - of rmsx, stamped on everything it makes
 * @param signal - calls that only look end with it
 */
export function connectDocker(endpoint: EngineEndpoint, version: string, signal: AbortSignal): Engine {
  const Dockerode = loadDockerode();
  setMaxListeners(0, signal); // one for every call that is under way
  const url = new URL(endpoint.url);
  const isLocal = url.protocol === 'unix:';
  const agent = new QuietAgent({ keepAlive: true }); // the next request leaves at once
  const where = isLocal
    ? { socketPath: url.pathname, agent }
    : { protocol: 'http' as const, host: url.hostname, port: url.port || 2375, agent };
  const docker = new Dockerode(where);
  const reachHost = isLocal ? undefined : url.hostname;
  const translated = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (signal.aborted && error === signal.reason) throw error;
      throw toEngineError(what, endpoint.url, error);
    }
  };
  const wire: Wire = {
    docker,
    url: endpoint.url,
    reachHost,
    stamp: { [labels.version]: version },
    signal,
    call: (what, work, timeoutMs = callTimeoutMs) => translated(what, withDeadline(what, timeoutMs, work)),
    look: (what, work) => translated(what, withDeadline(what, callTimeoutMs, work, signal)),
  };
  return {
    endpoint: endpoint.url,
    isLocal,
    reach: (bind, port) => ({ host: reachHost ?? loopbackOf(bind), port }),
    ...lookingCalls(wire),
    ...makingCalls(wire),
    ...removingCalls(wire),
    ...fileCalls(wire),
    close: () => agent.destroy(),
  };
}

type Calls<Name extends keyof Engine> = Pick<Engine, Name>;

function lookingCalls({
  docker,
  reachHost,
  look,
}: Wire): Calls<
  'listContainers' | 'listNetworks' | 'listVolumes' | 'hasImage' | 'userOfImage' | 'memoryBytes' | 'timeMs'
> {
  return {
    listContainers: (cluster) =>
      look('list containers', async () => {
        const filters = cluster === undefined ? {} : { filters: { label: [`${labels.cluster}=${cluster}`] } };
        return list(await docker.listContainers({ all: true, ...filters })).map((info) =>
          fromContainer(info, reachHost),
        );
      }),
    listNetworks: () => look('list networks', async () => list(await docker.listNetworks()).map(fromNetwork)),
    listVolumes: () => look('list volumes', async () => ((await docker.listVolumes()).Volumes ?? []).map(fromVolume)),
    timeMs: () =>
      look('ask for the time', async () => {
        const timeMs = Date.parse((await docker.info()).SystemTime);
        return Number.isNaN(timeMs) ? Date.now() : timeMs;
      }),
    memoryBytes: () => look('ask for the memory', async () => Number((await docker.info()).MemTotal)),
    userOfImage: (image) =>
      look(`look at image ${image}`, async () => {
        const user = (await docker.getImage(image).inspect()).Config.User ?? '';
        return startsAsRoot(user) ? '' : user;
      }),
    hasImage: (image) =>
      look(`look at image ${image}`, () => docker.getImage(image).inspect()).then(
        () => true,
        (error: RmsxError) => {
          if (error.reason === 'image-missing' || error.reason === 'gone') return false;
          throw error;
        },
      ),
  };
}

function makingCalls({
  docker,
  url,
  stamp,
  call,
  signal,
}: Wire): Calls<'pullImage' | 'createNetwork' | 'createContainer' | 'createCarrier' | 'start' | 'unpause'> {
  return {
    pullImage: (image) => pullImage(docker, image, url, signal),
    createNetwork: (network) =>
      call(
        `create network ${network.name}`,
        async () => (await docker.createNetwork(toNetworkOptions(network, stamp))).id,
      ),
    createContainer: (spec) =>
      call(`create ${spec.name}`, async () => (await docker.createContainer(toContainerOptions(spec, stamp))).id),
    createCarrier: (spec) =>
      call('create a carrier', async () => (await docker.createContainer(toCarrierOptions(spec, stamp))).id),
    start: (id) =>
      ignore(
        ['already-so'],
        call(`start ${short(id)}`, () => docker.getContainer(id).start()),
      ),
    unpause: (id) => call(`unpause ${short(id)}`, () => docker.getContainer(id).unpause()).then(() => undefined),
  };
}

function removingCalls({ docker, call }: Wire): Calls<'stop' | 'removeContainer' | 'removeNetwork' | 'removeVolume'> {
  return {
    stop: (id, graceSeconds) =>
      ignoreGone(
        call(
          `stop ${short(id)}`,
          () => docker.getContainer(id).stop({ t: graceSeconds }),
          graceSeconds * 1000 + callTimeoutMs,
        ),
      ),
    removeContainer: (id) =>
      ignoreGone(call(`remove container ${short(id)}`, () => docker.getContainer(id).remove({ force: true, v: true }))),
    removeNetwork: (id) => ignoreGone(call(`remove network ${short(id)}`, () => docker.getNetwork(id).remove())),
    removeVolume: (name) => ignoreGone(call(`remove volume ${name}`, () => docker.getVolume(name).remove())),
  };
}

function fileCalls({
  docker,
  call,
  look,
}: Wire): Calls<'serverUser' | 'writeFiles' | 'stampOf' | 'readFiles' | 'logs'> {
  return {
    serverUser: async (id) => {
      const container = docker.getContainer(id);
      const { Config } = await look(`look at ${short(id)}`, () => container.inspect());
      const reading = look('read /etc/passwd', async () =>
        unpackFiles(await container.getArchive({ path: '/etc/passwd' })),
      );
      const files = await reading.catch(noneIfGone);
      return serverUserOf(Config.User ?? '', files.get('passwd') ?? '');
    },
    writeFiles: (id, directories, owner) =>
      call(`write files into ${short(id)}`, async () => {
        await docker.getContainer(id).putArchive(await packDirectories(directories, owner), { path: '/' });
      }),
    stampOf: (id, path) =>
      look(`look at ${path} of ${short(id)}`, async () =>
        toStampSeconds(await docker.getContainer(id).infoArchive({ path })),
      ).catch((error: RmsxError) => {
        if (error.reason === 'gone') return null;
        throw error;
      }),
    readFiles: (id, directory) =>
      look(`read ${directory} of ${short(id)}`, async () =>
        unpackFiles(await docker.getContainer(id).getArchive({ path: directory })),
      ).catch(noneIfGone),
    logs: (id, lines) =>
      look(`read the log of ${short(id)}`, async () =>
        parseLogFrames(await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: lines, follow: false })),
      ),
  };
}

/** The engine answers in a header: JSON in base64. */
function toStampSeconds(reply: NodeJS.ReadableStream): number | null {
  reply.resume();
  const header = (reply as IncomingMessage).headers['x-docker-container-path-stat'];
  if (typeof header !== 'string') return null;
  const { mtime } = JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as { mtime?: string };
  return mtime === undefined ? null : Date.parse(mtime) / 1000;
}

/**
 * docker-modem describes the options of every request for a debug line that nobody prints, the agent and all its sockets
 * included: with 30 nodes that costs a second of computing.
 */
class QuietAgent extends Agent {
  [inspect.custom](): string {
    return 'Agent';
  }
}

/** As people know ids from `docker ps`. */
const short = (id: string): string => id.slice(0, 12);

/** A proxy can answer 200 with a page instead of a list (reliability.md E7). */
function list<T>(reply: readonly T[]): readonly T[] {
  if (Array.isArray(reply)) return reply;
  throw new RmsxError('engine-refused', 'What answers in place of the Docker engine does not speak its language.');
}

/** Removing and stopping what is not there any more, or is just going away, is success. */
const ignoreGone = (work: Promise<unknown>): Promise<void> => ignore(['gone', 'going-away', 'already-so'], work);

async function ignore(reasons: readonly string[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RmsxError) || !reasons.includes(error.reason ?? '')) throw error;
  }
}

function noneIfGone(error: RmsxError): ReadonlyMap<string, string> {
  if (error.reason === 'gone') return new Map();
  throw error;
}
