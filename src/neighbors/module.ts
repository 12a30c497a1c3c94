import plainSingle from '../../build/wasm/neighbors.js';
import relaxedSingle from '../../build/wasm/neighbors-relaxed.js';
import plainShared from '../../build/wasm/neighbors-shared.js';
import relaxedShared from '../../build/wasm/neighbors-shared-relaxed.js';
import { firstKnown } from '../wasm/kernel.js';
import type { PoolModule } from '../wasm/pool.js';

let found: PoolModule | undefined;

/**
 * The kernels of this room. With relaxed SIMD (Node from 22 on, browsers) products take one step where they take two
 * without; what comes out is the same, since candidates are measured again.
 */
export function neighborsModule(): PoolModule {
  if (!found) {
    // What is known for one thread is for many.
    const single = firstKnown(relaxedSingle, plainSingle);
    found = { single, shared: single === relaxedSingle ? relaxedShared : plainShared };
  }
  return found;
}
