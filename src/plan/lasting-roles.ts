import { type ClusterSpec, masterOf, plannedRole, sameSource, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerName } from '../domain/names.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/**
 * A server takes its role from its conf when it starts: one that runs with another role will not change by itself, and
 * waiting for it would only end in time running out.
 * @throws RmsxError `failed` with every such node, and the command that helps
 */
export function refuseLastingRoles(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>): void {
  const master = masterOf(cluster).name;
  const wrong = cluster.nodes.flatMap((node) => {
    const info = infos.get(node.name);
    if (!info || info.loading) return [];
    if (info.role !== plannedRole(node)) {
      return [
        { node: node.name, problem: `${node.name} runs as ${info.role}, and should be the ${plannedRole(node)}` },
      ];
    }
    const source = sourceOf(cluster, node);
    if (sameSource(info.source, source?.address ?? null)) return [];
    return [{ node: node.name, problem: `${node.name} does not follow ${source?.name}` }];
  });
  const [first] = wrong;
  if (!first) return;
  const others = wrong.filter(({ node }) => node !== master).map(({ node }) => containerName(cluster.name, node));
  const hint = wrong.some(({ node }) => node === master)
    ? `Finish the promotion: ${rmsxCommand(cluster.name, `promote ${master}`)}`
    : `They take the right role when they start, and lose writes that only they have: docker restart ${others.join(' ')}`;
  throw new RmsxError('failed', `Somebody changed the roles of ${cluster.name} while it ran.`, {
    node: first.node,
    problems: wrong.map(({ problem }) => problem),
    hint,
  });
}
