import type { ClusterSpec } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { isMadeByCompose, type ObservedContainer, type ObservedEngine } from '../domain/observed.ts';
import { nextSource, type Placed } from '../domain/shape.ts';
import { quoteForShell } from '../domain/shell.ts';
import { scaleTo } from './change-topology.ts';

/** Where Docker Compose has made a container, for sentences; empty where that is not known. */
export const madeIn = ({ composeDirectory }: ObservedContainer): string =>
  composeDirectory ? ` from ${composeDirectory}` : '';

/**
 * How a cluster of Compose is changed: rendered again where it lies, which keeps its roles, and brought up by Compose.
 * @param flags - that ask for the change
 * @returns the commands to type
 */
export function composeChange(
  name: string,
  { composeDirectory }: Pick<ObservedContainer, 'composeDirectory'>,
  flags: string,
): string {
  const where = composeDirectory === null ? 'DIR' : quoteForShell(composeDirectory);
  return `Render it anew where it lies: rmsx render -n ${name} --out ${where} ${flags}\nThen: docker compose --project-directory ${where} up -d --remove-orphans`;
}

/**
 * Compose would remove what rmsx adds, and make again what rmsx removes.
 * @param removed - the nodes that are to go, of the record or not
 * @throws RmsxError `conflict` with the commands that make the same change, where Compose made the cluster
 */
export function refuseComposeChange(
  before: ClusterSpec,
  after: ClusterSpec,
  removed: readonly string[],
  engine: ObservedEngine,
): void {
  const { name } = after;
  const made = engine.containers.find((container) => container.cluster === name && isMadeByCompose(container));
  const added = after.nodes.filter((node) => !before.nodes.some((known) => known.name === node.name));
  if (!made || added.length + removed.length === 0) return;
  const problem =
    added.length > 0
      ? `it made ${made.name}${madeIn(made)}, and rmsx makes no nodes beside it (${added.map((node) => node.name).join(', ')})`
      : `it would make ${removed.join(', ')} again`;
  throw new RmsxError('conflict', `Docker Compose owns ${name}: ${problem}.`, {
    hint: sameChange(before, after, made),
  });
}

function sameChange(before: ClusterSpec, after: ClusterSpec, made: ObservedContainer): string {
  const replicas = after.nodes.length - 1;
  if (after.nodes.length < before.nodes.length) {
    const stay = (cluster: ClusterSpec): string => cluster.nodes.map((node) => node.name).join(' ');
    const isSame = stay(scaleTo(before, replicas)) === stay(after);
    if (isSame) return composeChange(after.name, made, `--replicas ${replicas}`);
    const file = `Write a file with topology: custom that names the nodes that stay (${stay(after).replaceAll(' ', ', ')}), and their sources.`;
    return `${file}\n${composeChange(after.name, made, '-f FILE')}`;
  }
  return [composeChange(after.name, made, `--replicas ${replicas}`), ...movesAfter(before, after)].join('\n');
}

/** Rendering puts new nodes where the topology has room. */
function movesAfter(before: ClusterSpec, after: ClusterSpec): readonly string[] {
  const placed: Placed[] = [...before.nodes];
  const moves: string[] = [];
  for (const { name, source } of after.nodes) {
    if (placed.some((node) => node.name === name)) continue;
    const usual = nextSource(placed, after.topology, after.fanout);
    placed.push({ name, source: usual });
    if (source !== null && source !== usual) moves.push(rmsxCommand(after.name, `move ${name} --source ${source}`));
  }
  return moves.map((move) => `Then: ${move}`);
}
