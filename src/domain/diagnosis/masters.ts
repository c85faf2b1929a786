import { masterOf } from '../cluster.ts';
import { heirAmong, nextMaster, promoteCommand, startsBehind } from '../heir.ts';
import { placeHint } from '../misplaced.ts';
import { containerOf } from '../observed.ts';
import type { Warning } from '../status.ts';
import { command, containerAt, counted, listed, logsOf, problem, restart, type Scene } from './scene.ts';

/** Whether there is one master, and the nodes hang below it: nobody else may take writes, and no circle lives by itself. */
export function masterWarnings(scene: Scene): readonly Warning[] {
  const masters = mastersIn(scene);
  const circles = circlesIn(scene).map((circle) => circleWarning(scene, circle));
  if (masters.length > 1) return [twoMasters(scene, masters), ...circles];
  // The master may be among those that do not take our password.
  if (masters.length === 1 || circles.length > 0 || scene.refusing.size > 0) return circles;
  const message = 'no node is a master: nothing can be written';
  return [problem('no-master', null, message, masterHint(scene))];
}

/** @returns the nodes that are masters now */
export const mastersIn = ({ nodes }: Pick<Scene, 'nodes'>): readonly string[] =>
  nodes.filter(({ role }) => role === 'master').map(({ name }) => name);

function twoMasters(scene: Scene, masters: readonly string[]): Warning {
  const recorded = masterOf(scene.record.cluster).name;
  const described = masters.map((name) => {
    const replicas = counted(scene.infos.get(name)?.replicas.length ?? 0, 'replica');
    return `${name} (${name === recorded ? 'the recorded one, ' : ''}${replicas})`;
  });
  const message = `${listed(described)} are masters at the same time: writes to them go apart`;
  return problem('two-masters', null, message, command(scene, 'repair'));
}

/** Servers accept a circle, and all of its links show up. */
function circleWarning(scene: Scene, circle: readonly string[]): Warning {
  const [first = ''] = circle;
  const way = [...circle, first].join(' → ');
  const hasMaster = mastersIn(scene).length > 0;
  const what = hasMaster
    ? 'none of them gets what the master writes'
    : 'no node is a master, and nothing can be written';
  return problem(
    'cycle',
    null,
    `${way} follow each other in a circle: ${what}, whatever their links say`,
    hasMaster ? command(scene, 'repair') : circleHint(scene),
  );
}

function circleHint({ record, infos }: Scene): string {
  const heir = nextMaster(record.cluster, infos);
  return heir === undefined
    ? restart({ record }, [masterOf(record.cluster).name])
    : promoteCommand(record.cluster, heir);
}

/**
 * Finds nodes that follow each other.
 * @returns each circle once, from its first node in the order of the cluster on
 */
export function circlesIn({ nodes }: Pick<Scene, 'nodes'>): readonly (readonly string[])[] {
  const sources = new Map(nodes.map(({ name, source }) => [name, source]));
  const found: (readonly string[])[] = [];
  for (const { name } of nodes) {
    const way: string[] = [];
    let at: string | null | undefined = name;
    while (at && sources.has(at) && !way.includes(at)) {
      way.push(at);
      at = sources.get(at);
    }
    const isNew = at === name && !found.some((circle) => circle.includes(name));
    if (isNew) found.push(way);
  }
  return found;
}

/** @returns what to type where there is no master. `up` starts none that would come back with less than its replicas have */
export function masterHint(scene: Scene): string {
  const { record, infos, containers, misplaced } = scene;
  const { cluster } = record;
  const recorded = masterOf(cluster).name;
  const place = misplaced.get(recorded);
  if (place && place.container.state !== 'stopped') return placeHint(cluster.name, place); // it lives elsewhere
  const container = containerOf({ containers }, recorded);
  // Nobody is promoted while the master may still take writes.
  if (container?.state === 'paused') return command(scene, 'up');
  if (container?.state === 'running' && !infos.has(recorded)) return logsOf(scene, recorded);
  const heir = nextMaster(cluster, new Map([...infos].filter(([node]) => !misplaced.has(node))));
  if (heir !== undefined) return promoteCommand(cluster, heir);
  const isCopied = containers.some(({ node, state }) => node !== null && node !== recorded && state !== 'stopped');
  const behind = isCopied ? startsBehind(cluster, container) : undefined;
  if (!container || behind === undefined) return command(scene, 'up');
  const asleep = heirAmong(cluster, heldIn(scene, recorded));
  if (asleep !== undefined) return `${command(scene, `start ${asleep}`)} && ${promoteCommand(cluster, asleep)}`;
  return `docker start ${containerAt(scene, recorded)}   # it starts ${behind}, and replicas copy that`;
}

/** @returns the replicas whose containers are paused: they have their data in their memory, and nobody has asked them */
const heldIn = ({ containers, misplaced }: Scene, recorded: string): readonly string[] =>
  containers.flatMap(({ node, state }) =>
    node !== null && node !== recorded && state === 'paused' && !misplaced.has(node) ? [node] : [],
  );
