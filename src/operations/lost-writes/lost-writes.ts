import { findNode, imageOf, masterOf } from '../../domain/cluster.ts';
import { messageOf, RmsxError } from '../../domain/errors.ts';
import { commandsFrom } from '../../domain/lost-writes/command-reader.ts';
import { goesOnAlike, type LostWrites, lostInFile, lostInStream } from '../../domain/lost-writes/lost-writes.ts';
import { writesIn } from '../../domain/lost-writes/write-command.ts';
import { containerOf, hasEndedInOrder, type ObservedContainer } from '../../domain/observed.ts';
import type { Engine } from '../../domain/ports.ts';
import type { ClusterRecord } from '../../domain/record.ts';
import type { StreamPart } from '../../domain/redis-port.ts';
import type { ServerInfo } from '../../domain/server-info.ts';
import { type ServerVersion, versionOfImage } from '../../domain/server-version.ts';
import { settingInConf } from '../../render/conf-values.ts';
import type { Connections } from '../connections.ts';
import { lastPartOf } from '../last-role.ts';
import { readAof } from './read-aof.ts';
import { firstHeld, readReceived, readSince, stretches } from './received.ts';

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
  if (!container) return { unknown: 'its container is gone' };
  if (container.state === 'restarting') return { unknown: 'it keeps restarting' };
  const own = container.state === 'running' ? await connections.probe(formerMaster) : undefined;
  const start = own && 'info' in own ? ownStart(own.info, info) : null;
  return own && 'info' in own && start ? inStream(scene, own.info, start) : inFile(scene, container, info);
}

/** Where the stream of a master begins that nobody else has; null where it shares no history with the other one. */
function ownStart(own: ServerInfo, master: ServerInfo): Omit<StreamPart, 'bytes'> | null {
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
  { formerMaster, connections, signal }: LostWritesScene,
  own: ServerInfo,
  { replid, offset }: Omit<StreamPart, 'bytes'>,
): Promise<LostWrites> {
  const bytes = own.offset - offset + 1;
  if (bytes < 0) return { unknown: 'it has less than the new master' };
  if (bytes === 0) return lostInStream([]);
  const isHeld = own.backlog.active && firstHeld(own) <= offset;
  if (!isHeld || bytes > mostStreamBytes)
    return { unknown: `it keeps only the end of the ${bytes} bytes that it has alone` };
  const connection = await connections.to(formerMaster);
  const part = await connection.readStream({ replid, offset, bytes }, signal);
  const commands = commandsFrom(part);
  return commands ? lostInStream(writesIn(commands)) : { unknown: 'what it has alone cannot be read' };
}

/** It does not run any more, is held, or has begun another history: what it acknowledged is in its file. */
async function inFile(scene: LostWritesScene, container: ObservedContainer, master: ServerInfo): Promise<LostWrites> {
  const { record, connections, engine, signal } = scene;
  if (record.cluster.persistence !== 'aof') return { unknown: 'it keeps no append-only file' };
  const masterName = masterOf(record.cluster).name;
  if (master.secondOffset < 1) return { unknown: `${masterName} does not know any more where the one before it ended` };
  const { file, isOfSeveral } = await readAof(engine, container.id, signal);
  const server = isOfSeveral ? ofSeveralFiles : versionOfImage(imageOfFormer(scene));
  if (!server) return { unknown: 'its image does not tell the version of its server' };
  const connection = await connections.to(masterName);
  const isDirect = await isLeftBy(master, scene, container);
  const evidence = { file, isDirect, server, beyond: beyondFile(scene, container) };
  let lost: LostWrites = { unknown: '' };
  for (const bytes of stretches) {
    const received = await readReceived(connection, master, bytes, signal);
    if (!received) return { unknown: 'the new master holds nothing of that time any more' };
    lost = lostInFile(received, evidence);
    if (!('unknown' in lost)) break;
  }
  const isInDoubt = !scene.isPredecessor && !('unknown' in lost) && lost.writes.length > 0;
  if (isInDoubt && goesOnAlike(lost, await readSince(connection, master, signal))) {
    return { unknown: 'it goes on with the same writes as the new master, and may have received them from it' };
  }
  return lost;
}

/** Another one may have been the master between them: what the new one received last was never in this file then. */
async function isLeftBy(
  { replid2 }: ServerInfo,
  { engine, isPredecessor }: LostWritesScene,
  { id }: ObservedContainer,
): Promise<boolean> {
  const { role, history } = await lastPartOf(id, engine);
  if (role === 'replica') return true; // servers do not all log whose history they follow
  return history === undefined ? isPredecessor : history === replid2;
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
  container: ObservedContainer,
): string | null {
  if (container.state === 'paused') return 'it is paused, and may go on with what was sent to it before';
  const policy = settingInConf(cluster, formerMaster, 'appendfsync');
  if (policy !== 'everysec' || hasEndedInOrder(container)) return null;
  return 'with appendfsync everysec, its last writes may not have reached its file';
}
