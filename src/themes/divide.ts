import type { Watch } from '../progress.js';
import { type Matrix, pickRows } from '../shapes.js';
import { bySize, type Groups, rowsWith } from './groups.js';
import { UnitRows } from './rows.js';
import { cutMerges, ward } from './ward.js';

/** Rounds in which rows go to the nearest mean. */
const ROUNDS = 3;
/** Where so few parts leave one too large, so many times as many are tried next, one more at least. */
const MORE_PARTS = 1.1;
/** Parts that each row is compared with in all, about. */
const COMPARED = 50;

/** Below so many rows a topic is looked at from 4 % of the rows on, whatever the sizes of the others. */
export const SMALL_FILE = 500;

/** The bound on topics is at least so many rows: in small files a share is very few. */
const LEAST_LARGE = 12;

/**
 * A topic of so many times the rows of the median one is looked at. With 1.2 topics of two labels of bank intents stay whole at times, 1.6 times as
 * large as the largest label; of 1,000 rows of 15 sets topics agree as well without a tenth (adjusted Rand index 0.747, not 0.742).
 */
const LOOKED_AT = 1.1;
/** A topic never has more times the rows of the median one: so many among many rows. */
const MOST_TIMES = 3;
/** Nor, where sizes are alike, more times the rows of the one that a fifth of the rows in topics are in topics as large as: so many among many rows. */
const MOST_TIMES_LARGE = 1.6;
/** The same in a small file, where it is more easily above the largest label: with 1.5 PubMed's 300 titles have one of 1.48 times its rows, so 1.24. */
const SMALL_FILE_TIMES = 1.25;

/** Bounds on the rows of a topic found by default. */
export interface TopicBounds {
  /** A topic of more rows is divided where its parts are clear. */
  clear: number;
  /** A topic of more rows is divided in any case. */
  most: number;
}

/**
 * The most rows that topics found by default should have. A topic is large by comparison with the others. The median one has the size that half of
 * the rows in topics reach, a large one the size that a fifth of them reach. Above 1.1 times the median one a topic is divided where its
 * parts are clear. In any case it is divided above 1.6 times the median one (1,000 rows), twice (2,000), three times (4,500 and more), and above 1.2,
 * 1.3, 1.6 times (5,000 and more) a large one: where sizes are alike, as of questions on twenty subjects, one that stands out is of several. 3.1 % of 1,000
 * rows and 2 % of very many may always be in one. Below 500 rows topics are looked at from 4 % of the rows on, 12 at least, and
 * divided in any case above 1.25 times the median one, or above 4 % where `narrowBounds` says so.
 *
 * The bound in any case is taken when clear parts are divided, see `divideInTwo`. Density alone joins what lies close (questions on bank transfers of eight kinds); themes join what belongs together beyond these
 * bounds. Samples whose largest topic has more than 1.5 times the rows of their largest label, and the most, are in bench/QUALITY.md. With one bound
 * of 1.7 times the median for many rows, rows that were held out agree less with clustering anew (AG News 90 %, not 95).
 */
export function topicBounds(size: ArrayLike<number>, rows: number): TopicBounds {
  const sorted = Array.from(size).sort((a, b) => b - a);
  const median = sizeReachedBy(sorted, 0.5);
  const isFew = rows < SMALL_FILE;
  const bound = Math.max(LEAST_LARGE, isFew ? 0.04 * rows : Math.min(0.045 * rows, 0.02 * rows + 11));
  const most = isFew
    ? SMALL_FILE_TIMES * median
    : Math.min(
        Math.min(MOST_TIMES, 1.2 + 0.0004 * rows) * median,
        Math.min(MOST_TIMES_LARGE, 1.12 + 0.000096 * rows) * sizeReachedBy(sorted, 0.2),
      );
  return {
    clear: Math.floor(isFew ? bound : Math.max(bound, LOOKED_AT * median)),
    most: Math.floor(Math.max(bound, most)),
  };
}

/** The size that topics of this share of the rows in topics have at least; 0 without topics. */
function sizeReachedBy(descending: readonly number[], share: number): number {
  let left = share * descending.reduce((sum, one) => sum + one, 0);
  for (const one of descending) {
    left -= one;
    if (left <= 0) return one;
  }
  return 0;
}

/**
 * Divides groups of more than `most` rows: their fine groups are merged by Ward's rule into as few parts as keep within it, then
 * each row goes to the part with the nearest mean, three times. Rows of parts with fewer than `least` rows go to the nearest other
 * part; parts that are above `most` after that are cut in two. A group that has no finer ones, or whose rows are all equal, stays
 * whole.
 * @param fine a finer group of each row, from which parts are made
 * @param options `isWhole` by group: 1 for one that stays whole whatever its size
 * @returns the groups, numbered by size; how many were divided; and which group each one is a part of
 */
