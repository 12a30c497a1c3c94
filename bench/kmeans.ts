import type { Matrix } from '../src/shapes.js';
import { UnitRows } from '../src/themes/rows.js';
import { seeded } from './data.js';

/** Rounds at most; few rows still move after so many. */
const ROUNDS = 60;

/**
 * k-means by cosine, which on rows of unit length is Lloyd's algorithm: the first means are rows chosen far from each other by
 * chance (k-means++, Arthur and Vassilvitskii 2007). A mean that loses all its rows stays where it was.
 */
export async function kmeans(vectors: Matrix, count: number, seed: number): Promise<Int32Array> {
  const rows = await UnitRows.open(vectors, vectors.rows * 1000);
  try {
    const { cols } = vectors;
    let total = firstMeans(vectors, count, seed);
    let labels: Int32Array | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      const found: Int32Array = (await rows.nearest(total, count)).labels;
      const last = labels;
      labels = found;
      if (last && found.every((label, row) => label === last[row])) break;
      const sums = await rows.sums(found, count);
      for (const [group, size] of sums.size.entries()) {
        if (size === 0) sums.total.set(total.subarray(group * cols, (group + 1) * cols), group * cols);
      }
      total = sums.total;
    }
    return labels ?? new Int32Array(vectors.rows);
  } finally {
    rows.close();
  }
}

/** Rows, each drawn with a chance that grows with the square of its distance from those drawn before. */
function firstMeans({ data, rows, cols }: Matrix, count: number, seed: number): Float64Array {
  const random = seeded(seed);
  const total = new Float64Array(count * cols);
  const square = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let drawn = Math.floor(random() * rows);
  for (let mean = 0; mean < count; mean++) {
    total.set(data.subarray(drawn * cols, (drawn + 1) * cols), mean * cols);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      let far = 0;
      for (let t = 0; t < cols; t++) far += (data[row * cols + t] - data[drawn * cols + t]) ** 2;
      square[row] = Math.min(square[row], far);
      sum += square[row];
    }
    let left = random() * sum;
    drawn = rows - 1;
    for (let row = 0; row < rows; row++) {
      left -= square[row];
      if (left >= 0) continue;
      drawn = row;
      break;
    }
  }
  return total;
}
