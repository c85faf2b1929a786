/** As wide as a table may be, and what is assumed where nobody says how wide the terminal is. */
export const maxColumns = 100;

const columns = [
  'NODE',
  'ROLE',
  'STATE',
  'SOURCE',
  'ADDRESS',
  'PORT',
  'LINK',
  'LAG B',
  'LAG S',
  'OFFSET',
  'VERSION',
] as const;
type Column = (typeof columns)[number];

/** One node, a text for every column. */
export type StatusCells = Readonly<Record<Column, string>>;
type Row = Partial<StatusCells>;

/**
 * What to do without, one after the other until the table fits: first what says nothing of its own, then digits that
 * `--json` has, then what people need least.
 */
const savings: readonly ((rows: readonly Row[], cells: readonly StatusCells[]) => readonly Row[])[] = [
  (rows) => (rows.every(({ ADDRESS, PORT }) => ADDRESS?.endsWith(`:${PORT}`)) ? without(rows, 'PORT') : rows),
  (rows) => (new Set(rows.map(({ VERSION }) => VERSION)).size === 1 ? without(rows, 'VERSION') : rows),
  (rows) => rows.map((row) => ({ ...row, 'LAG B': shortened(row['LAG B']), OFFSET: shortened(row.OFFSET) })),
  (rows) => without(rows, 'VERSION'),
  (rows, cells) => without(rows, 'ADDRESS').map((row, i) => ({ ...row, PORT: cells[i]?.PORT ?? '' })),
  (rows) => without(rows, 'OFFSET'),
  (rows) => without(rows, 'LAG S'),
  (rows) => without(rows, 'PORT'),
  (rows) => without(rows, 'SOURCE'),
];

/**
 * Makes a table of nodes fit into a terminal, as far as that is possible.
 * @param cells - of every node, a text for each column
 * @param width - of the terminal, in columns; more than 100 are never used
 * @returns rows, the header first
 */
export function fitStatusTable(
  cells: readonly StatusCells[],
  width: number = maxColumns,
): readonly (readonly string[])[] {
  let rows: readonly Row[] = cells;
  for (const save of savings) {
    if (widthOf(rows) <= Math.min(width, maxColumns)) break;
    rows = save(rows, cells);
  }
  return toLines(rows);
}

const toLines = (rows: readonly Row[]): readonly (readonly string[])[] => [
  columns.filter((column) => column in (rows[0] ?? {})),
  ...rows.map((row) => columns.flatMap((column) => row[column] ?? [])),
];

const without = (rows: readonly Row[], column: Column): readonly Row[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)) as Row);

function widthOf(rows: readonly Row[]): number {
  const lines = toLines(rows);
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1);
}

const units = ['k', 'M', 'G', 'T', 'P'];

/** `1234567890123` becomes `1235G`: four digits tell more than none. What is no number stays. */
function shortened(text: string | undefined): string {
  if (text === undefined || !/^\d{5,}$/.test(text)) return text ?? '';
  const power = Math.min(units.length, Math.ceil((text.length - 4) / 3));
  return `${Math.round(Number(text) / 1000 ** power)}${units[power - 1]}`;
}
