import type { Pause } from '../breathe.js';

/** Rows between two pauses of a loop that does little for each. */
export const ROWS_AT_ONCE = 4096;
/** A row's number without the bit of neighbours that the last round found, see assembly/cells/cells.ts. */
const NOT_NEW = 0x7fffffff;

/** Squared distances and places of the nearest others, ascending, -1 in empty slots. */
export interface Nearest {
  squares: Float32Array;
  places: Int32Array;
}

const word = new Int32Array(1);
const asFloat = new Float32Array(word.buffer);

/** The number in a key, see assembly/neighbors/keys.ts; +∞ in an empty one. */
export function squareAt(bits: Int32Array, place: number): number {
  const high = bits[2 * place + 1];
  if (high === -1) return Number.POSITIVE_INFINITY;
  word[0] = high ^ 0x80000000;
  return asFloat[0];
}

/** The k nearest of the lists that each query has, one per range. */
export function mergeRanges(keys: Float64Array, queries: number, ranges: number, k: number): Nearest {
  const bits = new Int32Array(keys.buffer, keys.byteOffset, keys.length * 2);
  const squares = new Float32Array(queries * k).fill(Number.POSITIVE_INFINITY);
  const places = new Int32Array(queries * k).fill(-1);
  for (let query = 0; query < queries; query++) {
    const all: { square: number; place: number }[] = [];
    for (let range = 0; range < ranges; range++) {
      const list = bits.subarray((range * queries + query) * k * 2, (range * queries + query + 1) * k * 2);
      for (let at = 0; at < k; at++) {
        const square = squareAt(list, at);
        if (square === Number.POSITIVE_INFINITY) break;
        all.push({ square, place: list[2 * at] & NOT_NEW });
      }
    }
    all.sort((a, b) => a.square - b.square || a.place - b.place);
    for (const [at, { square, place }] of all.slice(0, k).entries()) {
      squares[query * k + at] = square;
      places[query * k + at] = place;
    }
  }
  return { squares, places };
}

/** For each row some rows that have it among their nearest, with NEW where it is new to them. */
export async function reverseOf(bits: Int32Array, rows: number, k: number, followed: number, pause: Pause) {
  const counts = new Int32Array(rows + 1);
  const each = async (visit: (row: number, member: number) => void) => {
    for (let row = 0; row < rows; row++) {
      if (row % ROWS_AT_ONCE === 0) await pause();
      for (let place = 0; place < followed; place++) {
        const at = 2 * (row * k + place);
        if (bits[at + 1] === -1) break;
        visit(bits[at] & NOT_NEW, row | (bits[at] & ~NOT_NEW));
      }
    }
  };
  await each((row) => {
    if (counts[row + 1] < followed) counts[row + 1]++;
  });
  for (let row = 0; row < rows; row++) counts[row + 1] += counts[row];
  const members = new Int32Array(counts[rows]);
  const ends = counts.slice();
  await each((row, member) => {
    if (ends[row] < counts[row + 1]) members[ends[row]++] = member;
  });
  return { starts: counts, members };
}
