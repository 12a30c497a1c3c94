import type { Matrix } from '../shapes.js';
import { bySize, type Groups } from './groups.js';
import { cutMerges, ward } from './ward.js';

const ROUNDS = 3;

/** From so many rows on, how large topics come out by themselves says how large they may be. */
const WORTH_MEDIAN = 500;

/** In small files a share is few rows. */
const LEAST_LARGE = 12;

/**
 * The most rows that a topic found by default should have: 4.5 % of 300 rows, 3.5 % of 1,000, 2 % of very many; a fifth above the
 * size that half of the rows in topics reach, where that is larger. Density alone joins what lies close (questions on bank
 * transfers of eight kinds); what belongs together beyond this is for themes to say. A topic can stay above it where no division
 * into parts of the least size keeps within it. On five sets at 300 to 8,000 rows, whose largest labels have 2 to 27 % of the
 * rows, the largest topic has at most 1.5 times the rows of the largest label, but for bank (77 labels): 1.8 to 2.0 times at 300
 * rows, 1.5 at 1,000.
 */
export function largestTopic(size: ArrayLike<number>, rows: number): number {
  const sorted = Array.from(size).sort((a, b) => b - a);
  let left = sorted.reduce((sum, one) => sum + one, 0) / 2;
  let median = 0;
  for (const one of sorted) {
    if (left <= 0) break;
    left -= one;
    median = one;
  }
  const bound = Math.max(LEAST_LARGE, Math.min(0.045 * rows, 0.02 * rows + 15));
  return Math.floor(Math.max(bound, rows < WORTH_MEDIAN ? 0 : 1.2 * median));
}

/**
 * Divides groups of more than `most` rows: their fine groups are merged by Ward's rule into as few parts as keep within it, then each row goes to the nearest
 * part's mean, three times. Parts of fewer than `least` rows go to their neighbours. A group is left alone where it has no finer ones.
 */
export function divideLarge(
  vectors: Matrix,
  groups: Groups,
  fine: Int32Array,
  most: number,
  least: number,
): Groups & { divided: number; parentOf: Int32Array } {
  const labels = groups.labels.slice();
  let next = groups.count;
  let divided = 0;
  const origin = Array.from({ length: groups.count }, (_, group) => group);
  for (let group = 0; group < groups.count && groups.size[group] > most; group++) {
    const rows = Int32Array.from(groups.labels.keys()).filter((row) => groups.labels[row] === group);
    const parts = divideRows(vectors, rows, fine, most, least);
    const count = Math.max(...parts) + 1;
    if (count < 2) continue;
    divided++;
    for (let at = 0; at < rows.length; at++) {
      if (parts[at] > 0) labels[rows[at]] = next + parts[at] - 1;
    }
    for (let part = 1; part < count; part++) origin.push(group);
    next += count - 1;
  }
  const numbered = bySize(labels);
  const parentOf = new Int32Array(numbered.count);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= 0) parentOf[numbered.labels[row]] = origin[labels[row]];
  }
  return { ...numbered, divided, parentOf };
}

/** The part of each of the rows, from 0. */
function divideRows(
  vectors: Matrix,
  rows: Int32Array,
  fine: Int32Array,
  most: number,
  least: number,
): Int32Array {
  const leafOf = new Map<number, number>();
  for (const row of rows) if (!leafOf.has(fine[row])) leafOf.set(fine[row], leafOf.size);
  const leaves = Int32Array.from(rows, (row) => leafOf.get(fine[row]) ?? 0);
  const count = leafOf.size;
  const { total, size } = sums(vectors, rows, leaves, count);
  const merges = ward(productsOfMeans(total, size, vectors.cols), size);
  let best = new Int32Array(rows.length);
  let smallest = rows.length;
  const finest = Math.min(count, Math.floor(rows.length / least));
  for (let wanted = Math.ceil(rows.length / most); wanted <= finest && smallest > most; wanted++) {
    const cut = cutMerges(merges, wanted);
    const start = Int32Array.from(leaves, (leaf) => cut[leaf]);
    const parts = withoutSmall(vectors, rows, smooth(vectors, rows, start, wanted), least);
    const largest = Math.max(...sizesOf(parts));
    if (largest >= smallest) continue;
    smallest = largest;
    best = parts;
  }
  return best;
}

function smooth(vectors: Matrix, rows: Int32Array, start: Int32Array, count: number): Int32Array {
  let parts = start;
  for (let round = 0; round < ROUNDS; round++) {
    parts = toNearest(vectors, rows, parts, count, () => true);
  }
  return parts;
}

/** Parts of fewer than `least` rows, smallest first, are given up: their rows go to the nearest of the others. */
function withoutSmall(
  vectors: Matrix,
  rows: Int32Array,
  parts: Int32Array,
  least: number,
): Int32Array<ArrayBuffer> {
  let groups = bySize(parts);
  while (groups.count > 1 && groups.size[groups.count - 1] < least) {
    const last = groups.count - 1;
    groups = bySize(toNearest(vectors, rows, groups.labels, groups.count, (part) => part < last, last));
  }
  return groups.labels.slice();
}

/** Rows of the part `only`, or all, to the part with the nearest mean among those that may have them. */
function toNearest(
  vectors: Matrix,
  rows: Int32Array,
  parts: Int32Array,
  count: number,
  mayHave: (part: number) => boolean,
  only?: number,
): Int32Array {
  const { data, cols } = vectors;
  const { total } = sums(vectors, rows, parts, count);
  const lengths = Float64Array.from({ length: count }, (_, part) => {
    let squares = 0;
    for (let t = part * cols; t < (part + 1) * cols; t++) squares += total[t] * total[t];
    return Math.sqrt(squares);
  });
  return Int32Array.from(rows, (row, at) => {
    let nearest = parts[at];
    if (only !== undefined && nearest !== only) return nearest;
    let best = Number.NEGATIVE_INFINITY;
    for (let part = 0; part < count; part++) {
      if (!mayHave(part) || lengths[part] === 0) continue;
      let dot = 0;
      for (let t = 0; t < cols; t++) dot += data[row * cols + t] * total[part * cols + t];
      if (dot / lengths[part] <= best) continue;
      best = dot / lengths[part];
      nearest = part;
    }
    return nearest;
  });
}

function sums({ data, cols }: Matrix, rows: Int32Array, parts: Int32Array, count: number) {
  const total = new Float64Array(count * cols);
  const size = new Int32Array(count);
  for (let at = 0; at < rows.length; at++) {
    size[parts[at]]++;
    for (let t = 0; t < cols; t++) total[parts[at] * cols + t] += data[rows[at] * cols + t];
  }
  return { total, size };
}

function productsOfMeans(total: Float64Array, size: Int32Array, cols: number): Float32Array {
  const count = size.length;
  const products = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let t = 0; t < cols; t++) dot += total[i * cols + t] * total[j * cols + t];
      products[i * count + j] = dot / (size[i] * size[j]);
      products[j * count + i] = products[i * count + j];
    }
  }
  return products;
}

function sizesOf(parts: Int32Array): number[] {
  const sizes: number[] = [];
  for (const part of parts) sizes[part] = (sizes[part] ?? 0) + 1;
  return sizes;
}
