import { breathe } from '../breathe.js';
import type { Matrix } from '../shapes.js';
import type { LayoutPool } from './module.js';
import { orthonormalise } from './pca.js';
import { seededRandom } from './random.js';

/** The directions of most variance about the mean. */
export interface Directions {
  mean: Float64Array;
  /** wanted × columns: orthonormal, the one of most variance first; 0 beyond the rank of the rows. */
  directions: Float64Array;
}

/**
 * Rounds of subspace iteration on the square of the covariance; one of these equals two on the covariance itself. With 20 rounds on the
 * covariance, and 4 directions more than wanted, the last directions still depend on the start.
 */
const ROUNDS = 15;
/** Directions that are iterated beyond those wanted, which converge sooner with them. */
const EXTRA = 8;

/**
 * The directions of most variance of thousands of rows: the square of their covariance, and subspace iteration on it from fixed directions
 * (Halko, Martinsson and Tropp 2011). The same bytes on any number of threads.
 */
export async function directionsOf(
  pool: LayoutPool,
  matrix: Matrix,
  wanted: number,
  signal?: AbortSignal,
): Promise<Directions> {
  const { cols } = matrix;
  const { mean, square } = await squareOfCovariance(pool, matrix, signal);
  const stride = widthOf(cols);
  const width = Math.min(cols, wanted + EXTRA);
  const random = seededRandom(1);
  let basis = Float64Array.from({ length: cols * width }, () => random.normal());
  const pause = breathe(signal);
  orthonormalise(basis, cols, width);
  for (let round = 0; round < ROUNDS; round++) {
    const product = new Float64Array(cols * width);
    for (let a = 0; a < cols; a++) {
      for (let b = 0; b < cols; b++) {
        const value = square[a * stride + b];
        for (let w = 0; w < width; w++) product[a * width + w] += value * basis[b * width + w];
      }
      await pause();
    }
    basis = product;
    orthonormalise(basis, cols, width);
  }
  const directions = new Float64Array(wanted * cols);
  for (let w = 0; w < Math.min(wanted, width); w++)
    for (let c = 0; c < cols; c++) directions[w * cols + c] = basis[c * width + w];
  return { mean, directions };
}

/** Rows of the product per chunk, and the multiple that its width is padded to, as `products` in assembly/layout/products.ts requires. */
const ROWS_AT_ONCE = 4;
const MULTIPLE = 8;

/** The square of the covariance, and the mean. Only the directions count, so the covariance is scaled to a largest number of 1. */
async function squareOfCovariance(
  pool: LayoutPool,
  { data, rows, cols }: Matrix,
  signal: AbortSignal | undefined,
): Promise<{ mean: Float64Array; square: Float32Array }> {
  const { arena } = pool.kernel;
  const mean = new Float64Array(cols);
  for (let row = 0; row < rows; row++) for (let c = 0; c < cols; c++) mean[c] += data[row * cols + c] / rows;
  const width = widthOf(cols);
  const mark = arena.mark();
  try {
    const from = arena.alloc(4 * rows * width);
    const centred = arena.f32(from, rows * width).fill(0);
    for (let row = 0; row < rows; row++)
      for (let c = 0; c < cols; c++) centred[row * width + c] = data[row * cols + c] - mean[c];
    const covariance = await productsOf(pool, { rows, width, from }, signal);
    const numbers = arena.f32(covariance, width * width);
    const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    for (let at = 0; at < numbers.length; at++) numbers[at] /= largest;
    const square = await productsOf(pool, { rows: width, width, from: covariance }, signal);
    return { mean, square: arena.f32(square, width * width).slice() };
  } finally {
    arena.release(mark);
  }
}

/** XᵀX of a matrix at pointer `from`: a pointer to width × width f32. */
async function productsOf(
  { kernel: { arena }, run }: LayoutPool,
  of: { rows: number; width: number; from: number },
  signal: AbortSignal | undefined,
): Promise<number> {
  const { width } = of;
  const out = arena.alloc(4 * width * width);
  await run('products', width / ROWS_AT_ONCE, { ...of, out }, { signal });
  const products = arena.f32(out, width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b < a; b++) products[a * width + b] = products[b * width + a];
  return out;
}

const widthOf = (cols: number): number => Math.ceil(cols / MULTIPLE) * MULTIPLE;
