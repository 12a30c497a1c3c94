import plain, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/kdtree.js';
import relaxed from '../../build/wasm/kdtree-relaxed.js';
import { firstKnown } from '../wasm/kernel.js';
import type { Pool, PoolModule } from '../wasm/pool.js';

export type KdTreePool = Pool<Calls, Jobs>;

let found: PoolModule<Calls, Jobs> | undefined;

/** The kernels of the k-d tree, apart from the others: each module is so small that compression sees that its builds repeat. */
export function kdTreeModule(): PoolModule<Calls, Jobs> {
  found ??= { text: firstKnown(relaxed, plain), bind, jobs };
  return found;
}
