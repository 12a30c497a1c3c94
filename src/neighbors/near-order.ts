import type { InferenceSession } from 'onnxruntime-node';
import { type Matrix, pickRows } from '../shapes.js';
import type { Ort } from './operands.js';
import { spreadRows } from './spread.js';

/** Cells that put rows in order: rows of each on average, and how many cells there are at least and at most. */
const CENTRES = { rows: 128, least: 8, most: 1024 };
/** Rows whose products with the centres are made at once. */
const AT_ONCE = 8192;
/** Multiplications from which threads share them: a twentieth of a second's. */
const WORTH_THREADS = 2e9;

/** Rows by the centre nearest to them. */
export interface NearCells {
  /** Row at each place: cell after cell, each followed by the nearest cell that is left. */
  order: Int32Array;
  /** First place of each cell, and the number of rows. */
  starts: Int32Array;
  /** A line for each cell. */
  centres: Matrix;
}

interface Division {
  cells: number;
  /** Rows of each cell from which centres are made: 16 by default. */
  sampled?: number;
  /** How often centres are moved to the means of their rows: once by default. */
  moves?: number;
  /** Finds the nearest centre of each row in several threads. */
  inThreads?: (centres: Matrix) => Promise<Int32Array>;
  signal?: AbortSignal;
}

/**
 * Cells of rows about centres, by k-means (Lloyd 1982) on a sample.
 *
 * @param session of `scoreGraph`
 */
export async function nearCells(
  ort: Ort,
  session: InferenceSession,
  points: Matrix,
  { cells: count, sampled = 16, moves = 1, inThreads, signal }: Division,
): Promise<NearCells> {
  const { rows, cols } = points;
  const sample = pickRows(points, spreadRows(rows, Math.min(rows, count * sampled)));
  let centres = pickRows(sample, spreadRows(sample.rows, Math.min(sample.rows, count)));
  const cellsOf = (part: Matrix) => nearestCentres(ort, session, part, centres, signal);
  for (let move = 0; move < moves; move++) centres = meansOf(sample, await cellsOf(sample), centres);
  const isMuch = rows * centres.rows * cols >= WORTH_THREADS;
  const cells = inThreads && isMuch ? await inThreads(centres) : await cellsOf(points);
  const tour = await tourOf(ort, session, centres);

  const sizes = new Int32Array(centres.rows);
  for (const cell of cells) sizes[cell]++;
  const starts = new Int32Array(centres.rows + 1);
  const ends = new Int32Array(centres.rows);
  for (const [at, cell] of tour.entries()) {
    ends[cell] = starts[at];
    starts[at + 1] = starts[at] + sizes[cell];
  }
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[ends[cells[row]]++] = row;
  return { order, starts, centres: pickRows(centres, tour) };
}

/**
 * Rows in an order in which near ones mostly stand near each other, so that a search that begins with neighbours in that order soon
 * knows how near a candidate must be. Of 7,600 news, two thirds of the 46 nearest are within the same 1,024 places.
 *
 * @returns the row of each place
 */
export async function nearOrder(
  ort: Ort,
  session: InferenceSession,
  points: Matrix,
  options: Pick<Division, 'inThreads' | 'signal'> = {},
): Promise<Int32Array> {
  const cells = Math.max(CENTRES.least, Math.min(CENTRES.most, Math.round(points.rows / CENTRES.rows)));
  return (await nearCells(ort, session, points, { ...options, cells })).order;
}

/** Squared lengths of rows. */
export function normsOf({ data, rows, cols }: Matrix): Float32Array {
  const norms = new Float32Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let norm = 0;
    for (let t = 0; t < cols; t++, at++) norm += data[at] * data[at];
    norms[row] = norm;
  }
  return norms;
}

/** Writes to `cells`, for each line of `count` scores, which of these is the lowest. */
export function nearestOf(scores: Float32Array, count: number, cells: Int32Array): void {
  for (let row = 0, at = 0; row < cells.length; row++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let cell = 0; cell < count; cell++, at++) {
      if (scores[at] < least) {
        least = scores[at];
        best = cell;
      }
    }
    cells[row] = best;
  }
}

/** Scores of rows against centres: the squared distance less the row's squared norm, line after line. */
async function scoresOf(ort: Ort, session: InferenceSession, part: Matrix, centres: Matrix) {
  const { cols } = centres;
  const norms = normsOf(centres);
  const tensor = (data: Float32Array, ...shape: number[]) => new ort.Tensor('float32', data, shape);
  const { scores } = await session.run({
    rows: tensor(part.data, part.rows, cols),
    columns: tensor(centres.data, centres.rows, cols),
    norms: tensor(norms, centres.rows),
  });
  return scores.data as Float32Array;
}

async function nearestCentres(
  ort: Ort,
  session: InferenceSession,
  points: Matrix,
  centres: Matrix,
  signal?: AbortSignal,
) {
  const { rows, cols, data } = points;
  const cells = new Int32Array(rows);
  for (let row0 = 0; row0 < rows; row0 += AT_ONCE) {
    signal?.throwIfAborted();
    const end = Math.min(rows, row0 + AT_ONCE);
    const part = data.subarray(row0 * cols, end * cols);
    // ONNX Runtime takes no views of shared memory.
    const own = part.buffer instanceof ArrayBuffer ? part : new Float32Array(part);
    const scores = await scoresOf(ort, session, { data: own, rows: end - row0, cols }, centres);
    nearestOf(scores, centres.rows, cells.subarray(row0, end));
  }
  return cells;
}

/** The mean of each cell's rows; a cell without rows keeps its centre. */
function meansOf({ data, rows, cols }: Matrix, cells: Int32Array, centres: Matrix): Matrix {
  const means = new Float32Array(centres.data.length);
  const sizes = new Int32Array(centres.rows);
  for (let row = 0, at = 0; row < rows; row++) {
    const cell = cells[row];
    sizes[cell]++;
    for (let to = cell * cols, end = to + cols; to < end; to++, at++) means[to] += data[at];
  }
  for (let cell = 0, at = 0; cell < centres.rows; cell++) {
    const size = sizes[cell];
    for (let t = 0; t < cols; t++, at++) means[at] = size > 0 ? means[at] / size : centres.data[at];
  }
  return { ...centres, data: means };
}

/** The centres, beginning with the first, each followed by the nearest that is left. */
async function tourOf(ort: Ort, session: InferenceSession, centres: Matrix): Promise<Int32Array> {
  const { rows: count } = centres;
  const scores = await scoresOf(ort, session, centres, centres);
  const tour = new Int32Array(count);
  const left = new Set<number>();
  for (let cell = 1; cell < count; cell++) left.add(cell);
  for (let at = 1; at < count; at++) {
    let next = -1;
    for (const cell of left) {
      const line = tour[at - 1] * count;
      if (next < 0 || scores[line + cell] < scores[line + next]) next = cell;
    }
    tour[at] = next;
    left.delete(next);
  }
  return tour;
}
