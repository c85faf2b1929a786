import type { Persistence } from '../server-info.ts';
import { mastersIn } from './masters.ts';
import type { Scene } from './scene.ts';
import { isFlapping } from './traffic.ts';
import { culpritOf } from './upstream.ts';

/** What is to be looked up of a node. */
export interface CluesWanted {
  /** What it said last, and how it ended. */
  readonly story: boolean;
  /** The source at which the password of the replica is to be tried. */
  readonly logInAt: string | null;
  readonly minReplicas: boolean;
}

/**
 * Decides what is worth a second look: only nodes with which something is wrong, and only what tells why.
 * @returns by node; empty for a healthy cluster
 */
export function cluesWanted(scene: Scene): ReadonlyMap<string, CluesWanted> {
  const lost = replicasWithout(scene);
  const sources = new Set(scene.nodes.filter(({ name }) => lost.has(name)).map(({ source }) => source));
  const wanted = scene.nodes.map(({ name, state, source, link }) => {
    const info = scene.infos.get(name);
    const isOver = state === 'stopped' || state === 'restarting';
    const isHeld = state === 'paused' || scene.misplaced.get(name)?.ip === null;
    const isSick = info !== undefined && (!areWritesKept(info.persistence) || isFlapping(scene, info));
    const isWorth = isOver || isHeld || isSick || lost.has(name) || sources.has(name) || mayHaveCopied(scene, name);
    const minReplicas = info?.role === 'master' && info.goodReplicas !== null;
    return [name, { story: isWorth, logInAt: lost.has(name) && link === 'down' ? source : null, minReplicas }] as const;
  });
  return new Map(wanted.filter(([, { story, minReplicas }]) => story || minReplicas));
}

/** Replicas that are not in sync although their source could serve them. */
function replicasWithout(scene: Scene): ReadonlySet<string> {
  const lost = scene.nodes.filter(
    (node) =>
      (node.link === 'down' || node.link === 'syncing') &&
      !scene.misplaced.has(node.name) &&
      culpritOf(scene, node) === undefined &&
      scene.nodes.some(({ name }) => name === node.source),
  );
  return new Set(lost.map(({ name }) => name));
}

const areWritesKept = ({ aofWriteOk, aofRewriteOk, snapshotOk }: Persistence): boolean =>
  aofWriteOk && aofRewriteOk && snapshotOk;

/** A replica without a key that has run for longer than its master, which has none either. */
function mayHaveCopied({ nodes, infos }: Scene, name: string): boolean {
  const [first] = mastersIn({ nodes });
  const [master, own] = [infos.get(first ?? ''), infos.get(name)];
  const isEmpty = master !== undefined && own !== undefined && own.role === 'replica' && master.keys + own.keys === 0;
  return isEmpty && own.uptimeSeconds > master.uptimeSeconds + 1;
}
