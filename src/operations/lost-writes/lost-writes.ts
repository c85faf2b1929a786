import { findNode, imageOf, masterOf } from '../../domain/cluster.ts';
import { messageOf, RmsxError } from '../../domain/errors.ts';
import { commandsFrom } from '../../domain/lost-writes/command-reader.ts';
import {
  goesOnAlike,
  isPartOf,
  type LostWrites,
  lostInFile,
  lostInStream,
  withDatabasesOf,
} from '../../domain/lost-writes/lost-writes.ts';
import { type WriteCommand, writesIn } from '../../domain/lost-writes/write-command.ts';
import { containerOf, hasEndedInOrder, type ObservedContainer } from '../../domain/observed.ts';
import type { Engine } from '../../domain/ports.ts';
import type { ClusterRecord } from '../../domain/record.ts';
import type { StreamPlace } from '../../domain/redis-port.ts';
import type { ServerInfo } from '../../domain/server-info.ts';
import { type ServerVersion, versionOfImage } from '../../domain/server-version.ts';
import { settingInConf } from '../../render/conf-values.ts';
import type { Connections } from '../connections.ts';
import { type LastPart, lastPartOf, noPart } from '../last-role.ts';
import { withKeptData } from './kept-data.ts';
import { readAof } from './read-aof.ts';
import { firstHeld, readDatabaseAt, readReceived, readSince, sinceStretches, stretches } from './received.ts';

/** Whose lost writes are looked for. */
export interface LostWritesScene {
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  /** The node that was the master once. */
  readonly formerMaster: string;
  /** Whether it is known to be the one whose place the master took, and not to have followed it since. */
  readonly isPredecessor: boolean;
  readonly connections: Connections;
  readonly engine: Engine;
  /** Ends the search. */
  readonly signal: AbortSignal;
}

/** More than that is not held in memory. */
const mostStreamBytes = 64 * 2 ** 20;
/** All servers that write several files have the same in them as in the stream. */
const ofSeveralFiles: ServerVersion = { family: 'redis', major: 7, minor: 0 };

/**
 * Finds the writes of a former master that the master which took over does not have: exactly, or why that cannot be. How it
 * is done, and where it ends, is in docs/decisions/030.
 * @throws the reason of the signal
 */
export async function lostWrites(scene: LostWritesScene): Promise<LostWrites> {
  try {
    return await find(scene);
  } catch (error) {
    scene.signal.throwIfAborted();
    if (error instanceof RmsxError) return { unknown: messageOf(error).replace(/\.$/, '') };
    if (error instanceof RangeError) return { unknown: `its append-only file cannot be read: ${error.message}` };
    throw error;
  }
}

async function find(scene: LostWritesScene): Promise<LostWrites> {
  const { record, formerMaster, connections } = scene;
  const master = masterOf(record.cluster).name;
  const probe = await connections.probe(master);
  if (!('info' in probe)) return { unknown: `${master} does not answer` };
  const { info } = probe;
  if (info.role !== 'master') return { unknown: `${master} is not the master yet` };
  const container = containerOf(scene, formerMaster);
  if (!container) return inKeptData(scene, info);
  if (container.state === 'restarting') return { unknown: 'it keeps restarting' };
  const own = container.state === 'running' ? await connections.probe(formerMaster) : undefined;
  const start = own && 'info' in own ? ownStart(own.info, info) : null;
  if (own && 'info' in own && start) return inStream(scene, { id: container.id, own: own.info, ...start });
  const { departure, history } = await lastPartOf(container.id, scene.engine);
  return inFile(scene, { id: container.id, departure, history, beyond: beyondFile(scene, container) }, info);
}

/** It has no container any more: somebody removed it, and its data may still be there. */
async function inKeptData(scene: LostWritesScene, master: ServerInfo): Promise<LostWrites> {
  const { record, containers, formerMaster: node, engine } = scene;
  const beyond = beyondFile(scene, undefined);
  const lost = await withKeptData({ record, containers, node }, engine, (id) =>
    inFile(scene, { ...noPart, id, beyond }, master),
  );
  return lost ?? { unknown: 'its container and its data are gone' };
}

/** A file of a server that nobody can ask. */
interface LeftFile extends Pick<LastPart, 'departure' | 'history'> {
  /** Of a container that has it. */
  readonly id: string;
  /** Why its last writes may not have reached the file; null where all surely have. */
  readonly beyond: string | null;
}

/** Where the stream of a master begins that nobody else has; null where it shares no history with the other one. */
function ownStart(own: ServerInfo, master: ServerInfo): StreamPlace | null {
  if (own.role !== 'master') return null;
  const { replid } = own;
  if (replid === master.replid2) return { replid, offset: master.secondOffset }; // the other one left
  if (own.replid2 === master.replid) return { replid, offset: own.secondOffset }; // it left itself
  // Both left a third one: whoever asks goes on from the history that they share, as far as both have it.
  if (own.replid2 !== master.replid2 || own.secondOffset < 1 || master.secondOffset < 1) return null;
  return { replid: own.replid2, offset: Math.min(own.secondOffset, master.secondOffset) };
}

