import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { Source } from './query.js';
import { readVectors } from './read-vectors.js';

/** Rows read at a time while comparing. */
const PAGE = 4096;

/**
 * Recall of a neighbour graph: of the true k nearest other rows, the part that the graph lists, over `sample` evenly
 * spread rows. A listed row as near as the k-th true one counts: ties have no order. The vectors pass through page
 * by page, so a collection larger than memory can be measured.
 */
export async function sampleRecall(
  source: Source,
  ids: readonly string[],
  graph: NeighborGraph,
  sample: number,
  watch: Watch,
): Promise<number> {
  const count = Math.min(sample, ids.length);
  const k = Math.min(graph.neighbors, ids.length - 1);
  if (count === 0 || k === 0) return 1;
  const rows = Array.from({ length: count }, (_, i) => Math.floor((i * ids.length) / count));
  const quiet = { signal: watch.signal };
  const queries = await readVectors(
    source,
    rows.map((row) => ids[row]),
    quiet,
  );
  const nearest = rows.map(() => new Float64Array(k).fill(Number.POSITIVE_INFINITY));
  const listed = rows.map(
    (row) => new Set(graph.indices.subarray(row * graph.neighbors, (row + 1) * graph.neighbors)),
  );
  const distances = rows.map(() => new Map<number, number>());
  for (let from = 0; from < ids.length; from += PAGE) {
    const page = await readVectors(source, ids.slice(from, from + PAGE), quiet);
    for (let i = 0; i < page.rows; i++) {
      for (let q = 0; q < count; q++) {
        if (from + i === rows[q]) continue;
        const distance = squared(queries.data, q, page.data, i, page.cols);
        if (listed[q].has(from + i)) distances[q].set(from + i, distance);
        if (distance < nearest[q][k - 1]) insert(nearest[q], distance);
      }
    }
    watch.onProgress?.({
      stage: 'neighbors',
      done: Math.min(from + PAGE, ids.length),
      total: ids.length,
      unit: 'rows',
    });
  }
  let found = 0;
  for (let q = 0; q < count; q++) {
    for (const distance of distances[q].values()) if (distance <= nearest[q][k - 1]) found++;
  }
  return Math.min(1, found / (count * k));
}

function squared(a: Float32Array, i: number, b: Float32Array, j: number, cols: number): number {
  let sum = 0;
  for (let c = 0; c < cols; c++) {
    const difference = a[i * cols + c] - b[j * cols + c];
    sum += difference * difference;
  }
  return sum;
}

/** Puts a value into an ascending list whose last one falls out. */
function insert(list: Float64Array, value: number): void {
  let at = list.length - 1;
  while (at > 0 && list[at - 1] > value) {
    list[at] = list[at - 1];
    at--;
  }
  list[at] = value;
}
