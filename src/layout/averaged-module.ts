import text, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/averaged.js';
import { openPool, type Pool } from '../wasm/pool.js';

export type AveragedPool = Pool<Calls, Jobs>;

/** Does some work with the kernels of averaged vectors on so many threads, which end with it. */
export async function withAveragedPool<T>(
  threads: number,
  work: (pool: AveragedPool) => Promise<T>,
): Promise<T> {
  const pool = await openPool({ text, bind, jobs }, { threads });
  try {
    return await work(pool);
  } finally {
    pool.close();
  }
}
