import { counted } from '../counted.js';
import type { Hdbscan } from '../hdbscan/index.js';
import { attractingNeighbors } from '../layout/averaged.js';
import { layout } from '../layout/index.js';
import { layoutLibraryOptions } from '../options/layout.js';
import { neighborsOptions } from '../options/neighbors.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import type { QualityLine } from '../statistics/quality-card.js';
import type { Grouping } from './grouping.js';
import { trustworthiness } from './trustworthiness.js';

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

/** The places of the rows on the map, and how far they can be trusted. */
export async function drawMap(
  graph: NeighborGraph,
  vectors: Matrix | undefined,
  settings: Settings['layout'],
  watch: Watch,
): Promise<Pick<Analysis, 'points' | 'trustworthiness'>> {
  const { points } = await layout(graph, {
    ...pickOptions(settings, layoutLibraryOptions),
    neighbors: Math.min(settings.neighbors, graph.neighbors),
    vectors,
    ...watch,
  });
  return trusted(points, vectors, settings, watch);
}

/** A map with how far it can be trusted. */
export async function trusted(
  points: Float32Array,
  vectors: Matrix | undefined,
  { threads }: Pick<Settings['layout'], 'threads'>,
  { signal }: Pick<Watch, 'signal'>,
): Promise<Pick<Analysis, 'points' | 'trustworthiness'>> {
  const measured = vectors && (await trustworthiness(vectors, points, { threads, signal }));
  return { points, trustworthiness: Number.isNaN(measured) ? undefined : measured };
}
