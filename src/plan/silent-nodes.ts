import { type ClusterSpec, findNode, masterOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { nextMaster, promoteCommand, startsBehind } from '../domain/heir.ts';
import { rmsxCommand, waysOut } from '../domain/hints.ts';
import { describePlace, misplacedNodes, placeHint } from '../domain/misplaced.ts';
import { containerOf, type ObservedContainer } from '../domain/observed.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** What a change of a running cluster is measured by. */
export interface SilentFacts {
  readonly before: ClusterSpec;
  readonly after: ClusterSpec;
  readonly containers: readonly ObservedContainer[];
  /** What the nodes say that answer and have their data. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
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

function refuseWithoutMaster({ before: cluster, containers, infos }: SilentFacts): void {
  const master = masterOf(cluster).name;
  if (infos.has(master)) return;
  const heir = nextMaster(cluster, infos);
  const comesBack = startsBehind(cluster, containerOf({ containers }, master)) === undefined;
  throw new RmsxError(
    'unsafe',
    `${master} is the master of ${cluster.name} and does not answer: nothing would get its data.`,
    {
      node: master,
      hint: waysOut(
        comesBack ? `bring it back: ${rmsxCommand(cluster.name, 'up')}` : undefined,
        heir && `let a replica take over: ${promoteCommand(cluster, heir)}`,
        comesBack || heir !== undefined ? undefined : `see what can be done: ${rmsxCommand(cluster.name, 'status')}`,
      ),
    },
  );
}

/** A node under a source that is down would wait for its data for ever; one that is new gets it first. */
function refuseSilentSources({ before, after, containers, infos }: SilentFacts): void {
  const misplaced = misplacedNodes(before, containers);
  for (const { name, source } of after.nodes) {
    if (source === null || source === findNode(before, name)?.source) continue;
    const place = misplaced.get(source);
    if (!place && (infos.has(source) || !findNode(before, source))) continue;
    const what = place ? describePlace(after.name, place) : 'does not answer';
    const back = place ? placeHint(after.name, place) : rmsxCommand(after.name, 'up');
    throw new RmsxError('unsafe', `${source} ${what}: ${name} would get no data from it.`, {
      node: source,
      hint: `Bring it back first: ${back}   or name another source`,
    });
  }
}

/** A node that runs and does not listen would go on under its old source; one that is stopped gets its role for later. */
function refuseSleepers({ before, after, containers, infos }: SilentFacts): void {
  for (const { name, source } of after.nodes) {
    const was = findNode(before, name);
    const state = containerOf({ containers }, name)?.state;
    if (!was || was.source === source || infos.has(name) || state === 'stopped' || !state) continue;
    const what = state === 'paused' ? 'is paused' : 'does not answer';
    throw new RmsxError('unsafe', `${name} ${what}: it cannot be told to follow ${source}.`, {
      node: name,
      hint: `Bring it back first: ${rmsxCommand(after.name, 'up')}`,
    });
  }
}
