import { type Matrix, pickRows } from '../../src/shapes.js';

/** The definition: differences, squares and sums in float64, from the first column to the last. */
function exactDistance({ data, cols }: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let t = 0; t < cols; t++) sum += (data[i * cols + t] - data[j * cols + t]) ** 2;
  return Math.sqrt(sum);
}

/** The same rounded to float32 once, as lists hold it. */
export const distanceOf = (points: Matrix, i: number, j: number): number =>
  Math.fround(exactDistance(points, i, j));

/** The k nearest others of a row as [distance, index], sorted. */
function nearestOf(points: Matrix, row: number, k: number): [number, number][] {
  const distances = new Float32Array(points.rows);
  for (let other = 0; other < points.rows; other++) {
    distances[other] = other === row ? Number.POSITIVE_INFINITY : distanceOf(points, row, other);
  }
  const farthest = distances.slice().sort()[Math.min(k, points.rows) - 1];
  const near: [number, number][] = [];
  for (let other = 0; other < points.rows; other++) {
    if (other !== row && distances[other] <= farthest) near.push([distances[other], other]);
  }
  return near.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, k);
}

/** k nearest others of the given rows by comparing everything with everything. */
export function bruteForce(
  points: Matrix,
  k: number,
  rows = Array.from({ length: points.rows }, (_, i) => i),
) {
  const indices = new Int32Array(rows.length * k).fill(-1);
  const distances = new Float32Array(rows.length * k).fill(Number.POSITIVE_INFINITY);
  rows.forEach((row, at) => {
    for (const [place, [distance, index]] of nearestOf(points, row, k).entries()) {
      indices[at * k + place] = index;
      distances[at * k + place] = distance;
    }
  });
  return { indices, distances, rows: rows.length, neighbors: k };
}

/** The cheapest mutual-reachability edge of every given row to another component, within its limit; ties: lower index. */
export function bruteForeign(
  points: Matrix,
  rows: Int32Array,
  component: Int32Array,
  core: Float64Array,
  alpha: number,
  limits?: Float64Array,
) {
  const to = new Int32Array(rows.length).fill(-1);
  const distance = new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY);
  rows.forEach((row, at) => {
    let best = limits ? limits[at] : Number.POSITIVE_INFINITY;
    for (let j = 0; j < points.rows; j++) {
      if (component[j] === component[row]) continue;
      const d = exactDistance(points, row, j);
      const weight = Math.max(core[row], core[j], d / alpha);
      if (to[at] >= 0 ? weight >= best : weight > best) continue;
      best = weight;
      to[at] = j;
      distance[at] = d;
    }
  });
  return { to, distance };
}

/** The cheapest edge of every component below its limit; ties: lower row in the component, then lower other row. */
export function bruteLightest(
  points: Matrix,
  task: { component: Int32Array; core: Float64Array; alpha: number; limits: Float64Array },
) {
  const { component, core, alpha, limits } = task;
  const from = new Int32Array(limits.length).fill(-1);
  const to = new Int32Array(limits.length).fill(2 ** 31 - 1);
  const distance = new Float64Array(limits.length).fill(Number.POSITIVE_INFINITY);
  const least = limits.slice();
  for (let i = 0; i < points.rows; i++) {
    for (let j = 0; j < points.rows; j++) {
      if (component[i] === component[j]) continue;
      const d = exactDistance(points, i, j);
      const weight = Math.max(core[i], core[j], d / alpha);
      if (weight >= least[component[i]]) continue;
      least[component[i]] = weight;
      from[component[i]] = i;
      to[component[i]] = j;
      distance[component[i]] = d;
    }
  }
  return { from, to, distance };
}

/** A repeatable source of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Rows around a few centres, in the way of embeddings: unit length where `isUnit`. */
export function clustered(rows: number, cols: number, seed: number, isUnit = false): Matrix {
  const random = seeded(seed);
  const centres = Float32Array.from({ length: 12 * cols }, () => random() - 0.5);
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const centre = Math.floor(random() * 12) * cols;
    let square = 0;
    for (let t = 0; t < cols; t++) {
      const x = centres[centre + t] + (random() - 0.5) * 0.6;
      data[row * cols + t] = x;
      square += x * x;
    }
    if (!isUnit) continue;
    const length = Math.sqrt(square);
    for (let t = 0; t < cols; t++) data[row * cols + t] /= length;
  }
  return { data, rows, cols };
}

/** 600 query rows of 1,200, and 300 more that edges may lead to: what `nearestForeign` returns for them, at α 0.8. */
export function amongSome(cols = 12) {
  const points = clustered(1200, cols, 31);
  const random = seeded(6);
  const component = Int32Array.from({ length: 1200 }, () => Math.floor(random() * 4));
  const core = Float64Array.from({ length: 1200 }, () => 0.2 + random() / 4);
  const rows = Int32Array.from({ length: 600 }, (_, i) => 2 * ((i * 7) % 600));
  const among = Int32Array.from({ length: 1200 }, (_, row) => row).filter((row) => row % 4 !== 1);
  const part = pickRows(points, among);
  const found = bruteForeign(
    part,
    rows.map((row) => among.indexOf(row)),
    Int32Array.from(among, (row) => component[row]),
    Float64Array.from(among, (row) => core[row]),
    0.8,
  );
  return {
    ...{ points, rows, component, core, among },
    expected: { to: found.to.map((at) => among[at]), distance: found.distance },
  };
}
