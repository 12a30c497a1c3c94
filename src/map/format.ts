/**
 * What the Node side writes into map.html and the page reads: a manifest (JSON) and blocks of numbers and
 * texts. A block is bytes, gzipped, in base 91, inside `<script type="application/octet-stream" id="…">`:
 * never run, never parsed as markup. The page's own script is such a block too, which a small script unpacks and runs.
 * All numbers are little-endian; f32 and f64 are stored byte place by byte place (numbers.ts).
 */

import type { EditableTopic } from '../edits/edits.js';
import type { Extent } from '../output/places.js';
import { fromPlanes, toPlanes } from './numbers.js';

/** How a column is shown and coloured. */
export type ColumnKind = 'number' | 'category' | 'date' | 'text';

/** The unit in which the times of a column are given. */
export type TimeUnit = 'minute' | 'day' | 'month' | 'year';

export interface ColumnInfo {
  name: string;
  kind: ColumnKind;
  /** Of a column of dates. */
  unit?: TimeUnit;
  /** Categories by code; a missing value has the code -1. */
  categories?: string[];
  /** First rows of its blocks of strings; absent where the strings follow from the numbers. */
  strings?: number[];
}

interface TopicInfo extends EditableTopic {
  /** Of a topic: its theme. Of a level's group: its group on the next coarser level. */
  parent?: number;
  /** Of a topic: in how many of ten subsamples its cluster is found again, where measured. */
  foundAgain?: number;
}

/** A topic, theme or group as the page draws it. */
export interface PlacedTopic extends TopicInfo {
  /** In the units of the points: where its name stands, and where nearly all of its rows lie. */
  place: { x: number; y: number; extent: Extent } | null;
  /** Index into the palette. */
  color: number;
  /** Of that colour, from dark to light. */
  shade: number;
}

interface LevelInfo {
  groups: PlacedTopic[];
  /** Whether its groups are the themes. */
  isTheme: boolean;
}

export interface Manifest {
  title: string;
  rows: number;
  topics: PlacedTopic[];
  /** Levels above the topics, finest first; their rows' labels are blocks of their own. */
  levels: LevelInfo[];
  /** Names of themes by their ids, where the file says which theme, and which nearest topic, each row has. */
  themes?: { id: number; name: string }[];
  columns: ColumnInfo[];
  /** First rows of the blocks of texts. */
  texts: number[];
  /** Columns whose cells make up the texts, which are then not stored a second time; their blocks are cut like `texts`. */
  textColumns?: number[];
  /** Lines of the condensed tree: a line a row, then a line a cluster but the root. 0 without a tree. */
  treeLines: number;
  /** Neighbours shipped per point, and the first rows of their blocks. */
  neighbors: { count: number; blocks: number[] };
  /** The same by vectors and weights of words, where the collection of the run has weights. */
  hybrid?: { count: number; blocks: number[] };
  /** Words of grammar in the languages of the texts, in lower case: no word of these sets texts apart. */
  commonWords?: string[];
  footer: { label: string; value: string }[];
  /** How good the result is: a measure a line, as people read it, and how to read it. */
  quality?: { name: string; shown: string; meaning: string }[];
}

/** Ids of the blocks in the page. */
export const blockId = {
  script: 'd-script', // the page's script
  manifest: 'd-manifest',
  points: 'd-points', // x0 y0 x1 y1 … f32
  labels: 'd-labels', // packIntegers
  probabilities: 'd-probabilities', // decimals
  outliers: 'd-outliers', // decimals
  level: (index: number) => `d-level-${index}`, // packIntegers, a group a row
  themes: 'd-themes', // packIntegers; absent where they are the labels of the level of themes
  nearestTopics: 'd-nearest-topics', // packIntegers
  nearestStrengths: 'd-nearest-strengths', // decimals
  assigned: 'd-assigned', // u8
  treeParent: 'd-tree-parent', // packIntegers
  treeLambda: 'd-tree-lambda', // decimals
  column: (index: number) => `d-column-${index}`, // f64; categories packIntegers
  columnStrings: (index: number, block: number) => `d-column-${index}-${block}`,
  texts: (block: number) => `d-texts-${block}`,
  neighbors: (block: number) => `d-neighbors-${block}`, // packNeighbors
  hybrid: (block: number) => `d-hybrid-${block}`, // packNeighbors, scores in place of distances
};

/** A text from the cells that it is made of: a line each, blank ones left out. */
export const joinParts = (cells: readonly string[]): string =>
  cells.filter((cell) => cell.trim() !== '').join('\n');

/** Replaces lone surrogates; of two texts, the end of one and the start of the next must not become a pair. */
export const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');

/**
 * Strings as one block: | count u32 | length of each in UTF-16 units u32 | UTF-8 of all, joined |.
 * A lone surrogate has no UTF-8 and becomes U+FFFD, one unit as well.
 */
export function packStrings(strings: readonly string[]): Uint8Array {
  const body = new TextEncoder().encode(strings.map(wellFormed).join(''));
  const packed = new Uint8Array(4 + 4 * strings.length + body.length);
  const view = new DataView(packed.buffer);
  view.setUint32(0, strings.length, true);
  for (let i = 0; i < strings.length; i++) view.setUint32(4 + 4 * i, strings[i].length, true);
  packed.set(body, 4 + 4 * strings.length);
  return packed;
}

