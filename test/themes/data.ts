import type { Matrix, NeighborGraph } from '../../src/shapes.js';

/** A repeatable source of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Unit rows about `groups` random directions, in turn; `spread` 0 puts each on its direction. */
export function directions(rows: number, cols: number, groups: number, spread: number, seed = 1): Matrix {
  const random = seeded(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: groups * cols }, gauss);
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    for (let t = 0; t < cols; t++) {
      const value = centres[(row % groups) * cols + t] + spread * gauss();
      data[row * cols + t] = value;
      squares += value * value;
    }
    for (let t = 0; t < cols; t++) data[row * cols + t] /= Math.sqrt(squares);
  }
  return { data, rows, cols };
}

/** The nearest others by all pairs of distances. */
export function nearestOthers({ data, rows, cols }: Matrix, neighbors: number): NeighborGraph {
  const indices = new Int32Array(rows * neighbors);
  const distances = new Float32Array(rows * neighbors);
  for (let row = 0; row < rows; row++) {
    const others = Array.from({ length: rows }, (_, other) => {
      let squared = 0;
      for (let t = 0; t < cols; t++) squared += (data[row * cols + t] - data[other * cols + t]) ** 2;
      return { other, distance: Math.sqrt(squared) };
    })
      .filter(({ other }) => other !== row)
      .sort((a, b) => a.distance - b.distance || a.other - b.other);
    for (let t = 0; t < neighbors; t++) {
      indices[row * neighbors + t] = others[t].other;
      distances[row * neighbors + t] = others[t].distance;
    }
  }
  return { indices, distances, rows, neighbors };
}

/** The same rows in another order: row i was row `order[i]`. */
export function shuffled(count: number, seed: number): Int32Array {
  const random = seeded(seed);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
