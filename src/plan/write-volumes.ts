import { type ClusterSpec, imageOf, type NodeSpec } from '../domain/cluster.ts';
import { carrierName } from '../domain/names.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { CarrierSpec } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { renderConf } from '../render/conf-files.ts';
import { mount } from './container-spec.ts';

/** What goes into the conf volume of a node. */
export interface ConfOf {
  readonly record: ClusterRecord;
  /** As it is in that record. */
  readonly node: NodeSpec;
  readonly password: string;
}

/** How conf is written. */
export interface VolumeFacts {
  readonly cluster: ClusterSpec;
  readonly run: string;
  /** The text of templates/redis.conf. */
  readonly template: string;
  /** For people. */
  readonly because: string;
}

/**
 * The conf of all new nodes with the same image at once, before their containers are there: writing into each of them is
 * slow. Another image may run its server as another user.
 */
export function writeVolumes(
  confs: readonly ConfOf[],
  { cluster, run, template, because }: VolumeFacts,
  after: readonly string[],
): readonly PlannedStep[] {
  if (confs.length === 0) return [];
  const pathOf = (node: NodeSpec): string => `/rmsx/${node.name}`;
  const imageFor = ({ record, node }: ConfOf): string => imageOf(record.cluster, node);
  const images = [...new Set(confs.map(imageFor))];
  const writes = images.map((image, i): PlannedStep => {
    const own = confs.filter((conf) => imageFor(conf) === image);
    const carrier: CarrierSpec = {
      name: carrierName(cluster.name, run, i),
      cluster: cluster.name,
      run,
      image,
      volumes: own.map(({ node }) => ({ ...mount(cluster, node, 'conf', pathOf(node)), node: node.name })),
    };
    const directories = own.map(({ record, node, password }) => ({
      path: pathOf(node),
      files: renderConf(record, node, password, template),
    }));
    const step = { op: 'write-volumes', carrier, directories, restarts: cluster.persistence === 'aof' } as const;
    return { id: confStep(image), step, because, after };
  });
  const starts = confs.map(({ node }) => `start ${node.name}`); // the engine has more urgent things to do before
  const done = [...starts, ...writes.map(({ id }) => id)];
  return [...writes, { id: 'carriers', step: { op: 'remove-carriers' }, because: 'it is done', after: done }];
}

/** @returns the id of the step that writes the conf of the nodes with an image */
export const confStep = (image: string): string => `conf for ${image}`;
