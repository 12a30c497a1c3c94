import { UserError } from '../errors.js';
import { unitedBits } from '../neighbors/scale.js';
import type { Watch } from '../progress.js';
import { equalRows, type Matrix } from '../shapes.js';
import { spatialOrder } from './spatial-order.js';

/** Points made ready to compare: finite, each different point once, in few dimensions in an order in space. */
export interface Vertices {
  points: Matrix;
  /** The finite rows, which the columns below count; left out where all are. */
  validRows?: Int32Array;
  /** First valid row of each vertex; left out where vertex i is valid row i. */
  rowOf?: Int32Array;
  /** Vertex of each valid row; left out where each has one of its own. */
  vertexOf?: Int32Array;
  /** Valid rows that each vertex stands for; left out likewise. */
  counts?: Int32Array;
}

/** Throws a UserError unless lengths and counts match. */
export function requireMatrix(points: Matrix): void {
  const { data, rows, cols } = points;
  if (!(data instanceof Float32Array))
    throw new UserError('data must be a Float32Array, row after row', { code: 'VECTORS_INVALID' });
  if (!Number.isInteger(rows) || rows < 0)
    throw new UserError(`rows must be a whole number of at least 0; got ${rows}`, {
      code: 'VECTORS_INVALID',
    });
  if (!Number.isInteger(cols) || cols < 1)
    throw new UserError(`cols must be a whole number of at least 1; got ${cols}`, {
      code: 'VECTORS_INVALID',
    });
  if (data.length !== rows * cols) {
    throw new UserError(
      `data must hold rows × cols = ${rows} × ${cols} = ${rows * cols} numbers; got ${data.length}`,
      { code: 'VECTORS_INVALID' },
    );
  }
}

/** A copy with rows of length 1, lengths taken in float64. A row of length 0 has no direction: it becomes NaN. */
export function unitRows({ data, rows, cols }: Matrix): Matrix {
  const unit = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * cols; i < (row + 1) * cols; i++) sum += data[i] * data[i];
    const length = Math.sqrt(sum);
    for (let i = row * cols; i < (row + 1) * cols; i++) unit[i] = data[i] / length;
  }
  return { data: unit, rows, cols };
}

/** Rows and dimensions for which a k-d tree is likely, and an order in space saves more than it costs. */
const WORTH_ORDER = { rows: 4096, cols: 16 };

/**
 * Sets rows with a NaN or an infinity aside, and folds equal rows into one vertex with a count. Many vertices in few
 * dimensions are put in an order in space. `areFinite`: all numbers are known to be.
 */
export async function findVertices(
  points: Matrix,
  areFinite = false,
  watch: Watch & { threads?: number } = {},
): Promise<Vertices> {
  const finite = areFinite ? undefined : finiteRows(points);
  const validRows = finite && finite.length < points.rows ? finite : undefined;
  const count = validRows?.length ?? points.rows;
  const isOrdered = count >= WORTH_ORDER.rows && points.cols <= WORTH_ORDER.cols;
  const { vertices, rowOf, vertexOf } = isOrdered
    ? await foldInSpace(points, validRows, watch)
    : foldByHash(points, finite ?? finiteRows(points, true));
  if (!vertexOf) return { points: vertices, validRows, rowOf };
  const counts = new Int32Array(vertices.rows);
  for (let row = 0; row < count; row++) counts[vertexOf[row]]++;
  return { points: vertices, validRows, rowOf, vertexOf, counts };
}

/** Rows without a NaN or an infinity. `areFinite`: all numbers are known to be. */
export function finiteRows({ data, rows, cols }: Matrix, areFinite = false): Int32Array {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length);
  // A NaN or an infinity has all bits of the exponent: without it, few numbers have them all together.
  const isPlain = areFinite || (unitedBits(words) & 0x7f800000) !== 0x7f800000;
  const valid = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let at = row * cols;
    const end = at + cols;
    while (!isPlain && at < end && (words[at] & 0x7f800000) !== 0x7f800000) at++;
    if (isPlain || at === end) valid[count++] = row;
  }
  return valid.subarray(0, count);
}

