import { breathe } from '../breathe.js';
import type { Hdbscan } from '../hdbscan/index.js';
import type { Matrix, NeighborGraph } from '../shapes.js';

/** Rows in an order that doesn't depend on how they were read: `order[place]` is the row at that place. */
export type RowOrder = Int32Array;

/** Rows between two looks at the clock. */
const ROWS_AT_ONCE = 256;

/**
 * Rows by a hash of their vector, or of their text where there are no vectors; equal hashes by text, then by `rest` (a
 * row's other cells). Layout and names depend on row order, so everything is computed in this one. What still ties is alike in all that can be seen.
 */
export async function canonicalOrder(
  texts: readonly string[],
  vectors?: Matrix,
  rest: (row: number) => string = () => '',
  signal?: AbortSignal,
): Promise<RowOrder> {
  const pause = breathe(signal);
  const keys = new Float64Array(texts.length);
  const words = vectors && new Int32Array(vectors.data.buffer, vectors.data.byteOffset, vectors.data.length);
  for (let row = 0; row < keys.length; row++) {
    if (row % ROWS_AT_ONCE === 0) await pause();
    keys[row] = words ? hashRow(words, row, vectors.cols) : hashText(texts[row]);
  }
  return Int32Array.from(texts.keys()).sort(
    (a, b) => keys[a] - keys[b] || compare(texts[a], texts[b]) || compare(rest(a), rest(b)) || a - b,
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** 53 bits of two multiplicative hashes over words, so that different rows of one file hardly ever share one. */
class Hash {
  private high = 0x243f6a88;
  private low = 0x85a308d3;

  add(word: number): void {
    this.high = Math.imul(this.high ^ word, 0x9e3779b1);
    this.high ^= this.high >>> 15;
    this.low = Math.imul(this.low ^ word, 0x85ebca6b);
    this.low ^= this.low >>> 13;
  }

  value(): number {
    return (this.high >>> 11) * 2 ** 32 + (this.low >>> 0);
  }
}

function hashRow(words: Int32Array, row: number, cols: number): number {
  const hash = new Hash();
  // 0 and −0 are equal numbers.
  for (let t = row * cols; t < (row + 1) * cols; t++) hash.add(words[t] === -0x80000000 ? 0 : words[t]);
  return hash.value();
}

function hashText(text: string): number {
  const hash = new Hash();
  for (let at = 0; at < text.length; at++) hash.add(text.charCodeAt(at));
  return hash.value();
}

/** From so many numbers on, a row is copied faster by the engine. */
const WIDE = 16;

/** Where each row stands in the order. */
export function placesOf(order: RowOrder): Int32Array {
  const places = new Int32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place]] = place;
  return places;
}

/** Row `rows[i]` of `source` as row i, for any number of rows, repeated ones too. */
export function takeRows<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(
  source: T,
  rows: Int32Array,
  cols = 1,
): T {
  const taken = new (source.constructor as new (length: number) => T)(rows.length * cols);
  for (let at = 0; at < rows.length; at++) {
    const from = rows[at] * cols;
    if (cols >= WIDE) taken.set(source.subarray(from, from + cols), at * cols);
    else for (let t = 0; t < cols; t++) taken[at * cols + t] = source[from + t];
  }
  return taken;
}

export const takeMatrix = ({ data, rows, cols }: Matrix, order: Int32Array): Matrix => ({
  data: takeRows(data.subarray(0, rows * cols), order, cols),
  rows: order.length,
  cols,
});

/** A graph whose row i was row `rows[i]`; `numberOf` gives a row's new number. Lists keep their order. */
export function takeGraph(graph: NeighborGraph, rows: Int32Array, numberOf: Int32Array): NeighborGraph {
  const { neighbors } = graph;
  const indices = new Int32Array(rows.length * neighbors);
  const distances = new Float32Array(rows.length * neighbors);
  for (let at = 0; at < rows.length; at++) {
    for (let t = 0; t < neighbors; t++) {
      const from = rows[at] * neighbors + t;
      const other = graph.indices[from];
      indices[at * neighbors + t] = other < 0 ? -1 : numberOf[other];
      distances[at * neighbors + t] = graph.distances[from];
    }
  }
  return { ...graph, rows: rows.length, indices, distances };
}

/** Line `rows[i]` of a condensed tree's column as line i; the lines of clusters, after those of rows, stay. */
export function takeLines<T extends Int32Array | Float64Array>(lines: T, rows: Int32Array): T {
  const taken = lines.slice() as T;
  for (let row = 0; row < Math.min(rows.length, lines.length); row++) taken[row] = lines[rows[row]];
  return taken;
}

/** The same fit with rows numbered as they were read: row `places[row]` of the fit is row `row` of the result. */
export function takeFit(fit: Hdbscan, order: RowOrder, places: Int32Array): Hdbscan {
  const rows = order.length;
  const node = (old: number) => (old < rows ? order[old] : old);
  const { condensedTree, minimumSpanningTree, singleLinkage, points } = fit;
  const byRow = <T extends Float32Array | Float64Array | Int32Array>(values: T) => takeRows(values, places);
  return {
    ...fit,
    labels: byRow(fit.labels),
    probabilities: byRow(fit.probabilities),
    outlierScores: byRow(fit.outlierScores),
    coreDistances: byRow(fit.coreDistances),
    minimumSpanningTree: {
      ...minimumSpanningTree,
      from: minimumSpanningTree.from.map(node),
      to: minimumSpanningTree.to.map(node),
    },
    singleLinkage: {
      ...singleLinkage,
      left: singleLinkage.left.map(node),
      right: singleLinkage.right.map(node),
    },
    // Line i of the condensed tree is row i; the lines of clusters follow.
    condensedTree:
      condensedTree.child.length === 0
        ? condensedTree
        : {
            child: condensedTree.child,
            parent: takeLines(condensedTree.parent, places),
            lambda: takeLines(condensedTree.lambda, places),
            size: condensedTree.size,
          },
    points: points && takeMatrix(points, places),
  };
}
