import { LEAF, Tree as treeLayout } from '../../build/wasm/kdtree.js';
import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { openPool } from '../wasm/pool.js';
import { putStruct, type Struct } from '../wasm/struct.js';
import { cores } from '../wasm/thread.js';
import { allocateFor, BLOCK } from './job.js';
import { type KdTreePool, kdTreeModule } from './kdtree-module.js';
import { chooseScale, scaleBy } from './scale.js';
import type {
  ForeignEdges,
  ForeignWatch,
  LightestEdges,
  LightestSearch,
  Searcher,
  SearcherOptions,
  SearchWatch,
} from './searcher.js';
import { watched } from './watched.js';

/** Numbers and pointers of the tree, see assembly/kdtree/kdtree.ts. */
type Tree = Partial<Struct<typeof treeLayout>>;

/** Pointers to core distances in tree order, and to the smallest floor of each node. */
type Weights = Required<Pick<Tree, 'placeCore' | 'nodeCore'>>;

/** Columns of a small tile, and how often it is multiplied to measure this machine: a few milliseconds. */
const TILE_COLUMNS = 64;
const TILES = 60;
/** Queries per chunk, as in the kernel. */
const QUERIES = 128;
/** More dimensions than this make every query look at nearly every point. */
const MOST_DIMENSIONS = 64;
/** Leaves of the nodes whose rows look for the lightest edges of components together. */
const LEAVES_AT_ONCE = 32;
/** Rows below which starting a thread costs more than it saves. */
const WORTH_A_THREAD = 4000;

/** Short calls: a function that is called once with a long loop stays slow. */
function inCalls(length: number, call: (from: number, to: number) => void): void {
  for (let from = 0; from < length; from += 4096) call(from, Math.min(length, from + 4096));
}

/** A balanced k-d tree in WebAssembly memory (Friedman, Bentley and Finkel 1977). */
export class KdTree implements Searcher {
  readonly engine = 'kdtree';
  readonly exact = true;

  private kept?: { of: Float64Array; floorsOf: Float64Array; mark: number; weights: Weights };

  private constructor(
    private readonly points: Matrix,
    private readonly pool: KdTreePool,
    private readonly tree: Tree,
    /** The tree's distances are the points' times this power of two. */
    private readonly scale: number,
  ) {}

