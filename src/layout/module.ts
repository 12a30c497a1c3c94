import single, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/layout.js';
import shared from '../../build/wasm/layout-shared.js';
import type { Pool, PoolModule } from '../wasm/pool.js';

export type LayoutPool = Pool<Calls, Jobs>;

/** The kernels of the layout. */
export const layoutModule: PoolModule<Calls, Jobs> = { single, shared, bind, jobs };
