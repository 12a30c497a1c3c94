import type { InferenceSession } from 'onnxruntime-node';
import type { Matrix } from '../shapes.js';
import { Multiplier } from './multiplier.js';
import { type Operands, type Ort, sharedArray } from './operands.js';
import { openSession } from './product-sessions.js';
import { type Space, WORTH_BYTES } from './products.js';
import { spreadRows } from './spread.js';

/**
 * Errors of rows are taken to be at least as large as that of the row at this share of all, ascending, and larger ones cost their rows
 * more: see `loweredBy`.
 */
const USUAL_SHARE = 0.5;
/** With a larger usual error, too many scores are below the distances that matter. Texts' vectors have 0.007. */
export const MOST_ERROR = 0.02;
/** Rows with three times the usual error have scores so low that every row's buffer holds them; so many of them do no harm. */
const FEW_ROUGH = 4;

/** Rows as integers of 8 bits. */
export interface ByteOperands extends Operands {
  readonly factors: Float32Array;
  /** By how much each row's norm was lowered for the integers' error. */
  readonly margins: Float32Array;
}

/**
 * By how much the squared norm of a row is lowered, relative to it, for products of integers whose rows are off by `error` times
 * their length: with σ(i) = x(i)² / x₀, x(i) = (1 + max(e(i), usual)) (1 + usual) − 1 and x₀ = (1 + usual)² − 1, the product of
 * two rows a and b is off by at most (σ(a) |a|² + σ(b) |b|²) / 2. docs/architecture.md has the proof.
 */
export function loweredBy(error: number, usual: number): number {
  const x = (1 + Math.max(error, usual)) * (1 + usual) - 1;
  return x ** 2 / ((1 + usual) ** 2 - 1);
}

/** Operands of 8 bits, `order` telling the row of each place where places aren't all rows; undefined where these would be too rough. */
export async function byteOperands(
  { pool, base, points, frame }: Space,
  side: number,
  order?: Int32Array,
): Promise<ByteOperands | undefined> {
  const { cols } = points;
  const rows = order?.length ?? points.rows;
  const { arena } = pool.kernel;
  const padded = Math.ceil(rows / 8) * 8;
  const data = sharedArray(Uint8Array, rows * cols);
  const tiles = sharedArray(Int8Array, padded * cols);
  const mark = arena.mark();
  const orderAt = order ? arena.put(order) : 0;
  const [scalesAt, normsAt, errorsAt] = [0, 0, 0].map(() => arena.alloc(padded * 4));
  const rowsOut = arena.alloc(side * cols);
  const columnsOut = arena.alloc(side * cols);
  for (let place0 = 0; place0 < rows; place0 += side) {
    const count = Math.min(side, rows - place0);
    const wide = Math.ceil(count / 8) * 8;
    await pool.run('quantizeRows', Math.ceil(count / 64), {
      data: base.data!,
      order: orderAt,
      place0,
      count,
      d: cols,
      centre: frame.centreAt,
      scale: frame.scale,
      rowsOut,
      columnsOut,
      wide,
      scales: scalesAt,
      norms: normsAt,
      errors: errorsAt,
    });
    data.set(arena.u8(rowsOut, count * cols), place0 * cols);
    const bytes = arena.u8(columnsOut, wide * cols);
    tiles.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), place0 * cols);
  }
  const scales = new Float32Array(padded);
  scales.set(arena.f32(scalesAt, rows));
  const norms = new Float32Array(padded).fill(Number.POSITIVE_INFINITY);
  norms.set(arena.f32(normsAt, rows));
  const errors = arena.f32(errorsAt, rows).slice();
  arena.release(mark);

  const usual = errors.slice().sort()[Math.floor(rows * USUAL_SHARE)];
  if (!(usual <= MOST_ERROR)) return undefined;
  let rough = 0;
  const margins = new Float32Array(padded);
  const factors = new Float32Array(padded);
  for (let row = 0; row < rows; row++) {
    if (errors[row] > 3 * usual) rough++;
    const lowered = loweredBy(errors[row], Math.max(usual, 2 ** -20));
    margins[row] = norms[row] * lowered;
    norms[row] = norms[row] * (1 - frame.slack - lowered) - 1e-36;
    factors[row] = -2 * scales[row];
  }
  if (rough > FEW_ROUGH) return undefined;
  return { kind: 'bytes', rows, cols, side, data, tiles, scales, norms, factors, margins, order };
}

/** Rows whose products tell how many candidates each row needs. */
const SAMPLE = 16;

