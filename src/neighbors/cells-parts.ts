import { PART } from '../../build/wasm/cells.js';
import type { Pause } from '../breathe.js';
import type { Cells } from './cells-plan.js';

/** Work of `scanCells`: see assembly/cells/cells.ts for what each list holds. */
export interface Parts {
  /** Number of parts: chunks of the kernel. */
  count: number;
  parts: Int32Array;
  segments: Int32Array;
  chosen: Int32Array;
}

/**
 * Every row with the rows of the `probes` cells nearest to it. Queries are rows in the order of the cells; a part is of cells that
 * follow each other, which are near each other, so that a cell is brought once for many of its rows.
 */
export async function partsOfCells(
  { order, starts, near, reach }: Cells,
  probes: number,
  pause: Pause,
): Promise<Parts> {
  const cellCount = starts.length - 1;
  const rows = order.length;
  const parts: number[] = [];
  const segments: number[] = [];
  const chosen = new Int32Array(rows * probes);
  const counts = new Int32Array(cellCount);
  const ends = new Int32Array(cellCount);
  let at = 0;
  for (let from = 0; from < rows; from += PART) {
    const to = Math.min(rows, from + PART);
    const visited: number[] = [];
    for (let place = from; place < to; place++) {
      for (let probe = 0; probe < probes; probe++) {
        const cell = near[order[place] * reach + probe];
        if (cell >= 0 && counts[cell]++ === 0) visited.push(cell);
      }
    }
    // The part's own cells first: they give every row a limit. The order of the others doesn't matter, as long as it is one.
    const isOther = (cell: number) => Number(starts[cell + 1] <= from || starts[cell] >= to);
    visited.sort((a, b) => isOther(a) - isOther(b) || a - b);
    parts.push(from, to - from, segments.length / 3, segments.length / 3 + visited.length);
    for (const cell of visited) {
      segments.push(cell, at, counts[cell]);
      ends[cell] = at;
      at += counts[cell];
    }
    for (let place = from; place < to; place++) {
      for (let probe = 0; probe < probes; probe++) {
        const cell = near[order[place] * reach + probe];
        if (cell >= 0) chosen[ends[cell]++] = place - from;
      }
    }
    for (const cell of visited) counts[cell] = 0;
    await pause();
  }
  return {
    count: parts.length / 4,
    parts: Int32Array.from(parts),
    segments: Int32Array.from(segments),
    chosen,
  };
}

/** Queries at a time in a part that compares with all rows. */
const TOGETHER = 64;
/** Rows that such a part compares with, about: some hundredths of a second of work. */
const RANGE = 65_536;

/**
 * Some queries with all rows. A part takes a range of the cells, so that it isn't long: the list of query q in range r has number
 * r · queries + q, and all ranges together hold its neighbours.
 */
export function partsOfAll(starts: Int32Array, queries: number): Parts & { ranges: number } {
  const parts: number[] = [];
  const segments: number[] = [];
  let ranges = 0;
  for (let cell = 0; cell < starts.length - 1; ranges++) {
    const first = cell;
    for (cell++; cell < starts.length - 1 && starts[cell + 1] - starts[first] <= RANGE; ) cell++;
    for (let from = 0; from < queries; from += TOGETHER) {
      const count = Math.min(TOGETHER, queries - from);
      const begin = segments.length / 3;
      for (let one = first; one < cell; one++) segments.push(one, 0, count);
      parts.push(ranges * queries + from, count, begin, segments.length / 3);
    }
  }
  return {
    count: parts.length / 4,
    parts: Int32Array.from(parts),
    segments: Int32Array.from(segments),
    chosen: Int32Array.from({ length: Math.min(TOGETHER, queries) }, (_, place) => place),
    ranges,
  };
}
