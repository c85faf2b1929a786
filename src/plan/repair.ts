import { findNode, masterOf, sameSource, sourceOf, topDown } from '../domain/cluster.ts';
import { RmsxError } from '../domain/errors.ts';
import { promoteCommand } from '../domain/heir.ts';
import { rmsxCommand } from '../domain/hints.ts';
import { misplacedNodes } from '../domain/misplaced.ts';
import { containerOf, type NodeConf, type ObservedContainer } from '../domain/observed.ts';
import type { ClusterRecord } from '../domain/record.ts';
import type { ServerInfo } from '../domain/server-info.ts';

/** Everything that a repair follows from. */
export interface RepairFacts {
  /** The newest one that is there: every change writes it before it changes a server. */
  readonly record: ClusterRecord;
  readonly containers: readonly ObservedContainer[];
  readonly confs: ReadonlyMap<string, NodeConf>;
  /** What the nodes that answered said. */
  readonly infos: ReadonlyMap<string, ServerInfo>;
  /** Nodes in whose servers a change that was killed has left a setting. */
  readonly left: readonly string[];
  /** What nodes that are not seen at work were last, by their logs; null where these do not tell. */
  readonly lastRoles: ReadonlyMap<string, 'master' | 'replica' | null>;
}

/** One thing that brings a cluster nearer to its record. Each is an operation of its own, with its own refusals. */
export type RepairStep = { readonly because: string } & (
  | {
      /** A master hands over to the one that should be it. */
      readonly op: 'hand-over';
      readonly node: string;
    }
  | {
      /** No node is the master: the one that should be becomes it. */
      readonly op: 'promote';
      readonly node: string;
    }
  | {
      /** Role and record are written, so that the nodes come back with the right role. */
      readonly op: 'write-roles';
      readonly nodes: readonly string[];
    }
  | {
      /** What a change has set in servers, and left there, becomes what their conf says. */
      readonly op: 'set-back';
      readonly nodes: readonly string[];
    }
  | {
      /** A node follows its source again, after what only it has was counted. */
      readonly op: 'rejoin';
      readonly node: string;
      readonly source: string;
    }
  | {
      /** A node that was taken out of the cluster loses its container, too. */
      readonly op: 'remove';
      readonly node: string;
    }
  | {
      /** What `up` does: containers are made, started, woken, and put in their places. */
      readonly op: 'up';
      readonly nodes: readonly string[];
    }
);

/**
 * Decides what brings the nodes of a cluster to what its record says, in that order. Where a change was cut off, that
 * finishes it, as the record is its intention. Nothing is touched.
 * @returns nothing where all is as recorded
 * @throws RmsxError `unsafe` where that could cost the data of a master that is there, with the way out
 */
export function planRepair(facts: RepairFacts): readonly RepairStep[] {
  const { record, containers } = facts;
  const { cluster } = record;
  const first = masterStep(facts);
  const others = topDown(cluster).filter(({ source }) => source !== null);
  const strays = containers.flatMap(({ node }) => (node !== null && !findNode(cluster, node) ? [node] : []));
  const asleep = asleepIn(facts);
  // `up` starts whatever is stopped: what may hold writes of its own comes back by itself before that.
  const guarded = asleep.filter((node) => isGuarded(facts, node));
  const wrong = others.flatMap(({ name, source }): readonly RepairStep[] => {
    // Whoever takes over moves everybody who runs below the new master.
    const problem = first.length > 0 ? null : roleProblem(facts, name);
    const because = guarded.includes(name) ? 'it was the master, or may have been' : problem;
    return because === null || source === null ? [] : [{ op: 'rejoin', node: name, source, because }];
  });
  const nodes = asleep.filter((node) => !guarded.includes(node));
  const ground: readonly RepairStep[] =
    nodes.length > 0
      ? [{ op: 'up', nodes, because: nodes.length > 1 ? 'they are not at work' : 'it is not at work' }]
      : [];
  const isMasterAsleep = asleep.includes(masterOf(cluster).name);
  if (isMasterAsleep && guarded.length > 0) refuseBoth(facts, guarded);
  return [
    ...first,
    ...(first.length > 0 ? [] : rolesToWrite(facts)),
    ...(facts.left.length > 0
      ? [{ op: 'set-back', nodes: facts.left, because: 'a change that was killed has left them' } as const]
      : []),
    ...(isMasterAsleep ? [...ground, ...wrong] : [...wrong, ...ground]),
    ...strays.map((node): RepairStep => ({ op: 'remove', node, because: 'it is no part of the cluster any more' })),
  ];
}

