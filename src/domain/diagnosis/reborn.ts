import { masterOf } from '../cluster.ts';
import { promotion } from '../hints.ts';
import { askedFor } from '../merge-directives.ts';
import { formatBytes, formatSeconds } from '../quantities.ts';
import { pingBytes } from '../rank.ts';
import { isOlderReplica, stillHolding } from '../reborn.ts';
import type { ServerInfo } from '../server-info.ts';
import type { Warning } from '../status.ts';
import { lostHistoryIn } from './log.ts';
import { mastersIn } from './masters.ts';
import { containerAt, counted, listed, logsOf, problem, type Scene } from './scene.ts';

/** What else flows while a cluster is made: markers, and which database is meant. */
const smallTalkBytes = 512;

/**
 * A master that came back without its data (docs/decisions/011): replicas copy the emptiness. A new cluster is empty too,
 * and so is one whose keys were deleted; what tells them apart is a replica that has run for longer than its master, and
 * either still holds keys of another history, or asked to go on with one that was more than pings.
 */
export function rebornWarnings(scene: Scene): readonly Warning[] {
  const [name, ...others] = mastersIn(scene);
  const master = name === undefined ? undefined : scene.infos.get(name);
  if (name === undefined || others.length > 0 || !master || master.loading || master.keys > 0) return [];
  const older = [...scene.infos].filter(([, info]) => isOlderReplica(info, master));
  const ago = formatSeconds(master.uptimeSeconds);
  const holders = stillHolding(scene.infos, master);
  if (holders.length > 0) return [stillHeld(scene, name, ago, holders)];
  const copied = older.flatMap(([node, info]) => {
    const lost = lostBytes(scene, node, info, master);
    return lost === undefined ? [] : [{ node, lost }];
  });
  if (copied.length === 0) return [];
  const lost = Math.max(...copied.map((each) => each.lost));
  const who = listed(copied.map(({ node }) => node));
  const message = `${name} came back empty ${ago} ago, and ${who} copied that: what a history of ${formatBytes(lost)} had written is gone`;
  const hint = `${logsOf(scene, name)}   # why it ended; the data has to be written again`;
  return [problem('master-reborn-empty', name, message, hint)];
}

function stillHeld(
  scene: Scene,
  master: string,
  ago: string,
  holders: readonly (readonly [string, ServerInfo])[],
): Warning {
  const [best = ['', undefined] as const] = holders.toSorted(([, a], [, b]) => b.offset - a.offset);
  const held = holders.map(([node, { keys }]) => `${node} (${counted(keys, 'key')})`);
  const message = `${master} came back empty ${ago} ago: it wipes ${listed(held)} as soon as they are in sync with it`;
  const { name } = scene.record.cluster;
  const isRecorded = master === masterOf(scene.record.cluster).name;
  const stop = `docker stop ${containerAt(scene, master)}`;
  const hint = isRecorded ? `${stop} && ${promotion(name, best[0], false)}` : stop;
  return problem('master-reborn-empty', master, message, hint);
}

function lostBytes(scene: Scene, node: string, info: ServerInfo, master: ServerInfo): number | undefined {
  if (info.keys > 0 || scene.record.cluster.persistence === 'aof') return undefined;
  const lost = lostHistoryIn(scene.clues.get(node)?.log ?? [], master);
  if (lost === undefined) return undefined;
  const pingSeconds = Number(askedFor(scene.record.cluster, node, 'repl-ping-replica-period') ?? 1) || 1;
  const pings = (pingBytes * (info.uptimeSeconds - master.uptimeSeconds)) / pingSeconds;
  return lost > pings + smallTalkBytes ? lost : undefined;
}
