import type { PullProgress } from '../domain/ports.ts';

/** One line of what an engine tells while it pulls. */
interface PullLine {
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/**
 * Reads what an engine tells while it pulls, line by line, whatever the pieces in which it comes.
 * @param next - the next piece
 * @param tell - told how far it is, whenever that changes
 * @throws Error with the words of the engine for an error line, and for a text that is cut off or none of an engine
 */
export async function readPull(
  next: () => Promise<IteratorResult<Buffer | string>>,
  tell: (progress: PullProgress) => void,
): Promise<void> {
  const decoder = new TextDecoder(); // a character may be cut in two
  const layers = new Map<string, PullProgress>();
  let rest = '';
  const take = (text: string): void => {
    const line = parseLine(text);
    if (line && note(line, layers)) tell(sumOf(layers));
  };
  for (;;) {
    const { done, value } = await next();
    if (done) break;
    rest += typeof value === 'string' ? value : decoder.decode(value, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  }
  take(rest + decoder.decode());
}

function parseLine(text: string): PullLine | undefined {
  if (text.trim() === '') return undefined;
  let line: PullLine | null;
  try {
    line = JSON.parse(text);
  } catch {
    throw new Error('its answer was cut off, or is none of an engine');
  }
  if (typeof line !== 'object' || line === null) throw new Error('its answer is none of an engine');
  const error = line.error ?? line.errorDetail?.message;
  if (error) throw new Error(error);
  return line;
}

/** @returns whether anything has changed */
function note({ id, status, progressDetail }: PullLine, layers: Map<string, PullProgress>): boolean {
  if (id === undefined) return false;
  const known = layers.get(id);
  const { current, total } = progressDetail ?? {};
  if (status === 'Downloading' && current !== undefined && total !== undefined && total > 0) {
    layers.set(id, { doneBytes: current, totalBytes: total });
    return true;
  }
  if (!known || !/complete|Verifying|Extracting/.test(status ?? '') || known.doneBytes === known.totalBytes)
    return false;
  layers.set(id, { ...known, doneBytes: known.totalBytes });
  return true;
}

function sumOf(layers: ReadonlyMap<string, PullProgress>): PullProgress {
  let [doneBytes, totalBytes] = [0, 0];
  for (const layer of layers.values()) {
    doneBytes += layer.doneBytes;
    totalBytes += layer.totalBytes;
  }
  return { doneBytes, totalBytes };
}
