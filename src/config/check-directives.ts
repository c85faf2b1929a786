import { type ClusterSpec, type Directives, imageOf } from '../domain/cluster.ts';
import { canonicalDirective, directiveNames, nameFor, sinceText } from '../domain/directives.ts';
import type { Problem } from '../domain/problem.ts';
import { formatServerVersion, type ServerVersion, versionOfImage } from '../domain/server-version.ts';
import { settingProblem } from './check-settings.ts';
import { nearest } from './nearest.ts';
import { whyOwned } from './owned-directives.ts';
import { settings } from './settings.ts';

/** @returns every directive that cannot be given to the nodes of a cluster, and combinations that cannot work */
export function checkDirectives(cluster: ClusterSpec): readonly Problem[] {
  const versions = versionsOf(cluster);
  return [
    ...checkAll('redis', cluster.directives, versions, cluster),
    ...cluster.nodes.flatMap((node) =>
      checkAll(`nodes.${node.name}.redis`, node.directives, [versionOfImage(imageOf(cluster, node))], cluster),
    ),
    ...checkTimes(cluster),
    ...checkMinReplicas(cluster),
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
    const message = directiveProblem(name, versions, cluster) ?? settingProblem(name, directives[name] ?? []);
    return message === undefined ? [] : [{ path: `${path}.${name}`, message }];
  });
}

function directiveProblem(
  name: string,
  versions: readonly (ServerVersion | null)[],
  { persistence }: ClusterSpec,
): string | undefined {
  const directive = canonicalDirective(name);
  if (directive === undefined) {
    const near = nearest(name, directiveNames);
    return `no supported server knows this directive${near ? `; did you mean ${near}?` : ''}`;
  }
  const owned = whyOwned(directive);
  if (owned !== undefined) return `rmsx writes this directive itself: ${owned}`;
  if (directive === 'save' && persistence !== 'rdb') {
    return `snapshots are for persistence: rdb; this cluster has persistence: ${persistence}`;
  }
  const stranger = versions.find((version) => nameFor(directive, version) === undefined);
  return stranger
    ? `${formatServerVersion(stranger)} does not know this directive; known since: ${sinceText(directive)}`
    : undefined;
}

/** @returns the number that a directive has in a cluster, by itself or by default */
function numberOf(cluster: ClusterSpec, directive: string): number {
  const setting = settings.find((known) => known.directive === directive);
  return Number(cluster.directives[directive]?.[0] ?? setting?.otherwise);
}

function checkTimes(cluster: ClusterSpec): readonly Problem[] {
  const timeout = numberOf(cluster, 'repl-timeout');
  const ping = numberOf(cluster, 'repl-ping-replica-period');
  if (!(timeout <= ping)) return [];
  const message = `${timeout} s are over before the next sign of life, which comes every ${ping} s: links would break again and again`;
  return [{ path: 'redis.repl-timeout', message }];
}

function checkMinReplicas(cluster: ClusterSpec): readonly Problem[] {
  const wanted = numberOf(cluster, 'min-replicas-to-write');
  const there = cluster.nodes.length - 1;
  if (!(wanted > there)) return [];
  const message = `the master would never take a write: it wants ${wanted} replicas, and there are ${there}`;
  return [{ path: 'redis.min-replicas-to-write', message }];
}
