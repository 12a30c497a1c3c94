import type { NeighborGraph } from '../shapes.js';
import { writeLists } from './graph.js';
import type { Settings, Start } from './options.js';
import { seededRandom } from './random.js';
import type { Vertices } from './vertices.js';

/**
 * The reference engine: umap-js over the same neighbours, seeded. Its own preparation of the graph takes tens of
 * seconds for some thousand rows and can't be interrupted; the epochs can.
 */
export async function umapJs(
  graph: NeighborGraph,
  vertices: Vertices,
  settings: Settings,
): Promise<{ positions: Float32Array; start: Start }> {
  const { components, epochs, signal, onProgress } = settings;
  const rows = vertices.count;
  const { neighbors } = settings;
  const indices = new Int32Array(rows * neighbors).fill(-1);
  const distances = new Float32Array(rows * neighbors).fill(Number.POSITIVE_INFINITY);
  writeLists(graph, vertices, neighbors, neighbors, indices, distances);
  const farthest = distances.reduce((most, d) => (d < Number.POSITIVE_INFINITY && d > most ? d : most), 0);
  // umap-js expects the row itself first, and an index in every slot: an empty one gets the row itself at a distance so
  // large that its weight is 0.
  const columns = Math.min(neighbors, rows - 1) + 1;
  const ids: number[][] = [];
  const far: number[][] = [];
  for (let v = 0; v < rows; v++) {
    ids.push([v]);
    far.push([0]);
    for (let at = v * neighbors; at < v * neighbors + columns - 1; at++) {
      ids[v].push(indices[at] < 0 ? v : indices[at]);
      far[v].push(indices[at] < 0 ? 10 * farthest : distances[at]);
    }
  }
  const { UMAP } = await import('umap-js');
  const { uniform } = seededRandom(settings.seed);
  const umap = new UMAP({
    nComponents: components,
    // umap-js requires fewer neighbours than rows, even when they are given.
    nNeighbors: Math.min(columns, rows - 1),
    nEpochs: epochs,
    minDist: settings.minDist,
    spread: settings.spread,
    learningRate: settings.learningRate,
    negativeSampleRate: settings.negativeSampleRate,
    repulsionStrength: settings.repulsionStrength,
    random: uniform,
  });
  umap.setPrecomputedKNN(ids, far);
  signal?.throwIfAborted();
  // umap-js uses only the number of vectors, since neighbours are given.
  const embedding = await umap.fitAsync(
    Array.from({ length: rows }, () => [0]),
    (epoch) => {
      onProgress?.({ stage: 'layout', done: epoch, total: epochs, unit: 'epochs' });
      return !signal?.aborted;
    },
  );
  signal?.throwIfAborted();
  return {
    positions: Float32Array.from(embedding.flat()),
    start: { used: 'random', why: 'umap-js starts at random' },
  };
}
