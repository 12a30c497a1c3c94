import plainSingle, { bind, type Calls, type Jobs, jobs } from '../../build/wasm/neighbors.js';
import relaxedSingle from '../../build/wasm/neighbors-relaxed.js';
import plainShared from '../../build/wasm/neighbors-shared.js';
import relaxedShared from '../../build/wasm/neighbors-shared-relaxed.js';
import { firstKnown } from '../wasm/kernel.js';
import type { Pool, PoolModule } from '../wasm/pool.js';

export type NeighborsPool = Pool<Calls, Jobs>;

let found: PoolModule<Calls, Jobs> | undefined;

/** The kernels of the exact search. */
export function neighborsModule(): PoolModule<Calls, Jobs> {
  found ??= { ...bestBuild({ plainSingle, plainShared, relaxedSingle, relaxedShared }), bind, jobs };
  return found;
}

/** Builds of a kernel for one thread and for many, without and with relaxed SIMD. */
interface Builds {
  plainSingle: string;
  plainShared: string;
  relaxedSingle: string;
  relaxedShared: string;
}

/**
 * With relaxed SIMD (Node from 22 on, browsers) products take one step where they take two without; what comes out is the same,
 * since candidates are measured again.
 */
export function bestBuild(builds: Builds): { single: string; shared: string } {
  // What is known for one thread is for many.
  const single = firstKnown(builds.relaxedSingle, builds.plainSingle);
  return { single, shared: single === builds.relaxedSingle ? builds.relaxedShared : builds.plainShared };
}
