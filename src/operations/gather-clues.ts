import { type Clues, type MasterAuth, noClues } from '../domain/diagnosis/clues.ts';
import { cluesWanted } from '../domain/diagnosis/clues-wanted.ts';
import type { Scene } from '../domain/diagnosis/scene.ts';
import { RmsxError } from '../domain/errors.ts';
import { containerOf } from '../domain/observed.ts';
import type { Ports, ServerEnd } from '../domain/ports.ts';
import { toPrintable } from '../domain/printable.ts';
import type { Connections } from './connections.ts';
import { within } from './within.ts';

/** What all of it may take: it comes on top of the look at the nodes. */
const cluesTimeoutMs = 1000;

/** A server that crashes writes 450 lines after the one that says why; a replica without a source three a second. */
const logLines = 600;

/**
 * Looks up why, of the nodes with which something is wrong, side by side. What cannot be had is left out: it never fails.
 * @returns what was found, by node
 */
export async function gatherClues(
  scene: Scene,
  connections: Connections,
  ports: Ports,
): Promise<ReadonlyMap<string, Clues>> {
  const gathered = [...cluesWanted(scene)].map(async ([node, wanted]) => {
    const [story, masterAuth, minReplicas] = await Promise.all([
      wanted.story ? storyOf(scene, node, connections, ports) : noClues,
      wanted.logInAt === null ? null : bounded(tryMasterAuth(node, wanted.logInAt, connections)),
      wanted.minReplicas ? bounded(minReplicasOf(node, connections)) : null,
    ]);
    return [node, { ...story, masterAuth, minReplicas }] as const;
  });
  return new Map(await Promise.all(gathered));
}

const bounded = async <T>(work: Promise<T>): Promise<T | null> =>
  (await within(work.catch(nothing), cluesTimeoutMs)) ?? null;

function nothing(error: unknown): null {
  if (error instanceof RmsxError) return null;
  throw error;
}

async function storyOf(
  { containers }: Scene,
  node: string,
  connections: Connections,
  { engine }: Ports,
): Promise<{ readonly log: readonly string[]; readonly end: ServerEnd | null }> {
  const id = containerOf({ containers }, node)?.id;
  if (id === undefined) return noClues;
  const [log, end] = await Promise.all([bounded(engine.logs(id, logLines)), bounded(engine.endOf(id))]);
  return { log: (log ?? []).map((line) => toPrintable(line, connections.passwordOf(node))), end };
}

async function tryMasterAuth(node: string, source: string, connections: Connections): Promise<MasterAuth | null> {
  const password = await (await connections.to(node)).setting('masterauth');
  if (password === null) return null;
  if (password === '') return 'missing';
  return (await connections.takes(source, password)) ? 'accepted' : 'refused';
}

async function minReplicasOf(node: string, connections: Connections): Promise<number | null> {
  const value = await (await connections.to(node)).setting('min-replicas-to-write');
  return value === null ? null : Number(value);
}
