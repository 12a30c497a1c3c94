import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { partsBySize, SMALL_FILE, type TopicBounds, topicBounds } from './divide.js';
import { type Groups, rowsWith } from './groups.js';
import { takeRows } from './order.js';
import { explainedShare, twoMeans } from './two-means.js';

/** Neighbours of a row that are looked at. */
const NEIGHBORS = 15;
/** Two parts are clear where fewer than this share of the neighbours that would cross by chance do. */
const CROSSING = 0.3;
/** Two parts are clear as well where their means explain more than this share of the vectors' variance. */
const EXPLAINED = 0.1;
/**
 * The two means of few rows explain much in any case: of topics of one kind, 1.6 to 2.4 divided by their number. Parts are clear from so much on; and
 * where half of a small file's large topics reach it, all of them are taken for mixed.
 */
const ABOVE_CHANCE = 2.6;
/** Rows that the variance is taken from: the first in canonical order, which is a random order. */
const VARIANCE_ROWS = 500;

interface RowsToDivide {
  /** Of any length. */
  vectors: Matrix;
  /** The layout that groups were found in, if there is one: parts are sought there. */
  places?: Matrix;
  graph: NeighborGraph;
  /** By group: 1 for one that stays whole whatever its size. */
  isWhole?: Uint8Array;
}

/**
 * Divides large groups in two, and the parts in turn: of more than `bounds.clear` rows where the parts are clear, of more than
 * `bounds.most` in any case. Parts are the two means of the group's places. They are clear where few rows have neighbours in the other
 * part, less than 0.3 of what chance would give (links between parts if each part had its links with any row; Newman 2006); or where
 * two means explain a tenth of the variance of the group's vectors.
 *
 * Where large topics were divided whether or not their parts are clear, the parts were others as soon as a tenth of the rows was
 * missing (adjusted Rand index of the parts 0.4 on the mean; 0.85 to 0.98 of parts that are clear).
 *
 * @param least rows that each part must have; a group without such parts stays whole
 * @param from only groups of more rows than this are looked at, and then their parts
 * @returns groups numbered by size; how many were divided; and which group each one is a part of
 */
export async function divideClear(
  rows: RowsToDivide,
  groups: Groups,
  bounds: TopicBounds,
  least: number,
  watch: Watch = {},
  from = bounds.clear,
): Promise<Groups & { divided: number; parentOf: Int32Array }> {
  const pause = breathe(watch.signal);
  const labels = groups.labels.slice();
  const origin = Array.from({ length: groups.count }, (_, group) => group);
  const partOf = new Int8Array(labels.length).fill(-1);
  let divided = 0;
  for (let group = 0; group < groups.count && groups.size[group] > from; group++) {
    if (rows.isWhole?.[group]) continue;
    const open = [rowsWith(groups.labels, group)];
    const countBefore = origin.length;
    for (let one = open.pop(); one; one = open.pop()) {
      await pause();
      const parts = one.length > bounds.clear ? twoParts(rows, one, least) : undefined;
      if (!parts || !(one.length > bounds.most || areClear(rows, one, parts, partOf))) continue;
      for (const row of parts[1]) labels[row] = origin.length;
      origin.push(group);
      open.push(...parts);
    }
    if (origin.length > countBefore) divided++;
  }
  return { ...partsBySize(labels, origin), divided };
}

/**
 * Divides large groups whose parts are clear, and then those that are too large beside the others: a few groups that hold several kinds would
 * raise the bound for each other. In small files both bounds come from the groups as they are.
 *
 * @param bounds of these groups, see `topicBounds`
 * @returns as `divideClear`, and the bound above which groups were divided in any case
 */
export async function divideInTwo(
  rows: RowsToDivide,
  groups: Groups,
  bounds: TopicBounds,
  least: number,
  watch: Watch = {},
): Promise<Awaited<ReturnType<typeof divideClear>> & { most: number }> {
  const count = groups.labels.length;
  if (count < SMALL_FILE)
    return { ...(await divideClear(rows, groups, bounds, least, watch)), most: bounds.most };
  const onlyClear = { ...bounds, most: Number.POSITIVE_INFINITY };
  const first = await divideClear(rows, groups, onlyClear, least, watch);
  const most = Math.max(bounds.clear, topicBounds(first.size, count).most);
  const isWhole = rows.isWhole && takeRows(rows.isWhole, first.parentOf);
  // What is left without clear parts is divided for its size alone.
  const last = await divideClear({ ...rows, isWhole }, first, { ...bounds, most }, least, watch, most);
  const parentOf = takeRows(first.parentOf, last.parentOf);
  const parts = new Int32Array(groups.count);
  for (const parent of parentOf) parts[parent]++;
  return { ...last, parentOf, divided: parts.filter((of) => of > 1).length, most };
}

