import text, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/layout.js';
import { openPool, type Pool, type PoolModule } from '../wasm/pool.js';

export type LayoutPool = Pool<Calls, Jobs>;

/** The kernels of the layout. */
export const layoutModule: PoolModule<Calls, Jobs> = { text, bind, jobs };

/** Does some work on so many threads, which end with it. */
export async function withPool<T>(threads: number, work: (pool: LayoutPool) => Promise<T>): Promise<T> {
  const pool = await openPool(layoutModule, { threads });
  try {
    return await work(pool);
  } finally {
    pool.close();
  }
}
