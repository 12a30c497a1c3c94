import { JOIN, KEEP, OFFER, OFFER_OWN } from '../../build/wasm/hdbscan.js';
import { Certifier } from './certificate.js';
import { type Edges, laterColumns } from './edges.js';
import type { TreeKernel } from './kernel.js';
import { CHUNK, inChunks } from './pace.js';
import { finishBySweep } from './sweep.js';
import type { TreeJob } from './tree-job.js';

/** Most entries of the table of component pairs in `keepRows`, 16 bytes each: 1 MiB fits the cache of one core. */
const MOST_PAIRS = 1 << 16;
/** Entries of that table per component. With fewer, most edges between two components would be kept, not only the lightest. */
const PAIRS_PER_COMPONENT = 4;
/** Least capacity for kept edges; with more rows than this, one edge per row. */
const FEW_EDGES = 1 << 16;

/**
 * Listed edges between components, kept so that later rounds read them in place of all lists. 12 bytes each from `pointer` on
 * in WebAssembly memory: | from i32 | to i32 | key f32 |, see `keep` in assembly/hdbscan/kept.ts. Filled from the front, so
 * pages of the system beyond `count` edges are never touched.
 */
interface Kept {
  pointer: number;
  capacity: number;
  /** Edges kept; −1 while rounds still read the lists. */
  count: number;
}

/**
 * The minimum spanning tree of the mutual reachability graph: a forest of the listed edges by Borůvka's rounds (Borůvka
 * 1926; over nearest neighbours as in McInnes and Healy 2017). Components that no edge joins are joined at weight +∞.
 *
 * A component takes its cheapest listed edge, of weight w, only if no unlisted edge can be cheaper: one that starts at p
 * weighs at least floor p = max(core p, distance of p's last neighbour / α). Rows whose floor is below w are uncertain. They
 * are compared with all rows, but only once fewer than an eighth of the components are without uncertain rows: before that,
 * most components are joined by a neighbouring one that is certain. See certificate.ts.
 *
 * With `mst: 'prim'`, Prim's algorithm finds the forest of the listed edges, and the rounds run over its edges alone to prove
 * them.
 *
 * Bytes of WebAssembly memory: 10 per row for components, marks and scans, up to 12 per row for kept edges, 36 per component
 * after the first round, whatever k is. With Prim, per row 8 k + 72, and 8 per slot that only one of two rows lists.
 *
 * @param joined pointer to 4 bytes per row, written here: the first round's edges, one per row, see `joinCores`
 * @returns all edges (`joined` is part of them), and the certificate. The result stays allocated in the arena, and so does
 * the working memory: the caller releases both.
 */
export async function spanningTree(
  job: TreeJob,
  joined: number,
): Promise<{ edges: Edges; certificate: Certifier }> {
  const { kernel, lists } = job;
  const { arena, call } = kernel;
  const { rows, neighbors } = lists.graph;
  const component = arena.alloc(rows * 4);
  const certificate = new Certifier(job, component);
  let components = rows;
  let forest: Kept[] | undefined;
  if (job.mst === 'prim') {
    forest = [await primForest(job)];
    call.countUp({ start: 0, end: rows, array: component });
    arena.i32(joined, rows).fill(-1);
  } else components = await joinCores(job, component, joined);
  const capacity = Math.max(0, components - 1);
  const edges: Edges = { joined, later: arena.alloc(capacity * 12), capacity, count: 0 };
  // The first round's edges need no proof: row i's weighs core i, and no edge at i weighs less.
  certificate.open(job.widened);
  const most = Math.ceil(Math.min(rows * neighbors, Math.max(FEW_EDGES, rows)) / job.weighers);
  const kept =
    forest ??
    Array.from({ length: job.weighers }, () => ({
      pointer: arena.alloc(most * 12),
      capacity: most,
      count: -1,
    }));
  const inside = job.areMutual && !forest ? arena.alloc(rows) : 0;
  if (inside) {
    arena.u8(inside, rows).fill(0);
    components = await ownRounds(job, certificate, component, components, edges, inside);
  }
  while (components > 1) {
    job.pace.report({ done: rows - components, total: rows - 1, unit: 'edges' });
    const round = arena.mark();
    const best = openBest(job, components);
    await offerEdges(job, kept, component, best, components, inside);
    const uncertain = await certificate.check(best, components);
    const left = await joinBest(job, uncertain, component, best, components, edges);
    // Nothing was joined although a scan was possible, so all that is left must be edges of weight +∞.
    const isStuck = left === components && !certificate.isSweepDue;
    if (isStuck && uncertain && arena.f32(best, components).some(Number.isFinite)) {
      throw new Error('the spanning tree has edges left that no scan has proven');
    }
    arena.release(round);
    if (isStuck) break;
    components = left;
    if (certificate.isSweepDue && components > 1) {
      components = await joinBySweep(job, certificate, kept, component, components, edges, inside);
      break;
    }
  }
  joinIslands(kernel, component, components, rows, edges);
  return { edges, certificate };
}

