import { COLUMNS } from '../../build/wasm/averaged.js';
import { breathe } from '../breathe.js';
import type { AveragedPool } from './averaged-module.js';
import type { Rows } from './averages.js';
import { orthonormalise } from './pca.js';
import { seededRandom } from './random.js';

/** The directions of most variance about the mean, a number a column. */
export interface Directions {
  mean: Float64Array;
  /** `COLUMNS` × columns: orthonormal, the one of most variance first; 0 beyond the rank of the rows. */
  directions: Float64Array;
}

/**
 * Rounds of subspace iteration on the square of the covariance; one of these equals two on the covariance itself. With 20 rounds on the
 * covariance, and 4 directions more than wanted, the last directions still depend on the start.
 */
const ROUNDS = 15;
/** Directions that are iterated, which converge sooner with more than are wanted; a line of `multiply` in assembly/averaged. */
const ITERATED = 16;
/** Rows of the square that are multiplied between two looks at the clock: a few milliseconds. */
const ROWS_AT_ONCE = 512;
/** Columns of a chunk of means, and rows of a chunk of rows without their mean. */
const COLS_PER_CHUNK = 64;
const ROWS_PER_CHUNK = 256;

/**
 * The directions of most variance of thousands of rows: the square of their covariance, and subspace iteration on it from fixed directions
 * (Halko, Martinsson and Tropp 2011). The same bytes on any number of threads.
 */
export async function directionsOf(
  pool: AveragedPool,
  rows: Rows,
  signal?: AbortSignal,
): Promise<Directions> {
  const { cols, width } = rows;
  const { arena, call } = pool.kernel;
  const mark = arena.mark();
  try {
    const { mean, square } = await squareOfCovariance(pool, rows, signal);
    const random = seededRandom(1);
    const iterated = Math.min(cols, ITERATED);
    const basis = new Float64Array(cols * ITERATED);
    for (let c = 0; c < cols; c++)
      for (let w = 0; w < iterated; w++) basis[c * ITERATED + w] = random.normal();
    const pause = breathe(signal);
    orthonormalise(basis, cols, ITERATED);
    const [from, out] = [arena.alloc(8 * basis.length), arena.alloc(8 * basis.length)];
    for (let round = 0; round < ROUNDS; round++) {
      arena.f64(from, basis.length).set(basis);
      for (let first = 0; first < cols; first += ROWS_AT_ONCE) {
        const end = Math.min(cols, first + ROWS_AT_ONCE);
        call.multiply({ first, end, cols, bytes: 4 * width, square, basis: from, out });
        await pause();
      }
      basis.set(arena.f64(out, basis.length));
      orthonormalise(basis, cols, ITERATED);
    }
    const directions = new Float64Array(COLUMNS * cols);
    for (let w = 0; w < COLUMNS; w++)
      for (let c = 0; c < cols; c++) directions[w * cols + c] = basis[c * ITERATED + w];
    return { mean, directions };
  } finally {
    arena.release(mark);
  }
}

/**
 * Projections of rows on directions.
 * @returns rows × `COLUMNS`
 */
export async function projectionsOn(
  { kernel: { arena }, run }: AveragedPool,
  { at, rows, cols, width }: Rows,
  { mean, directions }: Directions,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const mark = arena.mark();
  try {
    // A line a column, so that all of its products are taken at once.
    const lines = new Float64Array(COLUMNS * cols);
    for (let w = 0; w < COLUMNS; w++)
      for (let c = 0; c < cols; c++) lines[c * COLUMNS + w] = directions[w * cols + c];
    const out = arena.alloc(8 * rows * COLUMNS);
    const data = { rows, rowsPerChunk: ROWS_PER_CHUNK, cols, bytes: 4 * width, data: at };
    const args = { ...data, mean: arena.put(mean), directions: arena.put(lines), out };
    await run('project', Math.ceil(rows / ROWS_PER_CHUNK), args, { signal });
    return arena.f64(out, rows * COLUMNS).slice();
  } finally {
    arena.release(mark);
  }
}

/** Rows of the product per chunk, as `products` in assembly/averaged requires. */
const PRODUCTS_PER_CHUNK = 4;

/** The square of the covariance, a pointer, and the mean. Only the directions count, so the covariance is scaled to a largest number of 1. */
async function squareOfCovariance(
  pool: AveragedPool,
  { at, rows, cols, width }: Rows,
  signal: AbortSignal | undefined,
): Promise<{ mean: Float64Array; square: number }> {
  const { arena } = pool.kernel;
  const square = arena.alloc(4 * width * width);
  const covariance = arena.alloc(4 * width * width);
  const mark = arena.mark();
  const mean = arena.alloc(8 * width);
  const from = arena.alloc(4 * rows * width);
  const data = { rows, bytes: 4 * width, data: at };
  const perColumns = { ...data, colsPerChunk: COLS_PER_CHUNK, out: mean };
  await pool.run('means', Math.ceil(width / COLS_PER_CHUNK), perColumns, { signal });
  const perRows = { ...data, rowsPerChunk: ROWS_PER_CHUNK, mean, out: from };
  await pool.run('centre', Math.ceil(rows / ROWS_PER_CHUNK), perRows, { signal });
  await writeProducts(pool, { rows, width, from, out: covariance }, signal);
  const found = arena.f64(mean, cols).slice();
  arena.release(mark);
  const numbers = arena.f32(covariance, width * width);
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]));
  for (let i = 0; i < numbers.length; i++) numbers[i] /= largest || 1;
  await writeProducts(pool, { rows: width, width, from: covariance, out: square }, signal);
  return { mean: found, square };
}

/** XᵀX of rows at pointer `from`, width × width f32. */
async function writeProducts(
  { kernel: { arena }, run }: AveragedPool,
  of: { rows: number; width: number; from: number; out: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { width, out } = of;
  await run('products', width / PRODUCTS_PER_CHUNK, of, { signal });
  const products = arena.f32(out, width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b < a; b++) products[a * width + b] = products[b * width + a];
}
