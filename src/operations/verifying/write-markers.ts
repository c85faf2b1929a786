import type { Marker } from '../../domain/data.ts';
import { digestOf } from '../../domain/verification/digest.ts';
import type { MarkersSeen, Seen, Target } from '../../domain/verification/evidence.ts';
import type { Connections } from '../connections.ts';
import { untilAborted } from '../wait-until.ts';
import { catchUp, type Patience, reachedOf } from './catch-up.ts';
import { type NodeSession, seen } from './node-session.ts';

/** A belt: markers that nobody could remove expire. They live shorter than that anyway. */
export const markerTtlMs = 120_000;

const markersAtOnce = 200;

/** Who is stopped, or is out of time, does not wait longer for the markers to be removed. */
const removalMs = 2000;

/** What came of writing markers. */
export interface Written {
  /** Whether they are all there, else the words of the master. */
  readonly outcome: Seen<true>;
  /** How far the master was after them. */
  readonly target: Seen<Target>;
}

/** Writes markers on the master, and tells how far others have to come for them. */
export async function writeMarkers(
  master: NodeSession,
  markers: readonly Marker[],
  signal: AbortSignal,
): Promise<Written> {
  const outcome = await seen(signal, async (): Promise<true> => {
    // Each transaction is begun here, so that none is begun after an abort.
    for (let i = 0; i < markers.length; i += markersAtOnce) {
      await master.use(({ data }) => data.write(markers.slice(i, i + markersAtOnce), markerTtlMs));
    }
    return true;
  });
  return { outcome, target: await master.see(async (connection) => reachedOf(await connection.info())) };
}

/** @returns what a node holds of the markers */
export async function readMarkers(session: NodeSession, markers: readonly Marker[]): Promise<MarkersSeen> {
  const names = markers.map(({ name }) => name);
  const states = await session.use(({ data }) => data.read(0, names));
  const isMissing = ({ name }: Marker): boolean => (states.get(name)?.type ?? null) === null;
  const isWrong = ({ name, type, elements }: Marker): boolean =>
    states.get(name)?.type !== type || states.get(name)?.digest !== digestOf(type, elements);
  return {
    missing: markers.filter(isMissing).length,
    wrong: markers.filter((marker) => !isMissing(marker) && isWrong(marker)).map(({ name }) => name),
  };
}

/** @returns how many markers a node still has when it had the time to hear that they were removed */
export async function countLeft(
  session: NodeSession,
  markers: readonly Marker[],
  target: Target,
  patience: Patience,
  isBehind: boolean,
): Promise<number> {
  // Who did not come as far as the markers will not come as far as their end either.
  if (!isBehind) await catchUp(session, target, patience);
  const { missing } = await readMarkers(session, markers);
  return markers.length - missing;
}

/**
 * Removes markers where nothing else is done any more, on the connection that wrote them, as what is still under way there
 * comes first. What cannot be removed expires.
 */
export async function takeMarkersBack(
  master: string,
  connections: Connections,
  markers: readonly Marker[],
): Promise<void> {
  const removal = connections.to(master).then(({ data }) => data.remove(markers.map(({ name }) => name)));
  await untilAborted(removal, AbortSignal.timeout(removalMs)).catch(() => undefined);
}
