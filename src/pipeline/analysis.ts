import { counted } from '../counted.js';
import type { Hdbscan } from '../hdbscan/index.js';
import { attractingNeighbors } from '../layout/averaged.js';
import { neighborsOptions } from '../options/neighbors.js';
import type { Settings } from '../options/table.js';
import type { NeighborGraph } from '../shapes.js';
import type { QualityLine } from '../statistics/quality-card.js';
import type { Grouping } from './grouping.js';

/** What was computed from neighbours and vectors; rows are documents. */
export interface Analysis {
  /** HDBSCAN's tree and its own cut; topics may differ from it, see `grouping`. */
  fit: Hdbscan;
  grouping: Grouping;
  /** Places on the map, rows × 2. */
  points: Float32Array;
  /** The rows' neighbours in the space of their vectors. */
  graph: NeighborGraph;
  /** Name of the program that searched for neighbours. */
  engine: string;
  /** Of the map, on a sample, 0 to 1; undefined where vectors are elsewhere or rows too few. */
  trustworthiness?: number;
  /** How good the result is; undefined until it is measured. */
  quality?: QualityLine[];
}

/** Neighbours that tree and map need of each of `rows` rows. */
export function neighborsFor({ neighbors, layout, tree }: Settings, rows: number): number {
  // Topics don't depend on how many neighbours the map takes.
  const attracting = tree.space === 'raw' ? 0 : attractingNeighbors(rows);
  const sizes = tree.minSamples ?? tree.minClusterSize ?? 0;
  const wanted = Math.max(neighbors.neighbors, layout.neighbors, attracting, sizes);
  return Math.max(1, Math.min(wanted, rows - 1));
}

/** Says that more neighbours were asked for than a row has others. */
export function sayCut({ neighbors, watch }: Pick<Settings, 'neighbors' | 'watch'>, rows: number): void {
  const wanted = neighbors.neighbors;
  // The default is cut without a word: nobody asked for it.
  if (wanted < rows || wanted === neighborsOptions.neighbors.default) return;
  const most = Math.max(0, rows - 1);
  watch.onProgress?.({
    stage: 'neighbors',
    level: 'warning',
    message: `${wanted.toLocaleString('en-US')} neighbours are asked for and cut to ${most.toLocaleString('en-US')}: among ${counted(rows, 'text')}, repeated ones counted once, no more others are there`,
  });
}
