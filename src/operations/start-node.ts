import { type ClusterSpec, findNode } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { containerName, networkName } from '../domain/names.ts';
import type { ContainerFile, ContainerSpec, Engine } from '../domain/ports.ts';
import type { ConfWriter } from './conf-writer.ts';
import { namingHolder, type WaysOut } from './holders.ts';

/** What starting a node works with. */
export interface StartContext {
  readonly engine: Engine;
  readonly writer: ConfWriter;
  readonly cluster: ClusterSpec;
  readonly node: string;
  /** What this run made of the node; nothing where its container was there before. */
  readonly made: { readonly container?: ContainerSpec; readonly files?: readonly ContainerFile[] };
  /** The container as it is by now. */
  readonly id: () => string;
  readonly create: (container: ContainerSpec) => Promise<void>;
  readonly warn: (message: string) => void;
  /** See `Refused`. */
  readonly waysOut?: WaysOut | undefined;
}

/**
 * Starts a node. What an engine does not allow, or has forgotten to tidy up, is worked around once.
 * @throws RmsxError that names who holds what the node needs
 */
export async function startNode(context: StartContext): Promise<void> {
  const explain = async (error: unknown): Promise<unknown> =>
    error instanceof RmsxError ? namingHolder(error, { ...context, id: context.id() }) : error;
  try {
    await context.engine.start(context.id());
  } catch (error) {
    const retry = error instanceof RmsxError ? await remedyFor(error, context) : undefined;
    if (!retry) throw await explain(error);
    await retry().catch(async (again) => {
      throw await explain(again);
    });
  }
}

async function remedyFor(error: RmsxError, context: StartContext): Promise<(() => Promise<void>) | undefined> {
  const { made, warn, node, engine, cluster } = context;
  const { container } = made;
  if (!container) return undefined;
  if (error.reason === 'sysctl-refused') {
    // Rootless engines cannot set it (nerdctl#4016), and Linux has had a larger default since 5.4.
    warn(`${node}: this engine does not allow net.core.somaxconn to be set; it runs without.`);
    return () => makeAnew({ ...container, sysctls: {} }, context);
  }
  if (error.reason === 'endpoint-exists' && (await isGhost(context))) {
    warn(`${node}: the engine had kept its address from before; it has been told to forget it.`);
    // The engine looks for a container of that name first, and would detach the new one instead.
    return () =>
      makeAnew(container, context, () =>
        engine.disconnect(networkName(cluster.name), containerName(cluster.name, node)),
      );
  }
  return undefined;
}

/** An endpoint whose container is gone: an engine that was killed keeps it. */
async function isGhost({ engine, cluster, node, id }: StartContext): Promise<boolean> {
  if (!findNode(cluster, node)) return false;
  const name = containerName(cluster.name, node);
  const [endpoints, containers] = await Promise.all([
    engine.endpointsOf(networkName(cluster.name)),
    engine.listContainers(),
  ]);
  const holder = endpoints.find((endpoint) => endpoint.name === name)?.containerId ?? null;
  return holder === null || holder === id() || !containers.some((container) => container.id === holder);
}

async function makeAnew(
  container: ContainerSpec,
  { engine, writer, made, id, create }: StartContext,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> {
  await engine.removeContainer(id());
  await meanwhile();
  await create(container);
  if (made.files) await writer.write(id(), container.image, made.files); // the others are on a volume
  await engine.start(id());
}
