import { type ClusterSpec, type Directives, imageOf } from '../domain/cluster.ts';
import { canonicalDirective, directiveNames, nameFor, sinceText } from '../domain/directives.ts';
import { counted } from '../domain/names.ts';
import type { Problem } from '../domain/problem.ts';
import { mayRepeat } from '../domain/repeated-directives.ts';
import { formatServerVersion, type ServerVersion, versionOfImage } from '../domain/server-version.ts';
import { settingProblem } from './check-settings.ts';
import { valueProblem } from './directive-kinds.ts';
import { nearest } from './nearest.ts';
import { whyOwned, whyShared } from './owned-directives.ts';
import { settings } from './settings.ts';

/** How many replicas a master wants that it takes writes. */
export const minReplicas = 'min-replicas-to-write';

/** Where the directives of all nodes stand. */
const clusterPath = 'redis';

/** @returns every directive that cannot be given to the nodes of a cluster, and combinations that cannot work */
export function checkDirectives(cluster: ClusterSpec): readonly Problem[] {
  const versions = versionsOf(cluster);
  return [
    ...checkAll(clusterPath, cluster.directives, versions, cluster),
    ...cluster.nodes.flatMap((node) =>
      checkAll(`nodes.${node.name}.redis`, node.directives, [versionOfImage(imageOf(cluster, node))], cluster),
    ),
    ...checkTimes(cluster),
    ...checkMinReplicas(cluster),
    ...checkMaxLag(cluster),
  ];
}

function versionsOf(cluster: ClusterSpec): readonly (ServerVersion | null)[] {
  const images = [...new Set([cluster.image, ...cluster.nodes.map((node) => imageOf(cluster, node))])];
  return images.map(versionOfImage);
}

function checkAll(
  path: string,
  directives: Directives,
  versions: readonly (ServerVersion | null)[],
  cluster: ClusterSpec,
): readonly Problem[] {
  return Object.keys(directives).flatMap((name) => {
    const found =
      misuse(name) ??
      (path === clusterPath ? undefined : lonely(name)) ??
      eviction(name, directives[name] ?? []) ??
      repetition(name, directives[name] ?? []) ??
      settingMisuse(name, directives[name] ?? []) ??
      snapshots(name, cluster) ??
      strangers(name, versions);
    return found ? [{ ...found, path: `${path}.${name}` }] : [];
  });
}

type Finding = Omit<Problem, 'path'>;

function misuse(name: string): Finding | undefined {
  const directive = canonicalDirective(name);
  if (directive === undefined) {
    const near = nearest(name, directiveNames);
    return { message: `no supported server knows this directive${near ? `; did you mean ${near}?` : ''}` };
  }
  const owned = whyOwned(directive);
  return owned === undefined ? undefined : { message: `rmsx writes this directive itself: ${owned}` };
}

function lonely(name: string): Finding | undefined {
  const why = whyShared(canonicalDirective(name) ?? name);
  return why === undefined
    ? undefined
    : { message: `it must be the same on all nodes, set it for the cluster: ${why}` };
}

function eviction(name: string, lines: readonly string[]): Finding | undefined {
  if (canonicalDirective(name) !== 'replica-ignore-maxmemory' || !lines.some((text) => /^no$/i.test(text)))
    return undefined;
  return { message: 'it must stay yes: a replica that evicted keys by itself would differ from its source for ever' };
}

function repetition(name: string, lines: readonly string[]): Finding | undefined {
  return lines.length > 1 && !mayRepeat(name) ? { message: 'it may stand there once' } : undefined;
}

function settingMisuse(name: string, lines: readonly string[]): Finding | undefined {
  const message = settingProblem(name, lines) ?? valueProblem(canonicalDirective(name) ?? name, lines);
  return message === undefined ? undefined : { message };
}

function snapshots(name: string, { persistence }: ClusterSpec): Finding | undefined {
  if (name !== 'save' || persistence === 'rdb') return undefined;
  const message = `snapshots are for persistence: rdb; this cluster has persistence: ${persistence}`;
  return { message, dependsOn: 'persistence' };
}

