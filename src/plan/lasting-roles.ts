import { type ClusterSpec, masterOf, plannedRole, sameSource, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { nextMaster, promoteCommand } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** A node with another role than it should have. */
interface Wrong {
  readonly node: string;
  readonly problem: string;
}

/**
 * A server takes its role from its conf when it starts: one that runs with another role will not change by itself, and
 * waiting for it would only end in time running out.
 * @throws RmsxError `failed` with every such node, and the command that helps
 */
export function refuseLastingRoles(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>): void {
  const wrong = cluster.nodes.flatMap((node): readonly Wrong[] => {
    const info = infos.get(node.name);
    if (!info || info.loading) return [];
    if (info.role !== plannedRole(node)) {
      return [
        {
          node: node.name,
          problem: `${node.name} runs as ${info.role}, and should be the ${plannedRole(node)}`,
        },
      ];
    }
    const source = sourceOf(cluster, node);
    if (sameSource(info.source, source?.address ?? null)) return [];
    return [{ node: node.name, problem: `${node.name} does not follow ${source?.name}` }];
  });
  const [first] = wrong;
  if (!first) return;
  throw new RmsxError('failed', `Somebody changed the roles of ${cluster.name} while it ran.`, {
    node: first.node,
    problems: wrong.map(({ problem }) => problem),
    hint: wayBack(cluster, infos),
  });
}

/** Where no node is a master, one that holds more than the recorded one may have to become it. */
function wayBack(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>): string {
  const repair = rmsxCommand(cluster.name, 'repair');
  if ([...infos.values()].some(({ role }) => role === 'master')) return `Bring them back: ${repair}`;
  const heir = nextMaster(cluster, infos);
  if (heir === undefined) return rmsxCommand(cluster.name, 'status');
  const master = masterOf(cluster).name;
  return heir === master
    ? `Finish what was cut off: ${repair}`
    : `Promote one that has more than ${master}: ${promoteCommand(cluster, heir)}`;
}
