import { setMaxListeners } from 'node:events';
import type Docker from 'dockerode';
import { RmsxError } from '../domain/errors.ts';
import { labels } from '../domain/names.ts';
import type { Engine } from '../domain/ports.ts';
import { containerCalls } from './container-calls.ts';
import { makeWire } from './make-wire.ts';
import { networkCalls } from './network-calls.ts';
import { pullImage } from './pull.ts';
import { startsAsRoot } from './server-user.ts';
import {
  fromContainer,
  fromNetwork,
  fromVolume,
  loopbackOf,
  toCarrierOptions,
  toContainerOptions,
  toNetworkOptions,
} from './translate.ts';
import type { Transport } from './transport/transport.ts';
import { OpenCalls } from './unanswered.ts';
import { callTimeoutMs, short, strangeReply, type Wire, wordIn, wordless } from './wire.ts';

/**
 * The Engine over dockerode. Connects on the first call.
 * @param considered - what was looked at to find it
 * @param version - of rmsx, stamped on everything it makes
 * @param signal - calls that only look end with it
 */
export function connectDocker(
  transport: Transport,
  considered: Engine['considered'],
  version: string,
  signal: AbortSignal,
): Engine {
  setMaxListeners(0, signal); // one for every call that is under way
  const { endpoint, agent, reachHost } = transport;
  const open = new OpenCalls();
  const wire = makeWire(transport, open, version, signal);
  return {
    endpoint: endpoint.url,
    origin: endpoint.from,
    warnings: endpoint.warnings,
    considered,
    isLocal: reachHost === undefined,
    reach: (bind, port) => ({ host: reachHost ?? loopbackOf(bind), port }),
    ...lookingCalls(wire),
    ...makingCalls(wire),
    ...removingCalls(wire),
    ...containerCalls(wire),
    ...networkCalls(wire),
    facts: async () => {
      const { engineFacts } = await import('./facts.ts'); // for doctor alone
      return wire.look('say what it is', () => engineFacts(wire.docker));
    },
    unanswered: () => open.oldest(),
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
        const found = list(await docker.listContainers({ all: true, ...filters }));
        const containers = found.map((info) =>
          fromContainer({ ...info, Id: wordIn(info.Id), State: wordIn(info.State) }, reachHost),
        );
        return cluster === undefined ? containers : containers.filter((container) => container.cluster === cluster);
      }),
    listNetworks: () =>
      look('list networks', async () =>
        list(await docker.listNetworks()).map((info) =>
          fromNetwork({ ...info, Id: wordIn(info.Id), Name: wordIn(info.Name) }),
        ),
      ),
    listVolumes: () =>
      look('list volumes', async () =>
        list(volumesIn(await docker.listVolumes())).map((info) => fromVolume({ ...info, Name: wordIn(info.Name) })),
      ),
    timeMs: () =>
      look('ask for the time', async () => {
        const timeMs = Date.parse((await docker.info()).SystemTime);
        if (Number.isNaN(timeMs)) throw strangeReply();
        return timeMs;
      }),
    memoryBytes: () => look('ask for the memory', async () => numberIn((await docker.info()).MemTotal)),
    userOfImage: (image) =>
      look(`look at image ${image}`, async () => {
        const { Config } = await docker.getImage(image).inspect();
        if (typeof Config !== 'object') throw strangeReply();
        const user = Config.User ?? '';
        return startsAsRoot(user) ? '' : user;
      }),
    hasImage: (image) =>
      look(`look at image ${image}`, async () => wordIn((await docker.getImage(image).inspect()).Id)).then(
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
  heavyCall,
  signal,
}: Wire): Calls<'pullImage' | 'createNetwork' | 'createContainer' | 'createCarrier' | 'start' | 'pause' | 'unpause'> {
  return {
    pullImage: (image, tell) => pullImage({ docker, endpoint: url, signal }, image, tell),
    createNetwork: (network) =>
      call(`create network ${network.name}`, async () =>
        wordIn((await docker.createNetwork(toNetworkOptions(network, stamp))).id),
      ),
    createContainer: (spec) =>
      heavyCall(`create ${spec.name}`, async () =>
        wordIn((await docker.createContainer(toContainerOptions(spec, stamp))).id),
      ),
    createCarrier: (spec) =>
      call(`create ${spec.name}`, async () => wordIn((await docker.createContainer(toCarrierOptions(spec, stamp))).id)),
    start: (id) =>
      ignore(
        ['already-so'],
        heavyCall(`start ${short(id)}`, () => wordless(docker.getContainer(id).start())),
      ),
    pause: (id) => call(`pause ${short(id)}`, () => wordless(docker.getContainer(id).pause())),
    unpause: (id) => call(`unpause ${short(id)}`, () => wordless(docker.getContainer(id).unpause())),
  };
}

function removingCalls({
  docker,
  call,
  heavyCall,
}: Wire): Calls<'kill' | 'stop' | 'removeContainer' | 'removeNetwork' | 'removeVolume'> {
  const remove = (what: string, work: () => Promise<unknown>): Promise<void> =>
    ignore(
      ['gone'],
      call(`remove ${what}`, () => wordless(work())),
    );
  const removeContainer = (id: string): Promise<void> =>
    heavyCall(`remove container ${short(id)}`, () =>
      wordless(docker.getContainer(id).remove({ force: true, v: true })),
    );
  // A busy engine meets files that came while it removed the others ("directory not empty"): it takes them the next time.
  const onceMore =
    (id: string) =>
    (error: unknown): Promise<void> => {
      if (error instanceof RmsxError && error.reason === 'half-removed') return removeContainer(id);
      throw error;
    };
  return {
    kill: (id) => heavyCall(`kill ${short(id)}`, () => wordless(docker.getContainer(id).kill({ signal: 'SIGKILL' }))),
    stop: (id, graceSeconds) =>
      ignore(
        ['gone', 'going-away', 'already-so'],
        call(
          `stop ${short(id)}`,
          () => wordless(docker.getContainer(id).stop({ t: graceSeconds })),
          graceSeconds * 1000 + callTimeoutMs,
        ),
      ),
    removeContainer: (id) => ignore(['gone', 'going-away'], removeContainer(id).catch(onceMore(id))),
    removeNetwork: (id) => remove(`network ${short(id)}`, () => docker.getNetwork(id).remove()),
    removeVolume: (name) => remove(`volume ${name}`, () => docker.getVolume(name).remove()),
  };
}

/** A proxy can answer 200 with a page instead of a list. */
function list<T>(reply: readonly T[]): readonly T[] {
  if (Array.isArray(reply)) return reply;
  throw strangeReply();
}

/** An engine without volumes may say null. */
const volumesIn = (reply: { readonly Volumes?: Docker.VolumeInspectInfo[] | null }) =>
  reply.Volumes === null ? [] : (reply.Volumes as readonly Docker.VolumeInspectInfo[]);

function numberIn(reply: unknown): number {
  if (typeof reply === 'number') return reply;
  throw strangeReply();
}

/** Stopping or removing what is not there any more, or is just going away, is success. */
async function ignore(reasons: readonly string[], work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RmsxError) || !reasons.includes(error.reason ?? '')) throw error;
  }
}
