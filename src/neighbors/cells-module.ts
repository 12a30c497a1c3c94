import plain, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/cells.js';
import relaxed from '../../build/wasm/cells-relaxed.js';
import { firstKnown } from '../wasm/kernel.js';
import type { Pool, PoolModule } from '../wasm/pool.js';

export type CellsPool = Pool<Calls, Jobs>;

let found: PoolModule<Calls, Jobs> | undefined;

/** The kernels of the approximate search. */
export function cellsModule(): PoolModule<Calls, Jobs> {
  found ??= { text: firstKnown(relaxed, plain), bind, jobs };
  return found;
}
