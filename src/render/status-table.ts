import type { ClusterStatus, NodeStatus } from '../domain/status.ts';
import { fitStatusTable, maxColumns, type StatusCells } from './fit-status-table.ts';
import { renderTable } from './table.ts';

/** Colours a piece of text; the identity where there is no colour. Meaning is never in the colour alone. */
export type Paint = (tone: 'good' | 'bad' | 'dim', text: string) => string;

/**
 * The status of a cluster for people: `!` marks what differs from the plan, `?` what could not be seen; then every
 * warning, and one hint: the command to type.
 * @param width - of the terminal, in columns. @default 100, and more are never used
 */
export function renderStatus({ cluster, nodes, warnings }: ClusterStatus, paint: Paint, width?: number): string {
  const misplaced = new Set(warnings.filter(({ code }) => isOfPlace(code)).map(({ node }) => node));
  const cells = nodes.map((node) => cellsOf(node, misplaced.has(node.name)));
  const [head, ...rows] = renderTable(fitStatusTable(cells, width)).trimEnd().split('\n');
  const hint = warnings.find((warning) => warning.hint !== null)?.hint;
  return [
    renderTitle(cluster, paint, width),
    paint('dim', head ?? ''),
    ...rows,
    ...warnings.map(({ level, message }) =>
      level === 'advice' ? `${paint('dim', 'advice:')} ${message}` : `${paint('bad', 'warning:')} ${message}`,
    ),
    ...(hint ? [`hint: ${hint}`] : []),
    '',
  ].join('\n');
}

/**
 * The line above the table. The name and the health stay; of the rest, what says least goes first where there is no room.
 * @param width - of the terminal, in columns. @default 100
 */
export function renderTitle(
  { name, topology, image, subnet, health }: ClusterStatus['cluster'],
  paint: Paint,
  width: number = maxColumns,
): string {
  const rest = [topology, image, subnet];
  while (rest.length > 0 && [name, ...rest, health].join('  ').length > width) rest.pop();
  return [name, ...rest, paint(health === 'healthy' ? 'good' : 'bad', health)].join('  ');
}

const isOfPlace = (code: string): boolean => code === 'off-network' || code === 'address-differs';

function cellsOf(node: NodeStatus, isMisplaced: boolean): StatusCells {
  const seen = node.state === 'running';
  const text = (value: string | number | null): string => (value === null ? (seen ? '-' : '?') : String(value));
  // A master has no lag; that of a replica is unknown where its source does not answer.
  const lag = (value: number | null): string => (value === null && node.role !== 'master' ? '?' : text(value));
  const mark = (differs: boolean, value: string): string => (differs ? `!${value}` : value);
  return {
    NODE: node.name,
    ROLE: node.role === null ? `?${node.plannedRole}` : mark(node.role !== node.plannedRole, node.role),
    STATE: mark(!seen, node.state),
    SOURCE: mark(seen && node.source !== node.plannedSource, text(node.source)),
    ADDRESS: mark(isMisplaced, `${node.ip}:${node.port}`),
    PORT: String(node.hostPort),
    LINK: mark(node.link === 'down' || node.link === 'syncing', text(node.link)),
    'LAG B': lag(node.lagBytes),
    'LAG S': lag(node.lagSeconds),
    OFFSET: text(node.offset),
    VERSION: text(node.version),
  };
}