/** The first round, which finds most of the tree: fills `joined` and `component`. Returns how many components are left. */
async function joinCores(job: TreeJob, component: number, joined: number): Promise<number> {
  const { kernel, lists, cores } = job;
  const { arena } = kernel;
  const { rows } = lists.graph;
  const mark = arena.mark();
  const parent = arena.alloc(rows * 4);
  const lanes = Array.from({ length: job.weighers }, () => ({}));
  await lists.run({ work: JOIN, fields: { core: cores.core, parent, joined }, lanes });
  const components = await numberComponents(job, parent, component, rows);
  arena.release(mark);
  return components;
}

/**
 * Writes each component's cheapest known edge to another one to `best`: from the kept edges once there are any, from the
 * lists before that. With few enough components, the edges between them are kept on the way.
 */
async function offerEdges(
  job: TreeJob,
  kept: Kept[],
  component: number,
  best: number,
  components: number,
  inside: number,
): Promise<void> {
  const { kernel, lists, pace, cores } = job;
  const { arena, call } = kernel;
  const mark = arena.mark();
  const bests = kept.map((_, lane) => (lane === 0 ? best : openBest(job, components)));
  const fields = { core: cores.core, component, components };
  if (kept.every(({ count }) => count >= 0)) {
    for (const [lane, edges] of kept.entries()) {
      let write = 0;
      await pace.chunks(edges.count, CHUNK, (start, end) => {
        const parameters = { component, best: bests[lane], components };
        write = call.offerKept({ start, end, write, kept: edges.pointer, ...parameters });
      });
      edges.count = write;
    }
  } else if (components * PAIRS_PER_COMPONENT > MOST_PAIRS) {
    await lists.run({ work: OFFER, fields, lanes: bests.map((own) => ({ best: own })) });
  } else {
    const length = 2 ** Math.ceil(Math.log2(components * PAIRS_PER_COMPONENT));
    const capacity = kept[0].capacity;
    const lanes = kept.map(({ pointer }, lane) => {
      const pairs = arena.alloc(length * 16);
      arena.i32(pairs, length * 4).fill(0);
      return { best: bests[lane], pairs, kept: pointer, count: 0 };
    });
    await lists.run({ work: KEEP, fields: { ...fields, inside, mask: length - 1, capacity }, lanes });
    if (lanes.every(({ count }) => count <= capacity))
      for (const [lane, edges] of kept.entries()) edges.count = lanes[lane].count;
  }
  await mergeLanes(job, bests, components);
  arena.release(mark);
}

/** A column of cheapest edges with none in it yet, laid out as in assembly/hdbscan/weight.ts. */
function openBest({ kernel }: TreeJob, components: number): number {
  const best = kernel.arena.alloc(components * 20 + 8);
  kernel.call.fillF32({ start: 0, end: components, array: best, value: Number.POSITIVE_INFINITY });
  return best;
}

