/** Shapes of the data between stages: flat typed arrays, row-major. */

/** Row-major matrix: row i is `data[i * cols .. (i + 1) * cols)`. */
export interface Matrix {
  /** rows × cols numbers. */
  data: Float32Array;
  /** Number of rows. */
  rows: number;
  /** Numbers per row. */
  cols: number;
}

/**
 * Vectors of which few numbers are not zero: row r has the numbers `weights[at]` at the places `ids[at]`, for `at` from
 * `starts[r]` to before `starts[r + 1]`, ids ascending.
 */
export interface SparseRows {
  /** One more than there are rows. */
  starts: Uint32Array;
  /** Places of the numbers; of lexical weights, token ids. */
  ids: Uint32Array;
  /** The numbers, as many as there are ids. */
  weights: Float32Array;
}

/**
 * Nearest neighbours of every row, the row itself excluded, sorted by (distance, index).
 * `indices` is rows × neighbors, -1 marks an empty slot; `distances` is rows × neighbors, euclidean, +∞ in an
 * empty slot.
 */
export interface NeighborGraph {
  /** rows × neighbors, -1 in an empty slot. */
  indices: Int32Array;
  /** rows × neighbors, +∞ in an empty slot. */
  distances: Float32Array;
  /** Number of rows. */
  rows: number;
  /** Slots per row. */
  neighbors: number;
}

/** One cluster of texts, named. `id` is its label. */
export interface Topic {
  /** The label of its rows. */
  id: number;
  /** Rows labelled with it; 0 only where parts of texts were clustered, and it is the main topic of no row. */
  size: number;
  /** Stability relative to the most persistent cluster possible: 0 to 1, more only where everything is one cluster. */
  persistence: number;
  /** Words that set it apart, best first; never empty. */
  keywords: string[];
  /** What people read: from the keywords, or from a naming model. Never empty. */
  name: string;
  /** One sentence on what its texts are about, from a naming model. */
  summary?: string;
  /** Rows of its most central different texts, best first. */
  exemplars: number[];
  /** Where parts of texts were clustered: the parts that `exemplars` are for, which say what it is about. */
  examples?: string[];
  /** Where parts of texts were clustered: rows that have a part in it; `size` counts those that have most of their text in it. */
  mentions?: number;
  /** Whether the caller named it beforehand. */
  given?: true;
  /** Of a topic: in how many of ten subsamples of nine tenths of the rows its cluster is found again, where measured. */
  foundAgain?: number;
  /** Of a topic: the theme that most of its rows are in. Of a level's group: the group above it on the next coarser level. */
  parent?: number;
}

/** How much of a text is in a topic. */
export interface TopicShare {
  /** The topic's id; −1 for parts in none. */
  topic: number;
  /** Share of the text's characters in parts, above 0 and at most 1. All shares of a text sum to 1. */
  share: number;
}

/** One level of the hierarchy above topics: every row with a text is in one of its groups. */
export interface TopicLevel {
  /** Largest first. */
  groups: Topic[];
  /** Group of each row; -1 for a row without text. */
  labels: Int32Array;
  /** Share of neighbours in the same group, less what chance would give. */
  modularity: number;
  /** Mean simplified silhouette, −1 to 1; each row is compared with the mean of its group's other rows. */
  silhouette: number;
  /** Whether its groups are the themes. */
  isTheme: boolean;
}

/** Whether two rows, which begin at `a` and `b` of `data`, hold equal numbers; NaN equals nothing. */
export function equalRows(data: Float32Array, a: number, b: number, cols: number): boolean {
  for (let i = 0; i < cols; i++) if (data[a + i] !== data[b + i]) return false;
  return true;
}

/** A copy of some rows of a matrix, in the order given. */
export function pickRows({ data, cols }: Matrix, rows: Int32Array): Matrix {
  const out = new Float32Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) {
    out.set(data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  }
  return { data: out, rows: rows.length, cols };
}
