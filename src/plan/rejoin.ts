import { findNode, masterOf, type NodeSpec, sameSource, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { misplacedNodes } from '../domain/misplaced.ts';
import { containerOf, isMadeByCompose, type ObservedContainer } from '../domain/observed.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** Everything that bringing a node back follows from. */
export interface RejoinFacts {
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly node: string;
}

/**
 * How a node comes back: nothing is to be done, its container is started with the role of a replica, or its server is told
 * whom to follow. `fence`: it runs as a master, and must take no write while those that only it has are counted. `wake`: it is held,
 * or off the network, and is told its role where nobody reaches it. `make`: it has no container, and gets one, with the role of a
 * replica and whatever is left of its data.
 */
export type WayBack = 'none' | 'start' | 'follow' | 'fence' | 'wake' | 'make';

/** A node on its way back. */
export interface RejoinPlan {
  readonly node: NodeSpec;
  /** The node that it follows. */
  readonly source: NodeSpec;
  readonly way: WayBack;
}

/**
 * Decides how a node comes back as a replica. Nothing is touched.
 * @throws RmsxError `unsafe` where there is nobody to follow, or the node cannot be made a replica without ever being a
 * master; `not-found` where its container is gone, and Docker Compose makes it
 */
export function planRejoin(facts: RejoinFacts): RejoinPlan {
  const { record, containers, infos } = facts;
  const { cluster } = record;
  const master = masterOf(cluster).name;
  const node = findNode(cluster, facts.node);
  const source = node ? sourceOf(cluster, node) : null;
  if (!node || !source) {
    throw new RmsxError('unsafe', `${facts.node} is the master of ${cluster.name}: it has nobody to follow.`, {
      node: facts.node,
      hint: rmsxCommand(cluster.name, 'status'),
    });
  }
  for (const name of new Set([master, source.name])) refuseLonely(facts, name, name === master);
  const container = containerOf({ containers }, node.name);
  if (!container && !containers.some(isMadeByCompose)) return { node, source, way: 'make' };
  if (!container) {
    throw new RmsxError('not-found', `${node.name} of ${cluster.name} has no container.`, {
      node: node.name,
      hint: 'Make it again where its compose.yaml lies: docker compose up -d',
    });
  }
  if (container.state === 'stopped') return { node, source, way: 'start' };
  const isOff = misplacedNodes(cluster, containers).get(node.name)?.ip === null;
  if (container.state === 'paused' || (container.state === 'running' && isOff)) return { node, source, way: 'wake' };
  const info = infos.get(node.name);
  if (container.state !== 'running' || !info) throw cannotBeFenced(cluster.name, container, node.name);
  if (info.role === 'master') return { node, source, way: 'fence' };
  const isBack = info.link !== 'down' && sameSource(info.source, source.address);
  return { node, source, way: isBack ? 'none' : 'follow' };
}

function refuseLonely({ record, infos, node }: RejoinFacts, name: string, isMaster: boolean): void {
  const info = infos.get(name);
  if (info && (!isMaster || info.role === 'master')) return;
  const what = info ? 'is not the master yet' : 'does not answer';
  throw new RmsxError('unsafe', `${name} ${what}: there is nobody whom ${node} could follow.`, {
    node: name,
    hint: rmsxCommand(record.cluster.name, 'status'),
  });
}

function cannotBeFenced(cluster: string, { state, name }: ObservedContainer, node: string): RmsxError {
  const what = state === 'restarting' ? 'keeps restarting' : 'does not answer';
  return new RmsxError('unsafe', `${node} ${what}: it cannot be kept from taking writes.`, {
    node,
    hint: `Stop it for good, and let it come back: docker kill ${name}   ${rmsxCommand(cluster, `rejoin ${node}`)}`,
  });
}
