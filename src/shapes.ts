/** The shapes that stages hand to each other: flat typed arrays, row-major. */

/** Row-major matrix: row i is `data[i * cols .. (i + 1) * cols)`. */
export interface Matrix {
  data: Float32Array;
  rows: number;
  cols: number;
}

/**
 * Nearest neighbours of every row, the row itself excluded, sorted by (distance, index).
 * `indices` is rows × neighbors, -1 marks an empty slot; `distances` is rows × neighbors, euclidean, +∞ in an
 * empty slot.
 */
export interface NeighborGraph {
  indices: Int32Array;
  distances: Float32Array;
  rows: number;
  neighbors: number;
}

/** One cluster of texts, named. `id` is its label. */
export interface Topic {
  id: number;
  /** Rows labelled with it. */
  size: number;
  /** Stability relative to the most persistent cluster possible: 0 to 1, more only where everything is one cluster. */
  persistence: number;
  /** Words that set it apart, best first; never empty. */
  keywords: string[];
  /** What people read: from the keywords, or from a naming model. Never empty. */
  name: string;
  /** Rows of its most central different texts, best first. */
  exemplars: number[];
}

/** A copy of some rows of a matrix, in the order given. */
export function pickRows({ data, cols }: Matrix, rows: Int32Array): Matrix {
  const out = new Float32Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) {
    out.set(data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  }
  return { data: out, rows: rows.length, cols };
}
