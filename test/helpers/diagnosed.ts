import { assessCluster, type Evidence } from '../../src/domain/assess.ts';
import type { ClusterSpec } from '../../src/domain/cluster.ts';
import { type Clues, noClues } from '../../src/domain/diagnosis/clues.ts';
import type { ServerInfo } from '../../src/domain/server-info.ts';
import {
  cluster,
  confs,
  containers,
  healthyInfos,
  history,
  masterInfo,
  node,
  record,
  replicaInfo,
  type States,
} from './values.ts';

/** The nodes of that star. */
export const [master, one, two] = [node('master', null), node('slave-1', 'master'), node('slave-2', 'master')];
/** In bytes. */
export const mebibyte = 2 ** 20;

/** What differs from a healthy star of three. */
export interface Given {
  readonly infos?: Readonly<Record<string, ServerInfo | null>>;
  readonly clues?: Readonly<Record<string, Partial<Clues>>>;
  readonly states?: States;
  readonly spec?: ClusterSpec;
  readonly changes?: Partial<Evidence>;
}

/** @returns what status follows from: a healthy star of three, changed by what is said; null for a node that says nothing */
export function evidence({ infos = {}, clues = {}, states = {}, spec = cluster(2), changes = {} }: Given): Evidence {
  const own = record(spec);
  const said = healthyInfos(spec);
  for (const [name, info] of Object.entries(infos)) {
    if (info) said.set(name, info);
    else said.delete(name);
  }
  return {
    record: own,
    containers: containers(spec, states),
    confs: confs(own),
    infos: said,
    clues: new Map(Object.entries(clues).map(([name, each]) => [name, { ...noClues, ...each }])),
    endpoint: () => ({ host: '127.0.0.1', port: 6379 }),
    ...changes,
  };
}

/** Every warning in a line; advice in brackets. */
export const lines = (given: Given): readonly string[] =>
  assessCluster(evidence(given)).warnings.map(({ code, node: of, message, hint, level }) => {
    const text = `${code} ${of ?? '-'}: ${message} -> ${hint}`;
    return level === 'advice' ? `[${text}]` : text;
  });

/** A replica whose link is down. */
export const lost = (changes: Partial<ServerInfo> = {}): ServerInfo =>
  replicaInfo(master, { link: 'down', ...changes });
/** A replica in a full synchronisation. */
export const syncing = (sync: ServerInfo['sync']): ServerInfo => replicaInfo(master, { link: 'syncing', sync });
/** A line of a log. */
export const at = (time: string, text: string): string => `1:S 28 Nov 2026 ${time}.123 * ${text}`;
/** The master, with both replicas. */
export const online = (changes: Partial<ServerInfo> = {}): ServerInfo => masterInfo([one, two], changes);
/** The star, where nothing is kept. */
export const ephemeral = cluster(2, { persistence: 'none' });
/** A master that was started again without its data. */
export const emptyMaster = online({ keys: 0, uptimeSeconds: 12, replid: 'b'.repeat(40), offset: 20 });
/** A replica that has run for longer, and has copied that. */
export const copied = replicaInfo(master, { keys: 0, uptimeSeconds: 100, replid: 'b'.repeat(40), offset: 20 });
/** What a replica says that wanted to go on with its old history, from an offset on. */
export const asked = (offset: number): readonly string[] => [
  at('18:06:35', 'Ready to accept connections'),
  at('18:07:35', `Trying a partial resynchronization (request ${history}:${offset}).`),
];
