import plainSingle, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/kdtree.js';
import relaxedSingle from '../../build/wasm/kdtree-relaxed.js';
import plainShared from '../../build/wasm/kdtree-shared.js';
import relaxedShared from '../../build/wasm/kdtree-shared-relaxed.js';
import type { Pool, PoolModule } from '../wasm/pool.js';
import { bestBuild } from './module.js';

export type KdTreePool = Pool<Calls, Jobs>;

let found: PoolModule<Calls, Jobs> | undefined;

/** The kernels of the k-d tree, apart from the others: each module is so small that compression sees that its builds repeat. */
export function kdTreeModule(): PoolModule<Calls, Jobs> {
  found ??= { ...bestBuild({ plainSingle, plainShared, relaxedSingle, relaxedShared }), bind, jobs };
  return found;
}
