import { Session } from 'node:inspector';

/** Numbers of all vectors from which a stage leaves gigabytes behind; collecting garbage takes about a tenth of a second then. */
const WORTH_COLLECTING = 2 ** 27;

/**
 * Frees what finished stages of a large run no longer hold. Memories of WebAssembly are freed by the garbage collector only, which doesn't count
 * their bytes and so may not run before they are gigabytes.
 * @param rows and `cols` of the run's vectors
 */
export function freeMemory({ rows, cols }: { rows: number; cols: number } = { rows: 0, cols: 0 }): void {
  if (rows * cols < WORTH_COLLECTING) return;
  const session = new Session();
  session.connect();
  try {
    session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
