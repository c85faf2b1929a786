import { rmsxCommand } from '../domain/hints.ts';
import type { Kept, Leftover } from '../domain/leftover.ts';
import { compareNodeNames, lockName } from '../domain/names.ts';
import {
  attachedTo,
  isCarrier,
  type ObservedContainer,
  type ObservedNetwork,
  type ObservedVolume,
} from '../domain/observed.ts';
import { describeOwner } from '../domain/owner.ts';
import { doubtsAbout } from './gc-doubts.ts';
import { type GcFacts, type GcScene, interruptedRuns, isComplete, isForsaken, isThrownAway } from './gc-scene.ts';

/** What may go and what stays, of one cluster. */
export interface GcPlan {
  readonly leftovers: readonly Leftover[];
  readonly kept: readonly Kept[];
}

/**
 * What interrupted runs left of a cluster, and nothing else: docs/decisions/022. Where it is not sure, nothing goes.
 * @returns what to remove, containers first, and what only looks like a leftover
 */
export function planGc(facts: GcFacts): GcPlan {
  const { cluster, engine } = facts;
  const own = engine.containers.filter((container) => container.cluster === cluster);
  const others = own.filter(({ node }) => node === null);
  const locks = others.filter(({ name, owner }) => name === lockName(cluster) && owner !== null);
  const holder = facts.holdsLock ? undefined : locks.find((lock) => !isDead(lock, facts));
  if (holder) return keep(cluster, `another rmsx is at work on it (${describeOwner(holder.owner ?? '')})`, null);
  const carriers = others.filter(isCarrier);
  const scene: GcScene = {
    ...facts,
    nodes: own.filter(({ node }) => node !== null).sort((a, b) => compareNodeNames(a.node ?? '', b.node ?? '')),
    carriers,
    networks: engine.networks.filter((network) => network.cluster === cluster),
    volumes: engine.volumes.filter((volume) => volume.cluster === cluster).sort((a, b) => a.name.localeCompare(b.name)),
  };
  const dead = [
    ...(facts.holdsLock ? [] : locks).map((lock) => containerLeft(lock, `a lock, and ${endOf(lock, facts)}`)),
    ...carriers
      .filter((carrier) => isDead(carrier, facts) && !isEvidence(carrier, scene))
      .map((carrier) => containerLeft(carrier, `it carried a conf, and ${endOf(carrier, facts)}`)),
  ];
  const whole = planWhole(scene);
  const ids = new Set(whole.leftovers.map(({ id }) => id));
  return { leftovers: [...dead.filter(({ id }) => !ids.has(id)), ...whole.leftovers], kept: whole.kept };
}

/** As long as its nodes are not complete, a carrier tells that their run was interrupted; it goes with them. */
const isEvidence = ({ run }: ObservedContainer, scene: GcScene): boolean =>
  scene.nodes.some((node) => node.run === run) && !isComplete(scene);

/** A process on another machine may be at work, whatever age is asked for: no change takes as long as this. */
const maybeAtWorkMs = 600_000;

/** A process that has ended left it; one that nobody can ask did when it is old. */
const isDead = (
  object: { readonly owner: string | null; readonly run: string | null; readonly createdAtMs: number },
  { fateOf, nowMs, olderThanMs }: GcFacts,
): boolean => {
  const fate = fateOf(object);
  const ageMs = nowMs - object.createdAtMs;
  return fate === 'ended' || (fate === 'unknown' && ageMs >= Math.max(olderThanMs, maybeAtWorkMs));
};

const endOf = (object: ObservedContainer, { fateOf }: GcFacts): string =>
  fateOf(object) === 'ended' ? 'the rmsx that made it has ended' : 'it is old, and nobody knows the rmsx that made it';

const nothing: GcPlan = { leftovers: [], kept: [] };

const keep = (cluster: string, because: string, hint: string | null): GcPlan => ({
  leftovers: [],
  kept: [{ cluster, because, hint }],
});

const heldNoMore = 'the process that was to take it down has been killed';

/** It has volumes, and somebody may have gone on with it. */
const takeDown = (cluster: string): string =>
  `take it down, if nobody has gone on with it: ${rmsxCommand(cluster, 'down')}`;

