import { imageOf, type NodeSpec } from '../domain/cluster.ts';
import { carrierName } from '../domain/names.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { CarrierSpec } from '../domain/ports.ts';
import { renderConf } from '../render/conf-files.ts';
import { mount } from './container-spec.ts';
import type { UpFacts } from './up-facts.ts';

/**
 * The conf of all new nodes with the same image at once, before their containers are there: writing into each of them is
 * slow. Another image may run its server as another user.
 */
export function writeVolumes(
  nodes: readonly NodeSpec[],
  facts: UpFacts,
  after: readonly string[],
): readonly PlannedStep[] {
  if (nodes.length === 0) return [];
  const { cluster } = facts.record;
  const pathOf = (node: NodeSpec): string => `/rmsx/${node.name}`;
  const images = [...new Set(nodes.map((node) => imageOf(cluster, node)))];
  const writes = images.map((image, i): PlannedStep => {
    const own = nodes.filter((node) => imageOf(cluster, node) === image);
    const carrier: CarrierSpec = {
      name: carrierName(cluster.name, facts.run, i),
      cluster: cluster.name,
      run: facts.run,
      image,
      volumes: own.map((node) => ({ ...mount(cluster, node, 'conf', pathOf(node)), node: node.name })),
    };
    const directories = own.map((node) => ({
      path: pathOf(node),
      files: renderConf(facts.record, node, facts.password, facts.template),
    }));
    const step = { op: 'write-volumes', carrier, directories, restarts: cluster.persistence === 'aof' } as const;
    return { id: confStep(image), step, because: 'new nodes', after };
  });
  const starts = nodes.map((node) => `start ${node.name}`); // the engine has more urgent things to do before
  const done = [...starts, ...writes.map(({ id }) => id)];
  return [...writes, { id: 'carriers', step: { op: 'remove-carriers' }, because: 'it is done', after: done }];
}

/** @returns the id of the step that writes the conf of the nodes with an image */
export const confStep = (image: string): string => `conf for ${image}`;
