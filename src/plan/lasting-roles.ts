import { type ClusterSpec, masterOf, plannedRole, sameSource, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { nextMaster, promoteCommand } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { containerName } from '../domain/names.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** A node with another role than it should have. */
interface Wrong {
  readonly node: string;
  readonly problem: string;
  /** The command that puts it right while it runs; a master would lose what only it has. */
  readonly move: string | undefined;
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
          move: undefined,
        },
      ];
    }
    const source = sourceOf(cluster, node);
    if (sameSource(info.source, source?.address ?? null)) return [];
    const move = rmsxCommand(cluster.name, `move ${node.name} --source ${source?.name}`);
    return [{ node: node.name, problem: `${node.name} does not follow ${source?.name}`, move }];
  });
  const [first] = wrong;
  if (!first) return;
  throw new RmsxError('failed', `Somebody changed the roles of ${cluster.name} while it ran.`, {
    node: first.node,
    problems: wrong.map(({ problem }) => problem),
    hint: wayBack(cluster, infos, wrong),
  });
}

/** Nobody is promoted beside another master, so those that should be none go first. */
function wayBack(cluster: ClusterSpec, infos: ReadonlyMap<string, ServerInfo>, wrong: readonly Wrong[]): string {
  const master = masterOf(cluster).name;
  const others = wrong.filter(({ move }) => move === undefined).map(({ node }) => node);
  const strays = others.filter((node) => node !== master).map((node) => containerName(cluster.name, node));
  if (strays.length > 0)
    return `They take the right role when they start, and lose writes that only they have: docker restart ${strays.join(' ')}`;
  if (others.length === 0) return `Put them back: ${wrong[0]?.move}`;
  const heir = nextMaster(cluster, infos);
  if (heir === undefined) return rmsxCommand(cluster.name, 'status');
  const what = heir === master ? 'Finish the promotion' : `Promote one that has more than ${master}`;
  return `${what}: ${promoteCommand(cluster, heir)}`;
}
