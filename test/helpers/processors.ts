import os from 'node:os';
import { vi } from 'vitest';

/** Has the machine so many processors until the test's mocks are restored: with fewer, as many threads are used. */
export function withProcessors(count: number): void {
  vi.spyOn(os, 'availableParallelism').mockReturnValue(count);
}
