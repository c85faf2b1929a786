import type { Address } from './cluster.ts';
import type { CarrierSpec, ContainerFile, ContainerSpec, Directory, NetworkSpec } from './ports.ts';

/** One thing to do: one call to the engine, or one wait. */
export type Step =
  | { readonly op: 'pull-image'; readonly image: string }
  | { readonly op: 'create-network'; readonly network: NetworkSpec }
  | { readonly op: 'create-container'; readonly node: string; readonly container: ContainerSpec }
  | {
      readonly op: 'write-volumes';
      readonly carrier: CarrierSpec;
      /** Where the volumes are mounted in the carrier, and what belongs into them. */
      readonly directories: readonly Directory[];
      /** Whether the engine starts a server again that could not read its conf yet. */
      readonly restarts: boolean;
    }
  | { readonly op: 'remove-carriers' }
  | { readonly op: 'write-conf'; readonly node: string; readonly files: readonly ContainerFile[] }
  | { readonly op: 'start'; readonly node: string }
  | { readonly op: 'give-head-start'; readonly node: string; readonly timeMs: number }
  | {
      /** Waits until a replica has its data, or the time is over. */
      readonly op: 'await-link';
      readonly node: string;
      readonly timeMs: number;
    }
  | {
      /** Waits until a node is back in its place: linked to its source, and those below it to it. */
      readonly op: 'await-usable';
      readonly node: string;
      /** Who must be in sync then, the master among them; empty where only the node itself can be asked. */
      readonly among: readonly string[];
    }
  | { readonly op: 'unpause'; readonly node: string }
  | {
      /** Ends a server as a crash does, or holds its process. */
      readonly op: 'kill' | 'pause';
      readonly node: string;
      readonly id: string;
    }
  | {
      /** A container leaves a network: it has a wrong address there, or is to be cut off. */
      readonly op: 'disconnect';
      readonly node: string;
      readonly id: string;
      readonly network: string;
    }
  | {
      /** A container comes to a network, at the address that the others know. */
      readonly op: 'connect';
      readonly node: string;
      readonly id: string;
      readonly network: string;
      readonly ip: string;
      /**
       * Whom its server, which runs, is told to follow before it is seen there: it may have been the master when it went.
       * Null for the master, and for a server that starts later, with the role that its conf says.
       */
      readonly source: Address | null;
    }
  | {
      /** A replica that runs opens its link anew: the old one may be dead without its knowing. */
      readonly op: 'relink';
      readonly node: string;
    }
  | {
      /** A server that runs takes new settings, and its conf is written. */
      readonly op: 'configure';
      readonly node: string;
      readonly settings: readonly ConfigSetting[];
      readonly files: readonly ContainerFile[];
    }
  | {
      /** Another container on the same volumes, and that one again where the new one does not get in sync. */
      readonly op: 'replace';
      readonly node: string;
      readonly id: string;
      readonly graceSeconds: number;
      readonly now: ContainerWithConf;
      readonly before: ContainerWithConf;
    }
  | {
      /** A server admits a new password beside the one that it has, and logs in with it at its source. */
      readonly op: 'admit-password';
      readonly node: string;
      readonly password: string;
    }
  | {
      /** A server admits the new password alone, and its conf is written. */
      readonly op: 'require-password';
      readonly node: string;
      readonly password: string;
      readonly files: readonly ContainerFile[];
    }
  | {
      /** A replica that runs gets another source. */
      readonly op: 'follow';
      readonly node: string;
      readonly source: string;
      readonly address: Address;
      /** The node that it followed before. */
      readonly instead: string;
    }
  | { readonly op: 'stop'; readonly node: string; readonly id: string; readonly graceSeconds: number }
  | {
      /** Sees that a master has written its last snapshot before it ended. */
      readonly op: 'check-snapshot';
      readonly node: string;
    }
  | { readonly op: 'remove-container'; readonly node: string; readonly id: string }
  | { readonly op: 'remove-network'; readonly name: string; readonly id: string }
  | { readonly op: 'remove-volume'; readonly name: string };

/** One directive as CONFIG SET takes it. */
export interface ConfigSetting {
  /** The name that this server knows. */
  readonly name: string;
  readonly value: string;
}

/** A container, and what lies in its conf directory. */
export interface ContainerWithConf {
  readonly container: ContainerSpec;
  readonly files: readonly ContainerFile[];
}

/** A step, why it is taken, and what must be done before. */
export interface PlannedStep {
  /** Unique in its plan, readable: `start slave-1`. */
  readonly id: string;
  readonly step: Step;
  readonly because: string;
  /** Ids of the steps that must be done before. */
  readonly after: readonly string[];
}

/** What will be done. A pure value: printed by `--dry-run`, carried out by code that decides nothing. */
export type Plan = readonly PlannedStep[];

/** A sentence for people. Never contains the content of a file. */
export function describeStep(step: Step): string {
  switch (step.op) {
    case 'pull-image':
      return `pull image ${step.image}`;
    case 'create-network':
      return `create network ${step.network.name} (${step.network.subnet})`;
    case 'create-container':
      return `create container ${step.container.name} (${step.container.address.host}:${step.container.address.port})`;
    case 'write-conf':
      return `write ${step.files.map((file) => file.name).join(', ')} of ${step.node}`;
    case 'write-volumes':
      return `write the conf of ${step.carrier.volumes.map(({ node }) => node).join(', ')}`;
    case 'remove-carriers':
      return 'remove what carried the conf';
    case 'start':
    case 'unpause':
    case 'kill':
    case 'pause':
    case 'stop':
      return `${step.op} ${step.node}`;
    case 'disconnect':
      return `disconnect ${step.node} from ${step.network}`;
    case 'connect':
      return `connect ${step.node} to ${step.network} (${step.ip})`;
    case 'relink':
      return `let ${step.node} open its link to its source anew`;
    case 'check-snapshot':
      return `see that ${step.node} has written its last snapshot`;
    case 'configure':
      return `set ${step.settings.map(({ name, value }) => `${name} ${value}`).join(', ')} on ${step.node}`;
    case 'replace':
      return `make the container of ${step.node} anew, on its volumes`;
    case 'admit-password':
      return `let ${step.node} admit the new password beside the old one`;
    case 'require-password':
      return `let ${step.node} admit the new password alone`;
    case 'follow':
      return `let ${step.node} follow ${step.source} instead of ${step.instead}`;
    case 'await-link':
      return `wait until ${step.node} is in sync, ${step.timeMs / 1000} s at most`;
    case 'await-usable':
      return `wait until ${step.node} is ${step.among.length > 0 ? 'back in replication' : 'back'}`;
    case 'give-head-start':
      return `give ${step.node} a head start of ${step.timeMs} ms`;
    case 'remove-container':
      return `remove container of ${step.node}`;
    case 'remove-network':
    case 'remove-volume':
      return `${step.op === 'remove-network' ? 'remove network' : 'remove volume'} ${step.name}`;
    default:
      return step satisfies never;
  }
}

/** One line per step, in the order of the plan. */
export const formatPlan = (plan: Plan): string =>
  plan.map(({ step, because }) => `${describeStep(step)}  (${because})`).join('\n');

/** The steps after which a node is at work where others reach it, with the role that the record has for it. */
const comingBack: readonly Step['op'][] = ['start', 'unpause', 'connect'];

/** @returns the nodes that a plan brings back, in its order, each once */
export const nodesComingBack = (plan: Plan): readonly string[] => [
  ...new Set(plan.flatMap(({ step }) => (comingBack.includes(step.op) && 'node' in step ? [step.node] : []))),
];
