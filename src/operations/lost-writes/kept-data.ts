import { findNode } from '../../domain/cluster.ts';
import { carrierName, dataDirectory, volumeName } from '../../domain/names.ts';
import type { ObservedContainer } from '../../domain/observed.ts';
import type { Engine } from '../../domain/ports.ts';
import type { ClusterRecord } from '../../domain/record.ts';
import { newRun } from '../../files/process-owner.ts';
import { mount } from '../../plan/container-spec.ts';
import { imageHere } from '../observe.ts';

/** A node whose container is gone. */
export interface GoneNode {
  readonly record: ClusterRecord;
  /** Those that are left. */
  readonly containers: readonly ObservedContainer[];
  readonly node: string;
}

/** @returns whether the volume with the data of a node is still there */
export async function isDataKept(
  { record: { cluster }, node }: GoneNode,
  engine: Pick<Engine, 'listVolumes'>,
): Promise<boolean> {
  const name = volumeName(cluster.name, node, 'data');
  return (await engine.listVolumes()).some((volume) => volume.name === name);
}

/**
 * Gives access to the data of a node, in the place where its container had it. The engine reads volumes through containers
 * only: one that is never started has it, and is removed afterwards.
 * @param work - is given the id of the container
 * @returns null where no data is left
 */
export async function withKeptData<T>(
  gone: GoneNode,
  engine: Engine,
  work: (id: string) => Promise<T>,
): Promise<T | null> {
  const { cluster } = gone.record;
  const spec = findNode(cluster, gone.node);
  if (!spec || !(await isDataKept(gone, engine))) return null;
  const run = newRun();
  const id = await engine.createCarrier({
    ...{ cluster: cluster.name, run, image: imageHere(gone), name: carrierName(cluster.name, run, 0) },
    volumes: [{ ...mount(cluster, spec, 'data', dataDirectory), readOnly: true, node: gone.node }],
  });
  try {
    return await work(id);
  } finally {
    await engine.removeContainer(id);
  }
}
