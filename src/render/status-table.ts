import type { ClusterStatus, NodeStatus } from '../domain/status.ts';
import { renderTable } from './table.ts';

/** Colours a piece of text; the identity where there is no colour. Meaning is never in the colour alone. */
export type Paint = (tone: 'good' | 'bad' | 'dim', text: string) => string;

const header = ['NODE', 'ROLE', 'STATE', 'SOURCE', 'ADDRESS', 'PORT', 'LINK', 'LAG B', 'LAG S', 'OFFSET', 'VERSION'];

/**
 * The status of a cluster for people: `!` marks what differs from the plan, `?` what could not be seen; then every
 * warning, and one hint: the command to type.
 */
export function renderStatus({ cluster, nodes, warnings }: ClusterStatus, paint: Paint): string {
  const [head, ...rows] = renderTable([header, ...nodes.map(renderNode)])
    .trimEnd()
    .split('\n');
  const tone = cluster.health === 'healthy' ? 'good' : 'bad';
  const title = `${cluster.name}  ${cluster.topology}  ${cluster.image}  ${cluster.subnet}  ${paint(tone, cluster.health)}`;
  const hint = warnings.find((warning) => warning.hint !== null)?.hint;
  return [
    title,
    paint('dim', head ?? ''),
    ...rows,
    ...warnings.map((warning) => `${paint('bad', 'warning:')} ${warning.message}`),
    ...(hint ? [`hint: ${hint}`] : []),
    '',
  ].join('\n');
}

function renderNode(node: NodeStatus): readonly string[] {
  const seen = node.state === 'running';
  const text = (value: string | number | null): string => (value === null ? (seen ? '-' : '?') : String(value));
  const mark = (differs: boolean, value: string): string => (differs ? `!${value}` : value);
  return [
    node.name,
    node.role === null ? `?${node.plannedRole}` : mark(node.role !== node.plannedRole, node.role),
    mark(!seen, node.state),
    mark(seen && node.source !== node.plannedSource, text(node.source)),
    `${node.ip}:${node.port}`,
    String(node.hostPort),
    mark(node.link === 'down', text(node.link)),
    text(node.lagBytes),
    text(node.lagSeconds),
    text(node.offset),
    text(node.version),
  ];
}
