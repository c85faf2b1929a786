import { masterOf } from '../cluster.ts';
import { promoteCommand, startsBehind } from '../heir.ts';
import { describePlace, type Misplaced, placeHint } from '../misplaced.ts';
import { containerOf, isMadeByCompose } from '../observed.ts';
import type { NodeState, NodeStatus, Warning } from '../status.ts';
import { noClues } from './clues.ts';
import { fatalIn, lastRoleIn } from './log.ts';
import { masterHint, mastersIn } from './masters.ts';
import { command, counted, listed, logsOf, problem, restart, type Scene } from './scene.ts';
import { dependentsOf } from './upstream.ts';

/** Nodes that answer, but not with the password of their own conf. */
export const passwordWarnings = (scene: Scene): readonly Warning[] =>
  scene.nodes
    .filter(({ name }) => scene.refusing.has(name))
    .map(({ name }) => {
      const message = `${name} runs with another password than the one in its redis.conf, which was changed since it started`;
      return problem('wrong-password', name, `${message}${andWhoWaits(scene, name)}`, restart(scene, [name]));
    });

/** Nodes that the others do not find: they know each other by their addresses alone. */
export const placeWarnings = (scene: Scene): readonly Warning[] =>
  [...scene.misplaced.values()].map((place) => {
    const { name } = scene.record.cluster;
    const message = `${place.node} ${describePlace(name, place)}: no other node finds it`;
    const code = place.ip === null ? 'off-network' : 'address-differs';
    const isHeld = place.ip === null && isHeldFormer(scene, place.node) && !isMadeByCompose(place.container);
    return problem(code, place.node, message, isHeld ? command(scene, `rejoin ${place.node}`) : placeHint(name, place));
  });

/** Whether a node was the master last, and is not to be it any more. */
function isFormer({ record, clues }: Scene, name: string): boolean {
  if (name === masterOf(record.cluster).name) return false;
  return lastRoleIn((clues.get(name) ?? noClues).log) === 'master';
}

/** `up` wakes one that is held with a warning where its file tells nothing; `rejoin` looks for its writes first, where there is a master to ask. */
const isHeldFormer = (scene: Scene, name: string): boolean =>
  isFormer(scene, name) && scene.infos.get(masterOf(scene.record.cluster).name)?.role === 'master';

/** Nodes that do not run, or do not answer, and the replicas that lost their source with them. */
export const stateWarnings = (scene: Scene): readonly Warning[] =>
  scene.nodes
    .filter((node) => !scene.refusing.has(node.name) && !isSilentOffNetwork(node, scene.misplaced))
    .flatMap((node) => (node.state === 'running' ? [] : [stateWarning(scene, node, node.state)]));

/** Its published port is gone with its network. */
const isSilentOffNetwork = ({ name, state }: NodeStatus, misplaced: ReadonlyMap<string, Misplaced>): boolean =>
  state === 'unreachable' && misplaced.get(name)?.ip === null;

function stateWarning(scene: Scene, { name }: NodeStatus, state: Exclude<NodeState, 'running'>): Warning {
  const { log, end } = scene.clues.get(name) ?? noClues;
  const isOver = state === 'stopped' || state === 'restarting';
  const [message, hint] = stateText(scene, name, state);
  const waiting = andWhoWaits(scene, name);
  if (isOver && end?.outOfMemory) {
    const again = end.restarts > 0 ? `, ${counted(end.restarts, 'time')} started again before` : '';
    const text = `${name} was killed, as no memory was left for it${again}`;
    return problem('out-of-memory', name, `${text}${waiting}`, hint);
  }
  const fatal = isOver ? fatalIn(log) : undefined;
  return problem(`node-${state}`, name, `${message}${fatal === undefined ? '' : ` (${fatal})`}${waiting}`, hint);
}

function stateText(
  scene: Scene,
  name: string,
  state: Exclude<NodeState, 'running'>,
): readonly [message: string, hint: string] {
  const { record, containers } = scene;
  const isMaster = name === masterOf(record.cluster).name;
  const isForgetful = isMaster && startsBehind(record.cluster, containerOf({ containers }, name)) !== undefined;
  // `up` does not ask for the writes that only a former master has.
  const up = command(scene, isFormer(scene, name) ? `rejoin ${name}` : 'up');
  // Somebody may have made another one the master by hand: `promote` looks at what that one has, and writes it down.
  const [other] = isMaster ? mastersIn(scene) : [];
  const asRecorded = isForgetful ? masterHint(scene) : up;
  const back = other === undefined ? asRecorded : promoteCommand(record.cluster, other);
  switch (state) {
    case 'missing':
      return [`the container of ${name} is not there`, back];
    case 'stopped':
      return [`${name} is stopped`, back];
    case 'paused':
      return [
        `${name} is paused: it answers nothing`,
        other === undefined ? command(scene, isHeldFormer(scene, name) ? `rejoin ${name}` : 'up') : back,
      ];
    case 'restarting':
      return [`${name} crashes and is restarted again and again`, logsOf(scene, name)];
    case 'unreachable':
      return [`${name} runs and does not answer`, logsOf(scene, name)];
    default:
      return state satisfies never;
  }
}

/** @returns who has no link because of a node, to follow what is wrong with it */
export function andWhoWaits(scene: Scene, name: string): string {
  const waiting = dependentsOf(scene, name);
  if (waiting.length === 0) return '';
  return `; ${listed(waiting)} ${waiting.length === 1 ? 'has' : 'have'} no link because of that`;
}

/** Containers of nodes that are in no record any more: a change that was cut off leaves them. */
export const strayWarnings = (scene: Scene): readonly Warning[] =>
  scene.containers
    .filter(({ node }) => node !== null && !scene.nodes.some(({ name }) => name === node))
    .map(({ node }) => {
      const message = `${node} has a container and is no part of the cluster any more`;
      return problem('stray-node', node, message, command(scene, `remove ${node}`));
    });
