import { fourSquares, squaredDistance } from '../neighbors/distance.js';
import type { Matrix } from '../shapes.js';
import type { Cores } from './core-distance.js';
import type { Lists } from './graph.js';
import type { TreeKernel } from './kernel.js';
import { inChunks } from './pace.js';
import type { Vertices } from './points.js';
import { distance } from './weights.js';

/**
 * Core distances in float64, from float32 ones: computed from the points for the listed row at that distance; where several round to it,
 * for the one that the count of nearer rows picks.
 * @param placed pointer to the points, 0 where they are not in WebAssembly memory
 * @param reached per row the row at its core distance where its own list doesn't hold that one, −1 elsewhere
 * @returns core distances, and per row one at that distance, −1 where none is known
 */
export async function exactCores(
  { points, counts }: Vertices,
  lists: Lists,
  kernel: TreeKernel,
  cores: Cores,
  placed: number,
  minSamples: number,
  reached?: Int32Array,
): Promise<{ exact: Float64Array; atCore: Int32Array }> {
  const { arena } = kernel;
  const { rows, neighbors } = lists.graph;
  if (reached) {
    const others = arena.i32(cores.atCore, rows);
    const rounded = arena.f32(cores.core, rows);
    for (let row = 0; row < rows; row++)
      if (reached[row] >= 0) others[row] = rounded[row] > 0 ? reached[row] : -1;
  }
  const exact = placed
    ? measureHere(kernel, points.cols, rows, cores, placed)
    : measureAll(points, arena.i32(cores.atCore, rows), arena.f32(cores.core, rows));
  const atCore = arena.i32(cores.atCore, rows).slice();
  const isTied = (row: number): boolean =>
    atCore[row] < 0 && exact[row] > 0 && exact[row] < Number.POSITIVE_INFINITY;
  const haveTie = (first: number, count: number): boolean => {
    for (let row = first; row < first + count; row++) if (isTied(row)) return true;
    return false;
  };
  await lists.each((first, count, near, far) => {
    const indices = arena.i32(near, count * neighbors);
    const distances = arena.f32(far, count * neighbors);
    const rounded = arena.f32(cores.core, rows);
    for (let row = first, slot = 0; row < first + count; row++, slot = (row - first) * neighbors) {
      if (!isTied(row)) continue;
      const wanted = rounded[row];
      let known = counts ? counts[row] - 1 : 0;
      const end = slot + neighbors;
      for (; distances[slot] < wanted; slot++) known += counts ? counts[indices[slot]] : 1;
      exact[row] = pick(points, row, indices, distances, slot, end, wanted, minSamples - known, counts);
    }
  }, haveTie);
  return { exact, atCore };
}

/** Distances of all rows from those in `atCore`, of few columns; the float32 core distance where there is none. */
function measureHere(
  { arena, call }: TreeKernel,
  cols: number,
  rows: number,
  { atCore, core }: Cores,
  points: number,
): Float64Array {
  const mark = arena.mark();
  const exact = arena.alloc(rows * 8);
  inChunks(rows, (start, end) =>
    call.measure({ start, end, points, cols, others: atCore, rounded: core, exact }),
  );
  const measured = arena.f64(exact, rows).slice();
  arena.release(mark);
  return measured;
}

/** The same of many columns, four at once. */
function measureAll({ data, cols }: Matrix, others: Int32Array, rounded: Float32Array): Float64Array {
  const exact = new Float64Array(rounded);
  inChunks(others.length, (start, end) => {
    const rows: number[] = [];
    for (let row = start; row < end; row++) if (others[row] >= 0) rows.push(row);
    const from = (at: number) => rows[at] * cols;
    const to = (at: number) => others[rows[at]] * cols;
    const four = new Float64Array(4);
    let at = 0;
    for (; at + 4 <= rows.length; at += 4) {
      fourSquares(
        data,
        cols,
        [from(at), from(at + 1), from(at + 2), from(at + 3)],
        [to(at), to(at + 1), to(at + 2), to(at + 3)],
        four,
      );
      for (let lane = 0; lane < 4; lane++) exact[rows[at + lane]] = Math.sqrt(four[lane]);
    }
    for (; at < rows.length; at++)
      exact[rows[at]] = Math.sqrt(squaredDistance(data, from(at), data, to(at), cols));
  });
  return exact;
}

/** The `wanted`-th smallest of the distances that round to `core`, equal points counted. */
export function pick(
  points: Matrix,
  i: number,
  indices: ArrayLike<number>,
  distances: ArrayLike<number>,
  start: number,
  end: number,
  core: number,
  wanted: number,
  counts?: Int32Array,
): number {
  const tied: { distance: number; count: number }[] = [];
  for (let slot = start; slot < end && distances[slot] === core; slot++) {
    tied.push({ distance: distance(points, i, indices[slot]), count: counts ? counts[indices[slot]] : 1 });
  }
  tied.sort((a, b) => a.distance - b.distance);
  let left = wanted;
  for (const { distance: exact, count } of tied) {
    left -= count;
    if (left <= 0) return exact;
  }
  return tied[tied.length - 1].distance;
}