export async function divideLarge(
  vectors: Matrix,
  groups: Groups,
  fine: Int32Array,
  most: number,
  least: number,
  { isWhole, threads, ...watch }: Watch & { isWhole?: Uint8Array; threads?: number } = {},
): Promise<Groups & { divided: number; parentOf: Int32Array }> {
  const labels = groups.labels.slice();
  let next = groups.count;
  let divided = 0;
  const origin = Array.from({ length: groups.count }, (_, group) => group);
  for (let group = 0; group < groups.count && groups.size[group] > most; group++) {
    if (isWhole?.[group]) continue;
    const rows = rowsWith(groups.labels, group);
    const parts = await divideRows(vectors, rows, fine, most, least, { threads, ...watch });
    const count = sizesOf(parts).length;
    if (count < 2) continue;
    divided++;
    for (let at = 0; at < rows.length; at++) {
      if (parts[at] > 0) labels[rows[at]] = next + parts[at] - 1;
    }
    for (let part = 1; part < count; part++) origin.push(group);
    next += count - 1;
  }
  return { ...partsBySize(labels, origin), divided };
}

/** Numbers parts of groups by size; `origin` is the group that each label is a part of, and `parentOf` the same by the new numbers. */
export function partsBySize(
  labels: Int32Array,
  origin: readonly number[],
): Groups & { parentOf: Int32Array } {
  const numbered = bySize(labels);
  const parentOf = new Int32Array(numbered.count);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= 0) parentOf[numbered.labels[row]] = origin[labels[row]];
  }
  return { ...numbered, parentOf };
}

/** Divides the rows of one group. Returns the part of each, from 0. */
async function divideRows(
  vectors: Matrix,
  rows: Int32Array,
  fine: Int32Array,
  most: number,
  least: number,
  { threads, ...watch }: Watch & { threads?: number },
): Promise<Int32Array> {
  const leafOf = new Map<number, number>();
  for (const row of rows) if (!leafOf.has(fine[row])) leafOf.set(fine[row], leafOf.size);
  const leaves = Int32Array.from(rows, (row) => leafOf.get(fine[row]) ?? 0);
  const count = leafOf.size;
  const unit = await UnitRows.open(pickRows(vectors, rows), rows.length * COMPARED, threads);
  let best = new Int32Array(rows.length);
  let smallest = rows.length;
  try {
    const { total, size } = await unit.sums(leaves, count, watch);
    const means = total.map((sum, at) => sum / size[Math.floor(at / unit.width)]);
    const merges = ward(await unit.products(means, count, watch), size);
    const finest = Math.min(count, Math.floor(rows.length / least));
    let wanted = Math.ceil(rows.length / most);
    while (wanted <= finest && smallest > most) {
      const cut = cutMerges(merges, wanted);
      const start = Int32Array.from(leaves, (leaf) => cut[leaf]);
      const parts = await withoutSmall(unit, await smooth(unit, start, watch), least, watch);
      const largest = Math.max(...sizesOf(parts));
      if (largest < smallest) {
        smallest = largest;
        best = parts;
      }
      wanted = Math.max(wanted + 1, Math.floor(wanted * MORE_PARTS));
    }
  } finally {
    unit.close();
  }
  return smallest > most && count > 1 ? halved(vectors, rows, best, most, least) : best;
}

/**
 * Cuts parts of more than `most` rows in two, repeatedly. Both halves have at least `least` rows, and equal rows stay in one part.
 */
function halved(
  vectors: Matrix,
  rows: Int32Array,
  parts: Int32Array,
  most: number,
  least: number,
): Int32Array<ArrayBuffer> {
  const result = Int32Array.from(parts);
  const sizes = sizesOf(result);
  for (let part = 0; part < sizes.length; part++) {
    while (sizes[part] > most && sizes[part] >= 2 * least) {
      const places = rowsWith(result, part);
      const inside = places.map((at) => rows[at]);
      const moved = farHalf(vectors, inside, least);
      if (moved.length === 0) break;
      for (const at of moved) result[places[at]] = sizes.length;
      sizes[part] -= moved.length;
      sizes.push(moved.length);
    }
  }
  return result;
}

/**
 * Cuts rows in two parts of at least `least` rows each. Returns the positions of the second part's rows; none where every cut would
 * separate equal rows. Two means by
 * Lloyd's algorithm: in every round the rows are sorted by how much nearer they are to the first mean, and cut where neither is
 * nearer, or as close to that as sizes allow. It starts from the row least like the mean, and the row least like that one.
 */
