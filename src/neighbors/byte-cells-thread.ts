// What each thread of a search in cells does by ONNX Runtime: it finds the cells nearest to the rows of a part, multiplies these rows as
// integers of 8 bits with the rows of each such cell, and has the kernels pick from the scores.
import { PART } from '../../build/wasm/cells.js';
import type { ProgramThread, Step } from '../wasm/thread.js';
import { insertNearest } from './insert.js';
import { loadNative } from './native.js';
import { openSession } from './product-sessions.js';

/** Rows that are multiplied with a tile of columns at once: scores of half of a processor's second cache. */
export const UNIT = 256;

/** Rows of 8 bits as columns, a tile per cell or several; memory that threads share. */
export interface ByteTiles {
  /** Tile after tile, column after column, from −127 to 127: a multiple of eight columns each. */
  readonly columns: Int8Array;
  /** First place of each tile, and the number of places. */
  readonly firsts: Int32Array;
  /** Where each tile begins in `columns`. */
  readonly offsets: Float64Array;
  /** Per place: what its sums are multiplied by, and its squared norm. */
  readonly scales: Float32Array;
  readonly norms: Float32Array;
}

/** Rows in the order of their cells, as ONNX Runtime multiplies them. */
export interface ByteCells {
  readonly cols: number;
  /** Place after place: integers from 1 to 255, of which 128 stands for zero. */
  readonly rows: Uint8Array;
  readonly tiles: ByteTiles;
  /** First place of each cell, and the number of places. */
  readonly starts: Int32Array;
  /** First tile of each cell, and the number of tiles. */
  readonly cellTiles: Int32Array;
  /** All centres, in one tile. */
  readonly centres: ByteTiles;
}

/** Columns of a tile with these places: a multiple of eight. */
export const wideOf = (count: number): number => Math.ceil(count / 8) * 8;

/** Columns of the widest tile. */
export function widest({ tiles, centres }: ByteCells): number {
  let most = wideOf(centres.firsts[1]);
  for (let tile = 0; tile < tiles.firsts.length - 1; tile++) {
    most = Math.max(most, wideOf(tiles.firsts[tile + 1] - tiles.firsts[tile]));
  }
  return most;
}

/** Bytes that a thread needs: scores, norms of a tile, slots of queries. */
export const workBytes = (cells: ByteCells): number => (UNIT + 1) * widest(cells) * 4 + PART * 4;

/**
 * Arguments of the step: pointer to the kernels' job, by how much the square of a cell's distance may be above that of the nearest one, rows
 * that a row is compared with at least, cells that it is compared with at most, and pointer to `workBytes` for each thread.
 */
