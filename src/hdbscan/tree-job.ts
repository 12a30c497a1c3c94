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
  /** The option α. */
  divisor: number;
  /** Rows whose neighbours were asked for again to find their core distances. */
  widened: Int32Array;
  /** Whether a pair that both lists reach to stands in both, at one distance. */
  isSymmetric: boolean;
  mst: 'boruvka' | 'prim';
  pace: Pace;
  watch: Watch;
  /** Looks beyond the lists where they can't prove an edge. Without it the tree is the lists' own. */
  scanner?: Scanner;
}
