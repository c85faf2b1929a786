import { masterOf } from '../domain/cluster.ts';
import { nodesComingBack, type Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import { refuseBeside } from '../plan/second-master.ts';
import { lookAtServers } from './look-at-servers.ts';
import { type KnownCluster, observeCluster } from './observe.ts';

/**
 * Looks whether another node runs as a master before a plan brings the recorded one back: somebody made it one by hand, and
 * programs may write there (docs/decisions/032).
 * @param known - the cluster before anything is done
 * @throws RmsxError `unsafe` where there would be two; nothing is changed
 */
export async function refuseSecondMaster(
  { name, record: { cluster }, containers }: Pick<KnownCluster, 'name' | 'record' | 'containers'>,
  plan: Plan,
  ports: Ports,
): Promise<void> {
  const master = masterOf(cluster).name;
  const stops = plan.some(({ step }) => step.op === 'stop' && step.node === master); // it is at work until then
  const others = containers.filter(({ node, state }) => node !== null && node !== master && state === 'running');
  if (!nodesComingBack(plan).includes(master) || stops || others.length === 0) return;
  const { infos, connections } = await lookAtServers(await observeCluster(ports, name), ports, () => ({}));
  connections.close();
  refuseBeside(cluster, infos);
}
