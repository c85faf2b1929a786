import { type ClusterSpec, masterOf, topDown } from '../domain/cluster.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { stopGraceSeconds } from '../domain/ports.ts';
import type { ClusterRecord } from '../domain/record.ts';
import { renderConf } from '../render/conf-files.ts';
import { containerSpec } from './container-spec.ts';
import { wouldStartEmpty } from './empty-master.ts';
import { changeOf, type NodeChange } from './node-change.ts';
import type { UpFacts } from './up-facts.ts';

/** @returns what every node that has a container must become, as far as it is another than it is */
export function changesOf({
  record,
  confs,
  engine,
}: Pick<UpFacts, 'record' | 'confs' | 'engine'>): ReadonlyMap<string, NodeChange> {
  const { cluster } = record;
  const own = engine.containers.filter((container) => container.cluster === cluster.name);
  const changes = cluster.nodes.flatMap(({ name }) => {
    if (!containerOf({ containers: own }, name)) return [];
    const change = changeOf(confs.get(name)?.record?.cluster ?? null, cluster, name);
    return change.kind === 'none' ? [] : [[name, change] as const];
  });
  return new Map(changes);
}

/**
 * The steps that change nodes which run: one after the other, so that all the others serve meanwhile, those that nobody
 * follows first and the master last.
 * @param after - steps that come before all of them
 * @throws RmsxError `unsafe` where the master would lose its data by it
 */
export function planChanges(
  facts: UpFacts,
  changes: ReadonlyMap<string, NodeChange>,
  after: readonly string[],
): readonly PlannedStep[] {
  const { cluster } = facts.record;
  refuseToEmpty(cluster, changes);
  const own = facts.engine.containers.filter((container) => container.cluster === cluster.name);
  const steps: PlannedStep[] = [];
  for (const { name } of [...topDown(cluster)].reverse()) {
    const change = changes.get(name);
    const container = own.find(({ node }) => node === name);
    if (!change || change.kind === 'none' || !container) continue;
    const last = steps.at(-1)?.id;
    const step = change.kind === 'configure' ? configure(facts, name, change) : replace(facts, name, container);
    steps.push({ id: `change ${name}`, step, because: change.because, after: last === undefined ? after : [last] });
  }
  return steps;
}

function refuseToEmpty(cluster: ClusterSpec, changes: ReadonlyMap<string, NodeChange>): void {
  const change = changes.get(masterOf(cluster).name);
  if (cluster.persistence === 'none' && change?.kind === 'replace') throw wouldStartEmpty(cluster, change.because);
}

function configure(
  { record, password, template }: UpFacts,
  name: string,
  { settings }: Extract<NodeChange, { kind: 'configure' }>,
): PlannedStep['step'] {
  return { op: 'configure', node: name, settings, files: confOf(record, name, password, template) };
}

/** The new container keeps the mark of the run that made the node: a failed change is not its end. */
function replace(
  { record, confs, password, template, run }: UpFacts,
  name: string,
  container: ObservedContainer,
): PlannedStep['step'] {
  const was = confs.get(name)?.record ?? record;
  const withConf = (of: ClusterRecord) => ({
    container: containerSpec(of.cluster, nodeIn(of, name), container.run ?? run),
    files: confOf(of, name, password, template),
  });
  return {
    op: 'replace',
    node: name,
    id: container.id,
    graceSeconds: stopGraceSeconds,
    now: withConf(record),
    before: withConf(was),
  };
}

const confOf = (record: ClusterRecord, name: string, password: string, template: string) =>
  renderConf(record, nodeIn(record, name), password, template);

function nodeIn({ cluster }: ClusterRecord, name: string) {
  const node = cluster.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new RangeError(`${cluster.name} has no node ${name}`);
  return node;
}
