import { askedFor } from '../merge-directives.ts';
import { networkName } from '../names.ts';
import { formatBytes, formatSeconds } from '../quantities.ts';
import type { ServerInfo, SyncProgress } from '../server-info.ts';
import type { NodeStatus, Warning } from '../status.ts';
import { type Clues, noClues } from './clues.ts';
import { fullSyncsIn, hasGivenUp, linkCauseIn } from './log.ts';
import { circlesIn } from './masters.ts';
import { command, containerAt, logsOf, problem, restart, type Scene } from './scene.ts';
import { andWhoWaits } from './states.ts';
import { culpritOf } from './upstream.ts';

/** So many full synchronisations within this time are no accident. */
const loopSyncs = 3;
const loopSeconds = 600;

/** A replica tries once a second: what it was refused before its source had run for so long is over. */
const retrySeconds = 5;

/** Sources say every second that they are there. */
const silentSeconds = 10;

/** Nodes that are loading, and replicas that are not in sync with their source, each with the reason. */
export function linkWarnings(scene: Scene): readonly Warning[] {
  const circling = circlesIn(scene).flat();
  return scene.nodes.flatMap((node) => {
    const info = scene.infos.get(node.name);
    if (info?.loading) return [loadingWarning(scene, node, info)];
    if (!info || info.link === null || scene.misplaced.has(node.name) || circling.includes(node.name)) return [];
    if (info.link === 'up') return silentSource(scene, node, info);
    if (info.link === 'down' && culpritOf(scene, node) !== undefined) return []; // told there
    return [outOfSync(scene, node, info, scene.clues.get(node.name) ?? noClues)];
  });
}

function loadingWarning(scene: Scene, { name }: NodeStatus, { loadedPercent }: ServerInfo): Warning {
  const done = loadedPercent === null ? '' : `: ${Math.floor(loadedPercent)} % done`;
  const message = `${name} is loading its data${done}${andWhoWaits(scene, name)}`;
  return problem('loading', name, message, command(scene, 'status'));
}

/** A link counts as up until repl-timeout has passed, whatever has become of it. */
function silentSource(scene: Scene, { name, source }: NodeStatus, { lastIoSeconds }: ServerInfo): readonly Warning[] {
  const pingSeconds = Number(askedFor(scene.record.cluster, name, 'repl-ping-replica-period') ?? 1);
  const isSilent = lastIoSeconds !== null && lastIoSeconds > Math.max(silentSeconds, 3 * pingSeconds);
  if (!isSilent || !scene.infos.has(source ?? '')) return [];
  const message = `${name} has heard nothing from ${source} for ${formatSeconds(lastIoSeconds)}, though both answer here: something is wrong between them, and the link will break`;
  return [problem('source-silent', name, message, lookBetween(scene))];
}

const lookBetween = ({ record }: Scene): string => `docker network inspect ${networkName(record.cluster.name)}`;

function outOfSync(scene: Scene, node: NodeStatus, info: ServerInfo, clues: Clues): Warning {
  const found = causeOf(scene, node, clues) ?? loopOf(scene, node, clues);
  if (found) return found;
  const { name, source } = node;
  if (info.link === 'syncing') {
    const message = `${name} is in a full synchronisation with ${source}${progressOf(info.sync)}`;
    return problem('syncing', name, `${message}${andWhoWaits(scene, name)}`, command(scene, 'status'));
  }
  const since = info.linkDownSeconds === null ? '' : `, for ${formatSeconds(info.linkDownSeconds)} now`;
  return problem(
    'link-down',
    name,
    `${name} has no link to ${source}${since}${andWhoWaits(scene, name)}`,
    logsOf(scene, name),
  );
}

function causeOf(scene: Scene, node: NodeStatus, { log, masterAuth }: Clues): Warning | undefined {
  const { name, source } = node;
  const cause = linkCauseIn(log);
  const warn = (code: string, text: string, hint: string): Warning =>
    problem(code, name, `${text}${andWhoWaits(scene, name)}`, hint);
  if (masterAuth === 'missing' || (masterAuth === null && cause?.kind === 'no-password')) {
    const text = `${name} has no password for ${source} (masterauth is empty), which asks for one`;
    return warn('masterauth-missing', text, passwordHint(scene, node));
  }
  if (masterAuth === 'refused' || (masterAuth === null && cause?.kind === 'password')) {
    const text = `${name} logs in at ${source} with a password that is wrong there (masterauth)`;
    return warn('masterauth-wrong', text, passwordHint(scene, node));
  }
  if (masterAuth === 'accepted' && cause?.kind === 'password') {
    const text = `${name} cannot log in at ${source}, although its masterauth is right there: its masteruser is wrong, or may not replicate`;
    return warn('masterauth-wrong', text, passwordHint(scene, node));
  }
  if (cause?.kind === 'rdb-version') {
    const version = node.version === null ? '' : `, ${node.version},`;
    const text = `${name} cannot load what ${source} sends: its server${version} does not know RDB format version ${cause.version}`;
    const hint = `${command(scene, `remove ${name}`)}   # or give it an image as new as that of ${source}`;
    return warn('rdb-version', text, hint);
  }
  if (cause?.kind === 'disk') {
    const text = `${name} cannot write what ${source} sends to its disk (${cause.text})`;
    return warn('sync-disk', text, `docker exec ${containerAt(scene, name)} df -h /data`);
  }
  const isSourceNew = (scene.infos.get(source ?? '')?.uptimeSeconds ?? 0) < retrySeconds;
  if (cause?.kind !== 'unreachable' || isSourceNew) return undefined;
  const text = `${name} does not reach ${source} (${cause.text}), which answers here: something is wrong between them`;
  return warn('source-unreachable', text, lookBetween(scene));
}

/** The conf has the right password, unless a change of it was cut off. */
function passwordHint(scene: Scene, { name, source }: NodeStatus): string {
  const [own, wanted] = [name, source ?? ''].map((node) => scene.confs.get(node)?.password);
  return own !== undefined && own === wanted ? restart(scene, [name]) : command(scene, 'up');
}

function loopOf(scene: Scene, { name, source }: NodeStatus, { log }: Clues): Warning | undefined {
  const { count, seconds } = fullSyncsIn(log, loopSeconds);
  if (count < loopSyncs) return undefined;
  const isSlow = hasGivenUp(scene.clues.get(source ?? '')?.log ?? []);
  const why = isSlow ? ` ${source} gives it up, as it does not keep up (client-output-buffer-limit)` : undefined;
  const message = `${name} begins a full synchronisation with ${source} again and again: ${count} in ${formatSeconds(seconds)};${why ?? ' none lasts'}`;
  return problem('resync-loop', name, message, logsOf(scene, source ?? name));
}

/** Less than nothing is left where the source does not know how much there is: that is never shown. */
function progressOf(sync: SyncProgress | null): string {
  if (sync === null) return '';
  const { readBytes, leftBytes, totalBytes } = sync;
  if (readBytes === null)
    return leftBytes === null ? ', which has not begun to send' : `: ${formatBytes(leftBytes)} left`;
  if (totalBytes === null) return `: ${formatBytes(readBytes)} read`;
  const percent = Math.min(100, Math.floor((readBytes / totalBytes) * 100));
  return `: ${percent} % read (${formatBytes(readBytes)} of ${formatBytes(totalBytes)})`;
}
