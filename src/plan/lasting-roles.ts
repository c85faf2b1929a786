import { type ClusterSpec, masterOf, plannedRole, sameSource, sourceOf } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
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
  const master = masterOf(cluster).name;
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
  const masters = wrong.filter(({ move }) => move === undefined).map(({ node }) => containerName(cluster.name, node));
  const hint = hintFor();
  throw new RmsxError('failed', `Somebody changed the roles of ${cluster.name} while it ran.`, {
    node: first.node,
    problems: wrong.map(({ problem }) => problem),
    hint,
  });
  function hintFor(): string {
    if (wrong.some(({ node }) => node === master))
      return `Finish the promotion: ${rmsxCommand(cluster.name, `promote ${master}`)}`;
    return masters.length > 0
      ? `They take the right role when they start, and lose writes that only they have: docker restart ${masters.join(' ')}`
      : `Put them back: ${first?.move}`;
  }
}
