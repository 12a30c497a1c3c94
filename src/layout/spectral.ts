import { FilterStep as stepLayout } from '../../build/wasm/layout.js';
import type { Watch } from '../progress.js';
import { type Struct, setStruct } from '../wasm/struct.js';
import { putBarrier, resetBarrier } from './barrier.js';
import { symmetricEigen } from './eigen.js';
import type { FuzzyGraph } from './graph.js';
import type { LayoutPool } from './module.js';
import type { Random } from './random.js';

/** Eigenvectors of a connected graph's normalised Laplacian, the constant one left out. */
export interface SpectralVectors {
  /** vertices × wanted, row-major, smoothest first, in random-walk form (D^-1/2 times the symmetric form). */
  vectors: Float64Array;
  /** Laplacian eigenvalues, ascending. */
  values: Float64Array;
  /** Whether every residual is below `TOLERANCE` of its eigenvalue. */
  hasConverged: boolean;
  /** Products of the graph with the block that it took. */
  products: number;
}

/** Residual as a share of the eigenvalue at which to stop; start positions need few correct digits. */
const TOLERANCE = 0.05;
/** Below this, single precision leaves nothing to improve. */
const NOISE = 2e-7;
/** Nearly disconnected parts would take thousands more; the vectors are smooth enough by then. */
const MOST_PRODUCTS = 400;
const ROWS_PER_CHUNK = 512;
/** How much more a wanted vector grows than an unwanted one in a filter, as a natural logarithm. */
const GROWTH = 6;
/** Up to here a dense solution is faster, and there are no more vectors to find than rows. */
const DENSE = 64;
/** Rows from which products take seconds, and are reported. */
const WORTH_REPORTING = 100_000;

/** The `wanted` smoothest non-constant eigenvectors; `graph` must be connected, with more than `wanted` vertices. */
export async function spectralVectors(
  pool: LayoutPool,
  graph: FuzzyGraph,
  wanted: number,
  random: Random,
  { signal, onProgress }: Watch = {},
): Promise<SpectralVectors> {
  const { arena } = pool.kernel;
  const mark = arena.mark();
  try {
    const { vertices: rows, offsets, tails, weights } = graph;
    const chunks = Math.ceil(rows / ROWS_PER_CHUNK);
    const degreeOf = arena.alloc(4 * rows);
    const frame = { rows, rowsPerChunk: ROWS_PER_CHUNK };
    await pool.run('degrees', chunks, { ...frame, offsets, weights, out: degreeOf }, { signal });
    if (rows <= DENSE) return denseVectors(pool, graph, degreeOf, wanted);

    const volume = arena.f32(degreeOf, rows).reduce((sum, degree) => sum + degree, 0);
    const width = Math.ceil((wanted + 2) / 4) * 4;
    const even = arena.alloc(4 * rows * width);
    const odd = arena.alloc(4 * rows * width);
    const done = putBarrier(arena);
    const steps = arena.alloc(stepLayout.bytes * MOST_DEGREE);
    const sums = 2 * width * width + width;
    const sumsAt = arena.alloc(8 * chunks * sums);
    const means = arena.alloc(8 * width);
    const turn = arena.alloc(8 * width * width);
    const thetas = arena.alloc(8 * width);
    const residualsAt = arena.alloc(8 * chunks * width);
    const scratch = arena.alloc(16 * chunks * width);
    arena.f32(odd, rows * width).fill(0);
    const start = arena.f32(even, rows * width);
    for (let i = 0; i < start.length; i++) start[i] = random.normal();

    const block = { ...frame, degreeOf, width };
    const walk = async (filterSteps: FilterStep[]): Promise<void> => {
      resetBarrier(arena, done);
      for (const [at, step] of filterSteps.entries()) {
        setStruct(arena, stepLayout, steps + at * stepLayout.bytes, step);
      }
      const args = { ...block, chunksPerStep: chunks, done, steps, offsets, tails, weights, even, odd };
      await pool.run('filter', chunks * filterSteps.length, args, { signal });
    };
    /** Rayleigh and Ritz: the block's best approximations of eigenvectors, largest eigenvalue first. */
    const ritz = async (): Promise<{ theta: Float64Array; residual: Float64Array }> => {
      await walk([{ scale: 1, centre: 0, keep: 0 }]);
      await pool.run('gram', chunks, { ...block, u: even, v: odd, out: sumsAt }, { signal });
      const total = addChunks(arena.f64(sumsAt, chunks * sums), chunks, sums);
      const mean = total.subarray(2 * width * width).map((sum) => sum / volume);
      const uu = total.slice(0, width * width);
      const uv = total.slice(width * width, 2 * width * width);
      for (let a = 0; a < width; a++) {
        for (let b = 0; b < width; b++) {
          uu[a * width + b] -= volume * mean[a] * mean[b];
          uv[a * width + b] -= volume * mean[a] * mean[b];
        }
      }
      const { values, vectors } = generalisedEigen(uv, uu, width);
      arena.f64(means, width).set(mean);
      arena.f64(turn, width * width).set(vectors);
      arena.f64(thetas, width).set(values);
      const args = { ...block, u: even, v: odd, means, turn, thetas, residuals: residualsAt, scratch };
      await pool.run('rotate', chunks, args, { signal });
      const residual = addChunks(arena.f64(residualsAt, chunks * width), chunks, width).map(Math.sqrt);
      return { theta: values, residual };
    };

    let products = 1;
    let { theta, residual } = await ritz();
    const isGood = (): boolean => {
      for (let w = 0; w < wanted; w++) {
        if (residual[w] > Math.max(NOISE, TOLERANCE * (1 - theta[w]))) return false;
      }
      return true;
    };
    while (!isGood() && products < MOST_PRODUCTS) {
      const filterSteps = chebyshevSteps(theta[width - 1], theta[wanted - 1]);
      await walk(filterSteps);
      ({ theta, residual } = await ritz());
      products += filterSteps.length + 1;
      // They may end earlier: how soon vectors converge isn't known before.
      if (rows >= WORTH_REPORTING) {
        const done = Math.min(products, MOST_PRODUCTS);
        onProgress?.({ stage: 'layout', done, total: MOST_PRODUCTS, unit: 'products' });
      }
    }
    const found = arena.f32(even, rows * width);
    const vectors = new Float64Array(rows * wanted);
    for (let i = 0; i < rows; i++) {
      for (let w = 0; w < wanted; w++) vectors[i * wanted + w] = found[i * width + w];
    }
    const values = theta.slice(0, wanted).map((value) => 1 - value);
    return { vectors, values, hasConverged: isGood(), products };
  } finally {
    arena.release(mark);
  }
}

