import { RmsxError } from '../domain/errors.ts';
import type { ContainerFile, ContainerSpec, Engine } from '../domain/ports.ts';
import type { ConfWriter } from './conf-writer.ts';

/** What containers are made with. */
export interface Making {
  readonly engine: Engine;
  readonly writer: ConfWriter;
  /** Ids of the containers, by node; kept up to date. */
  readonly ids: Map<string, string>;
  readonly warn: (message: string) => void;
}

/** Makes the container of a node, and does not start it. */
export async function makeContainer(container: ContainerSpec, { engine, writer, ids }: Making): Promise<void> {
  const dataOwner = container.ephemeral ? await writer.dataOwner(container) : undefined;
  ids.set(container.node, await engine.createContainer(dataOwner ? { ...container, dataOwner } : container));
}

/**
 * Starts a container that was just made. Where the engine allows no sysctl, it is made again without: rootless engines
 * cannot set it (nerdctl#4016), and Linux has had a larger default since 5.4.
 * @param files - what was written into the container itself, and not into a volume
 */
export async function startMade(
  container: ContainerSpec,
  files: readonly ContainerFile[] | undefined,
  making: Making,
): Promise<void> {
  const { engine, writer, ids, warn } = making;
  const { node, image } = container;
  const id = (): string => ids.get(node) ?? '';
  try {
    await engine.start(id());
  } catch (error) {
    if (!(error instanceof RmsxError) || error.reason !== 'sysctl-refused') throw error;
    warn(`${node}: this engine does not allow net.core.somaxconn to be set; it runs without.`);
    await engine.removeContainer(id());
    await makeContainer({ ...container, sysctls: {} }, making);
    if (files) await writer.write(id(), image, files);
    await engine.start(id());
  }
}
