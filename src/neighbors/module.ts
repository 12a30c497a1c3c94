import plain, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/neighbors.js';
import relaxed from '../../build/wasm/neighbors-relaxed.js';
import { firstKnown } from '../wasm/kernel.js';
import type { Pool, PoolModule } from '../wasm/pool.js';

export type NeighborsPool = Pool<Calls, Jobs>;

let found: PoolModule<Calls, Jobs> | undefined;

/**
 * The kernels of the exact search. With relaxed SIMD (Node from 22 on, browsers) products take one step where they take two without; what
 * comes out is the same, since candidates are measured again.
 */
export function neighborsModule(): PoolModule<Calls, Jobs> {
  found ??= { text: firstKnown(relaxed, plain), bind, jobs };
  return found;
}
