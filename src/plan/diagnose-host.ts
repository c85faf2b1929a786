import { type Finding, fine, warning } from '../domain/finding.ts';
import { rmsxCommand } from '../domain/hints.ts';
import type { HostSettings } from '../domain/host-settings.ts';
import { snapshotShare } from '../domain/memory-share.ts';
import { formatMemory } from '../domain/quantities.ts';

/** What is known of the memory of the host on which the containers run. */
export interface HostEvidence {
  /** Null where the engine runs elsewhere, or on no Linux. */
  readonly settings: HostSettings | null;
  readonly memoryBytes: number;
  /** What the running nodes of all clusters may take together, as far as they have a limit. */
  readonly limitsBytes: number;
  /** Running nodes whose containers have a limit of their own. */
  readonly bounded: readonly BoundedNode[];
}

/** A node in a container that somebody has given a limit: `docker update --memory`, or a compose file that was edited. */
export interface BoundedNode {
  readonly cluster: string;
  readonly container: string;
  readonly limitBytes: number;
  /** What its server takes for data at most; 0 for no end. */
  readonly maxMemoryBytes: number;
}

/** How the host treats memory, which decides whether snapshots and full synchronisations succeed. Nothing is changed. */
export const diagnoseHost = (evidence: HostEvidence): readonly Finding[] => [
  ...settingsOf(evidence),
  ...headroom(evidence),
  ...tightContainers(evidence),
];

function settingsOf({ settings }: HostEvidence): readonly Finding[] {
  if (settings === null) {
    const unseen = 'vm.overcommit_memory, transparent huge pages and free memory cannot be looked at from here:';
    return [fine('host', `${unseen} the engine does not run on this Linux host.`)];
  }
  return [...overcommitOf(settings), ...hugePagesOf(settings)];
}

function overcommitOf({ overcommit }: HostSettings): readonly Finding[] {
  if (overcommit === null) return [];
  if (overcommit === 1) return [fine('overcommit', 'vm.overcommit_memory is 1: the system always lets a server fork.')];
  return [
    warning(
      'overcommit',
      `vm.overcommit_memory is ${overcommit}: a server that holds much data may not be allowed to fork, and then its replicas get no full synchronisation, and snapshots and rewrites of the append-only file fail.`,
      'sudo sysctl vm.overcommit_memory=1   and for good: echo vm.overcommit_memory=1 | sudo tee /etc/sysctl.d/90-redis.conf',
    ),
  ];
}

function hugePagesOf({ hugePages }: HostSettings): readonly Finding[] {
  if (hugePages === null) return [];
  if (hugePages !== 'always') return [fine('huge-pages', `Transparent huge pages are set to ${hugePages}.`)];
  return [
    warning(
      'huge-pages',
      'Transparent huge pages are set to always: while a child writes the snapshot for a replica, every write copies 2 MB, which costs memory and time. Redis from 6.2 on switches them off for itself, 6.0 does not.',
      'echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled',
    ),
  ];
}

const share = `${Math.round(snapshotShare * 100)} %`;

function headroom({ settings, memoryBytes: seenBytes, limitsBytes }: HostEvidence): readonly Finding[] {
  const memoryBytes = Math.min(seenBytes, settings?.cgroupBytes ?? seenBytes);
  const neededBytes = memoryBytes * snapshotShare;
  const leftBytes = memoryBytes - limitsBytes;
  const why = `snapshots and full synchronisations need about ${share} beside the data`;
  if (leftBytes < neededBytes) {
    return [
      warning(
        'memory',
        `The running nodes may take ${formatMemory(limitsBytes)} of the ${formatMemory(memoryBytes)} of the host: ${why}.`,
        'rmsx ls   and give the nodes less: rmsx up --set maxmemory=SIZE',
      ),
    ];
  }
  const freeBytes = settings?.availableBytes == null ? null : Math.min(settings.availableBytes, memoryBytes);
  if (freeBytes !== null && freeBytes < neededBytes) {
    return [
      warning(
        'memory',
        `Only ${formatMemory(freeBytes)} of the ${formatMemory(memoryBytes)} of the host are free: ${why}.`,
        'ps aux --sort=-rss | head   and rmsx ls, for what takes it',
      ),
    ];
  }
  const free = freeBytes === null ? '' : `, and ${formatMemory(freeBytes)} are free`;
  const limits =
    limitsBytes === 0 ? 'No running node has a maxmemory' : `The running nodes may take ${formatMemory(limitsBytes)}`;
  return [fine('memory', `${limits} (host: ${formatMemory(memoryBytes)}${free}); ${why}.`)];
}

/** The system kills a server whose container reaches its limit, whatever the host has left. */
function tightContainers({ bounded }: HostEvidence): readonly Finding[] {
  const dataBytes = ({ limitBytes }: BoundedNode): number => limitBytes * (1 - snapshotShare);
  const tight = bounded.filter((node) => node.maxMemoryBytes === 0 || node.maxMemoryBytes > dataBytes(node));
  const [first] = tight;
  if (!first) return [];
  const smallest = Math.min(...tight.filter(({ cluster }) => cluster === first.cluster).map(dataBytes));
  const size = `${Math.max(1, Math.floor(smallest / 2 ** 20))}mb`;
  const details = tight.map(({ container, limitBytes, maxMemoryBytes }) => {
    const takes = maxMemoryBytes === 0 ? 'no maxmemory' : `a maxmemory of ${formatMemory(maxMemoryBytes)}`;
    return `${container} may have ${formatMemory(limitBytes)}, and its server has ${takes}`;
  });
  return [
    warning(
      'container-memory',
      `A server is killed when its container reaches its limit on memory, and ${share} of that have to stay free for snapshots and buffers.`,
      rmsxCommand(first.cluster, `up --set maxmemory=${size}`),
      details,
    ),
  ];
}
