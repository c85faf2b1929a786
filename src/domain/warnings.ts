import { masterOf, sameSource, sourceOf } from './cluster.ts';
import { nextMaster, promoteCommand, startsBehind } from './heir.ts';
import { rmsxCommand } from './hints.ts';
import { describePlace, type Misplaced, placeHint } from './misplaced.ts';
import { containerName } from './names.ts';
import { containerOf, type NodeConf, type ObservedContainer } from './observed.ts';
import type { ClusterRecord } from './record.ts';
import type { ServerInfo } from './server-info.ts';
import type { NodeState, NodeStatus, Warning } from './status.ts';

/** What warnings follow from, besides what is known of each node. */
export interface Seen {
  readonly record: ClusterRecord;
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** Nodes that answer and do not take the password of their own conf. */
  readonly refusing: ReadonlySet<string>;
  readonly containers: readonly ObservedContainer[];
  readonly misplaced: ReadonlyMap<string, Misplaced>;
}

/**
 * Everything that is not as it should be, most serious first.
 * @returns nothing for a healthy cluster
 */
export function findWarnings(nodes: readonly NodeStatus[], seen: Seen): readonly Warning[] {
  const { record, infos, confs, refusing, containers, misplaced } = seen;
  const inPlace = new Map([...infos].filter(([node]) => !misplaced.has(node)));
  const place = misplaced.get(masterOf(record.cluster).name);
  const isOnlyElsewhere = place !== undefined && place.container.state !== 'stopped';
  const next = isOnlyElsewhere ? placeHint(record.cluster.name, place) : masterHint(record, inPlace, containers);
  return [
    ...nodes.flatMap((node) => (refusing.has(node.name) ? [refusesPassword(record, node)] : [])),
    ...(refusing.size > 0 ? [] : masterWarnings(record, nodes, next)), // the master may be among them
    ...[...misplaced.values()].map((place) => placeWarning(record, place)),
    ...nodes.flatMap((node) =>
      refusing.has(node.name) || isSilentOffNetwork(node, misplaced)
        ? []
        : stateWarnings(record, node, containers, next),
    ),
    ...nodes.flatMap((node) => roleWarnings(record, node, infos, next)),
    ...nodes.flatMap((node) => linkWarnings(node, nodes)),
    ...nodes.flatMap((node) => confWarnings(record, node, confs.get(node.name))),
  ];
}

function masterWarnings(record: ClusterRecord, nodes: readonly NodeStatus[], next: string): readonly Warning[] {
  const masters = nodes.filter((node) => node.role === 'master').map((node) => node.name);
  if (masters.length === 1) return [];
  if (masters.length > 1) {
    const message = `${masters.join(' and ')} are masters at the same time: writes to them go apart`;
    const stray = masters.filter((name) => name !== masterOf(record.cluster).name);
    return [{ code: 'two-masters', node: null, message, hint: demote(record, stray) }];
  }
  return [{ code: 'no-master', node: null, message: 'no node is a master: nothing can be written', hint: next }];
}

/** What to type where there is no master. `up` starts none that would come back with less than its replicas have. */
function masterHint(
  record: ClusterRecord,
  infos: ReadonlyMap<string, ServerInfo>,
  containers: readonly ObservedContainer[],
): string {
  const { cluster } = record;
  const heir = nextMaster(cluster, infos);
  if (heir !== undefined) return promoteCommand(cluster, heir);
  const recorded = masterOf(cluster).name;
  const container = containerOf({ containers }, recorded);
  const isCopied = containers.some(({ node, state }) => node !== null && node !== recorded && state !== 'stopped');
  const behind = isCopied ? startsBehind(cluster, container) : undefined;
  if (!container || behind === undefined) return command(record, 'up');
  return `docker start ${container.name}   # it starts ${behind}, and replicas copy that`;
}

const command = (record: ClusterRecord, rest: string): string => rmsxCommand(record.cluster.name, rest);

/** A server takes its role from its conf when it starts. */
const restart = (record: ClusterRecord, nodes: readonly string[]): string =>
  `docker restart ${nodes.map((name) => containerName(record.cluster.name, name)).join(' ')}`;

const demote = (record: ClusterRecord, masters: readonly string[]): string =>
  `${restart(record, masters)}   # as replicas; writes that only they have are lost`;