export async function open({ exports, memory }: ProgramThread, init: unknown): Promise<Step> {
  const cells = init as ByteCells;
  const { cols, rows, tiles, starts, cellTiles, centres } = cells;
  const ort = await loadNative('onnxruntime-node');
  const session = await openSession(ort, 'bytes');
  const places = starts[starts.length - 1];
  const cellCount = starts.length - 1;
  const wide = widest(cells);
  const ownBytes = workBytes(cells);
  // Copies of what is multiplied: ONNX Runtime takes no views of shared memory, and writes to none.
  const queries = new Uint8Array(UNIT * cols);
  const columns = new Int8Array(wide * cols);
  const scores = new Float32Array(UNIT * wide);

  const take = (count: number, placeOf: (at: number) => number): void => {
    for (let at = 0; at < count; at++) {
      const from = placeOf(at) * cols;
      queries.set(rows.subarray(from, from + cols), at * cols);
    }
  };
  /** A tile's tensors. */
  const feedsOf = ({ columns: all, firsts, offsets, scales }: ByteTiles, tile: number) => {
    const [first, end] = [firsts[tile], firsts[tile + 1]];
    const width = wideOf(end - first);
    const own = columns.subarray(0, width * cols);
    own.set(all.subarray(offsets[tile], offsets[tile] + width * cols));
    const ownScales = new Float32Array(width);
    ownScales.set(scales.subarray(first, end));
    return {
      columns: new ort.Tensor('int8', own, [cols, width]),
      scales: new ort.Tensor('float32', ownScales, [width]),
    };
  };
  /** Products of the first `count` queries, line after line. */
  const multiply = async (count: number, feeds: ReturnType<typeof feedsOf>): Promise<Float32Array> => {
    const width = feeds.scales.dims[0];
    const out = scores.subarray(0, count * width);
    const own = new ort.Tensor('uint8', queries.subarray(0, count * cols), [count, cols]);
    await session.run({ rows: own, ...feeds }, { scores: new ort.Tensor('float32', out, [count, width]) });
    return out;
  };

  /** Slots of a part's rows by the cells that they are compared with: those of cell c from ends[c] to ends[c + 1]. */
  const slotsByCell = async (first: number, count: number, choice: Choice, most: number) => {
    const near = new Int32Array(count * most);
    const counts = new Int32Array(count);
    const ends = new Int32Array(cellCount + 1);
    const feeds = feedsOf(centres, 0);
    const width = feeds.scales.dims[0];
    for (let slot0 = 0; slot0 < count; slot0 += UNIT) {
      const lines = Math.min(UNIT, count - slot0);
      take(lines, (at) => first + slot0 + at);
      const products = await multiply(lines, feeds);
      for (let line = 0; line < lines; line++) {
        const slot = slot0 + line;
        const found = near.subarray(slot * most, (slot + 1) * most);
        const factor = -2 * tiles.scales[first + slot];
        counts[slot] = nearestCells(products.subarray(line * width), centres.norms, factor, choice, found);
        for (let at = 0; at < counts[slot]; at++) ends[found[at] + 1]++;
      }
    }
    for (let cell = 0; cell < cellCount; cell++) ends[cell + 1] += ends[cell];
    const slots = new Int32Array(ends[cellCount]);
    const at = ends.slice(0, cellCount);
    for (let slot = 0; slot < count; slot++) {
      for (let place = slot * most; place < slot * most + counts[slot]; place++)
        slots[at[near[place]]++] = slot;
    }
    return { slots, ends };
  };

  return async (part, thread, pointer, reach, least, most, work) => {
    const first = part * PART;
    const count = Math.min(PART, places - first);
    const scoresAt = work + thread * ownBytes;
    const normsAt = scoresAt + UNIT * wide * 4;
    const slotsAt = normsAt + wide * 4;
    const { slots, ends } = await slotsByCell(first, count, { reach, least, starts }, most);

    const compareTile = async (tile: number, chosen: Int32Array): Promise<void> => {
      const [place0, placeEnd] = [tiles.firsts[tile], tiles.firsts[tile + 1]];
      const width = wideOf(placeEnd - place0);
      const feeds = feedsOf(tiles, tile);
      const norms = new Float32Array(memory.buffer, normsAt, width).fill(Number.POSITIVE_INFINITY);
      norms.set(tiles.norms.subarray(place0, placeEnd));
      for (let slot0 = 0; slot0 < chosen.length; slot0 += UNIT) {
        const lines = Math.min(UNIT, chosen.length - slot0);
        take(lines, (at) => first + chosen[slot0 + at]);
        const products = await multiply(lines, feeds);
        new Float32Array(memory.buffer, scoresAt, products.length).set(products);
        new Int32Array(memory.buffer, slotsAt, lines).set(chosen.subarray(slot0, slot0 + lines));
        exports.offerScores(thread, pointer, first, slotsAt, lines, scoresAt, width, normsAt, place0);
      }
    };

    exports.beginPart(thread, pointer, count);
    // The part's own cells first: they give every row a limit.
    const isOwn = (cell: number) => starts[cell] < first + count && starts[cell + 1] > first;
    for (const ownOnes of [true, false]) {
      for (let cell = 0; cell < cellCount; cell++) {
        if (ends[cell] === ends[cell + 1] || isOwn(cell) !== ownOnes) continue;
        const chosen = slots.subarray(ends[cell], ends[cell + 1]);
        for (let tile = cellTiles[cell]; tile < cellTiles[cell + 1]; tile++) await compareTile(tile, chosen);
      }
    }
    exports.endPart(thread, pointer, first, count);
  };
}

/** Which cells a row is compared with. */
export interface Choice {
  /** By how much the square of a cell's distance may be above that of the nearest one. */
  reach: number;
  /** Rows that there should be in them, and places of the cells, the number of places last. */
  least: number;
  starts: Int32Array;
}

/**
 * Writes to `found`, as far as they fit, the cells of scores, norm + factor · product, that are at most `reach` above the lowest one, in
 * ascending order; farther ones too where these hold too few rows. Returns how many.
 */
export function nearestCells(
  products: Float32Array,
  norms: Float32Array,
  factor: number,
  { reach, least, starts }: Choice,
  found: Int32Array,
): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let cell = 0; cell < norms.length; cell++) {
    const score = norms[cell] + factor * products[cell];
    if (score < lowest) lowest = score;
  }
  const scores = new Float64Array(found.length).fill(Number.POSITIVE_INFINITY);
  let within = 0;
  let rows = 0;
  for (let cell = 0; cell < norms.length; cell++) {
    const score = norms[cell] + factor * products[cell];
    if (!(score <= lowest + reach) || score === Number.POSITIVE_INFINITY) continue;
    insertNearest(found, scores, 0, found.length, cell, score);
    within++;
    rows += starts[cell + 1] - starts[cell];
  }
  const count = Math.min(within, found.length);
  if (rows >= least || reach === Number.POSITIVE_INFINITY) return count;
  // Where most rows are copies of each other, others have few in the cells as near as theirs.
  const all = nearestCells(
    products,
    norms,
    factor,
    { reach: Number.POSITIVE_INFINITY, least, starts },
    found,
  );
  let enough = 0;
  for (let held = 0; enough < all && held < least; enough++) {
    held += starts[found[enough] + 1] - starts[found[enough]];
  }
  return enough;
}