function farHalf(vectors: Matrix, rows: Int32Array, least: number): Int32Array {
  const { data, cols } = vectors;
  const nearness = (means: Float64Array, part: number) =>
    Float64Array.from(rows, (row) => {
      let dot = 0;
      for (let t = 0; t < cols; t++) dot += data[row * cols + t] * means[part * cols + t];
      return dot;
    });
  const copyOf = (row: number) => Float64Array.from(data.subarray(row * cols, (row + 1) * cols));
  const whole = sums(vectors, rows, new Int32Array(rows.length), 1);
  const first = copyOf(rows[lowest(nearness(whole, 0))]);
  const second = copyOf(rows[lowest(nearness(first, 0))]);
  let means = new Float64Array(2 * cols);
  means.set(first);
  means.set(second, cols);
  let moved = new Int32Array();
  for (let round = 0; round < ROUNDS; round++) {
    const [near, far] = [nearness(means, 0), nearness(means, 1)];
    const lengths = lengthsOf(means, 2, cols);
    const gain = near.map((dot, at) => dot / (lengths[0] || 1) - far[at] / (lengths[1] || 1));
    const order = Int32Array.from(rows.keys()).sort((a, b) => gain[b] - gain[a] || a - b);
    const natural = gain.filter((value) => value >= 0).length;
    let cut = -1;
    for (let at = least; at <= rows.length - least; at++) {
      if (gain[order[at - 1]] === gain[order[at]]) continue;
      if (cut < 0 || Math.abs(at - natural) < Math.abs(cut - natural)) cut = at;
    }
    if (cut < 0) return new Int32Array();
    moved = order.slice(cut);
    const parts = new Int32Array(rows.length);
    for (const at of moved) parts[at] = 1;
    means = sums(vectors, rows, parts, 2);
  }
  return moved;
}

/** Position of the lowest value; of equal ones the first. */
export function lowest(values: Float64Array): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[at]) at = i;
  return at;
}

/** Length of each of the vectors. */
function lengthsOf(total: Float64Array, count: number, cols: number): Float64Array {
  return Float64Array.from({ length: count }, (_, part) => {
    let squares = 0;
    for (let t = part * cols; t < (part + 1) * cols; t++) squares += total[t] * total[t];
    return Math.sqrt(squares);
  });
}

/** Moves each row to the part with the nearest mean, ROUNDS times. */
async function smooth(unit: UnitRows, start: Int32Array, watch: Watch): Promise<Groups> {
  let parts = bySize(start);
  for (let round = 0; round < ROUNDS; round++) {
    const { total } = await unit.sums(parts.labels, parts.count, watch);
    parts = bySize((await unit.nearest(total, parts.count, watch)).labels);
  }
  return parts;
}

/** Dissolves parts of fewer than `least` rows, smallest first: their rows go to the nearest of the others. */
async function withoutSmall(
  unit: UnitRows,
  parts: Groups,
  least: number,
  watch: Watch,
): Promise<Int32Array<ArrayBuffer>> {
  let groups = parts;
  while (groups.count > 1 && groups.size[groups.count - 1] < least) {
    groups = bySize(await joinLast(unit, groups.labels, groups.count - 1, watch));
  }
  return groups.labels.slice();
}

/** The same parts, but the rows of part `last` in the one of those before it whose mean is nearest in direction. */
export async function joinLast(
  unit: UnitRows,
  parts: Int32Array,
  last: number,
  watch: Watch,
): Promise<Int32Array> {
  const joined = parts.slice();
  const moving = rowsWith(parts, last);
  const { total } = await unit.sums(
    parts.map((part) => (part === last ? -1 : part)),
    last,
    watch,
  );
  const pairs = {
    rows: Int32Array.from({ length: moving.length * last }, (_, at) => moving[Math.floor(at / last)]),
    labels: Int32Array.from({ length: moving.length * last }, (_, at) => at % last),
  };
  const cosines = await unit.pairCosines(total, pairs, watch);
  for (const [at, row] of moving.entries()) {
    let nearest = 0;
    for (let part = 1; part < last; part++) {
      if (cosines[at * last + part] > cosines[at * last + nearest]) nearest = part;
    }
    joined[row] = nearest;
  }
  return joined;
}

/** Sum of the vectors of each part's rows, parts × columns. */
function sums({ data, cols }: Matrix, rows: Int32Array, parts: Int32Array, count: number) {
  const total = new Float64Array(count * cols);
  for (let at = 0; at < rows.length; at++) {
    for (let t = 0; t < cols; t++) total[parts[at] * cols + t] += data[rows[at] * cols + t];
  }
  return total;
}

function sizesOf(parts: Int32Array): number[] {
  const sizes: number[] = [];
  for (const part of parts) sizes[part] = (sizes[part] ?? 0) + 1;
  return sizes;
}