/** Different points; valid rows are counted from 0. */
interface Folded {
  vertices: Matrix;
  /** As in Vertices. */
  rowOf?: Int32Array;
  vertexOf?: Int32Array;
}

export function gatherRows({ data, cols }: Matrix, rows: Int32Array): Matrix {
  const gathered = new Float32Array(rows.length * cols);
  for (let at = 0; at < rows.length; at++) {
    const from = rows[at] * cols;
    for (let t = 0; t < cols; t++) gathered[at * cols + t] = data[from + t];
  }
  return { data: gathered, rows: rows.length, cols };
}

/** Equal rows follow one another in this order. */
async function foldInSpace(
  points: Matrix,
  valid: Int32Array | undefined,
  watch: Watch & { threads?: number },
): Promise<Folded> {
  const { cols } = points;
  const { rows: order, data } = await spatialOrder(points, valid, watch);
  if (valid) {
    const numbers = new Int32Array(points.rows);
    for (let row = 0; row < valid.length; row++) numbers[valid[row]] = row;
    for (let at = 0; at < order.length; at++) order[at] = numbers[order[at]];
  }
  let same = 0;
  for (let at = 1; at < order.length; at++) same += Number(equalRows(data, (at - 1) * cols, at * cols, cols));
  if (same === 0) return { vertices: { data, rows: order.length, cols }, rowOf: order };

  const rowOf = new Int32Array(order.length - same);
  const vertexOf = new Int32Array(order.length);
  let count = 0;
  for (let at = 0; at < order.length; at++) {
    // Vertices move towards the front of what has been read.
    if (at === 0 || !equalRows(data, (count - 1) * cols, at * cols, cols)) {
      data.copyWithin(count * cols, at * cols, (at + 1) * cols);
      rowOf[count++] = order[at];
    }
    vertexOf[order[at]] = count - 1;
  }
  return { vertices: { data: data.subarray(0, count * cols), rows: count, cols }, rowOf, vertexOf };
}

/** Numbers of a row that are hashed at first. */
const SAMPLED = 24;

/**
 * Vertices in order of their first rows, by a hash of every `step`-th number; where that is the same for too many different rows, by
 * one of all.
 */
function foldByHash(
  points: Matrix,
  valid: Int32Array,
  step = Math.max(1, Math.floor(points.cols / SAMPLED)),
): Folded {
  const { data, cols } = points;
  const words = new Int32Array(data.buffer, data.byteOffset, data.length);
  let capacity = 16;
  while (capacity < valid.length * 2) capacity *= 2;
  const table = new Int32Array(capacity).fill(-1);
  const hashes = new Int32Array(valid.length);
  const firsts = new Int32Array(valid.length);
  const rowOf = new Int32Array(valid.length);
  const vertexOf = new Int32Array(valid.length);
  let count = 0;
  let confused = 0;
  for (let row = 0; row < valid.length; row++) {
    const base = valid[row] * cols;
    const hash = hashRow(words, base, cols, step);
    let place = hash & (capacity - 1);
    while (table[place] >= 0) {
      const vertex = table[place];
      if (hashes[vertex] === hash) {
        if (equalRows(data, firsts[vertex] * cols, base, cols)) break;
        if (step > 1 && ++confused > valid.length) return foldByHash(points, valid, 1);
      }
      place = (place + 1) & (capacity - 1);
    }
    if (table[place] < 0) {
      table[place] = count;
      hashes[count] = hash;
      firsts[count] = valid[row];
      rowOf[count++] = row;
    }
    vertexOf[row] = table[place];
  }
  if (count === points.rows) return { vertices: points };
  const vertices = gatherRows(points, firsts.subarray(0, count));
  return count === valid.length ? { vertices } : { vertices, rowOf: rowOf.slice(0, count), vertexOf };
}

/** 0 and −0 are equal numbers and get one hash. */
function hashRow(words: Int32Array, start: number, cols: number, step: number): number {
  let hash = cols;
  for (let i = start; i < start + cols; i += step) {
    hash = Math.imul(hash ^ (words[i] === -0x80000000 ? 0 : words[i]), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
