import { findNode } from '../domain/cluster.ts';
import { type Misplaced, misplacedNodes } from '../domain/misplaced.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import { changesOf } from './changes.ts';
import { moversOf } from './moves.ts';
import type { NodeChange } from './node-change.ts';
import { type Relocation, relocationOf } from './relocation.ts';
import { unfitOf } from './unfit.ts';
import type { UpFacts } from './up-facts.ts';

/** What becomes of the nodes, by name. */
export interface Scene {
  /** Those that stay. */
  readonly containers: ReadonlyMap<string, ObservedContainer | undefined>;
  readonly toMake: ReadonlySet<string>;
  readonly toStart: ReadonlySet<string>;
  /** Those that run and get another source. */
  readonly movers: ReadonlySet<string>;
  /** Those that run and get another image, other directives … */
  readonly changes: ReadonlyMap<string, NodeChange>;
  /** Containers that do not run, and could not as they are: others take their place. */
  readonly unfit: ReadonlyMap<string, ObservedContainer>;
  /** Those that stay, and are not where the others look for them. */
  readonly misplaced: ReadonlyMap<string, Misplaced>;
  /** Where all containers give way to others. */
  readonly relocation: Relocation | null;
}

/** What it follows from. */
export type SceneFacts = Pick<UpFacts, 'before' | 'record' | 'engine' | 'confs' | 'revive' | 'sources'>;

/** @returns what becomes of the nodes of a cluster */
export function sceneOf(facts: SceneFacts): Scene {
  const { before, record, engine, revive, sources } = facts;
  const own = engine.containers.filter((container) => container.cluster === record.cluster.name);
  const names = record.cluster.nodes.map((node) => node.name);
  const relocation = revive ? relocationOf(facts) : null;
  const changes = revive && !relocation ? changesOf(facts) : new Map<string, NodeChange>();
  const unfit = revive && !relocation ? unfitOf(facts, changes) : new Map<string, ObservedContainer>();
  const fit = own.filter((container) => !unfit.has(container.node ?? '') && !relocation?.leaving.includes(container));
  const containers = new Map(names.map((name) => [name, containerOf({ containers: fit }, name)]));
  const isNew = (name: string): boolean => !before || !findNode(before.cluster, name);
  const toMake = new Set(names.filter((name) => !containers.get(name) && (revive || isNew(name))));
  // A node that comes into the cluster may have a container that was left when it went.
  const isStarted = (name: string): boolean => (revive || isNew(name)) && containers.get(name)?.state === 'stopped';
  const toStart = new Set(names.filter((name) => toMake.has(name) || isStarted(name)));
  const awake = names.filter((name) => {
    const state = containers.get(name)?.state;
    return state === 'running' || (revive && state === 'paused');
  });
  const movers = moversOf(before, record, awake, sources);
  const toChange = new Map([...changes].filter(([name]) => !unfit.has(name)));
  const staying = fit.filter(({ node }) => changes.get(node ?? '')?.kind !== 'replace');
  const misplaced = revive ? misplacedNodes(record.cluster, staying) : new Map<string, Misplaced>();
  return { containers, toMake, toStart, movers, changes: toChange, unfit, misplaced, relocation };
}

/** @returns the names of the nodes that get a container, for the first time or in the place of another one */
export function nodesToMake(facts: SceneFacts): readonly string[] {
  const { toMake, changes } = sceneOf(facts);
  const replaced = [...changes].filter(([, { kind }]) => kind === 'replace').map(([name]) => name);
  return [...toMake, ...replaced];
}
