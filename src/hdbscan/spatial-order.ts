import { CURVE_ROWS, Curve as curveLayout, PARTS } from '../../build/wasm/kdtree.js';
import { kdTreeModule } from '../neighbors/kdtree-module.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { openPool } from '../wasm/pool.js';
import { putStruct, type Struct } from '../wasm/struct.js';
import { cores } from '../wasm/thread.js';

/** Dimensions that are interleaved, the widest ones. */
const MOST_DIMENSIONS = 3;
/** The highest level of a dimension, of ten bits. */
const HIGHEST = 1023;
/** Rows from which another thread saves more time than it takes to wake. */
const WORTH_A_THREAD = 50_000;

/** Rows in an order in space. */
export interface Ordered {
  rows: Int32Array;
  /** Their numbers, row after row. */
  data: Float32Array;
}

/**
 * Some rows along Morton's curve, so that rows that are near each other come one after the other, mostly, and what is kept per row lies
 * together too. Rows of one code are sorted by their numbers, equal ones by row, so that equal rows are neighbours. Numbers must
 * be finite. See assembly/kdtree/curve.ts.
 * @param rows ascending; left out: all
 */
export async function spatialOrder(
  points: Matrix,
  rows?: Int32Array,
  { threads, signal }: Watch & { threads?: number } = {},
): Promise<Ordered> {
  const { data, cols } = points;
  const count = rows?.length ?? points.rows;
  const worthwhile = Math.floor(count / WORTH_A_THREAD) + 1;
  const pool = await openPool(kdTreeModule(), { threads: threads ?? Math.min(cores(), worthwhile) });
  try {
    const { arena } = pool.kernel;
    const chunks = Math.ceil(count / CURVE_ROWS);
    const curve: Partial<Struct<typeof curveLayout>> = {
      data: arena.put(data.subarray(0, points.rows * cols)),
      d: cols,
      n: count,
      rows: rows ? arena.put(rows) : 0,
      ranges: arena.alloc(chunks * cols * 8),
      codes: arena.alloc(count * 4),
      places: arena.put(new Int32Array(chunks * PARTS)),
      partCodes: arena.alloc(count * 4),
      partRows: arena.alloc(count * 4),
      partData: arena.alloc(count * cols * 4),
    };
    const run = async (name: 'measureRange' | 'encode' | 'divide' | 'sortPart', length: number) =>
      pool.run(name, length, { pointer: putStruct(arena, curveLayout, curve) }, { signal });
    await run('measureRange', chunks);
    Object.assign(curve, axesOf(arena.f32(curve.ranges!, chunks * cols * 2), cols));
    await run('encode', chunks);
    const starts = startsOf(arena.i32(curve.places!, chunks * PARTS), chunks);
    await run('divide', chunks);
    let largest = 0;
    for (let part = 0; part < PARTS; part++) largest = Math.max(largest, starts[part + 1] - starts[part]);
    curve.starts = arena.put(starts);
    curve.scratchBytes = largest * 8;
    curve.scratch = arena.alloc(largest * 8 * pool.threads);
    await run('sortPart', PARTS);
    return {
      rows: arena.i32(curve.codes!, count).slice(),
      data: arena.f32(curve.data!, count * cols).slice(),
    };
  } finally {
    pool.close();
  }
}

/** Turns what each chunk has of each part into where these rows go. Returns where parts begin, and the end. */
function startsOf(places: Int32Array, chunks: number): Int32Array {
  const starts = new Int32Array(PARTS + 1);
  let sum = 0;
  for (let part = 0; part < PARTS; part++) {
    starts[part] = sum;
    for (let at = part; at < chunks * PARTS; at += PARTS) {
      const count = places[at];
      places[at] = sum;
      sum += count;
    }
  }
  starts[PARTS] = sum;
  return starts;
}

/** The dimensions that codes are of, from the ranges of chunks. */
function axesOf(ranges: Float32Array, cols: number): Partial<Struct<typeof curveLayout>> {
  const least = new Float64Array(cols).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(cols).fill(Number.NEGATIVE_INFINITY);
  for (let from = 0; from < ranges.length; from += 2 * cols) {
    for (let t = 0; t < cols; t++) {
      least[t] = Math.min(least[t], ranges[from + t]);
      most[t] = Math.max(most[t], ranges[from + cols + t]);
    }
  }
  const widest = Array.from({ length: cols }, (_, dimension) => dimension)
    .sort((a, b) => most[b] - least[b] - (most[a] - least[a]))
    .slice(0, MOST_DIMENSIONS);
  const [x, y, z] = Array.from({ length: MOST_DIMENSIONS }, (_, at) => {
    const dimension = widest[at] ?? 0;
    const low = least[dimension];
    const range = most[dimension] - low;
    return { dimension, low, scale: at < widest.length && range > 0 ? HIGHEST / range : 0 };
  });
  return {
    x: x.dimension,
    y: y.dimension,
    z: z.dimension,
    lowX: x.low,
    lowY: y.low,
    lowZ: z.low,
    scaleX: x.scale,
    scaleY: y.scale,
    scaleZ: z.scale,
  };
}
