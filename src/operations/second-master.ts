import { masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { promoteCommand } from '../domain/heir.ts';
import { rmsxCommand, waysOut } from '../domain/hints.ts';
import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import { lookAtServers } from './look-at-servers.ts';
import { type KnownCluster, observeCluster } from './observe.ts';

/** The steps after which a node is at work where others reach it. */
const comingBack = ['start', 'unpause', 'connect'];

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
  const isComing = plan.some(({ step }) => comingBack.includes(step.op) && 'node' in step && step.node === master);
  const others = containers.filter(({ node, state }) => node !== null && node !== master && state === 'running');
  if (!isComing || stops || others.length === 0) return;
  const { infos, connections } = await lookAtServers(await observeCluster(ports, name), ports, () => ({}));
  connections.close();
  const [other] = [...infos].flatMap(([node, { role }]) => (role === 'master' && node !== master ? [node] : []));
  if (other === undefined) return;
  const inItsPlace = [`fault pause ${other}`, `start ${master}`, 'repair'].map((line) => rmsxCommand(name, line));
  throw new RmsxError(
    'unsafe',
    `${other} runs as a master: with ${master}, which the record names, there would be two.`,
    {
      node: master,
      hint: waysOut(
        `let ${other} stay the master: ${promoteCommand(cluster, other)}`,
        `let ${master} be it again: ${inItsPlace.join(' && ')}`,
      ),
    },
  );
}
