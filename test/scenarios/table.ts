import { median } from './downtime.ts';

/** What one run of a scenario came to. */
export interface RunFigures {
  readonly scenario: string;
  readonly image: string;
  /** Null without a load. */
  readonly downtimeMs: number | null;
  /** Acknowledged writes that are gone. */
  readonly lost: number;
  /** Writes that rmsx listed as lost; null where it did not say. */
  readonly reported: number | null;
  /** What rmsx said of their bytes last; null where it did not say, or did not know. */
  readonly lostBytes: number | null;
  readonly full: number;
  readonly partial: number;
}

const heads = 'scenario,server,runs,downtime median,longest,lost,reported,bytes,partial,full'.split(',');

/** @returns the runs as a table, a line for each scenario and server, in the order in which they came first */
export function tableOf(runs: readonly RunFigures[]): string {
  const keyOf = ({ scenario, image }: RunFigures): string => `${scenario} ${image}`;
  const groups = [...new Set(runs.map(keyOf))].map((key) => runs.filter((run) => keyOf(run) === key));
  const lines = [heads, heads.map(() => '---'), ...groups.map(rowOf)];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function rowOf(runs: readonly RunFigures[]): readonly string[] {
  const [first] = runs;
  const times = runs.flatMap(({ downtimeMs }) => downtimeMs ?? []);
  const inMs = (value: number): string => (times.length === 0 ? '' : `${Math.round(value)} ms`);
  return [
    first?.scenario ?? '',
    first?.image ?? '',
    `${runs.length}`,
    inMs(median(times)),
    inMs(Math.max(...times)),
    `${sum(runs.map(({ lost }) => lost))}`,
    sumKnown(runs.map(({ reported }) => reported)),
    sumKnown(runs.map(({ lostBytes }) => lostBytes)),
    `${sum(runs.map(({ partial }) => partial))}`,
    `${sum(runs.map(({ full }) => full))}`,
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What is not known is not nothing. */
function sumKnown(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'not known';
  const unknown = values.length - known.length;
  return `${sum(known)}${unknown > 0 ? ` (${unknown} not known)` : ''}`;
}
