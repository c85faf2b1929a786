import type Docker from 'dockerode';
import { RmsxError } from '../domain/errors.ts';
import { confDirectory, labels } from '../domain/names.ts';
import type { Engine, Owner } from '../domain/ports.ts';
import { packDirectory, unpackFiles } from './archive.ts';
import { withDeadline } from './deadline.ts';
import { toEngineError } from './docker-errors.ts';
import type { EngineEndpoint } from './endpoint.ts';
import { loadDockerode } from './load-dockerode.ts';
import { parseLogFrames } from './log-frames.ts';
import { pullImage } from './pull.ts';
import {
  fromContainer,
  fromNetwork,
  fromVolume,
  loopbackOf,
  type Stamp,
  toContainerOptions,
  toNetworkOptions,
  toReaderOptions,
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
}

/**
 * The Engine over dockerode. Connects on the first call.
 * @param version - of rmsx, stamped on everything it makes
 */
export function connectDocker(endpoint: EngineEndpoint, version: string): Engine {
  const Dockerode = loadDockerode();
  const url = new URL(endpoint.url);
  const isLocal = url.protocol === 'unix:';
  const docker = new Dockerode(
    isLocal ? { socketPath: url.pathname } : { protocol: 'http', host: url.hostname, port: url.port || 2375 },
  );
  const reachHost = isLocal ? undefined : url.hostname;
  const wire: Wire = {
    docker,
    url: endpoint.url,
    reachHost,
    stamp: { [labels.version]: version },
    call: async (what, work, timeoutMs = callTimeoutMs) => {
      try {
        return await withDeadline(what, timeoutMs, work);
      } catch (error) {
        throw toEngineError(what, endpoint.url, error);
      }
    },
  };
  return {
    endpoint: endpoint.url,
    isLocal,
    reach: (bind, port) => ({ host: reachHost ?? loopbackOf(bind), port }),
    ...lookingCalls(wire),
    ...makingCalls(wire),
    ...removingCalls(wire),
    ...fileCalls(wire),
  };
}

type Calls<Name extends keyof Engine> = Pick<Engine, Name>;

function lookingCalls({
  docker,
  reachHost,
  call,
}: Wire): Calls<'listContainers' | 'listNetworks' | 'listVolumes' | 'hasImage'> {
  return {
    listContainers: (cluster) =>
      call('list containers', async () => {
        const filters = cluster === undefined ? {} : { filters: { label: [`${labels.cluster}=${cluster}`] } };
        return list(await docker.listContainers({ all: true, ...filters })).map((info) =>
          fromContainer(info, reachHost),
        );
      }),
    listNetworks: () => call('list networks', async () => list(await docker.listNetworks()).map(fromNetwork)),
    listVolumes: () => call('list volumes', async () => ((await docker.listVolumes()).Volumes ?? []).map(fromVolume)),
    hasImage: (image) =>
      call(`look at image ${image}`, () => docker.getImage(image).inspect()).then(
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
}: Wire): Calls<'pullImage' | 'createNetwork' | 'createContainer' | 'createReader' | 'start' | 'unpause'> {
  return {
    pullImage: (image) => pullImage(docker, image, url),
    createNetwork: (network) =>
      call(
        `create network ${network.name}`,
        async () => (await docker.createNetwork(toNetworkOptions(network, stamp))).id,
      ),
    createContainer: (spec) =>
      call(`create ${spec.name}`, async () => (await docker.createContainer(toContainerOptions(spec, stamp))).id),
    createReader: (spec) =>
      call('create a reader', async () => (await docker.createContainer(toReaderOptions(spec, stamp))).id),
    start: (id) => call(`start ${short(id)}`, () => docker.getContainer(id).start()).then(() => undefined),
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

function fileCalls({ docker, call }: Wire): Calls<'serverUser' | 'writeConf' | 'readFiles' | 'logs'> {
  return {
    serverUser: (id) =>
      call('read /etc/passwd', async () =>
        findServerUser(await unpackFiles(await docker.getContainer(id).getArchive({ path: '/etc/passwd' }))),
      ),
    writeConf: (id, files, owner) =>
      call(`write the conf of ${short(id)}`, async () => {
        const archive = await packDirectory(confDirectory, files, owner);
        await docker.getContainer(id).putArchive(archive, { path: '/' });
      }),
    readFiles: (id, directory) =>
      call(`read ${directory} of ${short(id)}`, async () =>
        unpackFiles(await docker.getContainer(id).getArchive({ path: directory })),
      ).catch((error: RmsxError) => {
        if (error.reason === 'gone') return new Map<string, string>();
        throw error;
      }),
    logs: (id, lines) =>
      call(`read the log of ${short(id)}`, async () =>
        parseLogFrames(await docker.getContainer(id).logs({ stdout: true, stderr: true, tail: lines, follow: false })),
      ),
  };
}

/** As people know ids from `docker ps`. */
const short = (id: string): string => id.slice(0, 12);

/** A proxy can answer 200 with a page instead of a list (reliability.md E7). */
function list<T>(reply: readonly T[]): readonly T[] {
  if (Array.isArray(reply)) return reply;
  throw new RmsxError('engine-refused', 'What answers in place of the Docker engine does not speak its language.');
}

/** Removing and stopping what is not there any more, or is just going away, is success. */
async function ignoreGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RmsxError) || (error.reason !== 'gone' && error.reason !== 'going-away')) throw error;
  }
}

/** The official images run the server as `redis` or `valkey`; uid and gid differ between Debian and Alpine. */
function findServerUser(files: ReadonlyMap<string, string>): Owner {
  const line = (files.get('passwd') ?? '').split('\n').find((text) => /^(redis|valkey):/.test(text));
  const [, , uid, gid] = (line ?? '').split(':');
  return { uid: Number(uid ?? 999), gid: Number(gid ?? 999) };
}