/** It runs, and has the very stream that nobody else has. */
async function inStream(
  scene: LostWritesScene,
  { id, own, replid, offset }: StreamPlace & { readonly id: string; readonly own: ServerInfo },
): Promise<LostWrites> {
  const { formerMaster, connections, signal } = scene;
  const bytes = own.offset - offset + 1;
  if (bytes < 0) return { unknown: 'it has less than the new master' };
  if (bytes === 0) return lostInStream([]);
  const isHeld = own.backlog.active && firstHeld(own) <= offset;
  if (!isHeld || bytes > mostStreamBytes)
    return { unknown: `it keeps only the end of the ${bytes} bytes that it has alone` };
  const connection = await connections.to(formerMaster);
  const part = await connection.readStream({ replid, offset, bytes }, signal);
  const commands = commandsFrom(part);
  if (!commands) return { unknown: 'what it has alone cannot be read' };
  const writes = writesIn(commands);
  if (writes[0]?.database !== null) return lostInStream(writes);
  const database = await readDatabaseAt(connection, own, { replid, offset }, signal);
  return lostInStream(database === null ? await askFile(writes, id, scene) : writesIn(commands, database));
}

/** A stream says its database when that changes, which may be long ago; a file says it at its beginning. */
async function askFile(
  writes: readonly WriteCommand[],
  id: string,
  { record, engine, signal }: LostWritesScene,
): Promise<readonly WriteCommand[]> {
  if (record.cluster.persistence !== 'aof') return writes;
  try {
    return withDatabasesOf(writes, (await readAof(engine, id, signal)).file.writes);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RmsxError || error instanceof RangeError) return writes; // they are known without it
    throw error;
  }
}

/** It does not run any more, is held, or has begun another history: what it acknowledged is in its file. */
async function inFile(
  scene: LostWritesScene,
  { id, departure, history, beyond }: LeftFile,
  master: ServerInfo,
): Promise<LostWrites> {
  const { record, connections, engine, signal } = scene;
  if (record.cluster.persistence !== 'aof') return { unknown: 'it keeps no append-only file' };
  const masterName = masterOf(record.cluster).name;
  const hasLeft = departure?.replid === master.replid; // it was made a master beside the other one
  if (!hasLeft && master.secondOffset < 1)
    return { unknown: `${masterName} does not know any more where the one before it ended` };
  const parting = hasLeft ? departure : { replid: master.replid2, offset: master.secondOffset };
  const { file, isOfSeveral } = await readAof(engine, id, signal);
  const server = isOfSeveral ? ofSeveralFiles : versionOfImage(imageOfFormer(scene));
  if (!server) return { unknown: 'its image does not tell the version of its server' };
  const connection = await connections.to(masterName);
  const evidence = { file, isDirect: hasLeft || isLeftBy(master, scene, history), server, beyond };
  let lost: LostWrites = { unknown: '' };
  for (const bytes of stretches) {
    const received = await readReceived(connection, master, parting, bytes, signal);
    if (!received) return { unknown: 'the new master holds nothing of that time any more' };
    lost = lostInFile(received, evidence);
    if (!('unknown' in lost)) break;
  }
  if (scene.isPredecessor || hasLeft || 'unknown' in lost || lost.writes.length === 0) return lost;
  for (const bytes of sinceStretches) {
    const since = await readSince(connection, master, bytes, signal);
    if (!goesOnAlike(lost, since)) return lost;
    if (isPartOf(lost, since)) return { ...lostInStream([]), beyond };
  }
  return { unknown: 'it goes on with the same writes as the new master, and may have received them from it' };
}

/**
 * Another one may have been the master between them: what the new one received last was never in this file then. Where the
 * record was changed once, that was the only promotion.
 */
function isLeftBy(
  { replid2 }: ServerInfo,
  { isPredecessor, record }: LostWritesScene,
  history: string | undefined,
): boolean {
  return history === undefined ? isPredecessor || record.epoch === 2 : history === replid2;
}

function imageOfFormer({ record: { cluster }, formerMaster }: LostWritesScene): string {
  const node = findNode(cluster, formerMaster);
  return node ? imageOf(cluster, node) : cluster.image;
}

/**
 * A server that syncs its file every second holds back what is written while it does so, for up to 2 s, and answers all the
 * same (`flushAppendOnlyFile`): who kills it then takes that away. One that ends in order writes everything down. One that is
 * held is not at the end of what it was sent.
 */
function beyondFile(
  { record: { cluster }, formerMaster }: LostWritesScene,
  container: ObservedContainer | undefined,
): string | null {
  if (container?.state === 'paused') return 'it is paused, and may go on with what was sent to it before';
  const policy = settingInConf(cluster, formerMaster, 'appendfsync');
  if (policy !== 'everysec' || (container && hasEndedInOrder(container))) return null;
  return 'with appendfsync everysec, its last writes may not have reached its file';
}
