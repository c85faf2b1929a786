import type { Measurement } from './statistics.ts';

/** A figure that is judged, and what it has to reach. */
export interface Check {
  /** `up --replicas 2: rmsx / compose` */
  readonly name: string;
  readonly value: number;
  /** `x` is a ratio. */
  readonly unit: 'x' | '%' | 'ms' | 'MB';
  /** The most that it may be; null where it is for information only. */
  readonly target: number | null;
  /** Null where there is no target. */
  readonly met: boolean | null;
}

/** What one group of measurements brought. */
export interface Findings {
  readonly measurements: readonly Measurement[];
  readonly checks: readonly Check[];
}

/** @returns the figure with its verdict */
export function checkOf(name: string, value: number, unit: Check['unit'], target: number | null): Check {
  const digits = unit === 'x' || unit === '%' ? 100 : 10;
  const rounded = Math.round(value * digits) / digits;
  return { name, value: rounded, unit, target, met: target === null ? null : rounded <= target };
}

/** @returns both tables, for people */
export function formatFindings({ measurements, checks }: Findings): string {
  const rows = measurements.map((it) => [
    it.name,
    ...[it.median, it.min, it.max].map((value) => value.toFixed(it.unit === 'MB' ? 1 : 0)),
    it.unit,
    String(it.samples.length),
  ]);
  const verdicts = checks.map((it) => [
    it.name,
    `${it.value.toFixed(it.unit === 'x' || it.unit === '%' ? 2 : 0)} ${it.unit}`,
    it.target === null ? '-' : `<= ${it.target} ${it.unit}`,
    it.met === null ? '-' : it.met ? 'met' : 'MISSED',
  ]);
  const measured = formatTable([['MEASURED', 'MEDIAN', 'MIN', 'MAX', 'UNIT', 'RUNS'], ...rows]);
  const judged = formatTable([['FIGURE', 'IS', 'TARGET', 'VERDICT'], ...verdicts]);
  return `${measured}\n${judged}`;
}

/** The first column is text, the others are figures and stand at the right. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return rows.map((row) => `${line(row)}\n`).join('');
}
