import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import type { AveragedPool } from './averaged-module.js';
import { isEdge } from './vertices.js';

const MOST_AVERAGED = 30;
const LEAST_NEIGHBORS = 5;
/** Vectors are copied in pieces of at most so many numbers. */
const PIECE_NUMBERS = 2 ** 26;
const ROWS_PER_CHUNK = 128;
/** A multiple of this many columns is a line of the kernels (assembly/averaged). */
const MULTIPLE = 8;

/** Rows in the memory of the kernels, rows × width f32; columns from `cols` on are 0. */
export interface Rows {
  at: number;
  rows: number;
  cols: number;
  width: number;
}

/** So many nearest rows are mostly of one group, whether rows are few or many: half the square root of their number, 5 at least. */
export const nearNeighbors = (rows: number): number =>
  Math.max(LEAST_NEIGHBORS, Math.round(Math.sqrt(rows) / 2));

/** How many neighbours a row's vector is averaged with, among so many rows. */
export const averagedNeighbors = (rows: number): number => Math.min(MOST_AVERAGED, nearNeighbors(rows));

export const widthOf = (cols: number): number => Math.ceil(cols / MULTIPLE) * MULTIPLE;

/**
 * Copies some rows of a matrix.
 * @param further rows whose numbers follow those of the matrix
 */
export function putRows(
  { kernel: { arena } }: AveragedPool,
  { data, rows: count, cols }: Matrix,
  rows: Int32Array,
  further?: Matrix,
): Rows {
  const width = widthOf(cols);
  const at = arena.alloc(4 * rows.length * width);
  const lines = arena.f32(at, rows.length * width);
  if (width > cols) lines.fill(0);
  for (let to = 0; to < rows.length; to++) {
    const isFurther = further && rows[to] >= count;
    const from = isFurther ? rows[to] - count : rows[to];
    lines.set((isFurther ? further.data : data).subarray(from * cols, (from + 1) * cols), to * width);
  }
  return { at, rows: rows.length, cols, width };
}

/**
 * Averages of the unit vectors of some rows with those of their neighbours, each at length 1, in the memory of the kernels. A vector of
 * length 0 or with a number that isn't finite doesn't count.
 * @param graph lists of rows of `vectors`
 * @param options `fresh`: the lists are of these vectors, which aren't among `vectors`
 * @param piece so many numbers of vectors are copied at once
 */
export async function averagesOf(
  pool: AveragedPool,
  graph: NeighborGraph,
  vectors: Matrix,
  rows: Int32Array,
  { signal, fresh }: Pick<Watch, 'signal'> & { fresh?: Matrix },
  piece = PIECE_NUMBERS,
): Promise<Rows> {
  const { arena } = pool.kernel;
  const { cols } = vectors;
  const width = widthOf(cols);
  const out = arena.alloc(4 * rows.length * width);
  const mark = arena.mark();
  const used = Math.min(averagedNeighbors(vectors.rows), graph.neighbors);
  const own = fresh ? vectors.rows : 0;
  const places = new Int32Array(own + graph.rows).fill(-1);
  for (let first = 0; first < rows.length; ) {
    const { lists, stride, members, end } = pieceOf({ graph, used, own, places }, rows, first, piece / width);
    const copied = putRows(pool, vectors, members, fresh);
    const factorOf = arena.alloc(8 * members.length);
    const shape = { rowsPerChunk: ROWS_PER_CHUNK, bytes: 4 * width, data: copied.at };
    await pool.run(
      'factors',
      Math.ceil(members.length / ROWS_PER_CHUNK),
      { ...shape, rows: members.length, out: factorOf },
      { signal },
    );
    await pool.run(
      'averages',
      Math.ceil((end - first) / ROWS_PER_CHUNK),
      {
        ...{ ...shape, rows: end - first, stride, lists: arena.put(lists), factorOf },
        ...{ out: out + 4 * first * width, scratch: arena.alloc(pool.threads * (16 * stride + 8 * width)) },
      },
      { signal },
    );
    arena.release(mark);
    for (const row of members) places[row] = -1;
    first = end;
  }
  return { at: out, rows: rows.length, cols, width };
}

/**
 * The rows that the next averages are made of, as many averages as they suffice for.
 * @param of `used`: so many of each list are taken; `own`: number of the first list's own vector; `places`: of each vector its place
 * among the members, −1 for all before the call
 * @param most so many members at most, but those of one average at least
 * @returns `members`, numbers of vectors; `lists` of places, −1 after the last of each
 */
function pieceOf(
  { graph, used, own, places }: { graph: NeighborGraph; used: number; own: number; places: Int32Array },
  rows: Int32Array,
  first: number,
  most: number,
): { lists: Int32Array; stride: number; members: Int32Array; end: number } {
  const { indices, neighbors } = graph;
  const stride = 1 + used;
  const lists = new Int32Array((rows.length - first) * stride).fill(-1);
  const members = new Int32Array(Math.min(places.length, Math.ceil(most) + stride));
  let count = 0;
  let end = first;
  while (end < rows.length && (end === first || count + stride <= most)) {
    const row = rows[end];
    let to = (end++ - first) * stride;
    const add = (member: number) => {
      if (places[member] < 0) {
        places[member] = count;
        members[count++] = member;
      }
      lists[to++] = places[member];
    };
    add(own + row);
    for (let at = row * neighbors; at < row * neighbors + used; at++)
      if (isEdge(graph, own + row, at)) add(indices[at]);
  }
  return {
    lists: lists.subarray(0, (end - first) * stride),
    stride,
    members: members.subarray(0, count),
    end,
  };
}