/** The strings of {@link packStrings}. */
export function unpackStrings(packed: Uint8Array): string[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const count = view.getUint32(0, true);
  // ignoreBOM: a byte order mark inside a text is part of the text.
  const all = new TextDecoder('utf-8', { ignoreBOM: true }).decode(packed.subarray(4 + 4 * count));
  const strings = new Array<string>(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(4 + 4 * i, true);
    strings[i] = all.slice(at, at + length);
    at += length;
  }
  return strings;
}

/** Which block holds a row, given the blocks' first rows (ascending). */
export function blockOfRow(firstRows: readonly number[], row: number): number {
  let low = 0;
  let high = firstRows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (firstRows[middle] <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Significant digits of {@link packDecimals}: as many as clusters.csv has. */
const DIGITS = 7;
/** Exponent bytes of what is no finite number. */
const NOT_A_NUMBER = 127;
const INFINITE = 126;

/**
 * Numbers of seven significant digits, three bytes of digits and one of the power of ten each, byte by byte of all:
 * | low u8 × n | middle u8 × n | high u8 × n | exponent i8 × n |. Of a negative number the exponent is that of its amount,
 * less 100. Half of what float64 takes once it is compressed, since its last digits are chance.
 */
export function packDecimals(values: ArrayLike<number>): Uint8Array {
  const n = values.length;
  const packed = new Uint8Array(4 * n);
  const exponents = new Int8Array(packed.buffer, 3 * n, n);
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(values[i])) {
      exponents[i] = values[i] > 0 ? INFINITE : NOT_A_NUMBER;
      continue;
    }
    const [digits, power] = Math.abs(values[i])
      .toExponential(DIGITS - 1)
      .split('e');
    const whole = Number(digits.replace('.', ''));
    packed[i] = whole & 255;
    packed[n + i] = (whole >> 8) & 255;
    packed[2 * n + i] = whole >> 16;
    // Beyond these powers scores and distances are 0 for every purpose.
    const exponent = Math.max(-27, Math.min(27, Number(power)));
    exponents[i] = values[i] < 0 ? exponent - 100 : exponent;
  }
  return packed;
}

/** The numbers of {@link packDecimals}; from 1e-16 on each is the float64 nearest to its decimal. */
export function unpackDecimals(packed: Uint8Array): Float64Array {
  const n = packed.length / 4;
  const exponents = new Int8Array(packed.buffer, packed.byteOffset + 3 * n, n);
  return Float64Array.from({ length: n }, (_, i) => {
    if (exponents[i] === NOT_A_NUMBER) return Number.NaN;
    if (exponents[i] === INFINITE) return Infinity;
    const isNegative = exponents[i] < -60;
    const power = (isNegative ? exponents[i] + 100 : exponents[i]) - (DIGITS - 1);
    const whole = packed[i] | (packed[n + i] << 8) | (packed[2 * n + i] << 16);
    // Powers up to 22 are exact in float64, so that one division rounds as reading the decimal would.
    const amount = power < 0 ? whole / 10 ** -power : whole * 10 ** power;
    return isNegative ? -amount : amount;
  });
}

/** Steps that the largest distance of a block of neighbours is divided into. */
const STEPS = 65_535;

/**
 * Neighbours of some rows: | largest distance f32 | indices + 1, 0 for none, u16 or where there are too many rows u32 |
 * distances in steps of the largest, each less the one before it, u16 in planes |. A row's distances ascend by little, so
 * that these differences are small.
 */
export function packNeighbors(indices: Int32Array, distances: Float32Array, rows: number): Uint8Array {
  const wide = rows > STEPS - 1;
  const n = indices.length;
  const most = distances.reduce((a, b) => (Number.isFinite(b) && b > a ? b : a), 0);
  const places = wide ? Uint32Array.from(indices, (i) => i + 1) : Uint16Array.from(indices, (i) => i + 1);
  const steps = Uint16Array.from(distances, (d) =>
    most > 0 && Number.isFinite(d) ? Math.round((d / most) * STEPS) : 0,
  );
  const packed = new Uint8Array(4 + places.byteLength + 2 * n);
  packed.set(new Uint8Array(Float32Array.of(most).buffer));
  packed.set(new Uint8Array(places.buffer), 4);
  // In 16 bits a difference below 0 wraps around, and back when it is added again.
  const rises = steps.map((step, i) => step - (steps[i - 1] ?? 0));
  packed.set(toPlanes(rises, 2), 4 + places.byteLength);
  return packed;
}

/** The neighbours of {@link packNeighbors}. */
export function unpackNeighbors(
  packed: Uint8Array,
  rows: number,
): { indices: Int32Array; distances: Float32Array } {
  const wide = rows > STEPS - 1;
  const bytes = packed.slice();
  const n = (bytes.length - 4) / (wide ? 6 : 4);
  const [most] = new Float32Array(bytes.buffer, 0, 1);
  const places = wide ? new Uint32Array(bytes.buffer, 4, n) : new Uint16Array(bytes.buffer, 4, n);
  const steps = new Uint16Array(fromPlanes(bytes.subarray(4 + places.byteLength), 2).buffer);
  for (let i = 1; i < n; i++) steps[i] += steps[i - 1];
  return {
    indices: Int32Array.from(places, (place) => place - 1),
    distances: Float32Array.from(steps, (step) => (step / STEPS) * most),
  };
}
