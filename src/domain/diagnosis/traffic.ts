import { formatBytes, formatSeconds } from '../quantities.ts';
import type { ServerInfo } from '../server-info.ts';
import type { Warning } from '../status.ts';
import { advice, command, counted, problem, type Scene } from './scene.ts';

/** A link that hangs is given up after repl-timeout, 60 s: a backlog for less is no use to who comes back then. */
const enoughSeconds = 60;

/** What is advised holds for so long. */
const advisedSeconds = 300;

/** Below this a short burst would be taken for more than it is. */
const quietBytesPerSecond = 64 * 1024;

/** A replica that needs a full synchronisation more often than this, time after time, flaps. */
const calmSeconds = 600;
const loopSyncs = 3;

/** As large a part of the time of another node is as long: servers of one cluster start one after the other. */
const asLong = 0.9;

/** Sources whose backlog is too small for what is written. */
export const backlogAdvice = (scene: Scene): readonly Warning[] =>
  [...scene.infos].flatMap(([node, info]) => {
    const rate = streamRate(info);
    if (info.role !== 'master' || !info.backlog.active || rate < quietBytesPerSecond) return [];
    const seconds = info.backlog.sizeBytes / rate;
    if (seconds >= enoughSeconds) return [];
    const message = `the backlog of ${node} (${formatBytes(info.backlog.sizeBytes)}) covers an outage of ${formatSeconds(seconds)} at the ${formatBytes(Math.round(rate))} per second that are written now; a replica that is away for longer needs a full synchronisation`;
    const size = `${2 ** Math.ceil(Math.log2((rate * advisedSeconds) / 2 ** 20))}mb`;
    return [advice('backlog-small', node, message, command(scene, `up --set repl-backlog-size=${size}`))];
  });

/** What one replica gets, in bytes per second; 0 where a full synchronisation is counted with it, or nobody knows. */
function streamRate({ replicas, sentBytesPerSecond, receivedBytesPerSecond }: ServerInfo): number {
  const isPlain = replicas.length > 0 && replicas.every(({ state }) => state === 'online');
  if (!isPlain) return 0;
  return sentBytesPerSecond === null ? receivedBytesPerSecond : sentBytesPerSecond / replicas.length;
}

/** Sources whose replicas come in by full synchronisations again and again. */
export const flappingWarnings = (scene: Scene): readonly Warning[] =>
  [...scene.infos].flatMap(([node, info]) => {
    if (!isFlapping(scene, info)) return [];
    const { fullSyncs, replicas, uptimeSeconds } = info;
    const message = `the replicas of ${node} need full synchronisations again and again: ${fullSyncs} in ${formatSeconds(uptimeSeconds)}, for ${counted(replicas.length, 'replica')}`;
    const bigger = `${Math.max(64, Math.ceil((4 * info.backlog.sizeBytes) / 2 ** 20))}mb`;
    return [problem('resync-loop', node, message, command(scene, `up --set repl-backlog-size=${bigger}`))];
  });

/**
 * Servers count the full synchronisations of all who ever followed them: only where no other node was started since, more
 * of them than one for each are no accident.
 * @returns whether the counters of a source say that its replicas flap
 */
export function isFlapping({ nodes, infos }: Pick<Scene, 'nodes' | 'infos'>, source: ServerInfo): boolean {
  const { replicas, fullSyncs, uptimeSeconds } = source;
  const others = nodes.map(({ name }) => infos.get(name)).filter((info) => info !== source);
  const each = fullSyncs / Math.max(1, others.length);
  if (replicas.length === 0 || each <= loopSyncs || uptimeSeconds / each > calmSeconds) return false;
  return others.every((info) => info !== undefined && info.uptimeSeconds >= asLong * uptimeSeconds);
}
