import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { dropSiblings } from './siblings.js';

/** Rows that got a topic which the caller named beforehand. */
export interface GivenRows {
  /** Given topic of each row, by its place in the list; -1 for a row near none. */
  topic: Int32Array;
  /** How sure each assignment is, 0 to 1: the share of the row's 15 nearest others with the same given topic. */
  sure: Float64Array;
}

/** What decides about a row, as it was found from all rows. */
export interface GivenRule {
  /** A unit row for each topic: the mean direction of its clear rows. */
  means: Matrix;
  /** Least nearness to each topic's mean; +∞ for a topic that gets no rows. */
  limits: number[];
}

/** Neighbours whose scores are averaged with a row's own, and which vote. */
const NEIGHBORS = 15;
/** Robust standard deviations above the median of all rows from which a row may be clear. */
const STANDS_OUT = 1.75;
/** Clear rows that a topic needs where there are fifty rows for each; fewer are chance. */
const CLEAR_ROWS = 5;
/** Robust standard deviations that the clear rows' median nearness lies above that of all rows; less is no place of its own. */
const APART = 2;
/** Least spread of the clear rows, so that copies of a text are no measure of a topic's width. */
const LEAST_SPREAD = 0.02;
/** Share of its neighbours with the same topic that gives a row the topic; less than the rest of it takes the topic away. */
const VOTE = 0.6;
const ROUNDS = 5;

/**
 * Which rows are near a given topic. The rule, for topics t and unit rows:
 *
 * 1. A row's score for t is the mean cosine of its vector and its 15 nearest rows' to the vector of t's name and
 *    description. Alone, the cosine of a text to a few words says little.
 * 2. Clear rows of t have t as their best topic, score 1.75 robust standard deviations or more above the median of all rows, and are in
 *    the upper of the two parts that Otsu's threshold makes of such rows. A topic with too few clear rows gets none.
 * 3. The clear rows' mean direction stands for t from here on: a row's nearness to t is the mean cosine of it and its 15
 *    nearest rows to that. It gets its nearest topic if it is no further from it than `reach` robust standard deviations below the
 *    median of the clear rows. A topic whose clear rows are not apart from the others in this gets none.
 * 4. Rows of which 60 % of the neighbours have t get it; rows of which fewer than 40 % have theirs lose it; up to five times.
 * 5. Parts of t's rows that lie apart from the others and score lower lose it (`dropSiblings`).
 *
 * @param vectors unit rows
 * @param graph the rows' nearest others
 * @param topics a unit row for each topic
 * @param reach robust standard deviations
 */
export async function nearGiven(
  vectors: Matrix,
  graph: NeighborGraph,
  topics: Matrix,
  reach: number,
  { signal }: Watch = {},
): Promise<GivenRows & { rule: GivenRule }> {
  const { rows } = vectors;
  const count = topics.rows;
  const labelled = await smoothed(vectors, graph, topics, signal);
  const best = nearestOf(labelled, count);
  const least = Math.max(3, Math.min(CLEAR_ROWS, Math.floor(rows / (10 * Math.max(1, count)))));
  const clear = Array.from({ length: count }, (_, topic) => clearRows(labelled, count, topic, best, least));
  const means = meanDirections(
    vectors,
    clear.map(({ members }) => members),
  );
  const near = await smoothed(vectors, graph, means, signal);
  const limits = clear.map(({ members }, topic) => {
    if (members.length === 0) return Number.POSITIVE_INFINITY;
    const { median, spread } = robust(members.map((row) => near[row * count + topic]));
    const all = robust(Array.from({ length: rows }, (_, row) => near[row * count + topic]));
    if (median < all.median + APART * all.spread) return Number.POSITIVE_INFINITY;
    return median - reach * Math.max(spread, LEAST_SPREAD);
  });
  const topic = withinReach(near, limits);
  vote(topic, graph, count);
  const pause = breathe(signal);
  for (let t = 0; t < count; t++) {
    const score = (row: number) => labelled[row * count + t] - clear[t].median;
    await dropSiblings(topic, t, vectors, score, (row) => neighborsOf(graph, row), CLEAR_ROWS, pause);
  }
  return { topic, sure: agreement(topic, graph, topic), rule: { means, limits } };
}

/**
 * Which new rows are near a given topic, by the rule that was found from the rows before, which stay as they are.
 * @param near nearest rows before of each new row
 * @param topicOf given topic of each row before; −1 for none
 */
export async function placeGiven(
  { means, limits }: GivenRule,
  before: Matrix,
  fresh: Matrix,
  near: NeighborGraph,
  topicOf: Int32Array,
  { signal }: Watch = {},
): Promise<GivenRows> {
  const own = await cosines(fresh, means, signal);
  const others = await cosines(before, means, signal);
  const nearness = await averaged(own, others, near, means.rows, signal);
  const topic = withinReach(nearness, limits);
  voteOnce(topic, topicOf, near, means.rows);
  return { topic, sure: agreement(topic, near, topicOf) };
}

/** The nearest topic of each row, where the row is near enough to it; −1 otherwise. */
function withinReach(near: Float32Array, limits: readonly number[]): Int32Array {
  const count = limits.length;
  return nearestOf(near, count).map((t, row) => (near[row * count + t] >= limits[t] ? t : -1));
}

/** Mean cosine of each row and its neighbours to each topic, rows × topics. */
async function smoothed(
  vectors: Matrix,
  graph: NeighborGraph,
  topics: Matrix,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const own = await cosines(vectors, topics, signal);
  return averaged(own, own, graph, topics.rows, signal);
}

