import { type Address, type ClusterSpec, findNode, plannedRole, sameSource, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { misplacedNodes } from '../domain/misplaced.ts';
import { networkName } from '../domain/names.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { ServerInfo } from '../domain/server-info.ts';
import { ownNetworks } from './network.ts';
import { planReconnection } from './reconnect.ts';
import { containersOf, planStart, type StartFacts } from './start.ts';

/**
 * Brings nodes back: on their network, at their own address, awake, started. Who comes back to the network with a server that
 * runs is told its role before: another node may have become the master meanwhile.
 * @param facts - the nodes that are to be well again, each with a container
 * @returns nothing where all of them are
 * @throws RmsxError `conflict` where their network is gone, `unsafe` where the master would start without its data
 */
export function planHeal(facts: StartFacts): Plan {
  const { cluster } = facts.record;
  const own = containersOf(facts);
  const misplaced = new Map([...misplacedNodes(cluster, own)].filter(([name]) => facts.nodes.includes(name)));
  if (misplaced.size > 0 && ownNetworks(cluster.name, facts.engine).length === 0) {
    throw new RmsxError('conflict', `The network ${networkName(cluster.name)} is gone.`, {
      hint: `Make it again: ${rmsxCommand(cluster.name, 'stop')} && ${rmsxCommand(cluster.name, 'up')}`,
    });
  }
  const containers = new Map(own.map((container) => [container.node ?? '', container]));
  const { steps, relinks } = planReconnection(cluster, { misplaced, containers }, []);
  const placed = steps.map(({ id }) => id);
  const starts = planStart(wherever(facts)).map((planned): PlannedStep => {
    const { step, after } = planned;
    if (step.op !== 'unpause') return { ...planned, after: [...after, ...placed] };
    return { ...planned, after: placed.filter((id) => id === `disconnect ${step.node}`) };
  });
  const staysPaused = (name: string): boolean =>
    containers.get(name)?.state === 'paused' && !facts.nodes.includes(name);
  return [...steps, ...starts, ...relinks.filter(({ step }) => !('node' in step && staysPaused(step.node)))];
}

/** Where its containers are does not matter to a start here: who is to come back does before, and others stay away. */
const wherever = (facts: StartFacts): StartFacts => ({
  ...facts,
  engine: {
    ...facts.engine,
    containers: facts.engine.containers.map((container) => ({ ...container, attachments: null })),
  },
});

/** A replica that has slept while it was given another source. */
export interface Straggler {
  readonly node: string;
  readonly source: Address;
}

/** @returns the replicas among some nodes that follow somebody else than their record says */
export function stragglers(
  cluster: ClusterSpec,
  nodes: readonly string[],
  infos: ReadonlyMap<string, ServerInfo>,
): readonly Straggler[] {
  return nodes.flatMap((name): readonly Straggler[] => {
    const node = findNode(cluster, name);
    const info = infos.get(name);
    if (!node || info?.role !== 'replica' || plannedRole(node) !== 'replica') return [];
    const source = sourceOf(cluster, node)?.address;
    return source && !sameSource(info.source, source) ? [{ node: name, source }] : [];
  });
}
