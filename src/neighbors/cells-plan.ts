import type { Watch } from '../progress.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { openBrute } from './brute.js';
import { insertNearest } from './insert.js';
import { spreadRows } from './spread.js';

/** Rows up to which all are one cell: comparing all pairs is quick. */
const ONE_CELL = 2000;
/** Rows of a cell, on average: fewer make tiles too small, and more are compared for nothing. */
const ROWS_A_CELL = 125;
/** Groups of cells in which a row looks for its cells. */
const NEAR_GROUPS = 4;
/** Rows of a centre that are looked at when centres are moved, and how often they are. */
const ROWS_A_CENTRE = 32;
const MOVES = 4;
/** Rows searched at once: their buffers take about a kilobyte each. */
const AT_ONCE = 16_384;

/** Rows by the centre nearest to them. */
export interface Cells {
  /** Row at each place: those of one cell follow each other. */
  order: Int32Array;
  /** First place of each cell, and the number of rows. */
  starts: Int32Array;
  /** Per row the cells nearest to it, its own first: rows × reach; -1 where fewer were looked at. */
  near: Int32Array;
  reach: number;
}

export interface CellWatch extends Pick<Watch, 'signal'> {
  threads?: number;
  /** Called with the share of the work that is done, up to 1. */
  onShare?: (share: number) => void;
}

/** Share of the work that finding each row's groups takes, about. */
const GROUPS_SHARE = 0.25;

/** Divides rows by Lloyd's k-means on samples: into groups, and the rows of each group into cells. */
export async function divideIntoCells(points: Matrix, most: number, watch: CellWatch): Promise<Cells> {
  const { rows } = points;
  if (rows <= ONE_CELL) {
    const order = Int32Array.from({ length: rows }, (_, row) => row);
    return { order, starts: Int32Array.of(0, rows), near: new Int32Array(rows), reach: 1 };
  }
  const groupCount = Math.round(Math.sqrt(rows / ROWS_A_CELL));
  const groups = await centresOf(points, groupCount, watch);
  const nearGroups = Math.min(NEAR_GROUPS, groupCount);
  const nearest = await nearestCentres(points, groups, nearGroups, watch, (share) =>
    watch.onShare?.(GROUPS_SHARE * share),
  );
  const own = membersOf(nearest, nearGroups, 1, groupCount);
  const looking = membersOf(nearest, nearGroups, nearGroups, groupCount);
  const reach = Math.min(most, Math.floor(rows / ROWS_A_CELL / 2));
  const near = new Int32Array(rows * reach).fill(-1);
  const squares = new Float32Array(rows * reach).fill(Number.POSITIVE_INFINITY);
  let cells = 0;
  for (let group = 0; group < groupCount; group++) {
    const members = own[group];
    if (members.length === 0) continue;
    const count = Math.max(1, Math.round(members.length / ROWS_A_CELL));
    const centres = await centresOf(pickRows(points, spreadOf(members, ROWS_A_CENTRE * count)), count, watch);
    const kept = Math.min(reach, count);
    for (let from = 0; from < looking[group].length; from += AT_ONCE) {
      const part = looking[group].subarray(from, from + AT_ONCE);
      const found = await nearestTo(pickRows(points, part), centres, kept, watch);
      for (const [at, row] of part.entries()) {
        for (let place = at * kept; place < (at + 1) * kept; place++) {
          const cell = cells + found.indices[place];
          insertNearest(near, squares, row * reach, reach, cell, found.distances[place]);
        }
      }
    }
    cells += count;
    watch.onShare?.(GROUPS_SHARE + ((1 - GROUPS_SHARE) * (group + 1)) / groupCount);
  }
  return { ...inCells(near, reach, cells, rows), near, reach };
}

/** Per group the rows that have it among the first `counted` of their nearest. */
function membersOf(nearest: Int32Array, width: number, counted: number, groups: number): Int32Array[] {
  const rows = nearest.length / width;
  const sizes = new Int32Array(groups);
  const each = (visit: (group: number, row: number) => void) => {
    for (let row = 0; row < rows; row++) {
      for (let place = 0; place < counted; place++) visit(nearest[row * width + place], row);
    }
  };
  each((group) => {
    sizes[group]++;
  });
  const members = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  each((group, row) => {
    members[group][sizes[group]++] = row;
  });
  return members;
}

/** So many of some rows, spread evenly over them; all where there are fewer. */
const spreadOf = (rows: Int32Array, count: number): Int32Array =>
  spreadRows(rows.length, Math.min(rows.length, count)).map((at) => rows[at]);

async function centresOf(points: Matrix, count: number, watch: CellWatch): Promise<Matrix> {
  const { rows, cols } = points;
  const sample = pickRows(points, spreadRows(rows, Math.min(rows, ROWS_A_CENTRE * count)));
  const centres = pickRows(sample, spreadRows(sample.rows, count));
  for (let move = 0; move < MOVES; move++) {
    const own = await nearestCentres(sample, centres, 1, watch);
    const sizes = new Int32Array(count);
    const sums = new Float64Array(count * cols);
    for (const [row, centre] of own.entries()) {
      sizes[centre]++;
      for (let c = 0; c < cols; c++) sums[centre * cols + c] += sample.data[row * cols + c];
    }
    for (let at = 0; at < sums.length; at++) {
      // A centre without rows stays where it is.
      const size = sizes[Math.floor(at / cols)];
      if (size > 0) centres.data[at] = sums[at] / size;
    }
  }
  return centres;
}

/** The centres nearest to each row, nearest first: rows × count. */
async function nearestCentres(
  points: Matrix,
  centres: Matrix,
  count: number,
  watch: CellWatch,
  onShare?: (share: number) => void,
): Promise<Int32Array> {
  const { data, rows, cols } = points;
  const near = new Int32Array(rows * count);
  for (let from = 0; from < rows; from += AT_ONCE) {
    const to = Math.min(rows, from + AT_ONCE);
    const part = { data: data.subarray(from * cols, to * cols), rows: to - from, cols };
    near.set((await nearestTo(part, centres, count, watch)).indices, from * count);
    onShare?.(to / rows);
  }
  return near;
}

async function nearestTo(
  rows: Matrix,
  centres: Matrix,
  count: number,
  { signal, threads }: CellWatch,
): Promise<NeighborGraph> {
  const searcher = await openBrute(centres, { signal, threads });
  try {
    return await searcher.nearestTo(rows, count, { signal });
  } finally {
    searcher.close();
  }
}

function inCells(near: Int32Array, reach: number, count: number, rows: number) {
  const starts = new Int32Array(count + 1);
  for (let row = 0; row < rows; row++) starts[near[row * reach] + 1]++;
  for (let cell = 0; cell < count; cell++) starts[cell + 1] += starts[cell];
  const ends = starts.slice();
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[ends[near[row * reach]]++] = row;
  return { order, starts };
}
