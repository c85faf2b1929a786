import { readFile } from 'node:fs/promises';
import { type HostSettings, parseHostSettings } from '../domain/host-settings.ts';

/**
 * Reads the settings of this machine that matter to servers.
 * @param root - above `proc` and `sys`
 * @returns null where there is no /proc, as on other systems than Linux
 */
export async function readHostSettings(root = '/'): Promise<HostSettings | null> {
  const read = (path: string): Promise<string | null> => readFile(`${root}${path}`, 'utf8').catch(() => null);
  const [overcommit, hugePages, memory, cgroup2, cgroup1] = await Promise.all([
    read('proc/sys/vm/overcommit_memory'),
    read('sys/kernel/mm/transparent_hugepage/enabled'),
    read('proc/meminfo'),
    read('sys/fs/cgroup/memory.max'),
    read('sys/fs/cgroup/memory/memory.limit_in_bytes'),
  ]);
  return memory === null ? null : parseHostSettings(overcommit, hugePages, memory, cgroup2 ?? cgroup1);
}
