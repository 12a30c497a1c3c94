import { Session } from 'node:inspector/promises';
import type { Matrix } from '../shapes.js';

/** Numbers of all vectors from which a stage leaves gigabytes behind; collecting garbage takes about a tenth of a second then. */
const WORTH_COLLECTING = 2 ** 27;

/**
 * Frees what finished stages of a large run no longer hold. Memories of WebAssembly are freed by the garbage collector only, which doesn't count
 * their bytes and so may not run before they are gigabytes.
 * @param vectors of the run, where they are in this process
 */
export async function freeMemory(vectors: Pick<Matrix, 'rows' | 'cols'> | undefined): Promise<void> {
  if (!vectors || vectors.rows * vectors.cols < WORTH_COLLECTING) return;
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
