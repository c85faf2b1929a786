import { masterOf, topDown } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { heirAmong, promoteCommand } from '../domain/heir.ts';
import { rmsxCommand, waysOut } from '../domain/hints.ts';
import { containerOf } from '../domain/observed.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { Notice } from '../domain/status.ts';
import { isAwake, neighbours, runningNames } from './linked.ts';
import { containersOf, planStart, refuseMisplaced, refuseMissing, type StartFacts, startSteps } from './start.ts';
import { stopSteps } from './stop.ts';

/**
 * Restarts nodes one after the other, from the leaves up and the master last; each is back in replication before the next
 * one stops. What is stopped already is started first.
 * @throws RmsxError `not-found` for nodes without a container, `conflict` for nodes that others would not find, `unsafe`
 * where the master would come back without its data
 */
export function planRestart(facts: StartFacts): Plan {
  const { cluster } = facts.record;
  const containers = containersOf(facts);
  refuseMissing(facts);
  refuseMisplaced(facts);
  const first = planStart({
    ...facts,
    nodes: facts.nodes.filter((name) => !isAwake(containerOf({ containers }, name))),
  });
  refuseForgetful(facts);
  const running = new Set([...runningNames(cluster, containers), ...facts.nodes]);
  const awaitStep = (name: string, after: readonly string[]): PlannedStep => ({
    id: `await ${name}`,
    step: { op: 'await-usable', node: name, among: neighbours(cluster, name, running) },
    because: 'one after the other',
    after,
  });
  const steps: PlannedStep[] = [...first];
  for (const { step } of first) {
    if (step.op === 'start')
      steps.push(
        awaitStep(
          step.node,
          first.map(({ id }) => id),
        ),
      );
  }
  let before = steps.map(({ id }) => id);
  for (const node of [...topDown(cluster)].reverse()) {
    const container = containerOf({ containers }, node.name);
    if (!facts.nodes.includes(node.name) || !isAwake(container)) continue;
    const stop = stopSteps(container, before);
    const start = startSteps(node, facts, 'it ran before', [`stop ${node.name}`]);
    const back = awaitStep(node.name, [`start ${node.name}`]);
    steps.push(...stop, ...start, back);
    before = [back.id];
  }
  return steps;
}

/** Nothing of an ephemeral cluster outlives the end of a server, and replicas would copy the emptiness. */
function refuseForgetful(facts: StartFacts): void {
  const { cluster } = facts.record;
  const master = masterOf(cluster).name;
  const container = containerOf({ containers: containersOf(facts) }, master);
  if (cluster.persistence !== 'none' || !facts.nodes.includes(master) || !isAwake(container)) return;
  const replicas = cluster.nodes.map(({ name }) => name).filter((name) => name !== master);
  const heir = heirAmong(cluster, replicas);
  const [stop, down, up] = [`stop ${master}`, 'down', 'up'].map((verb) => rmsxCommand(cluster.name, verb));
  throw new RmsxError('unsafe', `${master} would come back empty, as ${cluster.name} is ephemeral.`, {
    node: master,
    hint: waysOut(
      replicas.length > 0
        ? `restart the replicas alone: ${rmsxCommand(cluster.name, `restart ${replicas.join(' ')}`)}`
        : undefined,
      heir && `let one take over: ${stop} && ${promoteCommand(cluster, heir)}`,
      `begin anew without the data: ${down} && ${up}`,
    ),
  });
}

/** @returns what a restart of the master means; nothing where it is not among them */
export function restartWarnings(facts: StartFacts): readonly Notice[] {
  const { cluster } = facts.record;
  const master = masterOf(cluster).name;
  const container = containerOf({ containers: containersOf(facts) }, master);
  if (!facts.nodes.includes(master) || !isAwake(container)) return [];
  const message = `${master} is the master: while it restarts, nothing can be written`;
  return [{ code: 'master-restarts', node: master, message, hint: null }];
}
