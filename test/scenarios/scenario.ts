import type { Topology } from '../../src/index.ts';

/** The fifteen invariants of a cluster after a fault. */
export const invariantNames = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I11',
  'I12',
  'I13',
  'I14',
  'I15',
] as const;

/** One of them. */
export type InvariantName = (typeof invariantNames)[number];

/** What happens to containers, servers and links. Nodes are given in the order in which they are hit. */
export type FaultKind =
  /** SIGKILL, and the engine starts it no more. */
  | 'kill'
  /** SIGTERM, and the engine starts it again. */
  | 'restart'
  | 'start'
  /** Containers, by the engine. */
  | 'pause'
  | 'wake'
  /** The process of the server alone, by SIGSTOP and SIGCONT. */
  | 'freeze'
  | 'thaw'
  /** The network of the cluster. */
  | 'disconnect'
  | 'connect'
  /** Its replicas lose their connections, and may come again. */
  | 'blink'
  /** It loses its source, and has the wrong password for it until it is mended. */
  | 'cut'
  | 'mend'
  /** Its conf cannot be read any more: the server ends at each start, and the engine starts it again. */
  | 'crash'
  /** It is told to be a master. */
  | 'stray'
  /** It is told to follow whom it should. */
  | 'return'
  /** Another process is changing the cluster; it is given by a node that is there. */
  | 'lock'
  | 'unlock';

/** A fault, with the nodes that it hits. */
export interface Fault {
  readonly fault: FaultKind;
  readonly nodes: readonly string[];
}

/** Writes beside the load, all at once. */
export interface Bulk {
  readonly writeKilobytes: number;
  readonly node: string;
}

/** A setting of a server is changed by hand. */
export interface Setting {
  readonly set: string;
  readonly to: string;
  readonly node: string;
}

/** What INFO says of a node, as it is waited for; `forgotten`: no other one has it among its replicas any more. */
export interface Wait {
  readonly until: 'down' | 'up' | 'syncing' | 'loading' | 'answers' | 'forgotten';
  readonly node: string;
}

/** A command of rmsx. */
export interface Command {
  readonly rmsx: readonly string[];
  /** @default 0 */
  readonly exit?: number;
  /** What it has to say on stderr. */
  readonly says?: RegExp;
  /** Typed again as long as it ends with this code. @default once */
  readonly while?: number;
  /** Typed in its place where it is refused, as another node received a few bytes more before the master ended. */
  readonly ifBehind?: readonly string[];
}

/** One thing after the other. */
export type Step = Fault | Bulk | Setting | Wait | Command;

/** What follows from the version of the server. */
export interface ByImage<T> {
  readonly usual: T;
  /** By the beginning of the name of the image. */
  readonly but: Readonly<Record<string, T>>;
}

/** What a scenario has to end in. */
export interface Expected {
  /** Who follows whom among the nodes that run, as chains from a source down: `slave-1 > slave-2 > slave-3`. */
  readonly shape: readonly string[];
  /** Of acknowledged writes: none at all; those that rmsx lists, to the byte; or nobody is asked. */
  readonly lost: 'none' | 'as reported' | 'not asked';
  /** How many replicas copied all data anew, from the first step on. Null: any number. */
  readonly full: number | null | ByImage<number | null>;
  /** How many came back by what they missed, at least; `none`: not even one. @default 0 */
  readonly partial?: number | 'none' | ByImage<number | 'none'>;
  /** The longest time without an acknowledged write. @default nobody is asked */
  readonly downtimeMs?: number;
  /** By when all of it must hold after the last step. @default 20 s */
  readonly withinMs?: number;
  /** Invariants that are not looked at, and why. */
  readonly without?: Readonly<Partial<Record<InvariantName, string>>>;
  /** Whether everything is restarted at once in the end (I9): it takes its time. @default false */
  readonly restartsAll?: boolean;
}

/** A fault under load, and what has to hold afterwards. A pure value. */
export interface Scenario {
  /** A clause, to follow "when". */
  readonly name: string;
  readonly topology: Topology;
  readonly replicas: number;
  /** Of a tree. @default 2 */
  readonly fanout?: number;
  /** Directives of all nodes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** @default aof */
  readonly persistence?: 'aof' | 'rdb' | 'none';
  /** Images of single nodes, where they differ. */
  readonly images?: Readonly<Record<string, string>>;
  /** How many clients write at the same time. */
  readonly writers: number;
  readonly steps: readonly Step[];
  readonly expected: Expected;
  /** Whether it belongs to those that are run on every server. @default false */
  readonly core?: boolean;
}

/** @returns what holds for an image */
export function valueFor<T>(value: T | ByImage<T>, image: string): T {
  if (typeof value !== 'object' || value === null || !('usual' in value)) return value;
  const special = Object.entries(value.but).find(([name]) => image.startsWith(name));
  return special ? special[1] : value.usual;
}

/** @returns node -> its source, of chains such as `slave-1 > slave-2`; the root has none */
export function sourcesOf(shape: readonly string[]): ReadonlyMap<string, string | null> {
  const sources = new Map<string, string | null>();
  for (const chain of shape) {
    const names = chain.split(' > ');
    for (const [at, name] of names.entries()) {
      const source = names[at - 1] ?? null;
      if (source !== null || !sources.has(name)) sources.set(name, source);
    }
  }
  return sources;
}
