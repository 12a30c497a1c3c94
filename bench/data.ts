import { openSearcher } from '../src/neighbors/open.js';
import type { Matrix, NeighborGraph } from '../src/shapes.js';

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

/** Normally distributed numbers by Box and Muller's formula. */
export function normal(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const number = spare;
      spare = undefined;
      return number;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Nine tenths in round clusters of about 500, one tenth spread evenly between them. */
export function points(rows: number, cols: number, seed = 7): Matrix {
  const random = seeded(seed);
  const gauss = normal(random);
  const clusters = Math.max(1, Math.floor(rows / 500));
  const centres = Float32Array.from({ length: clusters * cols }, () => gauss() * 20);
  const data = new Float32Array(rows * cols);
  const inside = Math.floor(rows * 0.9);
  for (let row = 0; row < rows; row++) {
    const centre = Math.floor(random() * clusters) * cols;
    for (let t = 0; t < cols; t++) {
      data[row * cols + t] = row < inside ? centres[centre + t] + gauss() * 0.3 : random() * 120 - 60;
    }
  }
  return { data, rows, cols };
}

/** Unit vectors in overlapping topics, about as spread as sentence embeddings of news. */
export function embeddings(rows: number, cols: number, seed = 7): Matrix {
  const random = seeded(seed);
  const gauss = normal(random);
  const topics = Math.max(4, Math.floor(rows / 60));
  const areas = Float32Array.from({ length: 8 * cols }, gauss);
  const centres = new Float32Array(topics * cols);
  for (let topic = 0; topic < topics; topic++) {
    const area = (topic % 8) * cols;
    for (let t = 0; t < cols; t++) centres[topic * cols + t] = areas[area + t] * 0.6 + gauss() * 0.8;
  }
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const centre = Math.floor(random() * topics) * cols;
    const spread = 0.5 + random();
    let square = 0;
    for (let t = 0; t < cols; t++) {
      const x = centres[centre + t] + gauss() * spread;
      data[row * cols + t] = x;
      square += x * x;
    }
    const length = Math.sqrt(square);
    for (let t = 0; t < cols; t++) data[row * cols + t] /= length;
  }
  return { data, rows, cols };
}

/**
 * The same kind of vectors, a million rows of which take seconds: noise is evenly distributed, which in hundreds of
 * dimensions gives the same distances.
 */
export function spreadOut(rows: number, cols: number, seed = 7): Matrix {
  const random = seeded(seed);
  const topics = Math.max(4, Math.floor(rows / 60));
  const areas = Float32Array.from({ length: 8 * cols }, () => (random() - 0.5) * 3.46);
  const centres = new Float32Array(topics * cols);
  for (let topic = 0; topic < topics; topic++) {
    const area = (topic % 8) * cols;
    for (let t = 0; t < cols; t++)
      centres[topic * cols + t] = areas[area + t] * 0.6 + (random() - 0.5) * 2.77;
  }
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const [centre, from] = [Math.floor(random() * topics) * cols, row * cols];
    const spread = (0.5 + random()) * 3.46;
    let square = 0;
    for (let t = 0; t < cols; t++) {
      const x = centres[centre + t] + (random() - 0.5) * spread;
      data[from + t] = x;
      square += x * x;
    }
    const length = Math.sqrt(square);
    for (let t = 0; t < cols; t++) data[from + t] /= length;
  }
  return { data, rows, cols };
}

/** The k nearest others of three-dimensional points: a graph to time the tree with. */
export async function graph(rows: number, k: number): Promise<NeighborGraph> {
  const searcher = await openSearcher(points(rows, 3), { engine: 'kdtree' });
  try {
    return await searcher.search(k);
  } finally {
    searcher.close();
  }
}
