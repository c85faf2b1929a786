import { type ClusterSpec, followersOf, masterOf } from './cluster.ts';
import { askedFor } from './merge-directives.ts';
import { misplacedNodes } from './misplaced.ts';
import { networkName } from './names.ts';
import { containerOf, type ObservedContainer } from './observed.ts';
import { formatSeconds } from './quantities.ts';
import { stillHolding } from './reborn.ts';
import type { ServerInfo } from './server-info.ts';

/**
 * What has become of a master:
 * `alive` takes writes; `reborn` does so too, but came back without the data that its replicas hold; `demoted` lives on as a
 * replica; `dead` has ended for sure; `flapping` crashes again and again; `frozen` is there and does nothing; `cut-off` has
 * left the network of the cluster; `isolated` does not answer us, but others may still reach it.
 */
export type MasterState = 'alive' | 'reborn' | 'demoted' | 'dead' | 'flapping' | 'frozen' | 'cut-off' | 'isolated';

/** What has become of a master, and from what that follows. */
export interface MasterVerdict {
  readonly state: MasterState;
  /** Clauses, to follow its name: `its container is paused`. At least one. */
  readonly evidence: readonly string[];
}

/** Everything from which a verdict follows. */
export interface MasterEvidence {
  readonly cluster: ClusterSpec;
  readonly containers: readonly ObservedContainer[];
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  /** What became of a question inside its container. @default nobody asked, or could */
  readonly inside?: 'answers' | 'silent' | null | undefined;
}

/** A master says something at least every so many seconds, where nobody asked for another `repl-ping-replica-period`. */
const usualPingSeconds = 1;

/** What a replica may not have heard of a master that is well, beyond that. */
const lateSeconds = 2;

/**
 * Judges the master of the record: the same input always gives the same verdict. A server that answers is
 * there, whatever else is said; the engine knows for sure what has ended; of one that is silent its replicas and its container
 * are asked, as silence towards us alone proves nothing.
 * @see https://github.com/openark/orchestrator/blob/master/docs/failure-detection.md for replicas as witnesses
 */
export function judgeMaster(given: MasterEvidence): MasterVerdict {
  const { cluster, containers, infos } = given;
  const { name } = masterOf(cluster);
  const info = infos.get(name);
  if (info) return info.role === 'replica' ? verdict('demoted', 'it answers as a replica') : living(info, infos);
  const container = containerOf({ containers }, name);
  if (!container) return verdict('dead', 'it has no container');
  if (container.state === 'stopped') return verdict('dead', `its container has ended (${container.statusText})`);
  if (container.state === 'restarting') {
    return verdict('flapping', `its container crashes and is started again (${container.statusText})`);
  }
  if (container.state === 'paused') return verdict('frozen', 'its container is paused');
  if (misplacedNodes(cluster, containers).get(name)?.ip === null) {
    return verdict('cut-off', `it is not on the network ${networkName(cluster.name)}`);
  }
  return silent(given, name);
}

const verdict = (state: MasterState, ...evidence: readonly string[]): MasterVerdict => ({ state, evidence });

function living(info: ServerInfo, infos: MasterEvidence['infos']): MasterVerdict {
  const answers = `it answers as the master, at offset ${info.offset}`;
  const holders = stillHolding(infos, info);
  if (holders.length === 0) return verdict('alive', answers);
  const held = holders.map(([node, { keys }]) => `${node} still holds ${keys} keys of before`);
  return verdict('reborn', `it came back empty ${formatSeconds(info.uptimeSeconds)} ago`, ...held);
}

/** A master that still talks to somebody is not gone, whatever it says to us. */
function silent({ cluster, infos, inside }: MasterEvidence, name: string): MasterVerdict {
  const limitSeconds = pingSeconds(cluster, name) + lateSeconds;
  const witnesses = followersOf(cluster, name).flatMap((node) => {
    const info = infos.get(node.name);
    return info ? [{ name: node.name, info }] : [];
  });
  const unanswered = 'it runs and does not answer';
  if (inside === 'answers') return verdict('isolated', unanswered, 'it does answer inside its container');
  const told = witnesses.map(({ name: node, info: { link, lastIoSeconds } }) =>
    link === 'up' ? `${node} heard from it ${lastIoSeconds ?? 0} s ago` : `${node} has no link to it`,
  );
  const nobodyHears = witnesses.every(
    ({ info: { link, lastIoSeconds } }) => link !== 'up' || (lastIoSeconds ?? 0) > limitSeconds,
  );
  const within = inside === 'silent' ? ['it does not answer inside its container either'] : [];
  // Whoever changed its password by hand is silent towards us, and its replicas have no link: only what is asked inside tells.
  return verdict(nobodyHears && inside === 'silent' ? 'frozen' : 'isolated', unanswered, ...within, ...told);
}

const pingSeconds = (cluster: ClusterSpec, name: string): number =>
  Number(askedFor(cluster, name, 'repl-ping-replica-period') ?? usualPingSeconds) || usualPingSeconds;

/** @returns the verdict as a sentence: `master is frozen: its container is paused.` */
export const describeVerdict = (name: string, { state, evidence }: MasterVerdict): string =>
  `${name} is ${state === 'cut-off' ? 'cut off' : state}: ${evidence.join('; ')}.`;
