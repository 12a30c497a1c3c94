import type { Matrix } from '../shapes.js';

/** What the central rows of a topic are found by. */
export interface Centrality {
  texts: readonly string[];
  probabilities: Float64Array;
  vectors?: Matrix;
  /** By member: `nearness` of the members, where it is known. */
  near?: Float64Array;
}

/** Characters of a text that is read at a glance: three sentences. */
const READABLE = 300;

/**
 * The rows nearest to the topic's mean (weighted by probability), most central first, their texts different from
 * each other. Of the nearer half, texts of up to 300 characters come before longer ones. Without vectors: the highest probability, then the most keywords.
 */
export function pickExemplars(
  members: Int32Array,
  { texts, probabilities, vectors, near }: Centrality,
  keywords: string[],
  wanted: number,
): number[] {
  const value = vectors
    ? (near ?? nearness(members, probabilities, vectors))
    : members.length > 0
      ? Float64Array.from(members, (row) => probabilities[row] + keywordShare(texts[row], keywords))
      : new Float64Array();
  // Equal values: by text, then row, so that the order of the rows decides nothing but which twin is named.
  const order = (a: number, b: number) =>
    value[b] - value[a] || compare(texts[members[a]], texts[members[b]]) || members[a] - members[b];
  const pick = (places: number[]) =>
    pickDifferent(readableFirst(places.sort(order), members, texts), members, texts, wanted);
  const chosen = pick(foremost(value, CANDIDATES));
  if (chosen.length === wanted || members.length <= CANDIDATES) return chosen;
  // The most central are copies of each other.
  return pick(Array.from(members.keys()));
}

/**
 * The rows farthest from the topic's mean, outermost first, their texts different from each other and from those of
 * `besides`. None without vectors.
 */
export function pickOutermost(
  members: Int32Array,
  { texts, probabilities, vectors }: Centrality,
  besides: number[],
  wanted: number,
): number[] {
  if (!vectors || members.length === 0 || wanted === 0) return [];
  const value = nearness(members, probabilities, vectors).map((near) => -near);
  const order = foremost(value, CANDIDATES).sort(
    (a, b) => value[b] - value[a] || compare(texts[members[a]], texts[members[b]]) || members[a] - members[b],
  );
  return pickDifferent(order, members, texts, wanted, besides);
}

/** Most central first; the texts of the first half that are short enough to read before all others. */
function readableFirst(places: number[], members: Int32Array, texts: readonly string[]): number[] {
  const half = Math.ceil(places.length / 2);
  const isReadable = (at: number, index: number) => index < half && texts[members[at]].length <= READABLE;
  return [...places.filter(isReadable), ...places.filter((at, index) => !isReadable(at, index))];
}

const CANDIDATES = 256;

/** Positions of the greatest values, ties with the last of them included. */
function foremost(value: Float64Array, wanted: number): number[] {
  const least = value.length > wanted ? value.toSorted()[value.length - wanted] : Number.NEGATIVE_INFINITY;
  return Array.from(value.keys()).filter((at) => value[at] >= least);
}

function pickDifferent(
  order: number[],
  members: Int32Array,
  texts: readonly string[],
  wanted: number,
  besides: number[] = [],
): number[] {
  const chosen: number[] = [];
  const held = besides.map((row) => wordSet(texts[row]));
  for (const at of order) {
    if (chosen.length === wanted) break;
    const words = wordSet(texts[members[at]]);
    if (held.some((other) => overlap(words, other) > 0.7)) continue;
    chosen.push(members[at]);
    held.push(words);
  }
  return chosen;
}

/** By member: how near its vector is to the mean of all, weighted by probability; greater is nearer. */
export function nearness(
  members: Int32Array,
  probabilities: Float64Array,
  { data, cols }: Matrix,
): Float64Array {
  const mean = new Float64Array(cols);
  let weight = 0;
  for (const row of members) {
    const share = probabilities[row] || 1e-6;
    weight += share;
    addScaled(mean, data, row * cols, share);
  }
  for (let c = 0; c < cols; c++) mean[c] /= weight;
  const near = new Float64Array(members.length);
  let at = 0;
  for (; at + FOUR <= near.length; at += FOUR) fourNear(mean, data, members, at, near);
  for (; at < near.length; at++) near[at] = -squaredApart(mean, data, members[at] * cols);
  return near;
}

// Functions of few rows each: V8 compiles a function that is called often sooner than one with a long loop.

function addScaled(sum: Float64Array, data: Float32Array, first: number, share: number): void {
  for (let c = 0; c < sum.length; c++) sum[c] += share * data[first + c];
}

const FOUR = 4;

/** Four rows at once: a sum waits for its last addition, four sums don't wait for each other. */
function fourNear(
  mean: Float64Array,
  data: Float32Array,
  members: Int32Array,
  at: number,
  near: Float64Array,
): void {
  const cols = mean.length;
  const [a, b] = [members[at] * cols, members[at + 1] * cols];
  const [c, d] = [members[at + 2] * cols, members[at + 3] * cols];
  let [ofA, ofB, ofC, ofD] = [0, 0, 0, 0];
  for (let t = 0; t < cols; t++) {
    const centre = mean[t];
    const [toA, toB] = [data[a + t] - centre, data[b + t] - centre];
    const [toC, toD] = [data[c + t] - centre, data[d + t] - centre];
    ofA += toA * toA;
    ofB += toB * toB;
    ofC += toC * toC;
    ofD += toD * toD;
  }
  near[at] = -ofA;
  near[at + 1] = -ofB;
  near[at + 2] = -ofC;
  near[at + 3] = -ofD;
}

function squaredApart(mean: Float64Array, data: Float32Array, first: number): number {
  let squared = 0;
  for (let c = 0; c < mean.length; c++) {
    const apart = data[first + c] - mean[c];
    squared += apart * apart;
  }
  return squared;
}

/** Share of the keywords that the text holds, below 1 in 1,000 so that it only breaks ties. */
function keywordShare(text: string, keywords: string[]): number {
  const lower = text.toLowerCase();
  const held = keywords.filter((keyword) => lower.includes(keyword.toLowerCase())).length;
  return held / Math.max(1, keywords.length) / 1000;
}

const wordSet = (text: string): Set<string> =>
  new Set(
    text
      .slice(0, 1000)
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+|\S/gu) ?? [],
  );

function overlap(a: Set<string>, b: Set<string>): number {
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  const either = a.size + b.size - both;
  return either === 0 ? 1 : both / either;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
