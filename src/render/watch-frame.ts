import type { Rates, Trends } from '../domain/rates.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { fitInto, type Size, shownWidth } from './fit.ts';
import { sparkline } from './sparkline.ts';
import { type Paint, renderStatus, renderTitle } from './status-table.ts';

/** Everything that one picture of a watched cluster is made of. */
export interface Picture {
  readonly name: string;
  /** What was seen last; null where nothing is there. */
  readonly status: ClusterStatus | null;
  readonly rates: Rates;
  readonly trends: Trends;
  /** Why the last look saw nothing. */
  readonly problem: { readonly message: string; readonly hint: string | null } | null;
  /** The time of day, as people read it. */
  readonly clock: string;
  readonly everyMs: number;
}

const trendHeader = 'LAG TREND';
/** Wider than its header, where there is room. */
const mostLooks = 20;

/** How many looks a trend has to keep. */
export const keptLooks: number = mostLooks;

/**
 * One picture of a watched cluster: the table of `status` with the trend of the lag of each replica, the rates of the
 * master, warnings and the hint.
 * @returns no more lines than the terminal has, none of them longer than it is wide
 */
export function renderFrame(picture: Picture, size: Size, paint: Paint, isUtf8: boolean): readonly string[] {
  const { name, status, problem } = picture;
  const trouble = problem === null ? [] : [`${paint('bad', status ? '!not seen now:' : '!gone:')} ${problem.message}`];
  if (!status) {
    const hint = problem?.hint ? [`hint: ${problem.hint.replaceAll('\n', ' ')}`] : [];
    return fitInto({ head: [name, pace(picture), ...trouble], body: [], tail: [], end: hint }, size);
  }
  const room = size.columns - trendHeader.length - 2;
  const [, header = '', ...lines] = renderStatus(status, paint, room).trimEnd().split('\n');
  const rows = lines.slice(0, status.nodes.length);
  const rest = lines.slice(status.nodes.length);
  const end = rest.at(-1)?.startsWith('hint: ') ? rest.slice(-1) : [];
  const widest = Math.max(...[header, ...rows].map(shownWidth));
  const width = Math.min(mostLooks, Math.max(trendHeader.length, size.columns - widest - 2));
  const afterName = Math.max(...status.nodes.map((node) => node.name.length), 'NODE'.length) + 2;
  const insert = (row: string, cell: string): string =>
    `${row.slice(0, afterName).padEnd(afterName)}${cell.padEnd(width)}  ${row.slice(afterName)}`;
  return fitInto(
    {
      head: [
        renderTitle(status.cluster, paint, size.columns),
        pace(picture),
        ...trouble,
        inside(header, (text) => insert(text, trendHeader)),
      ],
      body: status.nodes.map(({ name, role }, i) => {
        const trend = picture.trends.get(name) ?? [];
        return insert(rows[i] ?? '', role === 'master' ? '-' : sparkline(trend, width, isUtf8));
      }),
      tail: rest.slice(0, rest.length - end.length),
      end,
    },
    size,
  );
}

/** Changes a text inside of its colours. */
const inside = (painted: string, change: (text: string) => string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  painted.replace(/^((?:\u001b\[[\d;]*m)*)([^\u001b]*)/, (_, colour: string, text: string) => colour + change(text));

function pace({ rates: { writesPerSecond, bytesPerSecond }, clock, everyMs }: Picture): string {
  const rates = `writes ${scaled(writesPerSecond, '')}/s  bytes ${scaled(bytesPerSecond, 'B')}/s`;
  return `${clock}  every ${everyMs / 1000} s  ${rates}`;
}

/** Three figures or more, and the unit: `12`, `1.2k`, `340 kB`. */
function scaled(value: number | null, unit: string): string {
  const blank = unit === '' ? '' : ' ';
  if (value === null) return `?${blank}${unit}`;
  const steps = ['', 'k', 'M', 'G'];
  const step = Math.min(steps.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(Math.round(value)) / 3));
  const number = value / 1000 ** step;
  const text = step > 0 && number < 10 ? number.toFixed(1) : number.toFixed(0);
  return `${text}${blank}${steps[step]}${unit}`;
}
