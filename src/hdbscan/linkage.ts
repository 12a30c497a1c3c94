import type { TreeKernel } from './kernel.js';
import { CHUNK, inChunks, type Pace, type Steps } from './pace.js';
import type { Clusters, CondensedTree, SingleLinkage } from './result.js';
import type { EdgeColumns } from './sort.js';

/** The single linkage in WebAssembly memory; pointers to columns. */
interface Merges {
  left: number;
  right: number;
  size: number;
  /** Merge that each goes into, −2 − it where both are at equal distance, −1 for the last. */
  up: number;
}

/** Merges' distances, handed to kernels chunk by chunk, with the one before in front. */
class Distances {
  private readonly pointer: number;

  constructor(
    private readonly kernel: TreeKernel,
    readonly all: Float64Array,
  ) {
    this.pointer = kernel.arena.alloc((CHUNK + 1) * 8);
  }

  /** A pointer to those from `start` to `end`; the one before stands in front of it, NaN before the first. */
  put(start: number, end: number): number {
    const buffer = this.kernel.arena.f64(this.pointer, CHUNK + 1);
    buffer[0] = start > 0 ? this.all[start - 1] : Number.NaN;
    buffer.set(this.all.subarray(start, end), 1);
    return this.pointer + 8;
  }
}

export interface Condensed {
  condensed: CondensedTree;
  clusters: Clusters;
}

/** Single linkage of sorted edges and its condensed tree. Bytes: 28 per row, 32 per cluster. */
export async function linkAndCondense(
  kernel: TreeKernel,
  edges: EdgeColumns,
  rows: number,
  minClusterSize: number,
  pace: Pace,
): Promise<{ linkage: SingleLinkage } & Condensed> {
  const { arena, call } = kernel;
  const count = rows - 1;
  const mark = arena.mark();
  try {
    const distances = new Distances(kernel, edges.weight);
    const [left, right, size, up] = [0, 0, 0, 0].map(() => arena.alloc(count * 4));
    const scratch = arena.mark();
    const [from, to] = [arena.alloc(CHUNK * 4), arena.alloc(CHUNK * 4)];
    const [parent, node] = [arena.alloc(rows * 4), arena.alloc(rows * 4)];
    call.countUp({ start: 0, end: rows, array: parent });
    call.countUp({ start: 0, end: rows, array: node });
    arena.i32(up, count).fill(-1);
    let run = 0;
    await pace.chunks(count, CHUNK, (start, end) => {
      arena.i32(from, CHUNK).set(edges.from.subarray(start, end));
      arena.i32(to, CHUNK).set(edges.to.subarray(start, end));
      const at = distances.put(start, end);
      run = call.link({
        start,
        end,
        n: rows,
        from,
        to,
        weights: at,
        run,
        parent,
        node,
        left,
        right,
        size,
        up,
      });
    });
    arena.release(scratch);
    const linkage = {
      left: arena.i32(left, count).slice(),
      right: arena.i32(right, count).slice(),
      distance: edges.weight,
      size: arena.i32(size, count).slice(),
    };
    const merges = { left, right, size, up };
    return { linkage, ...(await pace.run(condense(kernel, merges, distances, rows, minClusterSize))) };
  } finally {
    arena.release(mark);
  }
}

/** The condensed tree of a stored single linkage. */
export function* condenseLinkage(
  kernel: TreeKernel,
  linkage: SingleLinkage,
  rows: number,
  minClusterSize: number,
): Steps<Condensed> {
  const { arena, call } = kernel;
  const count = rows - 1;
  const mark = arena.mark();
  try {
    const distances = new Distances(kernel, linkage.distance);
    const merges = {
      left: arena.put(linkage.left),
      right: arena.put(linkage.right),
      size: arena.put(linkage.size),
      up: arena.alloc(count * 4),
    };
    arena.i32(merges.up, count).fill(-1);
    let run = 0;
    yield* upwards(count, (start, end) => {
      const at = distances.put(start, end);
      run = call.linkUp({
        start,
        end,
        n: rows,
        weights: at,
        run,
        left: merges.left,
        right: merges.right,
        up: merges.up,
      });
    });
    return yield* condense(kernel, merges, distances, rows, minClusterSize);
  } finally {
    arena.release(mark);
  }
}

function* upwards(count: number, work: (start: number, end: number) => void): Steps<void> {
  for (let start = 0; start < count; start += CHUNK) {
    work(start, Math.min(count, start + CHUNK));
    yield;
  }
}

function* downwards(count: number, work: (start: number, end: number) => void): Steps<void> {
  for (let start = count; start > 0; start -= CHUNK) {
    work(start, Math.max(0, start - CHUNK));
    yield;
  }
}

