import { layout } from '../layout/index.js';
import { layoutLibraryOptions } from '../options/layout.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { trustworthiness } from './trustworthiness.js';

/** What a map is drawn from. */
export interface MapTask {
  graph: NeighborGraph;
  vectors?: Matrix;
  layout: Settings['layout'];
}

/** The places of the rows on the map, rows × 2, and how far they can be trusted, where that can be said. */
export interface Drawn {
  points: Float32Array;
  trustworthiness?: number;
}

/** The places of the rows on the map, and how far they can be trusted. */
export async function drawMap({ graph, vectors, layout: settings }: MapTask, watch: Watch): Promise<Drawn> {
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
): Promise<Drawn> {
  const measured = vectors && (await trustworthiness(vectors, points, { threads, signal }));
  return { points, trustworthiness: Number.isNaN(measured) ? undefined : measured };
}
