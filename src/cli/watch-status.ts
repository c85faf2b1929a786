import { RmsxError } from '../domain/errors.ts';
import type { Ports } from '../domain/ports.ts';
import { unknownRates, withLags } from '../domain/rates.ts';
import type { ClusterStatus } from '../domain/status.ts';
import { type Change, changesBetween } from '../domain/status-changes.ts';
import { type Sight, watch } from '../operations/watch.ts';
import { keptLooks, type Picture, renderFrame } from '../render/watch-frame.ts';
import type { Context } from './context.ts';
import { isUtf8 } from './locale.ts';
import { paintFor } from './paint.ts';
import { WatchScreen } from './watch-screen.ts';

/**
 * Watches a cluster until somebody ends it: on a terminal as a picture, else as one line for each change.
 * @returns the exit code
 */
export async function watchStatus(everyMs: number, context: Context): Promise<number> {
  const { stdout } = context.streams;
  const closed = new AbortController();
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') closed.abort();
  });
  const given = await context.ports(context.name, null);
  const ports: Ports = { ...given, signal: AbortSignal.any([given.signal, closed.signal]) };
  const sights = watch(context.name, ports, { everyMs, lookMs: context.timeoutMs });
  try {
    if (stdout.isTTY && context.env.TERM !== 'dumb') await show(sights, everyMs, context);
    else await tellChanges(sights, (line) => void stdout.write(`${line}\n`));
  } catch (error) {
    if (closed.signal.aborted) return 0; // nobody reads it any more
    // Who ends it knows that, and is not to find a message in the place of the picture.
    if (given.signal.aborted && error instanceof RmsxError && error === given.signal.reason) return error.exitCode;
    throw error;
  }
  return 0;
}

async function show(sights: AsyncIterable<Sight>, everyMs: number, context: Context): Promise<void> {
  const { name, colour, env, streams } = context;
  const paint = await paintFor(colour);
  const screen = new WatchScreen(streams.stdout);
  let picture: Picture | undefined;
  try {
    for await (const sight of sights) {
      if (!picture) screen.open();
      picture = pictureOf(sight, picture ?? { ...nothingSeen, name, everyMs });
      const shown = picture;
      screen.draw((size) => renderFrame(shown, size, paint, isUtf8(env)));
    }
  } finally {
    screen.close();
  }
}

const nothingSeen = { status: null, rates: unknownRates, trends: new Map(), problem: null };

function pictureOf(sight: Sight, before: Omit<Picture, 'clock'>): Picture {
  const clock = new Date(sight.atMs).toTimeString().slice(0, 8);
  if (sight.kind === 'seen') {
    const { status, rates } = sight;
    const trends = withLags(before.trends, status.nodes, keptLooks);
    return { ...before, clock, status, rates, trends, problem: null };
  }
  const { message, hint = null } = sight.error;
  const lasting = sight.kind === 'failed' ? { status: before.status } : { status: null, trends: new Map() };
  return { ...before, ...lasting, clock, rates: unknownRates, problem: { message, hint } };
}

async function tellChanges(sights: AsyncIterable<Sight>, print: (line: string) => void): Promise<void> {
  let status: ClusterStatus | undefined;
  let problem: string | undefined;
  for await (const sight of sights) {
    const tell = ({ node, text }: Change): void =>
      print(`${new Date(sight.atMs).toISOString()} ${node ?? 'cluster'} ${text}`);
    if (sight.kind === 'seen') {
      if (problem !== undefined && status) tell({ node: null, text: 'seen again' });
      for (const change of changesBetween(status, sight.status)) tell(change);
      [status, problem] = [sight.status, undefined];
    } else {
      const text = `${sight.kind === 'gone' ? 'gone' : 'not seen'}: ${sight.error.message}`;
      if (text !== problem) tell({ node: null, text });
      problem = text;
      if (sight.kind === 'gone') status = undefined;
    }
  }
}