/** @returns what makes the recorded master the master; nothing where it is, or where `up` starts it */
function masterStep(facts: RepairFacts): readonly RepairStep[] {
  const { record, infos, containers } = facts;
  const { cluster } = record;
  const { name } = masterOf(cluster);
  const masters = [...infos].filter(([, { role }]) => role === 'master').map(([node]) => node);
  if (masters.includes(name)) return [];
  const [current, ...more] = masters;
  if (more.length > 0) refuse(facts, `${masters.join(' and ')} are masters at the same time, and should both be none.`);
  const info = infos.get(name);
  if (info && current === undefined) return [{ op: 'promote', node: name, because: 'no node is a master' }];
  if (info) return [{ op: 'hand-over', node: name, because: `${current} is the master, and should not be` }];
  if (current !== undefined) {
    const message = `${current} is the master, and by the record ${name} should be, which does not answer.`;
    refuse(facts, message, `Let the record say so: ${promoteCommand(cluster, current)}`);
  }
  const state = containerOf({ containers }, name)?.state;
  if (asleepIn(facts).includes(name)) return [];
  return refuse(
    facts,
    `${name} ${state === 'running' ? 'runs and does not answer' : `is ${state}`}, and no node is the master.`,
  );
}

function refuse({ record: { cluster } }: RepairFacts, message: string, hint?: string): never {
  throw new RmsxError('unsafe', message, {
    node: masterOf(cluster).name,
    hint: hint ?? rmsxCommand(cluster.name, 'status'),
  });
}

/** The master can only be started together with all others, and those would come back and copy it. */
function refuseBoth(facts: RepairFacts, guarded: readonly string[]): never {
  const { name } = facts.record.cluster;
  const master = masterOf(facts.record.cluster).name;
  const message = `${master} is not at work, and ${guarded.join(', ')} may have writes that nobody else has: to start them all could lose those.`;
  return refuse(
    facts,
    message,
    `Start the master alone, and go on then: ${rmsxCommand(name, `start ${master}`)} && ${rmsxCommand(name, 'repair')}`,
  );
}

/** @returns the nodes that have no container, or one that is not at work where it belongs */
export function asleepIn({
  record: { cluster },
  containers,
}: Pick<RepairFacts, 'record' | 'containers'>): readonly string[] {
  const misplaced = misplacedNodes(cluster, containers);
  return cluster.nodes
    .map(({ name }) => name)
    .filter((name) => {
      const state = containerOf({ containers }, name)?.state;
      return state === undefined || state === 'stopped' || state === 'paused' || misplaced.has(name);
    });
}

/** Whether a node that is not at work may have taken writes as the master. */
function isGuarded({ record: { cluster }, containers, lastRoles }: RepairFacts, name: string): boolean {
  const container = containerOf({ containers }, name);
  if (!container || container.neverStarted || name === masterOf(cluster).name) return false;
  return lastRoles.get(name) !== 'replica';
}

/** @returns what is wrong with the role of a replica that runs; null where nothing is, or nobody can say */
function roleProblem({ record: { cluster }, containers, infos }: RepairFacts, name: string): string | null {
  const info = infos.get(name);
  if (!info || info.loading || misplacedNodes(cluster, containers).has(name)) return null;
  if (info.role === 'master') return 'it runs as a master';
  const node = findNode(cluster, name);
  const source = node ? sourceOf(cluster, node) : null;
  return sameSource(info.source, source?.address ?? null) ? null : 'it follows another node';
}

/** A node that restarts takes what its role.conf says, and the newest record is the truth: both are to be everywhere. */
function rolesToWrite({ record, containers, confs }: RepairFacts): readonly RepairStep[] {
  const { cluster, epoch } = record;
  const nodes = cluster.nodes.flatMap((node) => {
    const conf = confs.get(node.name);
    const container = containerOf({ containers }, node.name);
    const source = sourceOf(cluster, node)?.address ?? null;
    if (!container || container.neverStarted || !conf) return [];
    return conf.record?.epoch === epoch && sameSource(conf.source, source) ? [] : [node.name];
  });
  return nodes.length > 0 ? [{ op: 'write-roles', nodes, because: 'what is written there is of an older change' }] : [];
}

/** The plan as sentences, in the order in which they happen. */
export const formatRepair = (steps: readonly RepairStep[]): string =>
  steps.map((step) => `${describeRepair(step)}  (${step.because})`).join('\n');

/** @returns a step as a sentence */
export function describeRepair(step: RepairStep): string {
  switch (step.op) {
    case 'hand-over':
      return `hand over to ${step.node}`;
    case 'promote':
      return `make ${step.node} the master`;
    case 'write-roles':
      return `write role and record of ${step.nodes.join(', ')}`;
    case 'set-back':
      return `set back the settings of ${step.nodes.join(', ')}`;
    case 'rejoin':
      return `let ${step.node} follow ${step.source}`;
    case 'remove':
      return `remove the container of ${step.node}`;
    case 'up':
      return `start, or make anew: ${step.nodes.join(', ')}`;
    default:
      return step satisfies never;
  }
}

/** @returns the nodes that a step is about */
export const nodesOfRepair = (step: RepairStep): readonly string[] => ('nodes' in step ? step.nodes : [step.node]);