type Parts = [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>];

/** The two means of some rows' places; nothing where one has fewer than `least` rows. */
function twoParts(
  { vectors, places }: RowsToDivide,
  rows: Int32Array<ArrayBuffer>,
  least: number,
): Parts | undefined {
  const isSecond = twoMeans(places ? pickRows(places, rows) : unitRows(vectors, rows));
  const parts: Parts = [
    rows.filter((_, at) => isSecond[at] === 0),
    rows.filter((_, at) => isSecond[at] === 1),
  ];
  return Math.min(parts[0].length, parts[1].length) < least ? undefined : parts;
}

/** @param partOf −1 for every row, before and after */
function areClear(
  { vectors, graph }: RowsToDivide,
  rows: Int32Array,
  parts: Parts,
  partOf: Int8Array,
): boolean {
  for (const [part, inside] of parts.entries()) for (const row of inside) partOf[row] = part;
  const share = crossingShare(graph, rows, partOf);
  for (const row of rows) partOf[row] = -1;
  if (share < CROSSING) return true;
  const some = unitRows(vectors, rows.subarray(0, VARIANCE_ROWS));
  return explainedShare(some, twoMeans(some)) > Math.max(EXPLAINED, ABOVE_CHANCE / some.rows);
}

/**
 * In a small file the bound for clear parts, 4 % of the rows, holds for all topics where most that are above it have clear parts: these are
 * files of many small labels, of which density joins what lies close. Of 300 rows, by the number of rows that two means explain on the median of
 * the large topics: bank intents, whose largest label has 8 to 13 rows, 3.2 to 5.1; clinc 2.7 to 2.8; StackOverflow, search snippets and AG
 * News 1.9 to 2.3. With 4 % as the bound for all, AMI of topics is 0.56, 0.38, 0.59, 0.51 and 0.36; so it is 0.56, 0.39, 0.66, 0.61 and 0.40.
 */
export function narrowBounds(vectors: Matrix, groups: Groups, bounds: TopicBounds): TopicBounds {
  if (groups.labels.length >= SMALL_FILE || bounds.clear === bounds.most) return bounds;
  const found: number[] = [];
  for (let group = 0; group < groups.count && groups.size[group] > bounds.clear; group++) {
    const rows = unitRows(vectors, rowsWith(groups.labels, group));
    found.push(rows.rows * explainedShare(rows, twoMeans(rows)));
  }
  found.sort((a, b) => a - b);
  return (found[found.length >> 1] ?? 0) >= ABOVE_CHANCE ? { ...bounds, most: bounds.clear } : bounds;
}

/** Of the links between neighbours among these rows, the share that goes from part to part, in parts of what is expected by chance. */
function crossingShare({ indices, neighbors }: NeighborGraph, rows: Int32Array, partOf: Int8Array): number {
  const ends = [0, 0];
  let links = 0;
  let crossing = 0;
  for (const row of rows) {
    const first = row * neighbors;
    for (let at = first; at < first + Math.min(NEIGHBORS, neighbors) && indices[at] >= 0; at++) {
      const other = partOf[indices[at]];
      if (other < 0) continue;
      links++;
      ends[other]++;
      ends[partOf[row]]++;
      if (other !== partOf[row]) crossing++;
    }
  }
  const expected = links > 0 ? (2 * ends[0] * ends[1]) / (2 * links) ** 2 : 0;
  return expected > 0 ? crossing / links / expected : 1;
}

/** Rows scaled to length 1; those of length 0 or with a number that isn't finite are zeros. */
function unitRows(vectors: Matrix, rows: Int32Array): Matrix {
  const unit = pickRows(vectors, rows);
  const { data, cols } = unit;
  for (let start = 0; start < data.length; start += cols) {
    let squares = 0;
    for (let t = start; t < start + cols; t++) squares += data[t] * data[t];
    const scale = squares > 0 && Number.isFinite(squares) ? 1 / Math.sqrt(squares) : 0;
    for (let t = start; t < start + cols; t++) data[t] = scale === 0 ? 0 : data[t] * scale;
  }
  return unit;
}
