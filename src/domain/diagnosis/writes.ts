import { askedFor } from '../merge-directives.ts';
import { formatBytes } from '../quantities.ts';
import type { ServerInfo } from '../server-info.ts';
import type { Warning } from '../status.ts';
import { fencingReplicas } from '../write-fence.ts';
import { command, counted, problem, restart, type Scene } from './scene.ts';

/** Masters that refuse writes although they run. */
export const refusedWrites = (scene: Scene): readonly Warning[] =>
  [...scene.infos]
    .filter(([, { role, loading }]) => role === 'master' && !loading)
    .flatMap(([node, info]) => [...tooFewReplicas(scene, node, info), ...memoryIsFull(scene, node, info)]);

function tooFewReplicas(scene: Scene, node: string, { goodReplicas, refusals }: ServerInfo): readonly Warning[] {
  const { cluster } = scene.record;
  if (goodReplicas === null) return [];
  const planned = Number(askedFor(cluster, node, 'min-replicas-to-write') ?? 0);
  const wanted = scene.clues.get(node)?.minReplicas ?? planned;
  if (goodReplicas >= wanted) return [];
  const refused = refusals.noReplicas > 0 ? `, ${counted(refusals.noReplicas, 'time')} so far` : '';
  const message = `${node} refuses writes${refused}: it wants ${counted(wanted, 'replica')} close behind (min-replicas-to-write), and has ${goodReplicas || 'none'}`;
  return [problem('min-replicas', node, message, enough(scene, wanted))];
}

/** Where the replicas are there, what keeps them away is told with them, and what helps. */
function enough(scene: Scene, wanted: number): string | null {
  if (wanted === fencingReplicas) return command(scene, 'repair'); // a change that was killed has left it
  if (scene.record.cluster.nodes.length - 1 < wanted) return command(scene, `scale --replicas ${wanted}`);
  const isAway = scene.nodes.some(({ state, link }) => state !== 'running' || (link !== null && link !== 'up'));
  return isAway ? null : command(scene, 'status');
}

function memoryIsFull(scene: Scene, node: string, { memory, refusals }: ServerInfo): readonly Warning[] {
  const { limitBytes, countedBytes, policy } = memory;
  if (limitBytes === 0 || policy !== 'noeviction' || countedBytes < limitBytes) return [];
  const refused = refusals.memory > 0 ? `, ${counted(refusals.memory, 'time')} so far` : '';
  const message = `${node} refuses writes${refused}: its data takes ${formatBytes(countedBytes)} of ${formatBytes(limitBytes)} (maxmemory, noeviction)`;
  return [problem('memory-full', node, message, command(scene, `up --set maxmemory=${doubled(limitBytes)}`))];
}

const doubled = (bytes: number): string => `${Math.ceil((2 * bytes) / 2 ** 20)}mb`;

/** Replicas that take writes of their own, which no other node gets. */
export function writableReplicas(scene: Scene): readonly Warning[] {
  const writable = [...scene.infos].filter(([, { role, readOnly }]) => role === 'replica' && !readOnly);
  return writable.map(([node]) => {
    const message = `${node} takes writes although it is a replica (replica-read-only no): it goes apart from ${sourceOf(scene, node)}`;
    return problem('replica-writable', node, message, restart(scene, [node]));
  });
}

const sourceOf = ({ nodes }: Scene, node: string): string =>
  nodes.find(({ name }) => name === node)?.source ?? 'its source';
