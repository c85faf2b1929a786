import { type ClusterSpec, findNode, masterOf, plannedRole } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import type { LostWrites } from '../domain/lost-writes/lost-writes.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import { nodesComingBack, type Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import type { Notice } from '../domain/status.ts';
import { refuseToLose } from '../plan/refuse-to-lose.ts';
import { lastPartOf } from './last-role.ts';
import type { KnownCluster } from './observe.ts';
import { rejoin } from './rejoin.ts';

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
  const hasMaster = containerOf({ containers }, masterOf(record.cluster).name)?.state === 'running';
  const notices: Notice[] = [];
  for (const node of nodesComingBack(plan)) {
    const spec = findNode(record.cluster, node);
    if (!spec || plannedRole(spec) === 'master') continue;
    const part = await partOf(containerOf({ containers }, node), record.cluster, ports);
    // Only a master has some where nobody was promoted; else the one that was can be asked, if anybody can.
    if (part === null || (part !== 'master' && (!hasMaster || record.epoch < 2))) continue;
    const lost = await ownWritesOf(name, node, part, ports);
    if (lost === null) continue;
    if (!('unknown' in lost)) refuseToLose(lost, { cluster: name, node });
    else
      notices.push({ code: 'own-writes-unknown', node, message: whatMayBeLost[part](node, lost.unknown), hint: null });
  }
  return notices;
}

/** What a node was last. It is `gone` where it has no container, and so no log: its data may be there. */
type Part = 'master' | 'replica' | 'gone';

/** @returns null where it does not tell, or has nothing to lose */
async function partOf(
  container: ObservedContainer | undefined,
  { persistence }: ClusterSpec,
  { engine }: Ports,
): Promise<Part | null> {
  if (!container) return 'gone';
  if (container.state === 'stopped' && persistence === 'none') return null; // its writes are gone already
  return (await lastPartOf(container.id, engine)).role;
}

/** @returns null where it follows already, or is new, and of one that was no master where nobody can be asked */
async function ownWritesOf(name: string, node: string, part: Part, ports: Ports): Promise<LostWrites | null> {
  try {
    return (await rejoin(name, node, { dryRun: true }, ports)).lost;
  } catch (error) {
    if (error instanceof RmsxError && error.code === 'not-found') return null; // it is new
    if (!(error instanceof RmsxError) || error.code !== 'unsafe') throw error;
    if (part !== 'master') return null;
    return { unknown: error.message.replace(/\.$/, '') };
  }
}

/** Of a replica that was in sync with the one that was promoted, nothing is said. */
const whatMayBeLost: Readonly<Record<Part, (node: string, why: string) => string>> = {
  master: (node, why) =>
    `${node} was the master once, and comes back as a replica: writes that only it had are lost, and whether there were any cannot be known: ${why}`,
  gone: (node, why) =>
    `${node} had no container, and comes back with the data that it had as a replica: writes that only it had are lost, and whether there were any cannot be known: ${why}`,
  replica: (node, why) =>
    `${node} was away when another node was promoted: what it had received beyond that one is replaced, and whether there was any cannot be known: ${why}`,
};