/** Puts what the other threads found into the first one's column. */
async function mergeLanes({ kernel, pace }: TreeJob, bests: number[], components: number): Promise<void> {
  const [best, ...others] = bests;
  for (const other of others) {
    await pace.chunks(components, CHUNK, (start, end) =>
      kernel.call.mergeBest({ start, end, best, other, components }),
    );
  }
}

/**
 * Rounds in which rows offer edges to their own component only, see `offerOwn`. Edges that only other rows list count as unlisted
 * ones: a component that such an edge could join at less waits, as for a scan. Ends once many do. Returns how many components are left.
 * @param inside pointer, one byte per row, 0 at first
 */
async function ownRounds(
  job: TreeJob,
  certificate: Certifier,
  component: number,
  components: number,
  edges: Edges,
  inside: number,
): Promise<number> {
  const { kernel, lists, cores, weighers } = job;
  const { arena } = kernel;
  const { rows } = lists.graph;
  const mark = arena.mark();
  const active = Array.from({ length: weighers }, () => arena.alloc(lists.blockRows * 8));
  let left = components;
  for (let isLast = false; left > 1 && !isLast; ) {
    const round = arena.mark();
    const lanes = active.map((scratch) => ({ best: openBest(job, left), active: scratch }));
    const best = lanes[0].best;
    const fields = { core: cores.core, component, components: left, inside };
    await lists.run({ work: OFFER_OWN, fields, lanes });
    await mergeLanes(
      job,
      lanes.map((lane) => lane.best),
      left,
    );
    const uncertain = arena.alloc(left * 4);
    const { certain, uncertainRows } = await certificate.count(uncertain, best, left);
    // One uncertain row in a hundred: in the next round it is most.
    isLast = certain * 2 < left || uncertainRows * 100 > rows;
    left = await joinBest(job, uncertain, component, best, left, edges);
    arena.release(round);
  }
  arena.release(mark);
  return left;
}

/**
 * Joins the components whose cheapest edge is certain and appends these edges to `edges.later`. Returns how many components are
 * left.
 * @param uncertain pointer, int32 per component: its uncertain rows; 0 where all components take their edges
 */
async function joinBest(
  job: TreeJob,
  uncertain: number,
  component: number,
  best: number,
  components: number,
  edges: Edges,
): Promise<number> {
  const { kernel, lists, pace } = job;
  const { arena, call } = kernel;
  const { rows } = lists.graph;
  const parents = arena.alloc(components * 4);
  call.countUp({ start: 0, end: components, array: parents });
  const before = edges.count;
  await pace.chunks(components, CHUNK, (start, end) => {
    edges.count = call.joinBest({
      start,
      end,
      component,
      best,
      components,
      uncertain,
      parents,
      edges: edges.later,
      capacity: edges.capacity,
      count: edges.count,
    });
  });
  if (edges.count === before) return components;
  const renumbered = arena.alloc(components * 4);
  const left = await numberComponents(job, parents, renumbered, components);
  await pace.chunks(rows, CHUNK, (start, end) => call.renumber({ start, end, component, renumbered }));
  return left;
}

/**
 * Joins the components that are left: first by the lightest known edges, of which nothing is proven, then by those that a sweep finds in
 * place of heavier ones. Returns how many are left.
 */
async function joinBySweep(
  job: TreeJob,
  certificate: Certifier,
  kept: Kept[],
  component: number,
  components: number,
  edges: Edges,
  inside: number,
): Promise<number> {
  const { arena } = job.kernel;
  const numbers = arena.i32(component, job.lists.graph.rows).slice();
  const before = edges.count;
  for (let left = components, last = 0; left > 1 && left !== last; ) {
    last = left;
    const round = arena.mark();
    const best = openBest(job, left);
    await offerEdges(job, kept, component, best, left, inside);
    await certificate.offerForeign(best, left);
    left = await joinBest(job, 0, component, best, left, edges);
    arena.release(round);
  }
  await finishBySweep(job, certificate, numbers, components, edges, before);
  return components - (edges.count - before);
}

/** Rows added to Prim's tree per kernel call. */
const PRIM_STEPS = 4096;

