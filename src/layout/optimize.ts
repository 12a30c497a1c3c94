import type { Watch } from '../progress.js';
import type { Pool } from '../wasm/pool.js';
import type { Curve } from './curve.js';
import type { FuzzyGraph } from './graph.js';

/** How the optimisation goes. */
export interface Descent extends Curve {
  epochs: number;
  learningRate: number;
  negativeSampleRate: number;
  repulsionStrength: number;
  seed: number;
  components: number;
}

/** What is fixed while new rows move: positions vertices × components, row-major. */
interface Fixed {
  positions: Float32Array;
  vertices: number;
  /** What each moving row's random numbers hang on. */
  keys: Int32Array;
}

/**
 * An epoch is cut into rounds, one after the other; a row sees where rows of earlier rounds have moved to in the
 * same epoch. One round for all would let neighbours jump past each other.
 */
const ROUNDS = 4;
const CHUNKS_PER_ROUND = 8;
const LEAST_ROWS = 8;
const MOST_ROWS = 2048;

const TABLE_SIZE = 1024;
const TABLE_BASE = (127 - 20) << 23;
const TABLE_SHIFT = 18;

/**
 * Gradients along the line between two points, divided by their distance, at the middle of every step of the squared
 * distance's floating-point bits (assembly/layout/epoch.ts).
 */
export function gradientTable(gradient: (squared: number) => number): Float32Array {
  const bits = new Int32Array(1);
  const squared = new Float32Array(bits.buffer);
  return Float32Array.from({ length: TABLE_SIZE }, (_, step) => {
    bits[0] = TABLE_BASE + (step + 0.5) * 2 ** TABLE_SHIFT;
    return gradient(squared[0]);
  });
}

/** Optimises `start`, rows × components, and returns the new positions. With `fixed`, tails are its vertices. */
export async function optimize(
  pool: Pool,
  graph: FuzzyGraph,
  start: Float32Array,
  descent: Descent,
  watch: Watch,
  fixed?: Fixed,
): Promise<Float32Array> {
  const { arena } = pool.kernel;
  const { a, b, components, epochs, repulsionStrength } = descent;
  const rows = graph.vertices;
  if (rows === 0 || epochs === 0) return start;
  const mark = arena.mark();
  try {
    const stride = components === 2 ? 2 : Math.ceil(components / 4) * 4;
    const place = (positions: Float32Array): number => {
      const count = positions.length / components;
      const pointer = arena.alloc(4 * count * stride);
      const to = arena.f32(pointer, count * stride).fill(0);
      for (let i = 0; i < count; i++) {
        for (let d = 0; d < components; d++) to[i * stride + d] = positions[i * components + d];
      }
      return pointer;
    };
    const heads = place(start);
    const other = fixed ? heads : place(start);
    const tails = fixed ? place(fixed.positions) : heads;
    const pull = arena.put(gradientTable((x) => (-2 * a * b * x ** (b - 1)) / (1 + a * x ** b)));
    const push = arena.put(
      gradientTable((x) => (2 * repulsionStrength * b) / ((0.001 + x) * (1 + a * x ** b))),
    );
    const keys = arena.put(fixed?.keys ?? Int32Array.from({ length: rows }, (_, i) => i));
    // a cache line of its own
    const done = arena.alloc(128) + 64;
    arena.i32(done, 1)[0] = 0;

    const rowsPerChunk = Math.min(
      MOST_ROWS,
      Math.max(LEAST_ROWS, Math.ceil(rows / ROUNDS / CHUNKS_PER_ROUND)),
    );
    const chunks = Math.ceil(rows / rowsPerChunk);
    const chunksPerRound = fixed ? chunks : Math.ceil(chunks / ROUNDS);
    const block = Int32Array.of(
      rows,
      fixed?.vertices ?? rows,
      rowsPerChunk,
      chunksPerRound,
      chunks,
      epochs,
      done,
      graph.offsets,
      graph.tails,
      graph.weights,
      keys,
      heads,
      other,
      tails,
      fixed ? tails : other,
      pull,
      push,
      descent.seed | 0,
      descent.negativeSampleRate,
      0,
      0,
      stride,
    );
    // The graph holds each edge twice, and both ends of both would move: a row pulls for itself, twice as far.
    new Float32Array(block.buffer).set([descent.learningRate, fixed ? 1 : 2], 19);
    const job = arena.put(block);
    await pool.run(components === 2 ? 'epoch2' : 'epochN', chunks * epochs, [job], {
      signal: watch.signal,
      onChunk: (started) =>
        watch.onProgress?.({
          stage: 'layout',
          done: Math.floor(started / chunks),
          total: epochs,
          unit: 'epochs',
        }),
    });
    watch.onProgress?.({ stage: 'layout', done: epochs, total: epochs, unit: 'epochs' });
    const last = arena.f32(epochs % 2 === 0 ? heads : other, rows * stride);
    const out = new Float32Array(rows * components);
    for (let i = 0; i < rows; i++) {
      for (let d = 0; d < components; d++) out[i * components + d] = last[i * stride + d];
    }
    return out;
  } finally {
    arena.release(mark);
  }
}
