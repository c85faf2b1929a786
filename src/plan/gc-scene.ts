import { findNode } from '../domain/cluster.ts';
import {
  containerOf,
  nodeContainers,
  type ObservedContainer,
  type ObservedEngine,
  type ObservedVolume,
} from '../domain/observed.ts';
import type { Fate } from '../domain/owner.ts';
import type { ClusterRecord } from '../domain/record.ts';

/** Everything that is known of one cluster, or of what is left of it. */
export interface GcFacts {
  readonly cluster: string;
  readonly engine: ObservedEngine;
  /** Null where none can be read. */
  readonly record: ClusterRecord | null;
  /** How many keys the nodes hold that answered. */
  readonly keys: ReadonlyMap<string, number>;
  /** What became of the process behind a lock, or behind the mark of a run. */
  readonly fateOf: (object: { readonly owner?: string | null; readonly run: string | null }) => Fate;
  /** Whether the lock of the cluster is ours. */
  readonly holdsLock: boolean;
  /** What time it is on the engine. */
  readonly nowMs: number;
  readonly olderThanMs: number;
}

/** The part of the world that carries the label of the cluster, and what follows from it. */
export interface GcScene extends GcFacts {
  readonly nodes: readonly ObservedContainer[];
  readonly carriers: readonly ObservedContainer[];
  readonly networks: ObservedEngine['networks'];
  readonly volumes: readonly ObservedVolume[];
}

/** Made with `--isolated`, and without anything that outlives its containers. */
export const isThrownAway = ({ networks, volumes }: GcScene): boolean =>
  networks.some(({ isolated }) => isolated) && volumes.length === 0;

/** Made by a `rmsx run` that takes it down, and that has ended without doing so: it was killed. */
export const isForsaken = ({ networks, fateOf }: GcScene): boolean =>
  networks.some(({ held, run }) => held && fateOf({ run }) === 'ended');

/** Every node of the record was started once; where no record can be read, every one that there is. */
export function isComplete(scene: GcScene): boolean {
  const { nodes, record } = scene;
  if (nodes.length === 0 || isThrownAway(scene)) return false;
  const names = record?.cluster.nodes.map(({ name }) => name) ?? [];
  return (
    nodes.every(({ neverStarted }) => !neverStarted) &&
    names.every((name) => containerOf({ containers: nodes }, name) !== undefined)
  );
}

/** The runs that left a mark of not having ended: what carried the conf, or a container that was never started. */
export const interruptedRuns = ({ carriers, nodes }: GcScene): ReadonlySet<string> =>
  new Set([...carriers, ...nodes.filter(({ neverStarted }) => neverStarted)].map(({ run }) => run ?? ''));

/** @returns the nodes whose keys matter: they run in a cluster that is not complete */
export function nodesToAsk(facts: Pick<GcFacts, 'cluster' | 'engine' | 'record'>): readonly string[] {
  const { cluster, engine, record } = facts;
  const nodes = nodeContainers(cluster, engine);
  if (!record) return [];
  const isMissing = record.cluster.nodes.some(({ name }) => !containerOf({ containers: nodes }, name));
  if (!isMissing && nodes.every(({ neverStarted }) => !neverStarted)) return [];
  return nodes
    .filter(({ state, node }) => state === 'running' && findNode(record.cluster, node ?? ''))
    .map(({ node }) => node ?? '');
}
