import type { Watch } from '../progress.js';
import type { Cores } from './core-distance.js';
import type { Lists } from './graph.js';
import type { TreeKernel } from './kernel.js';
import type { Pace } from './pace.js';
import type { Scanner } from './scan.js';
import type { Weights } from './weights.js';

/** What the tree's stages share. */
export interface TreeJob {
  kernel: TreeKernel;
  lists: Lists;
  cores: Cores;
  exact: Weights;
  /** How many threads may weigh edges: one where only the host's thread knows float64 weights, see `canBePlaced` in weights.ts. */
  weighers: number;
  /** The option α. */
  divisor: number;
  /** Rows for which longer lists were fetched to find their core distances. */
  widened: Int32Array;
  /** See `Outside` in core-distance.ts. */
  isSymmetric: boolean;
  /** See `Outside`. */
  areMutual: boolean;
  mst: 'boruvka' | 'prim';
  pace: Pace;
  watch: Watch;
  /** Finds edges that no list holds. Without it the tree is that of the listed edges, and not proven. */
  scanner?: Scanner;
}
