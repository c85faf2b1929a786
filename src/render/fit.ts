/** How much a terminal shows. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const colour = /\u001b\[[\d;]*m/y;
const plainColour = '\u001b[0m';

/** @returns how many columns a line takes; colours take none */
export const shownWidth = (line: string): number => line.replaceAll(new RegExp(colour, 'g'), '').length;

/** @returns a line without what does not fit; colours take no room, and end with the line */
export function cutLine(line: string, columns: number): string {
  let shown = '';
  let width = 0;
  let isColoured = false;
  for (let at = 0; at < line.length; ) {
    colour.lastIndex = at;
    const [code] = colour.exec(line) ?? [];
    if (code !== undefined) isColoured = true;
    else if (width >= columns) return isColoured ? `${shown}${plainColour}` : shown;
    else width += 1;
    const piece = code ?? String.fromCodePoint(line.codePointAt(at) ?? 0);
    shown += piece;
    at += piece.length;
  }
  return shown;
}

/** The parts of a screen, from the top. */
export interface Parts {
  readonly head: readonly string[];
  readonly body: readonly string[];
  /** It gets a third of the room at most. */
  readonly tail: readonly string[];
  /** The last line, which is left out last. */
  readonly end: readonly string[];
}

/** @returns as many lines as there are rows, at most, each of which fits; what is left out is counted */
export function fitInto({ head, body, tail, end }: Parts, { columns, rows }: Size): readonly string[] {
  const room = Math.max(0, rows - head.length - end.length);
  const below = body.length + tail.length <= room ? tail : shorten(tail, Math.max(1, Math.floor(room / 3)));
  const lines = [...head, ...shorten(body, room - below.length), ...below, ...end];
  return lines.slice(0, rows).map((line) => cutLine(line, columns));
}

function shorten(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  if (room < 1) return [];
  return [...lines.slice(0, room - 1), `(${lines.length - room + 1} more lines)`];
}
