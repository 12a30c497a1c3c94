import type { Kernel } from '../wasm/kernel.js';
import type { Pace, Steps } from './pace.js';
import type { Clusters, CondensedTree, SingleLinkage } from './result.js';

/** Merges per kernel call. */
const CHUNK = 16_384;

/** Columns. */
export interface EdgeColumns {
  from: Int32Array;
  to: Int32Array;
  weight: Float64Array;
}

/** Columns as they are taken; `weight` is f32 where that is all there is to it. */
export interface TakenEdges {
  from: Int32Array;
  to: Int32Array;
  weight: Float64Array | Float32Array;
}

/**
 * Sorts edges by weight: by its f32 rounding (radix), then within equal ones. `take` may answer with views of the memory:
 * it is called when the memory has its last size. Bytes: 20 per edge besides the columns.
 */
export async function sortEdges(
  kernel: Kernel,
  count: number,
  take: () => TakenEdges,
  pace: Pace,
): Promise<EdgeColumns> {
  const { arena } = kernel;
  const mark = arena.mark();
  try {
    const scratch = openSort(kernel, count);
    const edges = take();
    arena.f32(scratch.keys, count).set(edges.weight);
    await sortKeys(kernel, scratch, count, pace);
    const order = arena.i32(scratch.order, count);
    const sorted = {
      from: new Int32Array(count),
      to: new Int32Array(count),
      weight: new Float64Array(count),
    };
    await pace.chunks(count, CHUNK, (start, end) => {
      for (let i = start; i < end; i++) sorted.weight[i] = edges.weight[order[i]];
    });
    orderRuns(order, sorted.weight, edges.weight);
    await pace.chunks(count, CHUNK, (start, end) => {
      for (let i = start; i < end; i++) {
        sorted.from[i] = edges.from[order[i]];
        sorted.to[i] = edges.to[order[i]];
      }
    });
    return sorted;
  } finally {
    arena.release(mark);
  }
}

/** Puts weights that only f64 tells apart in order: short runs of equal f32 keys, which are in any order so far. */
function orderRuns(order: Int32Array, sorted: Float64Array, weight: Float64Array | Float32Array): void {
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] >= sorted[i - 1]) continue;
    const key = Math.fround(sorted[i]);
    let start = i - 1;
    while (start > 0 && Math.fround(sorted[start - 1]) === key) start--;
    let end = i + 1;
    while (end < sorted.length && Math.fround(sorted[end]) === key) end++;
    const run = order.subarray(start, end).sort((a, b) => weight[a] - weight[b] || a - b);
    for (let at = start; at < end; at++) sorted[at] = weight[run[at - start]];
    i = end - 1;
  }
}

/** Pointers: f32 keys, and the places of the sorted ones in `order`; the rest is in between. */
interface Sort {
  keys: number;
  order: number;
  keysA: number;
  keysB: number;
  orderB: number;
  digits: number;
}

function openSort({ arena }: Kernel, count: number): Sort {
  const [keys, order, keysA, keysB, orderB] = [0, 0, 0, 0, 0].map(() => arena.alloc(count * 4));
  return { keys, order, keysA, keysB, orderB, digits: arena.alloc(3 * 2048 * 4) };
}

/** Puts the places of `count` non-negative keys in ascending order. */
async function sortKeys(
  { arena, call }: Kernel,
  { keys, order, keysA, keysB, orderB, digits }: Sort,
  count: number,
  pace: Pace,
): Promise<void> {
  arena.i32(digits, 3 * 2048).fill(0);
  await pace.chunks(count, CHUNK, (start, end) => call.countDigits(start, end, keys, digits));
  call.startDigits(digits);
  const passes = [
    [keys, 0, keysA, order],
    [keysA, order, keysB, orderB],
    [keysB, orderB, keysA, order],
  ];
  for (const [pass, [fromKeys, fromOrder, toKeys, toOrder]] of passes.entries()) {
    await pace.chunks(count, CHUNK, (start, end) =>
      call.scatterDigits(start, end, pass, fromKeys, fromOrder, toKeys, toOrder, digits),
    );
  }
}

/** The single linkage in WebAssembly memory; pointers to columns. */
interface Merges {
  left: number;
  right: number;
  size: number;
  distance: number;
  up: number;
}

export interface Condensed {
  condensed: CondensedTree;
  clusters: Clusters;
}

