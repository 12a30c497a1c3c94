import { PART } from '../../build/wasm/cells.js';
import { moduleAt } from '../module-at.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { openPool } from '../wasm/pool.js';
import * as program from './byte-cells-thread.js';
import { areWorthBytes, MOST_ERROR, opensBytes } from './byte-operands.js';
import type { CellsPool } from './cells-module.js';
import type { Comparing, Division } from './division.js';
import { type NeighborsPool, neighborsModule } from './module.js';
import { loadNative } from './native.js';
import { type NearCells, nearCells } from './near-order.js';
import { nearestCentres } from './nearest-centres.js';
import { sharedArray } from './operands.js';
import { openSession } from './product-sessions.js';

/** Rows of a cell, on average, and cells at most: a tile of products that is worth a call of ONNX Runtime. */
const ROWS_A_CELL = 500;
const MOST_CELLS = 4096;
/** Rows that a row is compared with at most, about. */
const MOST_COMPARED = 40_000;
/** Share of the true neighbours that the cells of a row should hold, above what ends rounds: these take longer than more cells do. */
const IN_CELLS = 0.975;
/** Columns of a tile at most. */
const TILE = 1024;
/** Rows of a centre that are looked at when centres are moved, and how often they are. */
const ROWS_A_CENTRE = 32;
const MOVES = 4;
/** Candidates that are kept by scores of 8 bits, as a multiple of k and more. */
const SPARE = { share: 1.2, more: 8 };

interface Places extends Pick<Watch, 'signal'> {
  /** Addresses of the points in the pool's memory, and of the centre of products. */
  data: number;
  centre: number;
  /** Copies the points there, in this order or in their own. */
  copy: (order?: Int32Array) => Promise<void>;
  onShare: (share: number) => void;
}

/** Share of the work until rows are divided that finding their centres takes, about. */
const CENTRES_SHARE = 0.8;

/**
 * Cells of about 500 rows, which ONNX Runtime multiplies as integers of 8 bits; the points are copied in the order of the cells.
 * Undefined where it doesn't multiply these rightly, where integers are too rough for these rows, or where there is too little to
 * multiply.
 */
export async function divideForBytes(
  points: Matrix,
  pool: CellsPool,
  { data, centre, copy, onShare, signal }: Places,
): Promise<Division | undefined> {
  const { rows, cols } = points;
  if (!areWorthBytes(points)) return undefined;
  const ort = await loadNative('onnxruntime-node');
  if (!(await opensBytes(ort))) return undefined;
  await copy();
  const onCentres = (share: number) => onShare(CENTRES_SHARE * share);
  const cells = await nearCells(ort, await openSession(ort, 'float'), points, {
    cells: Math.max(2, Math.min(MOST_CELLS, Math.round(rows / ROWS_A_CELL))),
    sampled: ROWS_A_CENTRE,
    moves: MOVES,
    inThreads: (some) => nearestCentres(pool, data, rows, some, { signal, onShare: onCentres }),
    signal,
  });
  const { order, starts, centres } = cells;
  await copy(order);
  const { arena } = pool.kernel;
  const operands = await operandsOf(points, cells, arena.f32(centre, cols).slice(), pool.threads);
  if (!operands) return undefined;
  onShare(1);
  const { tiles } = operands;
  await pool.open(program, moduleAt(import.meta.url, 'byte-cells-thread'), operands);
  const most = Math.min(centres.rows, Math.ceil((MOST_COMPARED * centres.rows) / rows));
  const norms = arena.put(tiles.norms);
  const factors = arena.put(tiles.scales.map((scale) => -2 * scale));
  return {
    order,
    starts,
    wanted: IN_CELLS,
    keepFor: (k) => Math.ceil(k * SPARE.share) + SPARE.more,
    nearestTo: (row) => nearestTo(points, row, centres),
    async compare({ job, reach, putJob, onShare: onCompared, signal: stop }: Comparing): Promise<void> {
      const mark = arena.mark();
      try {
        const pointer = putJob({ ...job, norms, factors });
        const work = arena.alloc(pool.threads * program.workBytes(operands));
        const parts = Math.ceil(rows / PART);
        const onChunk = (started: number) => onCompared(Math.min(1, started / parts));
        // A row doesn't count as its own neighbour.
        const least = (job.keep ?? 0) + 1;
        await pool.runProgram(parts, [pointer, reach, least, most, work], { signal: stop, onChunk });
      } finally {
        arena.release(mark);
      }
    },
  };
}

