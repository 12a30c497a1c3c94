import plainSingle, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/cells.js';
import relaxedSingle from '../../build/wasm/cells-relaxed.js';
import plainShared from '../../build/wasm/cells-shared.js';
import relaxedShared from '../../build/wasm/cells-shared-relaxed.js';
import type { Pool, PoolModule } from '../wasm/pool.js';
import { bestBuild } from './module.js';

export type CellsPool = Pool<Calls, Jobs>;

let found: PoolModule<Calls, Jobs> | undefined;

/** The kernels of the approximate search. */
export function cellsModule(): PoolModule<Calls, Jobs> {
  found ??= { ...bestBuild({ plainSingle, plainShared, relaxedSingle, relaxedShared }), bind, jobs };
  return found;
}
