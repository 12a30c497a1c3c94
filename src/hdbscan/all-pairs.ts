import { squaredDistance } from '../neighbors/distance.js';
import type { Matrix } from '../shapes.js';
import type { Pace } from './pace.js';
import type { EdgeColumns } from './sort.js';

export interface AllPairsTree {
  edges: EdgeColumns;
  core: Float64Array;
}

/**
 * Core distances and the spanning tree of mutual reachability by comparing all rows in float64, with Prim's algorithm. For
 * points that no power of two brings into float32's range (see chooseScale): rows² × columns twice, and 40 bytes per row.
 */
export async function allPairsTree(
  { data, rows, cols }: Matrix,
  minSamples: number,
  alpha: number,
  pace: Pace,
): Promise<AllPairsTree> {
  const distance = (i: number, j: number) => Math.sqrt(squaredDistance(data, i * cols, data, j * cols, cols));
  const core = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const row = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) row[j] = i === j ? Number.POSITIVE_INFINITY : distance(i, j);
    row.sort();
    if (minSamples < rows) core[i] = row[minSamples - 1];
    if (pace.due) await pace.yield();
  }

  const count = Math.max(0, rows - 1);
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  const weight = new Float64Array(count);
  const best = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const near = new Int32Array(rows);
  const isIn = new Uint8Array(rows);
  for (let at = 0, i = 0; at < count; at++) {
    isIn[i] = 1;
    let next = -1;
    for (let j = 0; j < rows; j++) {
      if (isIn[j]) continue;
      const reach = Math.max(core[i], core[j], distance(i, j) / alpha);
      if (reach < best[j]) {
        best[j] = reach;
        near[j] = i;
      }
      if (next < 0 || best[j] < best[next]) next = j;
    }
    from[at] = near[next];
    to[at] = next;
    weight[at] = best[next];
    i = next;
    if (pace.due) await pace.yield({ done: at, total: count, unit: 'edges' });
  }
  const order = Int32Array.from(from, (_, at) => at).sort((a, b) =>
    weight[a] === weight[b] ? a - b : weight[a] - weight[b],
  );
  const sorted = <T extends Int32Array | Float64Array>(column: T, into: T): T => {
    for (let at = 0; at < count; at++) into[at] = column[order[at]];
    return into;
  };
  return {
    edges: {
      from: sorted(from, new Int32Array(count)),
      to: sorted(to, new Int32Array(count)),
      weight: sorted(weight, new Float64Array(count)),
    },
    core,
  };
}