const MOST_DEGREE = 200;

/** next = scale · (walk·now − centre·now) − keep · next, of two blocks that swap places (assembly/layout/spectral.ts). */
type FilterStep = Struct<typeof stepLayout>;

/**
 * Every step of a Chebyshev filter that damps eigenvalues from −1 to `cut` and lets those
 * above grow, `theta` by e^GROWTH; scaled so that 1 maps to 1. An even number of steps, so that the result is where
 * the block was.
 */
function chebyshevSteps(cut: number, theta: number): FilterStep[] {
  const low = Math.min(Math.max(cut, -0.9), 1 - 1e-7);
  const half = (low + 1) / 2;
  const centre = (low - 1) / 2;
  const rate = Math.acosh(Math.max(1 + 1e-9, (theta - centre) / half));
  const degree = Math.min(MOST_DEGREE, Math.max(8, 2 * Math.ceil(GROWTH / rate / 2)));
  const first = half / (1 - centre);
  let sigma = first;
  const steps: FilterStep[] = [{ scale: first / half, centre, keep: 0 }];
  for (let s = 1; s < degree; s++) {
    const next = 1 / (2 / first - sigma);
    steps.push({ scale: (2 * next) / half, centre, keep: sigma * next });
    sigma = next;
  }
  return steps;
}

function addChunks(parts: Float64Array, chunks: number, size: number): Float64Array {
  const total = new Float64Array(size);
  for (let chunk = 0; chunk < chunks; chunk++) {
    for (let i = 0; i < size; i++) total[i] += parts[chunk * size + i];
  }
  return total;
}

/** Solves h·c = θ·g·c for symmetric h and g, g positive; columns of `vectors`, largest θ first. */
function generalisedEigen(h: Float64Array, g: Float64Array, size: number) {
  const symmetric = h.map((_, at) => (h[at] + h[(at % size) * size + Math.floor(at / size)]) / 2);
  const base = symmetricEigen(g, size);
  // A direction that the block has lost gets no part.
  const least = 1e-14 * Math.max(base.values[0], 1e-300);
  const whiten = base.vectors.map((value, at) => {
    const variance = base.values[at % size];
    return variance > least ? value / Math.sqrt(variance) : 0;
  });
  const inner = symmetricEigen(
    product(transposed(whiten, size), product(symmetric, whiten, size), size),
    size,
  );
  return { values: inner.values, vectors: product(whiten, inner.vectors, size) };
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      for (let j = 0; j < size; j++) out[i * size + j] += a[i * size + k] * b[k * size + j];
    }
  }
  return out;
}

function transposed(a: Float64Array, size: number): Float64Array {
  return a.map((_, at) => a[(at % size) * size + Math.floor(at / size)]);
}

function denseVectors(
  pool: LayoutPool,
  graph: FuzzyGraph,
  degreeOf: number,
  wanted: number,
): SpectralVectors {
  const { arena } = pool.kernel;
  const rows = graph.vertices;
  const offsets = arena.i32(graph.offsets, rows + 1);
  const tails = arena.i32(graph.tails, graph.edges);
  const weights = arena.f32(graph.weights, graph.edges);
  const roots = Float64Array.from(arena.f32(degreeOf, rows), Math.sqrt);
  const matrix = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let e = offsets[i]; e < offsets[i + 1]; e++) {
      matrix[i * rows + tails[e]] += weights[e] / (roots[i] * roots[tails[e]]);
    }
  }
  const eigen = symmetricEigen(matrix, rows);
  const vectors = new Float64Array(rows * wanted);
  for (let i = 0; i < rows; i++) {
    for (let w = 0; w < wanted; w++) vectors[i * wanted + w] = eigen.vectors[i * rows + w + 1] / roots[i];
  }
  const values = eigen.values.slice(1, wanted + 1).map((value) => 1 - value);
  return { vectors, values, hasConverged: true, products: 0 };
}