/** Rows and centres of 8 bits; undefined where these are too rough. */
async function operandsOf(
  points: Matrix,
  { order, starts, centres }: NearCells,
  centre: Float32Array,
  threads: number,
): Promise<program.ByteCells | undefined> {
  const { rows, cols } = points;
  const cellTiles = new Int32Array(starts.length);
  const firsts: number[] = [];
  for (let cell = 0; cell < starts.length - 1; cell++) {
    for (let place = starts[cell]; place < starts[cell + 1]; place += TILE) firsts.push(place);
    cellTiles[cell + 1] = firsts.length;
  }
  const bytes = sharedArray(Uint8Array, rows * cols);
  // These kernels are of the exact search.
  const pool = await openPool(neighborsModule(), { threads });
  try {
    const own = { centre, order, rows: bytes };
    const { error, ...tiles } = await tilesOf(pool, points, Int32Array.from([...firsts, rows]), own);
    if (!(error <= MOST_ERROR)) return undefined;
    const { error: _, ...ofCentres } = await tilesOf(pool, centres, Int32Array.of(0, centres.rows), {
      centre,
    });
    return { cols, rows: bytes, tiles, starts, cellTiles, centres: ofCentres };
  } finally {
    pool.close();
  }
}

/** Rows as columns of 8 bits, in tiles that begin at `firsts`, and the median of their errors. `rows` gets the integers row after row. */
async function tilesOf(
  pool: NeighborsPool,
  points: Matrix,
  firsts: Int32Array,
  { centre, order, rows }: { centre: Float32Array; order?: Int32Array; rows?: Uint8Array },
): Promise<program.ByteTiles & { error: number }> {
  const { cols } = points;
  const { arena } = pool.kernel;
  const count = firsts.length - 1;
  const places = firsts[count];
  const offsets = new Float64Array(count + 1);
  let widest = 0;
  for (let tile = 0; tile < count; tile++) {
    const wide = program.wideOf(firsts[tile + 1] - firsts[tile]);
    offsets[tile + 1] = offsets[tile] + wide * cols;
    widest = Math.max(widest, wide);
  }
  const columns = sharedArray(Int8Array, offsets[count]);
  const scales = sharedArray(Float32Array, places);
  const norms = sharedArray(Float32Array, places);
  const errors = new Float32Array(places);
  const mark = arena.mark();
  const most = widest * cols;
  const [data, rowsOut, columnsOut] = [most * 4, most, most].map((bytes) => arena.alloc(bytes));
  const [scalesAt, normsAt, errorsAt] = [0, 0, 0].map(() => arena.alloc(widest * 4));
  const centreAt = arena.put(centre);
  for (let tile = 0; tile < count; tile++) {
    const place0 = firsts[tile];
    const here = firsts[tile + 1] - place0;
    const slab = arena.f32(data, here * cols);
    for (let at = 0; at < here; at++) {
      const from = (order ? order[place0 + at] : place0 + at) * cols;
      slab.set(points.data.subarray(from, from + cols), at * cols);
    }
    const wide = program.wideOf(here);
    const out = { rowsOut, columnsOut, wide, scales: scalesAt, norms: normsAt, errors: errorsAt };
    const of = { data, order: 0, place0: 0, count: here, d: cols, centre: centreAt, scale: 1 };
    await pool.run('quantizeRows', Math.ceil(here / 64), { ...of, ...out });
    rows?.set(arena.u8(rowsOut, here * cols), place0 * cols);
    const bytes = arena.u8(columnsOut, wide * cols);
    columns.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), offsets[tile]);
    scales.set(arena.f32(scalesAt, here), place0);
    norms.set(arena.f32(normsAt, here), place0);
    errors.set(arena.f32(errorsAt, here), place0);
  }
  arena.release(mark);
  return { columns, firsts, offsets, scales, norms, error: errors.sort()[places >> 1] };
}

/** All cells, those of nearest centres first, and by how much the square of their distance is above that of the first. */
function nearestTo({ data, cols }: Matrix, row: number, centres: Matrix) {
  const squares = Float64Array.from({ length: centres.rows }, (_, cell) => {
    let square = 0;
    for (let t = 0; t < cols; t++) square += (data[row * cols + t] - centres.data[cell * cols + t]) ** 2;
    return square;
  });
  const cells = Int32Array.from(squares.keys()).sort((a, b) => squares[a] - squares[b] || a - b);
  return { cells, far: Float64Array.from(cells, (cell) => squares[cell] - squares[cells[0]]) };
}
