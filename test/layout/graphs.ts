import { readFileSync } from 'node:fs';
import type { NeighborGraph } from '../../src/shapes.js';

/** Exact neighbours of a few rows, by sorting all distances; empty slots where there are fewer than k. */
export function graphOf(points: ArrayLike<number>[], k: number): NeighborGraph {
  const rows = points.length;
  const indices = new Int32Array(rows * k).fill(-1);
  const distances = new Float32Array(rows * k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < rows; i++) {
    const others: [number, number][] = [];
    for (let j = 0; j < rows; j++) {
      let square = 0;
      for (let d = 0; d < points[i].length; d++) square += (points[i][d] - points[j][d]) ** 2;
      if (j !== i) others.push([Math.sqrt(square), j]);
    }
    others.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [slot, [distance, j]] of others.slice(0, k).entries()) {
      indices[i * k + slot] = j;
      distances[i * k + slot] = distance;
    }
  }
  return { indices, distances, rows, neighbors: k };
}

/** Seeded numbers from 0 to 1 (Park and Miller's generator). */
function uniform(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Rows of `cols` uniform numbers, moved by `offset(row)` in the first column. */
export function cloud(
  rows: number,
  cols: number,
  seed = 1,
  offset: (row: number) => number = () => 0,
): number[][] {
  const next = uniform(seed);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: cols }, (_, col) => next() + (col === 0 ? offset(row) : 0)),
  );
}

const NEWS = new URL('../fixtures/news/', import.meta.url);

function bytesOf(name: string): ArrayBuffer {
  const file = readFileSync(new URL(name, NEWS));
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
}

/** 870 AG News rows: their 50 neighbours. */
export function newsGraph(): NeighborGraph {
  return {
    indices: new Int32Array(bytesOf('neighbours_870x50.i32')),
    distances: new Float32Array(bytesOf('squared_distances_870x50.f32')).map(Math.sqrt),
    rows: 870,
    neighbors: 50,
  };
}

/** The same rows' vectors, 870 × 384. */
export function newsVectors(): Float32Array {
  return new Float32Array(bytesOf('vectors_870x384.f32'));
}

/**
 * How far a layout can be trusted (Venna and Kaski 2001), 1 is best: rows among the k nearest in the layout that are
 * not among the k nearest in truth cost their true rank beyond k.
 */
export function trustworthiness(truth: Float32Array, points: Float32Array, rows: number, k: number): number {
  const ranksOf = (data: Float32Array, row: number): Int32Array => {
    const cols = data.length / rows;
    const squares = new Float64Array(rows);
    for (let j = 0; j < rows; j++) {
      for (let c = 0; c < cols; c++) squares[j] += (data[row * cols + c] - data[j * cols + c]) ** 2;
    }
    squares[row] = -1;
    const order = Int32Array.from(squares, (_, j) => j).sort((a, b) => squares[a] - squares[b] || a - b);
    const ranks = new Int32Array(rows);
    for (let r = 0; r < rows; r++) ranks[order[r]] = r;
    return ranks;
  };
  let cost = 0;
  for (let i = 0; i < rows; i++) {
    const inTruth = ranksOf(truth, i);
    const inLayout = ranksOf(points, i);
    for (let j = 0; j < rows; j++) {
      if (j !== i && inLayout[j] <= k && inTruth[j] > k) cost += inTruth[j] - k;
    }
  }
  return 1 - (2 * cost) / (rows * k * (2 * rows - 3 * k - 1));
}
