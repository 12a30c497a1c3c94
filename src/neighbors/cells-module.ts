import text, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/cells.js';
import type { Pool, PoolModule } from '../wasm/pool.js';

export type CellsPool = Pool<Calls, Jobs>;

/**
 * The kernels of the approximate search. There are none with relaxed SIMD, which would make 4 KB more: most products are ONNX
 * Runtime's.
 */
export const cellsModule: PoolModule<Calls, Jobs> = { text, bind, jobs };
