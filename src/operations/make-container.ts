import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { ContainerSpec, Engine } from '../domain/ports.ts';
import type { ConfWriter } from './conf-writer.ts';
import type { WaysOut } from './holders.ts';
import { type StartContext, startNode } from './start-node.ts';
import { never, waitUntil } from './wait-until.ts';

/** What containers are made with. */
export interface Making {
  readonly engine: Engine;
  readonly writer: ConfWriter;
  readonly cluster: ClusterSpec;
  /** Ids of the containers, by node; kept up to date. */
  readonly ids: Map<string, string>;
  /** Told of every container that is made. */
  readonly onMade: (container: ContainerSpec) => void;
  readonly warn: (message: string) => void;
  /** See `Refused`. */
  readonly waysOut?: WaysOut | undefined;
}

/** What a run made of a node; nothing where its container was there before, no files where they are on a volume. */
export type Made = StartContext['made'];

/** How long an engine may take to remove a container whose removal it has agreed to. */
const leavingMs = 5_000;

/**
 * Makes the container of a node, and does not start it. Engines remove in their own time, so the one that was there before
 * may have the name for a moment.
 * @throws RmsxError `conflict` (`name-taken`) where the name does not become free, at once where somebody else has it
 */
export async function makeContainer(container: ContainerSpec, { engine, writer, ids, onMade }: Making): Promise<void> {
  const dataOwner = container.ephemeral ? await writer.dataOwner(container) : undefined;
  const spec = dataOwner ? { ...container, dataOwner } : container;
  const untilMs = performance.now() + leavingMs;
  const create = async (): Promise<string | undefined> => {
    try {
      return await engine.createContainer(spec);
    } catch (error) {
      const isTaken = error instanceof RmsxError && error.reason === 'name-taken' && performance.now() < untilMs;
      if (isTaken && (await isOnItsWayOut(container, ids.get(container.node), engine))) return undefined;
      throw error;
    }
  };
  ids.set(container.node, await waitUntil(create, { pauseMs: 100, signal: never }));
  onMade(container);
}

/** @param before - the container of the node until now: nobody makes another before its removal was asked for */
async function isOnItsWayOut(
  { name, cluster, node }: ContainerSpec,
  before: string | undefined,
  engine: Engine,
): Promise<boolean> {
  const holder = (await engine.listContainers()).find((each) => each.name === name);
  if (!holder) return true; // it has gone meanwhile
  return holder.cluster === cluster && holder.node === node && (holder.halfRemoved || holder.id === before);
}

/** Starts the container of a node: see `startNode`. */
export const startMade = (node: string, made: Made, making: Making): Promise<void> =>
  startNode({
    ...making,
    node,
    made,
    id: () => {
      const id = making.ids.get(node);
      if (id === undefined) throw new RangeError(`no container for ${node}`);
      return id;
    },
    create: (container) => makeContainer(container, making),
  });