/** Cosine of each row to each topic, rows × topics. */
async function cosines(
  { data, rows, cols }: Matrix,
  topics: Matrix,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const pause = breathe(signal);
  const count = topics.rows;
  const own = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    for (let topic = 0; topic < count; topic++) {
      let sum = 0;
      for (let c = 0; c < cols; c++) sum += data[row * cols + c] * topics.data[topic * cols + c];
      own[row * count + topic] = sum;
    }
    await pause();
  }
  return own;
}

/** Mean of each row's own values and those of the rows that it lists, rows × topics. */
async function averaged(
  own: Float32Array,
  listed: Float32Array,
  graph: NeighborGraph,
  count: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const pause = breathe(signal);
  const mean = own.slice();
  for (let row = 0; row < graph.rows; row++) {
    const others = neighborsOf(graph, row);
    for (const other of others)
      for (let topic = 0; topic < count; topic++) mean[row * count + topic] += listed[other * count + topic];
    for (let topic = 0; topic < count; topic++) mean[row * count + topic] /= others.length + 1;
    await pause();
  }
  return mean;
}

function neighborsOf({ indices, neighbors }: NeighborGraph, row: number): Int32Array {
  const listed = indices.subarray(row * neighbors, row * neighbors + Math.min(NEIGHBORS, neighbors));
  const end = listed.indexOf(-1);
  return end < 0 ? listed : listed.subarray(0, end);
}

/** The topic with the highest value of each row; equal values: the first. */
function nearestOf(values: Float32Array, count: number): Int32Array {
  return Int32Array.from({ length: count === 0 ? 0 : values.length / count }, (_, row) => {
    let best = 0;
    for (let topic = 1; topic < count; topic++)
      if (values[row * count + topic] > values[row * count + best]) best = topic;
    return best;
  });
}

/** The clear rows of a topic, none where there are fewer than `least`, and the median score of all rows. */
function clearRows(
  scores: Float32Array,
  count: number,
  topic: number,
  best: Int32Array,
  least: number,
): { members: number[]; median: number } {
  const own = Array.from(best, (_, row) => scores[row * count + topic]);
  const { median, spread } = robust(own);
  const standOut = Array.from(best.keys()).filter(
    (row) => best[row] === topic && own[row] >= median + STANDS_OUT * spread,
  );
  const limit = upperPart(standOut.map((row) => own[row]));
  const members = standOut.filter((row) => own[row] >= limit);
  return { members: members.length < least ? [] : members, median };
}

/** Median, and the median distance from it as that of a normal distribution. */
function robust(values: number[]): { median: number; spread: number } {
  const median = middle(values);
  return { median, spread: 1.4826 * middle(values.map((value) => Math.abs(value - median))) };
}

function middle(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Where the values fall best into two parts (Otsu 1979); the least value for fewer than four. */
function upperPart(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length < 4) return sorted[0] ?? 0;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let below = 0;
  let most = -1;
  let limit = sorted[0];
  for (let at = 1; at < sorted.length; at++) {
    below += sorted[at - 1];
    const between = at * (sorted.length - at) * ((total - below) / (sorted.length - at) - below / at) ** 2;
    if (between <= most || sorted[at] === sorted[at - 1]) continue;
    most = between;
    limit = sorted[at];
  }
  return limit;
}

/** Unit mean of the rows of each list; zeros for an empty one. */
function meanDirections({ data, cols }: Matrix, lists: number[][]): Matrix {
  const means = new Float32Array(lists.length * cols);
  for (const [at, members] of lists.entries()) {
    const sum = new Float64Array(cols);
    for (const row of members) for (let c = 0; c < cols; c++) sum[c] += data[row * cols + c];
    const length = Math.hypot(...sum) || 1;
    for (let c = 0; c < cols; c++) means[at * cols + c] = sum[c] / length;
  }
  return { data: means, rows: lists.length, cols };
}

/** Lets neighbours decide, all rows at once in each round, so that the order of the rows changes nothing. */
function vote(topic: Int32Array, graph: NeighborGraph, count: number): void {
  for (let round = 0; round < ROUNDS; round++) {
    const before = topic.slice();
    voteOnce(topic, before, graph, count);
    if (topic.every((t, row) => t === before[row])) return;
  }
}

/** Rows of which enough neighbours have a topic get it; rows of which too few have theirs lose it. */
function voteOnce(topic: Int32Array, topicOf: Int32Array, graph: NeighborGraph, count: number): void {
  const votes = new Int32Array(count);
  for (const [row, own] of topic.entries()) {
    const others = neighborsOf(graph, row);
    votes.fill(0);
    for (const other of others) if (topicOf[other] >= 0) votes[topicOf[other]]++;
    if (own >= 0) {
      if (votes[own] < (1 - VOTE) * others.length) topic[row] = -1;
      continue;
    }
    let most = 0;
    for (let t = 1; t < count; t++) if (votes[t] > votes[most]) most = t;
    if (others.length > 0 && votes[most] >= VOTE * others.length) topic[row] = most;
  }
}

/** Share of the listed rows that have a row's own topic. */
function agreement(topic: Int32Array, graph: NeighborGraph, topicOf: Int32Array): Float64Array {
  return Float64Array.from(topic, (own, row) => {
    const others = neighborsOf(graph, row);
    if (own < 0 || others.length === 0) return 0;
    return others.reduce((same, other) => same + (topicOf[other] === own ? 1 : 0), 0) / others.length;
  });
}
