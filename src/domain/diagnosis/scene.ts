import { rmsxCommand } from '../hints.ts';
import type { Misplaced } from '../misplaced.ts';
import { containerName } from '../names.ts';
import type { NodeConf, ObservedContainer } from '../observed.ts';
import type { ClusterRecord } from '../record.ts';
import type { ServerInfo } from '../server-info.ts';
import type { NodeStatus, Warning } from '../status.ts';
import type { Clues } from './clues.ts';

/** What warnings follow from. */
export interface Scene {
  readonly record: ClusterRecord;
  /** What is known of each node, in the order of the cluster. */
  readonly nodes: readonly NodeStatus[];
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** Nodes that answer and do not take the password of their own conf. */
  readonly refusing: ReadonlySet<string>;
  readonly containers: readonly ObservedContainer[];
  readonly misplaced: ReadonlyMap<string, Misplaced>;
  /** What was looked up of nodes with which something is wrong. */
  readonly clues: ReadonlyMap<string, Clues>;
}

/** @returns a warning that makes a cluster degraded */
export const problem = (code: string, node: string | null, message: string, hint: string | null): Warning => ({
  code,
  node,
  message,
  hint,
  level: 'problem',
});

/** @returns a warning that does not */
export const advice = (code: string, node: string | null, message: string, hint: string | null): Warning => ({
  ...problem(code, node, message, hint),
  level: 'advice',
});

/** @returns a command of rmsx to type */
export const command = ({ record }: Pick<Scene, 'record'>, rest: string): string =>
  rmsxCommand(record.cluster.name, rest);

/** @returns the name of the container of a node */
export const containerAt = ({ record }: Pick<Scene, 'record'>, node: string): string =>
  containerName(record.cluster.name, node);

/** A server takes its role and its settings from its conf when it starts. */
export const restart = (scene: Pick<Scene, 'record'>, nodes: readonly string[]): string =>
  `docker restart ${nodes.map((name) => containerAt(scene, name)).join(' ')}`;

/** @returns the command that shows what a server said last */
export const logsOf = (scene: Pick<Scene, 'record'>, node: string): string => command(scene, `logs ${node} --tail 20`);

const shownNames = 4;

/** @returns names for people: `a, b and c`; of many the first ones */
export function listed(names: readonly string[]): string {
  const shown = names.length > shownNames + 1 ? names.slice(0, shownNames) : names.slice(0, -1);
  const rest = names.length > shownNames + 1 ? `${names.length - shownNames} others` : names.at(-1);
  return shown.length === 0 ? (rest ?? '') : `${shown.join(', ')} and ${rest}`;
}

/** @returns a number with its word: `1 replica`, `2 replicas`, `no replica` */
export const counted = (count: number, word: string): string =>
  `${count === 0 ? 'no' : count} ${word}${count > 1 ? 's' : ''}`;