/**
 * How many rows have scores too low to rule them out as one of a row's k nearest, of nearly every row by a sample: as many
 * candidates have to be kept.
 */
export async function spreadOf(
  ort: Ort,
  session: InferenceSession,
  operands: ByteOperands,
  k: number,
): Promise<number> {
  const { rows, side } = operands;
  const sampled = spreadRows(rows, Math.min(rows, SAMPLE));
  const products = Array.from(sampled, () => new Float32Array(rows));
  const multiplier = new Multiplier(ort, session, operands, sampled.length);
  multiplier.take(sampled.length, (at) => sampled[at]);
  for (let column0 = 0; column0 < rows; column0 += side) {
    const wide = multiplier.wide(column0);
    const found = new Float32Array(sampled.length * wide);
    await multiplier.multiply(sampled.length, column0, found);
    const used = Math.min(wide, rows - column0);
    for (const [slot, line] of products.entries()) {
      line.set(found.subarray(slot * wide, slot * wide + used), column0);
    }
  }
  const counts = Int32Array.from(products, (line, slot) => spreadOfRow(operands, line, sampled[slot], k));
  // The second largest: one row may be far from all others.
  return counts.sort()[Math.max(0, counts.length - 2)];
}

/** How many rows can't be ruled out as one of the k nearest of `row`, whose products with all rows these are: they are right on average. */
function spreadOfRow(
  { norms, margins, factors }: Pick<ByteOperands, 'norms' | 'margins' | 'factors'>,
  products: Float32Array,
  row: number,
  k: number,
): number {
  const scores = new Float32Array(products.length);
  const upper = new Float32Array(products.length);
  for (let other = 0; other < products.length; other++) {
    scores[other] = norms[other] + factors[row] * products[other];
    upper[other] = scores[other] + margins[other];
  }
  scores[row] = Number.POSITIVE_INFINITY;
  upper[row] = Number.POSITIVE_INFINITY;
  const limit = kthSmallest(upper, k) + margins[row];
  let within = 0;
  for (const score of scores) if (score <= limit) within++;
  return within;
}

/** The k-th smallest of some values, for a small k. */
function kthSmallest(values: Float32Array, k: number): number {
  const smallest = new Float32Array(k).fill(Number.POSITIVE_INFINITY);
  let farthest = Number.POSITIVE_INFINITY;
  for (const value of values) {
    if (!(value < farthest)) continue;
    let to = k - 1;
    for (; to > 0 && smallest[to - 1] > value; to--) smallest[to] = smallest[to - 1];
    smallest[to] = value;
    farthest = smallest[k - 1];
  }
  return farthest;
}

/** Rows and columns of the product that is tried. */
const TRIED = 32;
/** Length of its rows. */
const TRIED_LENGTH = 256;

/** Columns with which sums of products of bytes fit 32 bits. */
const MOST_BYTE_COLUMNS = 60_000;

/** Whether multiplying rows of so many numbers as integers of 8 bits may be faster. `from`: numbers of all rows. */
export const areWorthBytes = (
  { rows, cols }: Pick<Matrix, 'rows' | 'cols'>,
  from = WORTH_BYTES.numbers,
): boolean => rows * cols >= from && cols >= WORTH_BYTES.cols && cols <= MOST_BYTE_COLUMNS;

/** Whether integers of 8 bits are multiplied rightly here; found once in a process. */
let areBytesExact: Promise<boolean> | undefined;

/** Whether this runtime multiplies integers of 8 bits, and rightly: the operator is one of its own, which some don't have. */
export async function opensBytes(ort: Ort): Promise<boolean> {
  const session = await openSession(ort, 'bytes').catch(() => undefined);
  if (!session) return false;
  areBytesExact ??= isExact(ort, session);
  return areBytesExact;
}

/**
 * Whether this processor's products of unsigned with signed integers are right: some without instructions for them cut sums of
 * two products to 16 bits.
 */
export async function isExact(ort: Ort, session: InferenceSession): Promise<boolean> {
  const rows = new Uint8Array(TRIED * TRIED_LENGTH).fill(255);
  const columns = new Int8Array(TRIED * TRIED_LENGTH).fill(127);
  const scales = new Float32Array(TRIED).fill(1);
  const { scores } = await session.run({
    rows: new ort.Tensor('uint8', rows, [TRIED, TRIED_LENGTH]),
    columns: new ort.Tensor('int8', columns, [TRIED_LENGTH, TRIED]),
    scales: new ort.Tensor('float32', scales, [TRIED]),
  });
  return (scores.data as Float32Array).every((score) => score === 127 * 127 * TRIED_LENGTH);
}
