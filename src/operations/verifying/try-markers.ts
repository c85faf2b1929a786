import type { Marker } from '../../domain/data.ts';
import { RmsxError } from '../../domain/errors.ts';
import {
  type Delay,
  hasReached,
  type MarkersSeen,
  type Reached,
  type Seen,
  type Target,
} from '../../domain/verification/evidence.ts';
import { makeMarkers, markerName } from '../../domain/verification/markers.ts';
import { catchUp, type Patience, reachedOf } from './catch-up.ts';
import { measureDelays, measuredAtOnce } from './measure-delay.ts';
import { type NodeSession, seen } from './node-session.ts';
import type { VerifyScene } from './scene.ts';
import { countLeft, markerTtlMs, readMarkers, takeMarkersBack, writeMarkers } from './write-markers.ts';

/** What was seen of each node. */
export type ByNode<T> = ReadonlyMap<string, Seen<T>>;

/** What the markers brought to light. */
export interface MarkerEvidence {
  readonly target: Seen<Target>;
  readonly written: number;
  readonly reached: ByNode<Reached>;
  readonly markers: ByNode<MarkersSeen>;
  readonly delays: ByNode<Delay>;
  readonly left: ByNode<number>;
}

/** Writes markers, reads them back on every node, and removes them, whatever happens. */
export async function tryMarkers(
  scene: VerifyScene,
  master: NodeSession,
  others: readonly NodeSession[],
  patience: Patience,
): Promise<MarkerEvidence> {
  const { keys, run, cluster, connections } = scene;
  const markers = makeMarkers(run, keys, cluster.record.cluster.disabledCommands);
  const delayKey: Marker = { name: markerName(run, 'latency'), type: 'string', elements: [] };
  const all = [...markers, delayKey];
  let isRemoved = false;
  try {
    const { outcome, target } = await writeMarkers(master, markers, patience.signal);
    const reached = await ofEach(others, patience, (session) => catchUp(session, known(target), patience));
    const isUpToDate = ({ node }: NodeSession): boolean => isThere(reached.get(node), target);
    const found = await ofEach([master, ...others], patience, async (session) => {
      known(outcome);
      return readMarkers(session, markers);
    });
    const delays = await delaysOf(master, others, isUpToDate, outcome, delayKey, patience);
    const removal = await seen(patience.signal, () => remove(master, all));
    isRemoved = 'value' in removal;
    const left = await ofEach([master, ...others], patience, (session) => {
      const isBehind = session !== master && !isUpToDate(session);
      return countLeft(session, all, known(removal), patience, isBehind);
    });
    return { target, written: 'value' in outcome ? keys : 0, reached, markers: found, delays, left };
  } finally {
    if (!isRemoved) await takeMarkersBack(master.node, connections, all);
  }
}

/** @returns how far the master was when they were removed */
async function remove(master: NodeSession, markers: readonly Marker[]): Promise<Target> {
  await master.use(({ data }) => data.remove(markers.map(({ name }) => name)));
  return reachedOf(await master.use((connection) => connection.info()));
}

/** Those that have not caught up show nothing, and are not waited for again. */
async function delaysOf(
  master: NodeSession,
  others: readonly NodeSession[],
  isUpToDate: (session: NodeSession) => boolean,
  outcome: Seen<true>,
  { name }: Marker,
  patience: Patience,
): Promise<ByNode<Delay>> {
  const delays = new Map<string, Seen<Delay>>();
  for (const { node } of others) {
    delays.set(node, 'error' in outcome ? outcome : { error: `${node} has not caught up with ${master.node}` });
  }
  const measured = 'error' in outcome ? [] : others.filter(isUpToDate);
  for (let i = 0; i < measured.length; i += measuredAtOnce) {
    const group = measured.slice(i, i + measuredAtOnce);
    for (const [node, delay] of await measureDelays(master, group, name, markerTtlMs, patience))
      delays.set(node, delay);
  }
  return delays;
}

const isThere = (reached: Seen<Reached> | undefined, target: Seen<Target>): boolean =>
  reached !== undefined && 'value' in reached && 'value' in target && hasReached(reached.value, target.value);

/** @returns what was seen. @throws why it was not */
function known<T>(found: Seen<T>): T {
  if ('error' in found) throw new RmsxError('failed', found.error);
  return found.value;
}

async function ofEach<T>(
  sessions: readonly NodeSession[],
  { signal }: Patience,
  work: (session: NodeSession) => Promise<T>,
): Promise<ByNode<T>> {
  const found = sessions.map(async (session) => [session.node, await seen(signal, async () => work(session))] as const);
  return new Map(await Promise.all(found));
}
