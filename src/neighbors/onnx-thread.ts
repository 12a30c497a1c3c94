// What each thread of a search by ONNX Runtime does: it multiplies some rows with a tile of columns and has the kernels pick from the scores,
// which stay in its own cache. A session of one thread for each is faster than one of many threads, whose runs are too short to wake
// them for.
import type { ProgramThread, Step } from '../wasm/thread.js';
import { BLOCK, TOGETHER } from './job.js';
import { Multiplier } from './multiplier.js';
import { loadNative } from './native.js';
import type { Operands } from './operands.js';
import { openSession } from './product-sessions.js';

/** Rows that are multiplied with a tile of columns at once: scores of half of a processor's second cache. */
export const UNIT = 256;

/** What a job does, its first argument. The next ones are pointers: to the kernels' job, and to UNIT × `side` scores for each thread. */
export const TASK = {
  /** Rows against the tile that they are in. Chunk c is UNIT rows of one tile. */
  begin: 0,
  /** Rows against later tiles. Chunk c is UNIT rows of one tile, and one tile. */
  pairs: 1,
  /** Slots against all tiles, for edges to other components: pointer to the place of each slot, slots, and slots of a chunk, a multiple of 32. */
  foreign: 2,
  /**
   * Slots against one tile each, for lighter edges. Chunk c is described by LIGHTER_WORDS int32 at a pointer: first slot, slots, first column.
   */
  lighter: 3,
  /**
   * Slots that are no rows against all tiles, which are refined then: pointer to their rows as they are multiplied, slots, and slots of a
   * chunk, a multiple of 32 too.
   */
  others: 4,
} as const;

/** Int32 that describe a chunk of `TASK.lighter`. */
export const LIGHTER_WORDS = 3;

/** Pairs of different tiles by how far they are apart, those next to each other first. */
export function tilePairs(tiles: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let apart = 1; apart < tiles; apart++) {
    for (let tile = 0; tile + apart < tiles; tile++) pairs.push([tile, tile + apart]);
  }
  return pairs;
}

export async function open({ exports, memory }: ProgramThread, init: unknown): Promise<Step> {
  const operands = init as Operands;
  const { rows, cols, side, kind } = operands;
  const ort = await loadNative('onnxruntime-node');
  const multiplier = new Multiplier(ort, await openSession(ort, kind), operands, UNIT);
  const isShared = !(memory.buffer instanceof ArrayBuffer);
  // ONNX Runtime can't write to shared memory.
  const own = isShared ? new Float32Array(UNIT * side) : undefined;
  const units = Math.ceil(side / UNIT);
  const pairs = tilePairs(Math.ceil(rows / side));

  /** Scores of the rows taken before, `count` of them, in WebAssembly memory at `scores`. Returns how many columns there are. */
  const multiply = async (count: number, column0: number, scores: number): Promise<number> => {
    const wide = multiplier.wide(column0);
    const target = () => new Float32Array(memory.buffer, scores, count * wide);
    const out = own ? own.subarray(0, count * wide) : target();
    await multiplier.multiply(count, column0, out);
    if (own) target().set(out);
    return wide;
  };

  return async (chunk, thread, task, pointer, allScores, ...more) => {
    const scores = allScores + thread * UNIT * side * 4;
    if (task === TASK.foreign || task === TASK.others) {
      const [rowsAt, slots, together] = more;
      const slot0 = chunk * together;
      const count = Math.min(together, slots - slot0);
      const parts = Math.ceil(count / 32);
      if (task === TASK.foreign) {
        const places = new Int32Array(memory.buffer, rowsAt, slots);
        multiplier.take(count, (at) => places[slot0 + at]);
      } else {
        const queries = new Float32Array(memory.buffer, rowsAt + slot0 * cols * 4, count * cols);
        multiplier.take(count, (at) => at, queries);
      }
      const name = task === TASK.foreign ? 'offerForeign' : 'offerOthers';
      for (let column0 = 0; column0 < rows; column0 += side) {
        const wide = await multiply(count, column0, scores);
        for (let part = 0; part < parts; part++) {
          exports[name](part, thread, pointer, scores, slot0, count, column0, wide);
        }
      }
      if (task === TASK.others)
        for (let part = 0; part < parts; part++) exports.refine(slot0 / 32 + part, thread, pointer);
      return;
    }
    if (task === TASK.lighter) {
      const [chunksAt, columnsAt] = more;
      const [slot0, count, column0] = new Int32Array(
        memory.buffer,
        chunksAt + chunk * LIGHTER_WORDS * 4,
        LIGHTER_WORDS,
      );
      const columns = new Int32Array(memory.buffer, columnsAt + slot0 * 4, count);
      multiplier.take(count, (at) => columns[at]);
      const wide = await multiply(count, column0, scores);
      exports.offerLighter(chunk, thread, pointer, scores, slot0, count, column0, wide);
      return;
    }
    const isBegin = task === TASK.begin;
    const which = Math.floor(chunk / units);
    const [tile, other] = isBegin ? [which, which] : pairs[which];
    const unit = chunk % units;
    const row0 = tile * side + unit * UNIT;
    const count = Math.min(UNIT, side - unit * UNIT, rows - row0);
    if (count <= 0) return;
    const column0 = other * side;
    multiplier.take(count, (at) => row0 + at);
    const wide = await multiply(count, column0, scores);
    const name = isBegin ? 'beginTile' : 'offerTile';
    const blocks = Math.ceil(count / BLOCK);
    const parts = isBegin ? blocks : blocks * Math.ceil(Math.ceil(wide / BLOCK) / TOGETHER);
    // Threads with neighbouring units begin at different parts, so that their locks rarely meet.
    for (let part = 0; part < parts; part++) {
      exports[name]((part + unit) % parts, thread, pointer, scores, row0, count, column0, wide);
    }
  };
}
