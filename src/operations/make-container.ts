import type { ClusterSpec } from '../domain/cluster.ts';
import type { ContainerSpec, Engine } from '../domain/ports.ts';
import type { ConfWriter } from './conf-writer.ts';
import { type StartContext, startNode } from './start-node.ts';

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
}

/** What a run made of a node; nothing where its container was there before, no files where they are on a volume. */
export type Made = StartContext['made'];

/** Makes the container of a node, and does not start it. */
export async function makeContainer(container: ContainerSpec, { engine, writer, ids, onMade }: Making): Promise<void> {
  const dataOwner = container.ephemeral ? await writer.dataOwner(container) : undefined;
  ids.set(container.node, await engine.createContainer(dataOwner ? { ...container, dataOwner } : container));
  onMade(container);
}

/** Starts the container of a node: see `startNode`. */
export const start = (node: string, made: Made, making: Making): Promise<void> =>
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
