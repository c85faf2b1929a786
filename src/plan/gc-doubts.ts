import { counted } from '../domain/names.ts';
import { type GcScene, interruptedRuns } from './gc-scene.ts';

/**
 * Why a cluster that is not complete may be more than what an interrupted run left: somebody may have removed a node by
 * hand, a change of a cluster in use may have been cut off, or somebody may have gone on with what was there.
 * @returns undefined where it is a leftover beyond doubt
 */
export function doubtsAbout(scene: GcScene): string | undefined {
  const { nodes, volumes, record, keys } = scene;
  const runs = interruptedRuns(scene);
  const earlier = nodes.find(({ run }) => !runs.has(run ?? ''));
  if (earlier) return `it is not complete, but ${earlier.node} may have been before`;
  const started = nodes.filter(({ neverStarted }) => !neverStarted);
  if (started.length > 0 && volumes.some(({ run }) => !runs.has(run ?? ''))) {
    return 'it is not complete, but runs on data of an earlier one';
  }
  for (const { node, state } of started) {
    const count = keys.get(node ?? '');
    if (count !== undefined && count > 0) return `it is not complete, but ${node} holds ${counted(count, 'key')}`;
    const isForgotten = state === 'stopped' && record?.cluster.persistence === 'none';
    if (count === undefined && !isForgotten)
      return `it is not complete, and ${node} does not say whether it holds data`;
  }
  return undefined;
}
