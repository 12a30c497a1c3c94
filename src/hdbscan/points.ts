import { UserError } from '../errors.js';
import type { Matrix } from '../shapes.js';

/** Points made ready to compare: finite, each different point once. */
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

/** Sets rows with a NaN or an infinity aside, and folds equal rows into one vertex with a count. */
export function findVertices(points: Matrix): Vertices {
  const { data, rows, cols } = points;
  const words = new Int32Array(data.buffer, data.byteOffset, data.length);
  let capacity = 16;
  while (capacity < rows * 2) capacity *= 2;
  const table = new Int32Array(capacity).fill(-1);
  const hashes = new Int32Array(rows);
  const firsts = new Int32Array(rows);
  const counts = new Int32Array(rows);
  const validRows = new Int32Array(rows);
  const vertexOf = new Int32Array(rows);
  const rowOf = new Int32Array(rows);
  let valid = 0;
  let vertices = 0;
  for (let row = 0; row < rows; row++) {
    const hash = hashRow(words, row * cols, cols);
    if (hash === undefined) continue;
    let place = hash & (capacity - 1);
    while (table[place] >= 0) {
      const vertex = table[place];
      if (hashes[vertex] === hash && equalRows(data, firsts[vertex] * cols, row * cols, cols)) break;
      place = (place + 1) & (capacity - 1);
    }
    if (table[place] < 0) {
      table[place] = vertices;
      hashes[vertices] = hash;
      firsts[vertices] = row;
      rowOf[vertices++] = valid;
    }
    counts[table[place]]++;
    vertexOf[valid] = table[place];
    validRows[valid++] = row;
  }
  if (vertices === rows) return { points };
  const different = new Float32Array(vertices * cols);
  for (let vertex = 0; vertex < vertices; vertex++) {
    different.set(data.subarray(firsts[vertex] * cols, (firsts[vertex] + 1) * cols), vertex * cols);
  }
  return {
    points: { data: different, rows: vertices, cols },
    validRows: valid < rows ? validRows.slice(0, valid) : undefined,
    ...(vertices < valid && {
      rowOf: rowOf.slice(0, vertices),
      vertexOf: vertexOf.slice(0, valid),
      counts: counts.slice(0, vertices),
    }),
  };
}

/** Undefined for a row with a NaN or an infinity. 0 and −0 are equal numbers and get one hash. */
function hashRow(words: Int32Array, start: number, cols: number): number | undefined {
  let hash = cols;
  for (let i = start; i < start + cols; i++) {
    const word = words[i];
    if ((word & 0x7f800000) === 0x7f800000) return undefined;
    hash = Math.imul(hash ^ (word === -0x80000000 ? 0 : word), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function equalRows(data: Float32Array, a: number, b: number, cols: number): boolean {
  for (let i = 0; i < cols; i++) if (data[a + i] !== data[b + i]) return false;
  return true;
}
