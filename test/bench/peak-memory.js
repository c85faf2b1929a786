// Loaded into a measured process with --import: leaves its peak memory, in KiB, in the file that BENCH_PEAK_FILE names.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  writeFileSync(process.env.BENCH_PEAK_FILE, String(peakKib()));
});

/** The peak that resourceUsage() tells begins with the memory of whoever forked this process; VmHWM is its own. */
function peakKib() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS; // no Linux
  }
}
