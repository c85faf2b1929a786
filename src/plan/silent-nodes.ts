import { type ClusterSpec, findNode, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { heirAmong, promoteCommand, startsBehind } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';

/** What a change of a running cluster is measured by. */
export interface SilentFacts {
  readonly before: ClusterSpec;
  readonly after: ClusterSpec;
  readonly containers: readonly ObservedContainer[];
  /** Names of the nodes that answer and have their data. */
  readonly answering: readonly string[];
}

/**
 * A change must not depend on a node that does not answer.
 * @throws RmsxError `unsafe` that names the node, and how it comes back
 */
export function refuseSilentNodes(facts: SilentFacts): void {
  refuseWithoutMaster(facts);
  refuseSilentSources(facts);
  refuseSleepers(facts);
}

function refuseWithoutMaster({ before: cluster, containers, answering }: SilentFacts): void {
  const master = masterOf(cluster).name;
  if (answering.includes(master)) return;
  const heir = heirAmong(cluster, answering);
  const comesBack = startsBehind(cluster, containerOf({ containers }, master)) === undefined;
  const back = `Bring it back: ${rmsxCommand(cluster.name, 'up')}`;
  const promote = heir && promoteCommand(cluster, heir);
  throw new RmsxError(
    'unsafe',
    `${master} is the master of ${cluster.name} and does not answer: nothing would get its data.`,
    {
      node: master,
      hint: !promote
        ? back
        : comesBack
          ? `${back}\nOr let a replica take over: ${promote}`
          : `Let a replica take over: ${promote}`,
    },
  );
}

/** A node under a source that is down would wait for its data for ever; one that is new gets it first. */
function refuseSilentSources({ before, after, answering }: SilentFacts): void {
  for (const { name, source } of after.nodes) {
    if (source === null || source === findNode(before, name)?.source) continue;
    if (answering.includes(source) || !findNode(before, source)) continue;
    throw new RmsxError('unsafe', `${source} does not answer: ${name} would get no data from it.`, {
      node: source,
      hint: `Bring it back first: ${rmsxCommand(after.name, 'up')}   or name another source`,
    });
  }
}

/** A node that runs and does not listen would go on under its old source; one that is stopped gets its role for later. */
function refuseSleepers({ before, after, containers, answering }: SilentFacts): void {
  for (const { name, source } of after.nodes) {
    const was = findNode(before, name);
    const state = containerOf({ containers }, name)?.state;
    if (!was || was.source === source || answering.includes(name) || state === 'stopped' || !state) continue;
    const what = state === 'paused' ? 'is paused' : 'does not answer';
    throw new RmsxError('unsafe', `${name} ${what}: it cannot be told to follow ${source}.`, {
      node: name,
      hint: `Bring it back first: ${rmsxCommand(after.name, 'up')}`,
    });
  }
}
