/** How a Linux host treats memory. Each is null where the host does not tell. */
export interface HostSettings {
  /** vm.overcommit_memory: 0 by guess, 1 always, 2 never. */
  readonly overcommit: number | null;
  /** Transparent huge pages: `always`, `madvise`, `never`. */
  readonly hugePages: string | null;
  /** What programs may still take without swapping. */
  readonly availableBytes: number | null;
}

/**
 * @param overcommit - /proc/sys/vm/overcommit_memory
 * @param hugePages - /sys/kernel/mm/transparent_hugepage/enabled: all choices, the one that holds in brackets
 * @param memory - /proc/meminfo
 */
export function parseHostSettings(overcommit: string | null, hugePages: string | null, memory: string): HostSettings {
  const mode = /^\s*([012])\s*$/.exec(overcommit ?? '')?.[1];
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(memory)?.[1];
  return {
    overcommit: mode === undefined ? null : Number(mode),
    hugePages: /\[(\w+)\]/.exec(hugePages ?? '')?.[1] ?? null,
    availableBytes: available === undefined ? null : Number(available) * 1024,
  };
}
