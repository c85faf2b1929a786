import type { NodeSpec } from '../domain/cluster.ts';
import type { Ports } from '../domain/ports.ts';
import { newRun } from '../files/process-owner.ts';
import { readTemplate } from '../files/templates.ts';
import { containerSpec } from '../plan/container-spec.ts';
import { renderConf } from '../render/conf-files.ts';
import { ConfWriter } from './conf-writer.ts';
import { waysOutOf } from './holders.ts';
import { type Making, makeContainer, startMade } from './make-container.ts';
import type { KnownCluster } from './observe.ts';

/**
 * Makes the container of a node that has none, with whatever is left of its data and the role of the record, and starts it.
 * @throws RmsxError what the engine refuses; the container that was made is gone again then
 */
export async function makeAnew(cluster: KnownCluster, node: NodeSpec, ports: Ports): Promise<void> {
  const { record, password, name } = cluster;
  const { engine, progress } = ports;
  const container = containerSpec(record.cluster, node, newRun());
  const files = renderConf(record, node, password, await readTemplate('redis.conf'));
  const ids = new Map<string, string>();
  const writer = new ConfWriter(ports);
  const making: Making = {
    ...{ engine, writer, ids, cluster: record.cluster, waysOut: waysOutOf(name) },
    onMade: () => undefined,
    warn: (message) => progress.warn(message),
  };
  try {
    await makeContainer(container, making);
    await writer.write(ids.get(node.name) ?? '', container.image, files);
    await startMade(node.name, { container, files }, making);
  } catch (error) {
    const id = ids.get(node.name);
    if (id !== undefined) await engine.removeContainer(id);
    throw error;
  }
}
