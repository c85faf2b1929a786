/** How a Linux host treats memory. Each is null where the host does not tell. */
export interface HostSettings {
  /** vm.overcommit_memory: 0 by guess, 1 always, 2 never. */
  readonly overcommit: number | null;
  /** Transparent huge pages: `always`, `madvise`, `never`. */
  readonly hugePages: string | null;
  /** What programs may still take without swapping. */
  readonly availableBytes: number | null;
  /** What this machine may take where it is a container itself, and its host gives it less than it has. */
  readonly cgroupBytes: number | null;
}

/**
 * @param overcommit - /proc/sys/vm/overcommit_memory
 * @param hugePages - /sys/kernel/mm/transparent_hugepage/enabled: all choices, the one that holds in brackets
 * @param memory - /proc/meminfo
 * @param cgroup - memory.max of cgroup 2, or memory.limit_in_bytes of cgroup 1, of the outermost group that is seen: without a
 * limit there is none, `max`, or more than any machine has
 */
export function parseHostSettings(
  overcommit: string | null,
  hugePages: string | null,
  memory: string,
  cgroup: string | null,
): HostSettings {
  const mode = /^\s*([012])\s*$/.exec(overcommit ?? '')?.[1];
  const total = Number(/^MemTotal:\s+(\d+) kB$/m.exec(memory)?.[1] ?? Number.NaN) * 1024;
  const limit = Number(/^\s*(\d+)\s*$/.exec(cgroup ?? '')?.[1] ?? Number.NaN);
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(memory)?.[1];
  return {
    overcommit: mode === undefined ? null : Number(mode),
    hugePages: /\[(\w+)\]/.exec(hugePages ?? '')?.[1] ?? null,
    availableBytes: available === undefined ? null : Number(available) * 1024,
    cgroupBytes: limit < total ? limit : null,
  };
}
