import { findNode } from '../domain/cluster.ts';
import { networkName } from '../domain/names.ts';
import type { ObservedContainer } from '../domain/observed.ts';
import type { Ports } from '../domain/ports.ts';
import { refuseLastingRoles } from '../plan/lasting-roles.ts';
import { movedNodes, type RelocationFacts, relocationOf } from '../plan/relocation.ts';
import { refuseTakenPlaces } from '../plan/taken-places.ts';
import { Connections, infosOf } from './connections.ts';
import { portsInUse } from './ports-in-use.ts';
import { Reach } from './reach.ts';

/** What is decided on, and the password that the nodes know. */
export type MovingFacts = RelocationFacts & { readonly password: string };

/**
 * Looks at what nothing else shows before nodes are taken down for other addresses: whether their new ports and addresses
 * are free, and whether all of them have the roles of their conf, as whoever got another one by hand would lose what only
 * it has.
 * @throws RmsxError `conflict`, or `failed` where somebody changed roles
 */
export async function refuseMoving(facts: MovingFacts, ports: Ports): Promise<void> {
  const moved = movedNodes(facts);
  const { record, engine } = facts;
  const { cluster } = record;
  const own = engine.containers.filter(({ cluster: of, node }) => of === cluster.name && findNode(cluster, node ?? ''));
  if (own.length === 0) return;
  if (moved.length > 0) await refuseTaken(facts, moved, own, ports);
  if (relocationOf(facts)) await refuseOtherRoles(facts, own, ports);
}

async function refuseTaken(
  { record: { cluster }, engine: { networks } }: MovingFacts,
  moved: readonly string[],
  own: readonly ObservedContainer[],
  { engine }: Ports,
): Promise<void> {
  const held = own.flatMap((container) => container.ports.map(({ port }) => port));
  const wanted = cluster.nodes.filter(({ name }) => moved.includes(name)).map(({ address }) => address.port);
  const network = networks.find(
    ({ name, subnets }) => name === networkName(cluster.name) && subnets.includes(cluster.subnet),
  );
  const free = wanted.filter((port) => !held.includes(port));
  const [busyPorts, endpoints] = await Promise.all([
    engine.isLocal ? portsInUse(free, cluster.bind) : [],
    network ? engine.endpointsOf(network.id) : [],
  ]);
  refuseTakenPlaces(cluster, moved, own, { busyPorts, endpoints });
}

/** Each of them is measured by what it knows itself: a change that was cut off is no change by hand. */
async function refuseOtherRoles(
  { before, record, confs, password }: MovingFacts,
  own: readonly ObservedContainer[],
  { engine, redis }: Ports,
): Promise<void> {
  const reach = new Reach(engine, { record: before ?? record, containers: own, confs, password });
  const connections = new Connections(
    redis,
    (node) => reach.password(node),
    (node) => reach.endpoint(node),
  );
  try {
    const running = own.filter(({ state }) => state === 'running').map(({ node }) => node ?? '');
    for (const [name, info] of infosOf(await connections.probeAll(running))) {
      const known = confs.get(name)?.record?.cluster;
      if (known && findNode(known, name)) refuseLastingRoles(known, new Map([[name, info]]));
    }
  } finally {
    connections.close();
  }
}
