import type { Matrix } from '../shapes.js';
import type { Job } from './job.js';
import type { NeighborsPool } from './module.js';
import { spreadRows } from './spread.js';

/** How the numbers are moved before they are multiplied: x → (x − centre) · scale. */
export interface Frame {
  /** Pointer to the centre, a float32 per column. */
  centreAt: number;
  /** A power of two, so that scaling rounds nothing. */
  scale: number;
  /** Relative rounding error of a score; norms are lowered by it. */
  slack: number;
}

/** Scaled numbers are below 2 to this, so that sums of squares are float32 numbers. */
const MOST_SCALED = 52;

/** A power of two that makes numbers of typical rows at most 1, and those of rows far off not too large. */
export function scaleFor(most: number, typical: number): number {
  if (most === 0) return 1;
  const largest = Math.ceil(Math.log2(most));
  const wanted = typical > 0 ? -Math.ceil(Math.log2(typical)) : -largest;
  return 2 ** Math.max(-126, Math.min(126, wanted, MOST_SCALED - largest));
}

/** Rows of which the centre is the median. */
const CENTRE_ROWS = 31;

/**
 * Writes the median of some rows to `centre`, column by column, and returns how large |number − centre| is: at most, and in
 * the widest column of a row in the middle of these rows. A mean would follow a single row that is far off, and products
 * about a centre far from the rest lose their digits. `data`: pointer to the points.
 */
export function centreRows(
  { kernel: { arena, call } }: NeighborsPool,
  { rows, cols, data: numbers }: Matrix,
  data: number,
  centreAt: number,
): { most: number; typical: number } {
  const sample = Math.min(rows, CENTRE_ROWS);
  const sampled = spreadRows(rows, sample);
  const centre = new Float32Array(cols);
  const column = new Float32Array(sample);
  for (let t = 0; t < cols && sample > 0; t++) {
    for (let at = 0; at < sample; at++) column[at] = numbers[sampled[at] * cols + t];
    centre[t] = column.sort()[sample >> 1];
  }
  arena.f32(centreAt, cols).set(centre);
  const widest = (from: number, to: number): number => {
    let most = 0;
    for (let row = from; row < to; row += 1024) {
      const end = Math.min(to, row + 1024);
      most = Math.max(most, call.widest({ data, from: row, to: end, d: cols, centre: centreAt }));
    }
    return most;
  };
  let most = widest(0, rows);
  if (most >= 1e38) {
    // Centred numbers near the end of float32's range might pass it.
    arena.f32(centreAt, cols).fill(0);
    most = widest(0, rows);
  }
  const widths = Float32Array.from(sampled, (row) => widest(row, row + 1));
  return { most, typical: sample > 0 ? widths.sort()[sample >> 1] : 0 };
}

/** Frames rows at pointer `data`, from `row0` on, into pointer `moved`, and writes their norms to pointer `norms`, each at its row. */
export function frameAt(
  pool: NeighborsPool,
  { centreAt, scale, slack }: Frame,
  rows: { data: number; row0: number; rows: number; d: number; moved: number; norms: number },
): Promise<void> {
  return pool.run('frameRows', Math.ceil(rows.rows / 64), { ...rows, centre: centreAt, scale, slack });
}

/** Rows framed at once. */
const FRAMED = 8192;

/** Rows as a program outside WebAssembly multiplies them. */
export interface Framed {
  /** Centred and scaled, row-major. */
  moved: Float32Array;
  /** Squared norms lowered by the slack; filled up with +∞ to a multiple of eight. */
  norms: Float32Array;
}

/** Frames all rows, into `moved` if given; writes their norms into the job's place too. */
export async function frameRows(
  pool: NeighborsPool,
  job: Job,
  { rows, cols }: Pick<Matrix, 'rows' | 'cols'>,
  frame: Frame,
  moved = new Float32Array(rows * cols),
): Promise<Framed> {
  const { arena } = pool.kernel;
  const padded = Math.ceil(rows / 8) * 8;
  arena.f32(job.norms!, padded).fill(Number.POSITIVE_INFINITY, rows);
  const mark = arena.mark();
  const slab = arena.alloc(Math.min(rows, FRAMED) * cols * 4);
  for (let row0 = 0; row0 < rows; row0 += FRAMED) {
    const count = Math.min(rows - row0, FRAMED);
    const part = { data: job.data!, row0, rows: count, d: cols, moved: slab, norms: job.norms! };
    await frameAt(pool, frame, part);
    moved.set(arena.f32(slab, count * cols), row0 * cols);
  }
  arena.release(mark);
  return { moved, norms: arena.f32(job.norms!, padded).slice() };
}
