import type { Pause } from '../breathe.js';
import type { Matrix } from '../shapes.js';
import { lowest } from './divide.js';
import { rowsWith } from './groups.js';

/** Two parts are apart if at most this share of the neighbours of the part with fewer of them lies in the other. */
const CROSSING = 0.1;
/** A part keeps the topic if it scores at least this share of what the best part scores. */
const AS_GOOD = 0.85;
/** Rounds of power iteration, which finds where the rows are widest. */
const POWER_ROUNDS = 20;
/** Rounds of Lloyd's algorithm, in which rows go to the nearer mean. */
const MEAN_ROUNDS = 10;

/**
 * Takes a topic away from parts of its rows that lie apart and score lower: a topic's name takes in rows of its siblings (of `transfer`
 * also those that pay bills) where these have no name of their own. The topic's rows are cut in two again and again, where the
 * halves are apart in the graph; of the parts that this gives, those that score as well as the best one keep the topic.
 * @param topic given topic of each row, changed in place; −1 for none
 * @param of the topic that is looked at
 * @param vectors unit rows
 * @param score how well each row fits the topic, 0 for a row of average fit
 * @param linked nearest others of a row
 * @param least rows that a part has at least
 */
export async function dropSiblings(
  topic: Int32Array,
  of: number,
  vectors: Matrix,
  score: (row: number) => number,
  linked: (row: number) => Int32Array,
  least: number,
  pause: Pause,
): Promise<void> {
  const parts = await partsApart(rowsWith(topic, of), vectors, linked, least, pause);
  if (parts.length < 2) return;
  const scores = parts.map((part) => part.reduce((sum, row) => sum + score(row), 0) / part.length);
  const best = Math.max(...scores);
  for (const [at, part] of parts.entries())
    if (scores[at] < AS_GOOD * best) for (const row of part) topic[row] = -1;
}

/** Rows in parts that are apart in the graph; one part where they hang together. */
async function partsApart(
  rows: Int32Array,
  vectors: Matrix,
  linked: (row: number) => Int32Array,
  least: number,
  pause: Pause,
): Promise<Int32Array[]> {
  const parts: Int32Array[] = [];
  const left = [rows];
  for (let part = left.pop(); part; part = left.pop()) {
    const isSecond = await twoMeans(vectors, part, pause);
    const halves = [part.filter((_, at) => !isSecond[at]), part.filter((_, at) => isSecond[at])];
    const isCut = halves.every(({ length }) => length >= least) && areApart(halves, linked);
    (isCut ? left : parts).push(...(isCut ? halves : [part]));
  }
  return parts;
}

/**
 * Whether rows of two parts list each other seldom: the links between both are at most `CROSSING` of the links to rows of both that
 * the part with fewer of them has (conductance; Kannan, Vempala and Vetta 2004).
 */
function areApart(parts: Int32Array[], linked: (row: number) => Int32Array): boolean {
  const partOf = new Map(parts.flatMap((rows, part) => Array.from(rows, (row) => [row, part] as const)));
  const links = [0, 0];
  let crossing = 0;
  for (const [row, own] of partOf) {
    for (const other of linked(row)) {
      const its = partOf.get(other);
      if (its === undefined) continue;
      links[own]++;
      if (its !== own) crossing++;
    }
  }
  // A link between both counts from either side.
  return crossing / 2 <= CROSSING * Math.min(...links);
}

/** Which rows belong to the second of two means, by Lloyd's algorithm from a cut across the direction in which the rows are widest. */
async function twoMeans(vectors: Matrix, rows: Int32Array, pause: Pause): Promise<boolean[]> {
  const { data, cols } = vectors;
  const centre = weightedSum(vectors, rows, () => 1 / rows.length);
  const nearness = Float64Array.from(rows, (row) => product(vectors, row, centre));
  const farthest = rows[lowest(nearness)] * cols;
  let widest = unit(centre.map((value, c) => data[farthest + c] - value));
  for (let round = 0; round < POWER_ROUNDS; round++) {
    await pause();
    const middle = dot(centre, widest);
    // The covariance matrix times the direction; the weights add up to 0, so that the centre needn't be taken off the rows.
    widest = unit(weightedSum(vectors, rows, (at) => product(vectors, rows[at], widest) - middle));
  }
  const middle = dot(centre, widest);
  let isSecond = Array.from(rows, (row) => product(vectors, row, widest) > middle);
  for (let round = 0; round < MEAN_ROUNDS; round++) {
    await pause();
    const first = unit(weightedSum(vectors, rows, (at) => (isSecond[at] ? 0 : 1)));
    const second = unit(weightedSum(vectors, rows, (at) => (isSecond[at] ? 1 : 0)));
    isSecond = Array.from(rows, (row) => product(vectors, row, second) > product(vectors, row, first));
  }
  return isSecond;
}

function weightedSum(
  { data, cols }: Matrix,
  rows: Int32Array,
  weightOf: (at: number) => number,
): Float64Array<ArrayBuffer> {
  const total = new Float64Array(cols);
  for (let at = 0; at < rows.length; at++) {
    const weight = weightOf(at);
    if (weight === 0) continue;
    for (let c = 0; c < cols; c++) total[c] += weight * data[rows[at] * cols + c];
  }
  return total;
}

function product({ data, cols }: Matrix, row: number, direction: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < cols; c++) sum += data[row * cols + c] * direction[c];
  return sum;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, c) => sum + value * b[c], 0);

function unit(vector: Float64Array): Float64Array<ArrayBuffer> {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return Float64Array.from(vector, (value) => value / length);
}