/** Single linkage of sorted edges and its condensed tree. Bytes: 50 per row. */
export async function linkAndCondense(
  kernel: Kernel,
  edges: EdgeColumns,
  rows: number,
  minClusterSize: number,
  pace: Pace,
): Promise<{ linkage: SingleLinkage } & Condensed> {
  const { arena, call } = kernel;
  const count = rows - 1;
  const mark = arena.mark();
  try {
    const distance = arena.put(edges.weight);
    const [left, right, size, up] = [0, 0, 0, 0].map(() => arena.alloc(count * 4));
    const scratch = arena.mark();
    const [from, to] = [arena.put(edges.from), arena.put(edges.to)];
    const [parent, node] = [arena.alloc(rows * 4), arena.alloc(rows * 4)];
    call.countUp(0, rows, parent);
    call.countUp(0, rows, node);
    arena.i32(up, count).fill(-1);
    await pace.chunks(count, CHUNK, (start, end) =>
      call.link(start, end, rows, from, to, parent, node, left, right, size, up),
    );
    arena.release(scratch);
    const linkage = {
      left: arena.i32(left, count).slice(),
      right: arena.i32(right, count).slice(),
      distance: edges.weight,
      size: arena.i32(size, count).slice(),
    };
    const merges = { left, right, size, distance, up };
    return { linkage, ...(await pace.run(condense(kernel, merges, rows, minClusterSize))) };
  } finally {
    arena.release(mark);
  }
}

/** The condensed tree of a stored single linkage. */
export function* condenseLinkage(
  kernel: Kernel,
  linkage: SingleLinkage,
  rows: number,
  minClusterSize: number,
): Steps<Condensed> {
  const { arena, call } = kernel;
  const count = rows - 1;
  const mark = arena.mark();
  try {
    const merges = {
      distance: arena.put(linkage.distance),
      left: arena.put(linkage.left),
      right: arena.put(linkage.right),
      size: arena.put(linkage.size),
      up: arena.alloc(count * 4),
    };
    arena.i32(merges.up, count).fill(-1);
    yield* upwards(count, (start, end) =>
      call.linkUp(start, end, rows, merges.left, merges.right, merges.up),
    );
    return yield* condense(kernel, merges, rows, minClusterSize);
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

function* condense(kernel: Kernel, merges: Merges, rows: number, minClusterSize: number): Steps<Condensed> {
  const { arena, call } = kernel;
  const { left, right, size, distance, up } = merges;
  const count = rows - 1;
  // A tree whose inner nodes all have two branches or more: fewer of them than leaves, and the root.
  const most = 2 * Math.floor(rows / minClusterSize) + 1;
  const [birth, stability, death] = [0, 0, 0].map(() => arena.alloc(most * 8));
  const [top, small, fall] = [0, 0, 0].map(() => arena.alloc(count * 4));
  const [home, leaves, parent, clusterSize] = [rows, rows, most, most].map((length) =>
    arena.alloc(length * 4),
  );
  arena.i32(small, count).fill(0);
  yield* downwards(count, (start, end) =>
    call.gather(start, end, rows, minClusterSize, left, right, distance, size, up, top, small),
  );
  // Where merges go is known from here on.
  const cluster = up;
  arena.i32(cluster, count)[count - 1] = 0;
  arena.i32(fall, count)[count - 1] = -1;
  arena.i32(parent, 1)[0] = -1;
  arena.i32(clusterSize, 1)[0] = rows;
  for (const column of [birth, stability, death]) arena.f64(column, 1)[0] = 0;
  let clusters = 1;
  yield* downwards(count, (start, end) => {
    clusters = call.condense(
      start,
      end,
      rows,
      minClusterSize,
      left,
      right,
      distance,
      size,
      top,
      small,
      cluster,
      fall,
      home,
      leaves,
      parent,
      birth,
      clusterSize,
      stability,
      death,
      clusters,
    );
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
  const condensed = writeTree(
    arena.i32(home, rows),
    arena.i32(leaves, rows),
    arena.f64(distance, count),
    columns,
  );
  return { condensed, clusters: columns };
}

/** A cluster's children leave it at its death. Larger ones first: a sum's last bit must not depend on row order. */
function addChildren({ count, parent, birth, size, stability }: Clusters): void {
  const order = Int32Array.from({ length: count - 1 }, (_, i) => i + 1);
  order.sort((a, b) => size[b] - size[a]);
  for (const child of order) {
    const above = parent[child];
    if (birth[child] === Number.POSITIVE_INFINITY && birth[above] === Number.POSITIVE_INFINITY) continue;
    stability[above] += (birth[child] - birth[above]) * size[child];
  }
}

function writeTree(
  home: Int32Array,
  leaves: Int32Array,
  distance: Float64Array,
  clusters: Clusters,
): CondensedTree {
  const rows = home.length;
  const length = rows + clusters.count - 1;
  const tree = {
    parent: new Int32Array(length),
    child: new Int32Array(length),
    lambda: new Float64Array(length),
    size: new Int32Array(length).fill(1, 0, rows),
  };
  for (let row = 0; row < rows; row++) {
    tree.parent[row] = rows + home[row];
    tree.child[row] = row;
    const level = distance[leaves[row]];
    tree.lambda[row] = level > 0 ? 1 / level : Number.POSITIVE_INFINITY;
  }
  for (let c = 1; c < clusters.count; c++) {
    const line = rows + c - 1;
    tree.parent[line] = rows + clusters.parent[c];
    tree.child[line] = rows + c;
    tree.lambda[line] = clusters.birth[c];
    tree.size[line] = clusters.size[c];
  }
  return tree;
}
