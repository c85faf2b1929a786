import { findNode, masterOf, plannedRole } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { LostWrites } from '../domain/lost-writes/lost-writes.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { Notice } from '../domain/status.ts';
import { refuseToLose } from '../plan/refuse-to-lose.ts';
import { lastPartOf } from './last-role.ts';
import type { KnownCluster } from './observe.ts';
import { rejoin } from './rejoin.ts';

/** The steps after which a node goes on with the role that the record has for it. */
const comingBack = ['start', 'unpause', 'connect'] as const;

/**
 * Looks for writes that only a former master has, before a plan brings it back as a replica: its source would replace them.
 * @param known - the cluster before anything is done
 * @returns whose writes cannot be known, and are lost where there are any
 * @throws RmsxError `unsafe` where a node holds writes that nobody else has; nothing is changed
 */
export async function refuseToLoseOwn(
  { name, record, containers }: Pick<KnownCluster, 'name' | 'record' | 'containers'>,
  plan: Plan,
  ports: Ports,
): Promise<readonly Notice[]> {
  const nodes = plan.flatMap(({ step }) =>
    comingBack.some((op) => op === step.op) && 'node' in step ? [step.node] : [],
  );
  const hasMaster = containerOf({ containers }, masterOf(record.cluster).name)?.state === 'running';
  const notices: Notice[] = [];
  for (const node of hasMaster && record.epoch > 1 ? madeAnew(plan, containers) : []) {
    const spec = findNode(record.cluster, node);
    const lost = spec && plannedRole(spec) === 'replica' ? await ownWritesOf(name, node, 'replica', ports) : null;
    if (lost === null) continue;
    if (!('unknown' in lost)) refuseToLose(lost, { cluster: name, node });
    else notices.push(mayBeOld(node, lost.unknown));
  }
  for (const node of new Set(nodes)) {
    const spec = findNode(record.cluster, node);
    const container = containerOf({ containers }, node);
    if (!spec || !container || plannedRole(spec) === 'master') continue;
    if (container.state === 'stopped' && record.cluster.persistence === 'none') continue; // its writes are gone already
    const { role } = await lastPartOf(container.id, ports.engine);
    // A replica has some only where another one was promoted without it: that one can be asked, if anybody can.
    if (role === null || (role === 'replica' && (!hasMaster || record.epoch < 2))) continue;
    const lost = await ownWritesOf(name, node, role, ports);
    if (lost === null) continue;
    if (!('unknown' in lost)) refuseToLose(lost, { cluster: name, node });
    else notices.push(role === 'master' ? mayBeLost(node, lost.unknown) : mayBeReplaced(node, lost.unknown));
  }
  return notices;
}

/** The nodes that get a container, and have none: their data may be there. */
const madeAnew = (plan: Plan, containers: readonly ObservedContainer[]): readonly string[] =>
  plan.flatMap(({ step }) =>
    step.op === 'create-container' && !containerOf({ containers }, step.node) ? [step.node] : [],
  );

/** @returns null where it follows already, and of a replica of which nothing can be said, as its source is away too */
async function ownWritesOf(
  name: string,
  node: string,
  role: 'master' | 'replica',
  ports: Ports,
): Promise<LostWrites | null> {
  try {
    return (await rejoin(name, node, { dryRun: true }, ports)).lost;
  } catch (error) {
    if (error instanceof RmsxError && error.code === 'not-found') return null; // it is new
    if (!(error instanceof RmsxError) || error.code !== 'unsafe') throw error;
    if (role === 'replica') return null;
    return { unknown: error.message.replace(/\.$/, '') };
  }
}

const mayBeLost = (node: string, why: string): Notice => ({
  code: 'own-writes-unknown',
  node,
  message: `${node} was the master once, and comes back as a replica: writes that only it had are lost, and whether there were any cannot be known: ${why}`,
  hint: null,
});

const mayBeOld = (node: string, why: string): Notice => ({
  code: 'own-writes-unknown',
  node,
  message: `${node} had no container, and comes back with the data that it had as a replica: writes that only it had are lost, and whether there were any cannot be known: ${why}`,
  hint: null,
});

/** Of those that were in sync with the one that was promoted, nothing is said. */
const mayBeReplaced = (node: string, why: string): Notice => ({
  code: 'own-writes-unknown',
  node,
  message: `${node} was away when another node was promoted: what it had received beyond that one is replaced, and whether there was any cannot be known: ${why}`,
  hint: null,
});