/**
 * The minimum spanning forest of the listed edges by Prim's algorithm, as kept edges. It reads all edges of a row, so it needs
 * the lists in WebAssembly memory, and per row the edges that only the row at the other end lists (`outer`).
 */
async function primForest(job: TreeJob): Promise<Kept> {
  const { kernel, lists, cores, pace } = job;
  const { arena, call } = kernel;
  const { rows, neighbors } = lists.graph;
  const forest: Kept = { pointer: 0, capacity: Math.max(0, rows - 1), count: 0 };
  forest.pointer = arena.alloc(forest.capacity * 12);
  const mark = arena.mark();
  const { indices, distances } = await lists.put();
  const last = job.isSymmetric ? cores.last : 0;
  const starts = arena.alloc((rows + 1) * 4);
  const nodes = arena.alloc(rows * 16);
  const heap = arena.alloc(rows * 8);
  // Marks are no longer needed when nodes and heap are first written, so they share that memory where they fit.
  const words = Math.ceil(neighbors / 32);
  const marks = rows * words * 4 <= rows * 24 ? nodes : arena.alloc(rows * words * 4);
  arena.i32(starts, rows + 1).fill(0);
  arena.i32(marks, rows * words).fill(0);
  await pace.chunks(rows, PRIM_STEPS, (start, end) =>
    call.countOuter({ start, end, k: neighbors, indices, distances, last, starts, marks }),
  );
  const slots = call.sumStarts({ n: rows, starts });
  const outer = arena.alloc(slots * 8);
  await pace.chunks(rows, PRIM_STEPS, (start, end) =>
    call.writeOuter({ start, end, k: neighbors, indices, distances, starts, marks, outer }),
  );
  call.openPrim({ n: rows, nodes_: nodes, heap_: heap });
  // growPrim returns the number of edges so far, or −1 − that number when it is done.
  for (let state = 0; state >= 0; ) {
    state = call.growPrim({
      steps: PRIM_STEPS,
      n: rows,
      k: neighbors,
      indices,
      distances,
      starts,
      outer,
      kept: forest.pointer,
      count: forest.count,
    });
    forest.count = state < 0 ? -1 - state : state;
    if (pace.due) await pace.yield({ done: forest.count, total: rows - 1, unit: 'edges' });
  }
  arena.release(mark);
  return forest;
}

/**
 * numbered[i] = number of the component of i, counted from 0 in the order of their roots in the union-find `parent`. Returns how many there are.
 */
async function numberComponents(
  job: TreeJob,
  parent: number,
  numbered: number,
  length: number,
): Promise<number> {
  const { call } = job.kernel;
  let count = 0;
  await job.pace.chunks(length, CHUNK, (start, end) => {
    count = call.numberRoots({ start, end, parent, component: numbered, count });
  });
  await job.pace.chunks(length, CHUNK, (start, end) =>
    call.spreadRoots({ start, end, parent, component: numbered }),
  );
  return count;
}

/** Joins components that no edge joins: an edge of weight +∞ from row 0 to the first row of every other component. */
function joinIslands(
  kernel: TreeKernel,
  component: number,
  components: number,
  rows: number,
  edges: Edges,
): void {
  if (components <= 1) return;
  const { arena } = kernel;
  const numbers = arena.i32(component, rows);
  const { from, to, rounded } = laterColumns(kernel, edges);
  const firsts = new Int32Array(components).fill(-1);
  inChunks(rows, (start, end) => findFirsts(numbers, start, end, firsts));
  for (const row of firsts.sort()) {
    if (row === 0) continue;
    from[edges.count] = 0;
    to[edges.count] = row;
    rounded[edges.count++] = Number.POSITIVE_INFINITY;
  }
}

/** Writes the first of rows start … end − 1 of each component that has none yet. */
function findFirsts(numbers: Int32Array, start: number, end: number, firsts: Int32Array): void {
  for (let row = start; row < end; row++) if (firsts[numbers[row]] < 0) firsts[numbers[row]] = row;
}
