import { UserError } from '../errors.js';
import type { Matrix } from '../shapes.js';
import { spatialOrder } from './spatial-order.js';

/** Points made ready to compare: finite, each different point once, in few dimensions in an order in space. */
export interface Vertices {
  points: Matrix;
  /** The finite rows, which the columns below count; left out where all are. */
  validRows?: Int32Array;
  /** First valid row of each vertex; left out where vertex i is valid row i. */
  rowOf?: Int32Array;
  /** Vertex of each valid row; left out likewise. */
  vertexOf?: Int32Array;
  /** Valid rows that each vertex stands for; left out where it is 1 everywhere. */
  counts?: Int32Array;
}

/** Throws a UserError unless lengths and counts match. */
export function requireMatrix(points: Matrix): void {
  const { data, rows, cols } = points;
  if (!(data instanceof Float32Array)) throw new UserError('data must be a Float32Array, row after row');
  if (!Number.isInteger(rows) || rows < 0)
    throw new UserError(`rows must be a whole number of at least 0; got ${rows}`);
  if (!Number.isInteger(cols) || cols < 1)
    throw new UserError(`cols must be a whole number of at least 1; got ${cols}`);
  if (data.length !== rows * cols) {
    throw new UserError(
      `data must hold rows × cols = ${rows} × ${cols} = ${rows * cols} numbers; got ${data.length}`,
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
 * dimensions are put in an order in space.
 */
export function findVertices(points: Matrix): Vertices {
  const { rows, cols } = points;
  const { vertexOf, firsts, counts, validRows, valid } = foldEqual(points);
  const vertices = firsts.length;
  const isOrdered = vertices >= WORTH_ORDER.rows && cols <= WORTH_ORDER.cols;
  if (vertices === rows && !isOrdered) return { points };
  const different = vertices === rows ? points : gatherRows(points, firsts);
  const common = { validRows: valid < rows ? validRows.slice(0, valid) : undefined };
  if (vertices === valid && !isOrdered) return { ...common, points: different };

  const rowOf = new Int32Array(vertices);
  for (let row = valid - 1; row >= 0; row--) rowOf[vertexOf[row]] = row;
  const isFolded = vertices < valid;
  if (!isOrdered) return { ...common, points: different, rowOf, vertexOf: vertexOf.slice(0, valid), counts };
  const order = spatialOrder(different);
  const placeOf = new Int32Array(vertices);
  for (let place = 0; place < vertices; place++) placeOf[order[place]] = place;
  const ordered = new Int32Array(valid);
  for (let row = 0; row < valid; row++) ordered[row] = placeOf[vertexOf[row]];
  return {
    ...common,
    points: gatherRows(different, order),
    rowOf: gather(rowOf, order),
    vertexOf: ordered,
    counts: isFolded ? gather(counts, order) : undefined,
  };
}

function gather(column: Int32Array, order: Int32Array): Int32Array {
  const gathered = new Int32Array(order.length);
  for (let place = 0; place < order.length; place++) gathered[place] = column[order[place]];
  return gathered;
}

function gatherRows({ data, cols }: Matrix, order: Int32Array): Matrix {
  const gathered = new Float32Array(order.length * cols);
  for (let place = 0; place < order.length; place++) {
    const from = order[place] * cols;
    for (let t = 0; t < cols; t++) gathered[place * cols + t] = data[from + t];
  }
  return { data: gathered, rows: order.length, cols };
}

interface Folded {
  /** Vertex of each valid row. */
  vertexOf: Int32Array;
  /** First row of each vertex, among all. */
  firsts: Int32Array;
  /** Rows of each vertex. */
  counts: Int32Array;
  validRows: Int32Array;
  valid: number;
}

function foldEqual({ data, rows, cols }: Matrix): Folded {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length);
  let capacity = 16;
  while (capacity < rows * 2) capacity *= 2;
  const table = new Int32Array(capacity).fill(-1);
  const hashes = new Int32Array(rows);
  const firsts = new Int32Array(rows);
  const counts = new Int32Array(rows);
  const validRows = new Int32Array(rows);
  const vertexOf = new Int32Array(rows);
  let valid = 0;
  let vertices = 0;
  for (let row = 0; row < rows; row++) {
    let hash = cols;
    let isFinite = true;
    for (let i = row * cols; i < (row + 1) * cols; i++) {
      const word = words[i];
      if ((word & 0x7f800000) === 0x7f800000) isFinite = false;
      // 0 and −0 are equal numbers and get one hash.
      hash = Math.imul(hash ^ (word === -0x80000000 ? 0 : word), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    if (!isFinite) continue;
    let place = hash & (capacity - 1);
    while (table[place] >= 0) {
      const vertex = table[place];
      if (hashes[vertex] === hash && equalRows(data, firsts[vertex] * cols, row * cols, cols)) break;
      place = (place + 1) & (capacity - 1);
    }
    if (table[place] < 0) {
      table[place] = vertices;
      hashes[vertices] = hash;
      firsts[vertices++] = row;
    }
    counts[table[place]]++;
    vertexOf[valid] = table[place];
    validRows[valid++] = row;
  }
  return {
    vertexOf,
    firsts: firsts.subarray(0, vertices),
    counts: counts.subarray(0, vertices),
    validRows,
    valid,
  };
}

function equalRows(data: Float32Array, a: number, b: number, cols: number): boolean {
  for (let i = 0; i < cols; i++) if (data[a + i] !== data[b + i]) return false;
  return true;
}