function strangers(name: string, versions: readonly (ServerVersion | null)[]): Finding | undefined {
  const stranger = versions.find((version) => nameFor(name, version) === undefined);
  if (!stranger) return undefined;
  const message = `${formatServerVersion(stranger)} does not know this directive; known since: ${sinceText(name)}`;
  return { message, dependsOn: 'image' };
}

/** A directive of one node wins over that of the cluster, and that over what is always written. */
function numberOf(directive: string, ...layers: readonly Directives[]): number {
  const own = layers.map((layer) => layer[directive]?.[0]).find((text) => text !== undefined);
  return Number(own ?? settings.find((known) => known.directive === directive)?.otherwise);
}

interface Layer {
  readonly path: string;
  /** Left out for the whole cluster. */
  readonly node?: string;
  /** The innermost first. */
  readonly directives: readonly Directives[];
}

/** The cluster, and every node with directives of its own. */
const layersOf = ({ directives, nodes }: ClusterSpec): readonly Layer[] => [
  { path: clusterPath, directives: [directives] },
  ...nodes
    .filter((node) => Object.keys(node.directives).length > 0)
    .map((node) => ({ path: `nodes.${node.name}.redis`, node: node.name, directives: [node.directives, directives] })),
];

/** Whether a layer itself has a directive: what it takes over is told where it stands. */
const isAbout = ({ directives: [own = {}] }: Layer, name: string): boolean => Object.hasOwn(own, name);

function checkTimes(cluster: ClusterSpec): readonly Problem[] {
  return layersOf(cluster).flatMap((layer) => {
    const timeout = numberOf('repl-timeout', ...layer.directives);
    const ping = numberOf('repl-ping-replica-period', ...layer.directives);
    const [own = {}] = layer.directives;
    const given = ['repl-timeout', 'repl-ping-replica-period'].filter((name) => isAbout(layer, name));
    const isWrong = given.some((name) => settingProblem(name, own[name] ?? [])); // that is told already
    if (!(timeout <= ping) || given.length === 0 || isWrong) return [];
    const message = `${timeout} s are over before the next sign of life, which comes every ${ping} s: links would break again and again`;
    const open = given.length < 2 ? { dependsOn: 'directives' as const } : {};
    return [{ path: `${layer.path}.repl-timeout`, message, ...open }];
  });
}

/** Replicas of replicas do not count: the server looks at its own links alone (replication.c, refreshGoodSlavesCount). */
function checkMinReplicas(cluster: ClusterSpec): readonly Problem[] {
  const there = cluster.nodes.length - 1;
  const master = cluster.nodes.find(({ source }) => source === null)?.name;
  return layersOf(cluster).flatMap(({ node = master, ...layer }) => {
    const wanted = numberOf(minReplicas, ...layer.directives);
    const followers = followersAsMaster(cluster.nodes, master, node);
    if (!(wanted > followers) || !isAbout(layer, minReplicas)) return [];
    const seen = followers === there ? `there are ${there}` : `${followers} of ${there} would follow it`;
    const message = `the master would never take a write: it wants ${counted(wanted, 'replica')}, and ${seen}`;
    return [{ path: `${layer.path}.${minReplicas}`, message, dependsOn: wanted > there ? 'replicas' : 'nodes' }];
  });
}

/** How many nodes follow the master, and how many would follow another node in its place, as a promotion moves them. */
export const followersAsMaster = (
  nodes: ClusterSpec['nodes'],
  master: string | undefined,
  name: string | undefined,
): number =>
  nodes.filter((node) => node.name !== name && (node.name === master || [master, name].includes(node.source ?? '')))
    .length;

/** The server takes a lag of 0 for a switch that turns the other setting off, and says nothing (redis.conf). */
function checkMaxLag(cluster: ClusterSpec): readonly Problem[] {
  return layersOf(cluster).flatMap((layer) => {
    const wanted = numberOf(minReplicas, ...layer.directives);
    const lag = numberOf('min-replicas-max-lag', ...layer.directives);
    const given = ['min-replicas-max-lag', minReplicas].find((name) => isAbout(layer, name));
    if (!(wanted > 0) || lag !== 0 || given === undefined) return [];
    const message = `a lag of 0 switches ${minReplicas} off, which is ${wanted}: 1 s or more`;
    return [{ path: `${layer.path}.${given}`, message, dependsOn: 'directives' }];
  });
}