function refusesPassword(record: ClusterRecord, node: NodeStatus): Warning {
  const message = `${node.name} runs with another password than the one in its redis.conf, which was changed since it started`;
  return { code: 'wrong-password', node: node.name, message, hint: restart(record, [node.name]) };
}

/** The others know a node by its address alone. */
function placeWarning({ cluster: { name } }: ClusterRecord, place: Misplaced): Warning {
  return {
    code: place.ip === null ? 'off-network' : 'address-differs',
    node: place.node,
    message: `${place.node} ${describePlace(name, place)}: no other node finds it`,
    hint: placeHint(name, place),
  };
}

/** Its published port is gone with its network. */
const isSilentOffNetwork = ({ name, state }: NodeStatus, misplaced: ReadonlyMap<string, Misplaced>): boolean =>
  state === 'unreachable' && misplaced.get(name)?.ip === null;

function stateWarnings(
  record: ClusterRecord,
  node: NodeStatus,
  containers: readonly ObservedContainer[],
  next: string,
): readonly Warning[] {
  const { cluster } = record;
  const container = containerName(cluster.name, node.name);
  const isForgetful =
    node.name === masterOf(cluster).name && startsBehind(cluster, containerOf({ containers }, node.name)) !== undefined;
  const back = isForgetful ? next : command(record, 'up');
  const texts: Record<Exclude<NodeState, 'running'>, readonly [string, string]> = {
    missing: [`the container of ${node.name} is not there`, back],
    stopped: [`${node.name} is stopped`, back],
    paused: [`${node.name} is paused: it answers nothing`, command(record, 'up')],
    restarting: [`${node.name} crashes and is restarted again and again`, `docker logs --tail 20 ${container}`],
    unreachable: [`${node.name} runs and does not answer`, `docker logs --tail 20 ${container}`],
  };
  if (node.state === 'running') return [];
  const [message, hint] = texts[node.state];
  return [{ code: `node-${node.state}`, node: node.name, message, hint }];
}

function roleWarnings(
  record: ClusterRecord,
  node: NodeStatus,
  infos: ReadonlyMap<string, ServerInfo>,
  next: string,
): readonly Warning[] {
  const info = infos.get(node.name);
  if (!info) return [];
  if (info.loading) {
    return [
      {
        code: 'loading',
        node: node.name,
        message: `${node.name} is loading its data`,
        hint: command(record, 'status'),
      },
    ];
  }
  if (node.role !== node.plannedRole) {
    const message = `${node.name} runs as ${node.role}, and should be the ${node.plannedRole}`;
    if (node.plannedRole === 'replica') {
      return [{ code: 'role-differs', node: node.name, message, hint: restart(record, [node.name]) }];
    }
    // Nobody is promoted beside another master.
    const strays = [...infos].filter(([, { role }]) => role === 'master').map(([name]) => name);
    const hint = strays.length > 0 ? demote(record, strays) : next;
    return [{ code: 'role-differs', node: node.name, message, hint }];
  }
  if (node.source === node.plannedSource) return [];
  const message = `${node.name} follows ${node.source}, and should follow ${node.plannedSource}`;
  const hint = command(record, `move ${node.name} --source ${node.plannedSource}`);
  return [{ code: 'source-differs', node: node.name, message, hint }];
}

function linkWarnings(node: NodeStatus, nodes: readonly NodeStatus[]): readonly Warning[] {
  const warn = (code: string, message: string): readonly Warning[] => [{ code, node: node.name, message, hint: null }];
  if (node.link === 'syncing') return warn('syncing', `${node.name} is in a full synchronisation with ${node.source}`);
  if (node.link === 'down') return warn('link-down', `${node.name} has no link to ${node.source}`);
  const source = nodes.find((other) => other.name === node.source);
  if (source?.replid && node.replid && source.replid !== node.replid) {
    return warn('history-differs', `${node.name} holds another history than ${source.name}: its offset says nothing`);
  }
  return [];
}

/** The role that a node would have after a restart must be the one it should have. */
function confWarnings(record: ClusterRecord, node: NodeStatus, conf: NodeConf | undefined): readonly Warning[] {
  if (!conf) return [];
  const spec = record.cluster.nodes.find((other) => other.name === node.name);
  const wanted = (spec && sourceOf(record.cluster, spec)?.address) ?? null;
  if (sameSource(conf.source, wanted)) return [];
  const message = `${node.name} would come back with another role after a restart: its role.conf is of an older change`;
  return [{ code: 'role-conf-differs', node: node.name, message, hint: command(record, 'up') }];
}