function* condense(
  kernel: TreeKernel,
  merges: Merges,
  distances: Distances,
  rows: number,
  minClusterSize: number,
): Steps<Condensed> {
  const { arena, call } = kernel;
  const { left, right, size, up } = merges;
  const count = rows - 1;
  const [top, small, leaves] = [count, count, rows].map((length) => arena.alloc(length * 4));
  arena.i32(small, count).fill(0);
  let most = 1;
  yield* downwards(count, (start, end) => {
    most = call.gather({
      start,
      end,
      n: rows,
      minClusterSize,
      left,
      right,
      size,
      up,
      top,
      small,
      clusters: most,
    });
  });
  const [parent, clusterSize] = [arena.alloc(most * 4), arena.alloc(most * 4)];
  const [birth, stability, death] = [0, 0, 0].map(() => arena.alloc(most * 8));
  // Where merges go is known from here on.
  const state = up;
  arena.i32(state, count)[count - 1] = 0;
  arena.i32(parent, 1)[0] = -1;
  arena.i32(clusterSize, 1)[0] = rows;
  for (const column of [birth, stability, death]) arena.f64(column, 1)[0] = 0;
  let clusters = 1;
  yield* downwards(count, (start, end) => {
    clusters = call.condense({
      start,
      end,
      n: rows,
      minClusterSize,
      weights: distances.put(end, start),
      left,
      right,
      size,
      top,
      small,
      state,
      leaves,
      parent,
      birth,
      clusterSize,
      stability,
      death,
      clusters,
    });
  });

  const columns: Clusters = {
    count: clusters,
    parent: arena.i32(parent, clusters).slice(),
    birth: arena.f64(birth, clusters).slice(),
    size: arena.i32(clusterSize, clusters).slice(),
    stability: arena.f64(stability, clusters).slice(),
    death: arena.f64(death, clusters).slice(),
  };
  addChildren(columns);
  const findHomes = (start: number, end: number) => call.findHomes({ start, end, leaves, top, state });
  const condensed = writeTree(arena.i32(leaves, rows), findHomes, distances.all, columns);
  return { condensed, clusters: columns };
}

/** A cluster's children leave it at its death. Larger ones first: a sum's last bit must not depend on row order. */
function addChildren({ count, parent, birth, size, stability }: Clusters): void {
  // As numbers, which are sorted faster than by a function: of clusters of one size the lower comes first.
  const order = new Float64Array(count - 1);
  for (let child = 1; child < count; child++) order[child - 1] = (size[0] - size[child]) * count + child;
  for (const number of order.sort()) {
    const child = number % count;
    const above = parent[child];
    if (birth[child] === Number.POSITIVE_INFINITY && birth[above] === Number.POSITIVE_INFINITY) continue;
    stability[above] += (birth[child] - birth[above]) * size[child];
  }
}

function writeLambda(
  leaves: Int32Array,
  distance: Float64Array,
  start: number,
  end: number,
  lambda: Float64Array,
): void {
  for (let row = start; row < end; row++) {
    const level = distance[leaves[row]];
    lambda[row] = level > 0 ? 1 / level : Number.POSITIVE_INFINITY;
  }
}

function writeRows(
  homes: Int32Array,
  start: number,
  end: number,
  { parent, child }: { parent: Int32Array; child: Int32Array },
): void {
  const rows = homes.length;
  for (let row = start; row < end; row++) {
    parent[row] = rows + homes[row];
    child[row] = row;
  }
}

/** `findHomes` turns the merges that rows leave their clusters at, in `leaves`, into these clusters. */
function writeTree(
  leaves: Int32Array,
  findHomes: (start: number, end: number) => void,
  distance: Float64Array,
  clusters: Clusters,
): CondensedTree {
  const rows = leaves.length;
  const length = rows + clusters.count - 1;
  const tree = {
    parent: new Int32Array(length),
    child: new Int32Array(length),
    lambda: new Float64Array(length),
    size: new Int32Array(length).fill(1, 0, rows),
  };
  inChunks(rows, (start, end) => {
    writeLambda(leaves, distance, start, end, tree.lambda);
    findHomes(start, end);
    writeRows(leaves, start, end, tree);
  });
  for (let c = 1; c < clusters.count; c++) {
    const line = rows + c - 1;
    tree.parent[line] = rows + clusters.parent[c];
    tree.child[line] = rows + c;
    tree.lambda[line] = clusters.birth[c];
    tree.size[line] = clusters.size[c];
  }
  return tree;
}
