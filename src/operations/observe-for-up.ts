import { defaults } from '../config/defaults.ts';
import type { UpRequest } from '../config/up-request.ts';
import type { HostRoute } from '../domain/host-route.ts';
import { carrierName } from '../domain/names.ts';
import {
  containerOf,
  isMadeByCompose,
  type NodeConf,
  nodeContainers,
  type ObservedEngine,
  type ObservedVolume,
} from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { readConf } from '../render/conf-directory.ts';
import { forbidden, pullTelling } from './images.ts';
import { refuseLocked } from './lock.ts';
import { observeEngine } from './observe-engine.ts';
import { observeRoutes } from './observe-routes.ts';
import { readConfs } from './read-confs.ts';

/** What `up` decides on. */
export interface SeenForUp {
  readonly engine: ObservedEngine;
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** Of the host of the engine, where a new network could get in their way; null where they cannot be known. */
  readonly routes: readonly HostRoute[] | null;
}

/**
 * Reads everything that `up` decides on: what is on the engine, and the conf of every node of the cluster, of those
 * without a container too, as their volumes outlive `down`. What rmsx kept is no part of a cluster that Compose runs.
 * @param holdsLock - whether nobody else can be changing the cluster: volumes that may be going away are left alone
 * @throws RmsxError `conflict` (`locked`) where another rmsx is at work on such volumes
 */
export async function observeForUp(
  request: UpRequest,
  { run, holdsLock }: { readonly run: string; readonly holdsLock: boolean },
  ports: Ports,
): Promise<SeenForUp> {
  const { engine } = ports;
  const observed = await observeEngine(engine);
  const { containers, volumes } = observed;
  const own = nodeContainers(request.name, observed);
  const isOurs = !own.some(isMadeByCompose);
  const orphans = volumes.filter(
    (volume) =>
      isOurs &&
      volume.cluster === request.name &&
      volume.purpose === 'conf' &&
      volume.node !== null &&
      !containerOf({ containers: own }, volume.node),
  );
  if (orphans.length > 0 && !holdsLock) refuseLocked(request.name, containers);
  const seeingRoutes = observeRoutes(request, observed, engine);
  const confs = new Map([
    ...(await readConfs(engine, own)),
    ...(orphans.length > 0 ? await readOrphans(request, orphans, run, ports) : []),
  ]);
  return { engine: observed, confs, routes: await seeingRoutes };
}

/** The engine reads volumes through containers only: one that is never started gives access to all of them. */
async function readOrphans(
  request: UpRequest,
  orphans: readonly ObservedVolume[],
  run: string,
  ports: Ports,
): Promise<ReadonlyMap<string, NodeConf>> {
  const { engine } = ports;
  const root = '/rmsx';
  const image = await anyImage(request, orphans, ports);
  const id = await engine.createCarrier({
    name: carrierName(request.name, run, 0),
    cluster: request.name,
    run,
    image,
    volumes: orphans.map(({ name, node }) => ({
      name,
      node: node ?? '',
      purpose: 'conf',
      target: `${root}/${node}`,
      readOnly: true,
    })),
  });
  try {
    const files = await engine.readFiles(id, root);
    const confs = orphans.map(({ node }) => [node ?? '', readConf(below(files, `${node}/`))] as const);
    return new Map(confs.flatMap(([node, conf]) => (conf ? [[node, conf] as const] : [])));
  } finally {
    await engine.removeContainer(id);
  }
}

/** The image for which the volumes were made, or else the one that is asked for: it is never run. */
async function anyImage(request: UpRequest, orphans: readonly ObservedVolume[], ports: Ports): Promise<string> {
  const wanted = request.image ?? defaults.image;
  const known = [...new Set([...orphans.map((volume) => volume.image ?? wanted), wanted])];
  for (const image of known) if (await ports.engine.hasImage(image)) return image;
  const [first = wanted] = known;
  if (request.pull === 'never') throw forbidden([wanted]);
  await pullTelling(first, ports);
  return first;
}

const below = (files: ReadonlyMap<string, string>, prefix: string): ReadonlyMap<string, string> =>
  new Map(
    [...files].flatMap(([path, content]) => (path.startsWith(prefix) ? [[path.slice(prefix.length), content]] : [])),
  );
