import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { pairDistance } from './distance.js';

/** The most multiplications of a measurement: some seconds. */
const WORK = 4e9;

/**
 * The share of true nearest neighbours that a graph lists, on rows spread evenly over it: as many as some seconds
 * allow, 16 to 200. A neighbour as far away as the true k-th counts. 1 where there is nothing to find.
 */
export async function sampleRecall(points: Matrix, graph: NeighborGraph, watch: Watch = {}): Promise<number> {
  const { data, rows, cols } = points;
  const k = Math.min(graph.neighbors, rows - 1);
  if (k < 1) return 1;
  const affordable = Math.floor(WORK / (rows * cols));
  const sample = Math.min(rows, Math.max(16, Math.min(200, affordable)));
  const distances = new Float32Array(rows);
  const pause = breathe(watch.signal);
  let found = 0;
  for (let drawn = 0; drawn < sample; drawn++) {
    const row = Math.floor(((drawn + 0.5) / sample) * rows);
    for (let other = 0; other < rows; other++) {
      distances[other] = other === row ? Number.POSITIVE_INFINITY : pairDistance(data, cols, row, other);
      if (other % 4096 === 4095) await pause();
    }
    const farthest = distances.slice().sort()[k - 1];
    for (let place = row * graph.neighbors; place < row * graph.neighbors + k; place++) {
      if (graph.indices[place] >= 0 && graph.distances[place] <= farthest) found++;
    }
  }
  return found / (sample * k);
}
