import { type ClusterSpec, findNode, imageOf, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { canLoad, newestVersionOfImage, versionOfImage } from '../domain/server-version.ts';
import { wouldStartEmpty } from './empty-master.ts';
import type { Relocation } from './relocation.ts';
import { planStop } from './stop.ts';
import type { UpFacts } from './up-facts.ts';

/**
 * Takes all containers of a cluster away, for others on the same volumes: all of them are stopped before the first one is
 * removed, so that up to there starting them is all that it takes to go back.
 * @param pulled - ids of the steps that fetch images: what fails most often comes first
 * @throws RmsxError `unsafe` where the data would be lost, or where there would be no way back
 */
export function planTakeDown(
  facts: UpFacts,
  { because, leaving }: Relocation,
  pulled: readonly string[],
): readonly PlannedStep[] {
  const { record, before } = facts;
  if (record.cluster.persistence === 'none') throw wouldStartEmpty(record.cluster, because);
  refuseNoWayBack(facts, { because, leaving });
  const was = before?.cluster ?? record.cluster;
  const names = leaving.map(({ node }) => node ?? '');
  const stops = planStop(was, leaving, names).map((step) => ({
    ...step,
    because: step.step.op === 'stop' ? because : step.because,
    after: [...pulled, ...step.after],
  }));
  const stopped = was.persistence === 'rdb' ? withLastSnapshot(was, stops) : stops;
  const ready = stopped.length > 0 ? stopped.map(({ id }) => id) : pulled;
  const removals = leaving.map(
    ({ id, node }): PlannedStep => ({
      id: `remove ${node}`,
      step: { op: 'remove-container', node: node ?? '', id },
      because,
      after: ready,
    }),
  );
  return [...stopped, ...removals];
}

/**
 * A master that keeps snapshots and did not end in peace would come back with an old one, and empty its replicas of
 * everything since. They go on until that is clear: one of them may have to take over.
 */
function withLastSnapshot(cluster: ClusterSpec, stops: readonly PlannedStep[]): readonly PlannedStep[] {
  const master = masterOf(cluster).name;
  const [stop, check] = [`stop ${master}`, `check ${master}`];
  return stops.flatMap((step): readonly PlannedStep[] => {
    if (step.id !== stop) return [{ ...step, after: step.after.map((id) => (id === stop ? check : id)) }];
    const because = 'replicas would copy an old snapshot';
    return [step, { id: check, step: { op: 'check-snapshot', node: master }, because, after: [stop] }];
  });
}

/** Data that a newer server has written is not for the old one: a change that fails could not be taken back. */
function refuseNoWayBack({ record, before, confs }: UpFacts, { leaving, because }: Relocation): void {
  const { cluster } = record;
  for (const { node } of leaving) {
    const name = node ?? '';
    const was = confs.get(name)?.record?.cluster ?? before?.cluster;
    const [old, now] = [was && findNode(was, name), findNode(cluster, name)];
    if (!was || !old || !now) continue;
    const [has, will] = [imageOf(was, old), imageOf(cluster, now)];
    const [reader, writer] = [versionOfImage(has), newestVersionOfImage(will)];
    if (has === will || (reader && writer && canLoad(reader, writer))) continue;
    throw new RmsxError(
      'unsafe',
      `${name} is asked for another image (${will} instead of ${has}) and another address (${because}) at once: if that failed, ${has} could not go on with what ${will} had written by then.`,
      {
        node: name,
        hint: `One after the other, first the image alone: ${now.image === null ? rmsxCommand(cluster.name, `up --image ${will}`) : `nodes.${name}.image in the file`}`,
      },
    );
  }
}