  static async build(given: Matrix, pool: KdTreePool, watch: Watch): Promise<KdTree> {
    const { rows, cols } = given;
    const scale = chooseScale(given);
    const exponent = scale.isReversible ? scale.exponent : 0;
    const points = exponent === 0 ? given : scaleBy(given, exponent);
    const { arena } = pool.kernel;
    const leaves = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, rows) / LEAF)));
    const width = Math.ceil(cols / 4) * 4;
    const tree: Tree = {
      data: arena.put(points.data.subarray(0, rows * cols)),
      n: rows,
      d: cols,
      width,
      leaves,
      keys: arena.alloc(rows * 8),
      places: arena.alloc(rows * 4),
      blocks: arena.alloc(leaves * cols * LEAF * 4),
      boxes: arena.alloc(2 * leaves * width * 8),
      nodeRow: arena.alloc(2 * leaves * 4),
      starts: arena.alloc((leaves + 1) * 4),
    };
    const self = new KdTree(given, pool, tree, 2 ** exponent);
    const keys = arena.i32(tree.keys!, rows * 2);
    for (let row = 0; row < rows; row++) keys[row * 2] = row;
    const pointer = self.put({});
    const options = { signal: watch.signal };
    // Splitting from the top until there is work for every thread, then whole subtrees.
    let first = 1;
    for (; first < Math.min(leaves, pool.threads * 8); first *= 2) {
      await pool.run('splitNode', first, { pointer, first }, options);
    }
    await pool.run('splitSubtree', first, { pointer, first }, options);
    self.joinUp('joinBoxes', pointer);
    return self;
  }

  async search(k: number, watch: SearchWatch = {}): Promise<NeighborGraph> {
    const { rows } = this.points;
    return this.nearest({ count: rows, k }, rows, watch, watch.isForTree);
  }

  async widen(rows: Int32Array, k: number, watch: Watch = {}): Promise<NeighborGraph> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const order = this.orderOf(rows);
      return await this.nearest({ count: rows.length, order, k }, rows.length, watch);
    } finally {
      arena.release(mark);
    }
  }

  async nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch: ForeignWatch = {},
  ): Promise<ForeignEdges> {
    const { arena } = this.pool.kernel;
    const mark = arena.mark();
    try {
      const colours = {
        ...(await this.weigh(core, core, watch)),
        ...(await this.colour(component, watch)),
        alpha,
        order: this.orderOf(rows),
        limits: watch.limits ? arena.put(this.scaled(watch.limits)) : 0,
      };
      const job = { ...colours, count: rows.length, k: 1 };
      const { indices, distances } = await this.run('searchForeign', job, rows.length, 8, watch);
      const distance = arena.f64(distances, rows.length).slice();
      if (this.scale !== 1) for (let at = 0; at < distance.length; at++) distance[at] /= this.scale;
      return { to: arena.i32(indices, rows.length).slice(), distance };
    } finally {
      arena.release(mark);
    }
  }

  async lightestEdges(task: LightestSearch, watch: Watch = {}): Promise<LightestEdges> {
    const { arena, call } = this.pool.kernel;
    const { threads } = this.pool;
    const components = task.limits.length;
    const weights = await this.keepWeights(task, watch);
    const mark = arena.mark();
    try {
      const colours = await this.colour(task.component, watch);
      const scratchBytes = this.scratchBytes(1);
      const pointer = this.put({
        ...weights,
        ...colours,
        alpha: task.alpha,
        components,
        limits: arena.put(this.scaled(task.limits)),
        lightest: arena.alloc(threads * components * 32),
        scratch: arena.alloc(scratchBytes * threads),
        scratchBytes,
      });
      call.openLightest({ pointer, threads });
      const first = Math.max(1, this.tree.leaves! / LEAVES_AT_ONCE);
      await this.pool.run('searchLightest', first, { pointer, first }, { signal: watch.signal });
      const [from, to] = [arena.alloc(components * 4), arena.alloc(components * 4)];
      const distances = arena.alloc(components * 8);
      call.closeLightest({ pointer, threads, from, to, distances });
      return {
        from: arena.i32(from, components).slice(),
        to: arena.i32(to, components).slice(),
        distance: arena.f64(distances, components).map((distance) => distance / this.scale),
      };
    } finally {
      arena.release(mark);
    }
  }

  /** How long this machine takes now for products of small tiles, in seconds per multiplication on one thread. */
  secondsPerProduct(): number {
    const { arena, call } = this.pool.kernel;
    const mark = arena.mark();
    const [a, b, out] = [BLOCK * TILE_COLUMNS, BLOCK * TILE_COLUMNS, BLOCK * BLOCK].map((count) => {
      const pointer = arena.alloc(count * 4);
      arena.f32(pointer, count).fill(0.5);
      return pointer;
    });
    const panels = BLOCK / 8;
    const multiply = () =>
      call.tile({ a, aPanels: panels, b, bPanels: panels, d: TILE_COLUMNS, out, stride: BLOCK * 4 });
    for (let time = 0; time < TILES; time++) multiply();
    const start = performance.now();
    for (let time = 0; time < TILES; time++) multiply();
    const seconds = (performance.now() - start) / 1000;
    arena.release(mark);
    return seconds / (TILES * BLOCK * BLOCK * TILE_COLUMNS);
  }

  /** Rows of `runs` spread-out runs, each of `length` rows that are adjacent in the tree, as query rows of one chunk are. */
  rowsInRuns(runs: number, length: number): Int32Array {
    const { rows } = this.points;
    const keys = this.pool.kernel.arena.i32(this.tree.keys!, rows * 2);
    const chosen: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = Math.floor(((rows - length) * (run + 0.5)) / runs);
      for (let place = Math.max(0, start); place < Math.min(rows, start + length); place++) {
        chosen.push(keys[place * 2]);
      }
    }
    return Int32Array.from(chosen);
  }

  close(): void {
    this.pool.close();
  }

  /** Core distances and floors, kept for the next search: rounds of a tree have the same ones. */
  private async keepWeights({ core, floors }: LightestSearch, watch: Watch): Promise<Weights> {
    if (this.kept?.of !== core || this.kept.floorsOf !== floors) {
      if (this.kept) this.pool.kernel.arena.release(this.kept.mark);
      this.kept = undefined;
      const mark = this.pool.kernel.arena.mark();
      const weights = await this.weigh(core, floors, watch);
      this.kept = { of: core, floorsOf: floors, mark, weights };
    }
    return this.kept.weights;
  }

  /** Gives the nodes of the tree their smallest floor, and core distances their order. Released by the caller. */
  private async weigh(core: Float64Array, floors: Float64Array, watch: Watch): Promise<Weights> {
    const { arena } = this.pool.kernel;
    const { leaves, n } = this.tree;
    const weights: Weights = { placeCore: arena.alloc(n! * 8), nodeCore: arena.alloc(2 * leaves! * 8) };
    const mark = arena.mark();
    const at = arena.put(this.scaled(core));
    const pointer = this.put({
      ...weights,
      core: at,
      floors: floors === core ? at : arena.put(this.scaled(floors)),
    });
    await this.pool.run('weighLeaves', Math.ceil(leaves! / 64), { pointer }, { signal: watch.signal });
    this.joinUp('joinWeights', pointer);
    arena.release(mark);
    return weights;
  }

  /** Gives the nodes of the tree their only component. Released by the caller. */
  private async colour(component: Int32Array, watch: Watch): Promise<Tree> {
    const { arena } = this.pool.kernel;
    const { leaves, n } = this.tree;
    const colours: Tree = {
      placeComponent: arena.alloc(n! * 4),
      nodeComponent: arena.alloc(2 * leaves! * 4),
    };
    const mark = arena.mark();
    const pointer = this.put({ ...colours, component: arena.put(component) });
    await this.pool.run('colourLeaves', Math.ceil(leaves! / 64), { pointer }, { signal: watch.signal });
    this.joinUp('joinColours', pointer);
    arena.release(mark);
    return colours;
  }

  /**
   * Searches the k nearest others of the `slots` query rows, and copies them out of WebAssembly memory. `mayStay`: they may be left in there
   * until the tree is closed, where views of it stay valid: growing detaches those of memory that isn't shared.
   */
  private async nearest(query: Tree, slots: number, watch: Watch, mayStay = false): Promise<NeighborGraph> {
    const { arena } = this.pool.kernel;
    const length = slots * query.k!;
    const mark = arena.mark();
    let stays = false;
    try {
      const found = await this.run('searchTree', query, slots, 4, watch);
      stays = mayStay && this.pool.threads > 1;
      let indices = arena.i32(found.indices, length);
      let distances = arena.f32(found.distances, length);
      if (!stays) [indices, distances] = [indices.slice(), distances.slice()];
      if (this.scale !== 1) for (let at = 0; at < length; at++) distances[at] /= this.scale;
      return { indices, distances, rows: slots, neighbors: query.k! };
    } finally {
      if (!stays) arena.release(mark);
    }
  }

  /**
   * Runs a search kernel for `slots` query rows. Returns pointers to its results, valid until the caller releases its mark: per
   * slot k rows (int32) and k distances of `bytes` bytes each.
   */
  private async run(
    name: 'searchTree' | 'searchForeign',
    query: Tree,
    slots: number,
    bytes: 4 | 8,
    watch: Watch,
  ) {
    const { arena } = this.pool.kernel;
    const { threads } = this.pool;
    const k = query.k!;
    const scratchBytes = this.scratchBytes(k);
    const { indices, distances, scratch } = allocateFor(slots, k, () => ({
      indices: arena.alloc(slots * k * 4),
      distances: arena.alloc(slots * k * bytes),
      scratch: arena.alloc(scratchBytes * threads),
    }));
    const pointer = this.put({ ...query, indices, distances, scratch, scratchBytes });
    const chunks = Math.ceil(slots / QUERIES);
    await this.pool.run(name, chunks, { pointer }, watched(watch, slots, chunks));
    return { indices, distances };
  }

  /** Stack, common box, then reach, query and result of every member of a group, see assembly/kdtree/group.ts and nearest.ts. */
  private scratchBytes(k: number): number {
    const { width } = this.tree;
    const capacity = 4 * (k + 1) + 3 * LEAF;
    return 512 + width! * 8 + LEAF * (4 + width! * 4 + 16 + capacity * 8) + 2 * capacity * 8 + 16;
  }

  private scaled(values: Float64Array): Float64Array {
    return this.scale === 1 ? values : values.map((value) => value * this.scale);
  }

  private put(more: Tree): number {
    return putStruct(this.pool.kernel.arena, treeLayout, { ...this.tree, ...more });
  }

  /** Fills inner nodes from their children, in short calls from the last node to the first. */
  private joinUp(name: 'joinBoxes' | 'joinColours' | 'joinWeights', pointer: number): void {
    const { call } = this.pool.kernel;
    for (let to = this.tree.leaves!; to > 1; to -= 4096)
      call[name]({ pointer, from: Math.max(1, to - 4096), to });
  }

  /** The query rows sorted by their place in the tree, so that rows near each other are handled together. Returns a pointer. */
  private orderOf(rows: Int32Array): number {
    const { arena, call } = this.pool.kernel;
    const { places, n } = this.tree;
    const order = arena.alloc(rows.length * 8);
    const mark = arena.mark();
    const queries = arena.put(rows);
    const counts = arena.alloc(n! * 4);
    arena.i32(counts, n!).fill(0);
    inCalls(rows.length, (from, to) =>
      call.countPlaces({ from, to, rows: queries, places: places!, counts }),
    );
    let sum = 0;
    inCalls(n!, (from, to) => {
      sum = call.sumPlaces({ from, to, counts, sum });
    });
    inCalls(rows.length, (from, to) =>
      call.putInOrder({ from, to, rows: queries, places: places!, counts, order }),
    );
    arena.release(mark);
    return order;
  }
}

/**
 * Exact neighbours by a k-d tree: best up to about 16 dimensions. Throws a UserError for more than 64, where it
 * would be slower than comparing everything.
 */
export async function openKdTree(points: Matrix, options: SearcherOptions = {}): Promise<KdTree> {
  if (points.cols > MOST_DIMENSIONS) {
    throw new UserError(
      `engine "kdtree": ${points.cols} dimensions, at most ${MOST_DIMENSIONS} make sense; use "wasm" or "onnx"`,
      { code: 'OPTION_INVALID', option: 'engine' },
    );
  }
  const worthwhile = Math.floor(points.rows / WORTH_A_THREAD) + 1;
  const threads = options.threads ?? Math.min(cores(), worthwhile);
  const pool = await openPool(kdTreeModule(), { threads });
  try {
    return await KdTree.build(points, pool, options);
  } catch (error) {
    pool.close();
    throw error;
  }
}
