import type { Bulk, Command, Fault, FaultKind, Setting, Wait } from './scenario.ts';

/** @returns a fault that hits nodes */
export const hit = (fault: FaultKind, ...nodes: readonly string[]): Fault => ({ fault, nodes });

/** @returns writes on a node beside the load */
export const write = (node: string, writeKilobytes: number): Bulk => ({ node, writeKilobytes });

/** @returns a setting of a server */
export const set = (node: string, name: string, to: string): Setting => ({ node, set: name, to });

/** @returns what is waited for */
export const until = (node: string, state: Wait['until']): Wait => ({ node, until: state });

/** @returns a command of rmsx; `slave-1` is not quoted, so no argument has a blank */
export const rmsxDoes = (line: string, rest: Omit<Command, 'rmsx'> = {}): Command => ({
  rmsx: line.split(' '),
  ...rest,
});

/**
 * Nobody who kills a master under a load can know who of its replicas received more of it.
 * @returns a promotion, by way of the best where the node is behind another one
 */
export const promote = (node: string, rest: Omit<Command, 'rmsx'> = {}): Command => ({
  ...rmsxDoes(`promote ${node}`, rest),
  ifBehind: ['promote', node, '--via'],
});
