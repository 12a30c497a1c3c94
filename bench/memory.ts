import { readFileSync } from 'node:fs';

/** Most memory that this program had. `maxRSS`, where there is no Linux, begins with what its parent held when it started it. */
export function peakMiB(): number {
  try {
    const found = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
    if (found) return Math.round(Number(found[1]) / 1024);
  } catch {
    // Not Linux.
  }
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