/** Nodes, network and volumes: all of what the interrupted runs made, or nothing. */
function planWhole(scene: GcScene): GcPlan {
  const { cluster, nodes, networks, volumes } = scene;
  const objects = [...nodes, ...scene.carriers, ...networks, ...volumes];
  if (nodes.length + networks.length === 0 && volumes.some(({ purpose }) => purpose === 'data')) return nothing;
  if (objects.some(({ run }) => run === null)) return nothing; // Docker Compose made it, or somebody with our labels
  if (objects.length === 0) return nothing;
  if (isComplete(scene)) return isForsaken(scene) ? keep(cluster, heldNoMore, takeDown(cluster)) : nothing;
  const ages = objects.map(({ createdAtMs }) => scene.nowMs - (createdAtMs ?? scene.nowMs));
  const fates = objects.map(({ run }) => scene.fateOf({ run }));
  const isAlive = fates.includes('alive');
  const isYoung = Math.min(...ages) < Math.max(scene.olderThanMs, fates.includes('unknown') ? maybeAtWorkMs : 0);
  if (isThrownAway(scene)) {
    if (!isAlive && isForsaken(scene)) return everything(scene, `isolated, and ${heldNoMore}`, () => true);
    return isAlive || isYoung ? nothing : everything(scene, 'an isolated cluster that nobody took down', () => true);
  }
  if (isAlive) return keep(cluster, 'it is not complete, and the process that is making it is alive', null);
  if (isYoung) return keep(cluster, 'it is not complete, and not old enough yet', null);
  if (nodes.length === 0) return withoutNodes(scene);
  const doubt = doubtsAbout(scene);
  if (doubt !== undefined) {
    const hint = `finish it: ${rmsxCommand(cluster, 'up')}   or remove it: ${rmsxCommand(cluster, 'down')}`;
    return keep(cluster, doubt, hint);
  }
  const runs = interruptedRuns(scene);
  return everything(scene, 'the run that made it was interrupted', (volume) => mayGo(volume, scene, runs));
}

/** A network that nobody uses goes; of the volumes, those that hold a conf without any data. */
function withoutNodes(scene: GcScene): GcPlan {
  const hasData = scene.volumes.some(({ purpose }) => purpose !== 'conf');
  return everything(scene, 'the run that made it was interrupted', () => !hasData);
}

/** Data without a container may be kept on purpose; and so is what was there before the run. */
function mayGo({ run, node }: ObservedVolume, { nodes, volumes }: GcScene, runs: ReadonlySet<string>): boolean {
  if (!runs.has(run ?? '')) return false;
  const hasContainer = nodes.some((container) => container.node === node);
  return hasContainer || !volumes.some((volume) => volume.node === node && volume.purpose !== 'conf');
}

function everything(scene: GcScene, because: string, mayVolumeGo: (volume: ObservedVolume) => boolean): GcPlan {
  const { cluster, engine, networks } = scene;
  const others = engine.containers.filter((own) => own.cluster !== cluster);
  const guestsOf = (network: ObservedNetwork): readonly string[] => attachedTo(network, others).map(({ name }) => name);
  const busy = networks.filter((network) => guestsOf(network).length > 0);
  const kept = busy.map((network): Kept => {
    const guests = guestsOf(network);
    const hint = guests.map((guest) => `docker network disconnect ${network.name} ${guest}`).join('\n');
    return { cluster, because: `${guests.join(', ')} is attached to its network ${network.name}`, hint };
  });
  return {
    leftovers: [
      ...[...scene.nodes, ...scene.carriers].map((container) => containerLeft(container, because)),
      ...networks
        .filter((network) => !busy.includes(network))
        .map(({ id, name, run }): Leftover => ({ kind: 'network', id, name, cluster, run, because })),
      ...scene.volumes
        .filter(mayVolumeGo)
        .map(({ name, run }): Leftover => ({ kind: 'volume', id: name, name, cluster, run, because })),
    ],
    kept,
  };
}

const containerLeft = ({ id, name, cluster, run }: ObservedContainer, because: string): Leftover => ({
  kind: 'container',
  id,
  name,
  cluster: cluster ?? '',
  run,
  because,
});
