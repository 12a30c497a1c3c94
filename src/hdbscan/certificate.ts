import { UserError } from '../errors.js';
import { CHUNK } from './pace.js';
import type { Scanner } from './scan.js';
import type { TreeJob } from './tree-job.js';

/**
 * A component's uncertain rows are scanned in two steps: every 32nd of them, then the rest. An edge that the first step finds
 * may weigh less than the component's cheapest edge so far; fewer of the rest are uncertain then, and their scans look for edges
 * up to that lower weight only.
 */
const STEPS = [32, 1];
/** With fewer uncertain rows than this the second step is not worth a call of its own. */
const WORTH_STEPS = 256;
/** Float32 steps by which a key is lowered to be below its weight times α: they are two apart at most, see docs/architecture.md. */
const KEY_STEPS = 4;
/** Uncertain rows from which a sweep for the rest of the tree is faster than comparing each with all others in every round. */
const WORTH_A_SWEEP = 1024;

/**
 * Decides which components may take their cheapest edge in a round of Borůvka's algorithm, so that the finished tree is a
 * minimum spanning tree of all pairs of rows, although most rows' edges are known from their neighbour lists alone.
 *
 * A component's cheapest listed edge, of weight w, is proven when every unlisted edge out of the component weighs at least w.
 * A row is uncertain where that isn't known: the lower bound on the weight of its unlisted edges, its floor, is below w.
 * Uncertain rows are scanned (compared with all rows) once fewer than an eighth of the components have an edge and no
 * uncertain row; those of the component with most of them are left for later rounds.
 *
 * Without a scanner nothing is proven: edges are taken as they are, and uncertain rows are only counted.
 *
 * Fields and parameters called pointers are addresses in WebAssembly memory. A key is a float32 number
 * that stands for a weight in comparisons, see assembly/hdbscan/weight.ts. A foreign edge of a row leads to a row of another component.
 */
export class Certifier {
  /** Rows that were compared with all others, or for which longer lists were fetched. */
  scannedRows = 0;
  /** Scans so far, which are fewer than the rounds of Borůvka's algorithm. */
  rounds = 0;
  /** Whether so many rows are uncertain that the rest of the tree is to be found by a sweep, see sweep.ts. */
  isSweepDue = false;
  /** Without a scanner: rows at which an unlisted edge could weigh less than the edge that their component took. */
  uncertainRows = 0;
  /**
   * Pointer, float32 per row: the key of the row's floor. At first max(core, distance of the last listed neighbour / α); after
   * a scan the key of the cheapest foreign edge.
   */
  private readonly floor: number;
  /** Pointer, float64 per row: the floor itself, compared where keys are too close to decide; 0 where keys are the weights. */
  private exactFloor = 0;
  /** Pointer, one byte per row: 1 if the row is counted in `scannedRows`, or without a scanner (no row is widened then) in `uncertainRows`. */
  private marks = 0;
  /** Whether a scan of rows has begun, so that some may have a foreign edge. */
  private hasForeign = false;
  /** Of `lowerBounds`, once searches for components' lightest edges need them. */
  private bounds?: Float64Array;
  /** Pointer, int32 per row: the other end of the foreign edge that a scan found for it; −1 for none. */
  private foreign = 0;

  /** @param component pointer, int32 per row: its component's number, kept up to date by the caller */
  constructor(
    private readonly job: TreeJob,
    private readonly component: number,
  ) {
    // `open` turns the last listed distances into floors in place.
    this.floor = job.cores.last;
  }

  /**
   * Writes the first floors. Call once, before `check`.
   * @param widened rows for which longer lists were fetched to find their core distances; they count as scanned
   */
  open(widened: Int32Array): void {
    const { kernel, lists, exact } = this.job;
    const { arena, call } = kernel;
    const { rows } = lists.graph;
    if (exact.slack > 0) this.exactFloor = arena.alloc(rows * 8);
    call.floors({ start: 0, end: rows, last: this.floor, exactFloor: this.exactFloor });
    this.marks = arena.alloc(rows);
    const marks = arena.u8(this.marks, rows).fill(0);
    for (const row of widened) marks[row] = 1;
    this.scannedRows = widened.length;
    if (!this.job.scanner) return;
    this.foreign = arena.alloc(rows * 4);
    arena.i32(this.foreign, rows).fill(-1);
  }

  /**
   * Counts uncertain rows, after scanning some where hardly any component is free of them.
   * @param best pointer: the cheapest known edge of each component, laid out as in assembly/hdbscan/weight.ts. Foreign edges
   * that scans found, in this call or an earlier one, replace heavier ones.
   * @param components how many there are
   * @returns pointer, int32 per component: its uncertain rows; it may take its edge, if it has one, where that is 0. The pointer
   * is 0 without a scanner: every component may. The caller releases the arena.
   */
  async check(best: number, components: number): Promise<number> {
    const { kernel, scanner } = this.job;
    const { arena } = kernel;
    if (!scanner) {
      const marked = await this.markUncertain(best, components, -1);
      this.uncertainRows += marked;
      return 0;
    }
    await this.offerForeign(best, components);
    const uncertain = arena.alloc(components * 4);
    const { certain } = await this.count(uncertain, best, components);
    if (certain * 8 < components) {
      const counts = arena.i32(uncertain, components).slice();
      const proven = await this.scan(scanner, best, components, counts);
      if (proven) arena.i32(uncertain, components).set(proven);
      else await this.count(uncertain, best, components);
    }
    return uncertain;
  }

  /**
   * Writes the number of uncertain rows of each component.
   * @param uncertain pointer, int32 per component
   * @returns how many components have no uncertain row and an edge to take, and how many rows are uncertain
   */
  async count(
    uncertain: number,
    best: number,
    components: number,
  ): Promise<{ certain: number; uncertainRows: number }> {
    const { kernel, lists, pace } = this.job;
    const { arena, call } = kernel;
    const { floor, exactFloor, component } = this;
    arena.i32(uncertain, components).fill(0);
    await pace.chunks(lists.graph.rows, CHUNK, (start, end) => {
      call.countUncertain({ start, end, floor, exactFloor, component, best, components, counts: uncertain });
    });
    const counts = arena.i32(uncertain, components);
    const keys = arena.f32(best, components);
    let certain = 0;
    let uncertainRows = 0;
    for (let c = 0; c < components; c++) {
      uncertainRows += counts[c];
      if (counts[c] === 0 && keys[c] < Number.POSITIVE_INFINITY) certain++;
    }
    return { certain, uncertainRows };
  }

  /** Per row what an edge of it that isn't known weighs at least, in float64: the floor, whose key may be a few steps too high. */
  lowerBounds(): Float64Array {
    const { kernel, lists, divisor } = this.job;
    const { arena } = kernel;
    const { rows } = lists.graph;
    const keys = arena.f32(this.floor, rows);
    const steps = arena.i32(this.floor, rows);
    const exactFloor = this.exactFloor ? arena.f64(this.exactFloor, rows) : undefined;
    const low = new Float32Array(1);
    const lowSteps = new Int32Array(low.buffer);
    const bounds = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      lowSteps[0] = Math.max(0, steps[row] - KEY_STEPS);
      const rounded = keys[row] === Number.POSITIVE_INFINITY ? keys[row] : low[0] / divisor;
      bounds[row] = Math.max(rounded, exactFloor ? exactFloor[row] : 0);
    }
    return bounds;
  }

  /** Counts the rows that a sweep compared. */
  countScanned(rows: Int32Array): void {
    this.rounds++;
    const { kernel, lists } = this.job;
    const marks = kernel.arena.u8(this.marks, lists.graph.rows);
    for (const row of rows) {
      if (!marks[row]) this.scannedRows++;
      marks[row] = 1;
    }
  }

  /** Puts the foreign edges that scans found into `best` where they weigh less than the edge there. */
  async offerForeign(best: number, components: number): Promise<void> {
    if (!this.hasForeign) return;
    const { kernel, lists, pace } = this.job;
    const { foreign, floor, exactFloor, component } = this;
    await pace.chunks(lists.graph.rows, CHUNK, (start, end) => {
      kernel.call.offerForeign({ start, end, foreign, floor, exactFloor, component, best, components });
    });
  }

  /**
   * Scans the uncertain rows of every component except the one with most of them, which costs most: the others may
   * join it by edges of their own, and its edges to them need no proof then.
   * @param uncertain how many uncertain rows each component has
   * @returns how many each has afterwards, where that is known without counting again
   */
  private async scan(
    scanner: Scanner,
    best: number,
    components: number,
    uncertain: Int32Array,
  ): Promise<Int32Array | undefined> {
    const { kernel, lists, pace } = this.job;
    const { arena, call } = kernel;
    const { rows: n } = lists.graph;
    const except = uncertain.reduce((most, count, c) => (count > uncertain[most] ? c : most), 0);
    const wanted = uncertain.reduce((sum, count) => sum + count, 0) - uncertain[except];
    if (wanted === 0) return undefined;
    // Where there are no points, listed distances are the truth, and a search would measure others.
    if (wanted >= WORTH_A_SWEEP && this.job.exact.isMeasured && scanner.lighterEdges) {
      this.isSweepDue = true;
      return undefined;
    }
    pace.report({ level: 'debug', message: `comparing ${wanted} rows with all others to prove the tree` });
    this.rounds++;
    if (scanner.lightestEdges) {
      const limits = Float64Array.from(uncertain, (count, c) =>
        count > 0 && c !== except ? call.weightOfBest({ best, components, c }) : 0,
      );
      const marked = await this.markUncertain(best, components, except);
      this.scannedRows += marked;
      await this.offerLightest(scanner.lightestEdges.bind(scanner), best, limits);
      return uncertain.map((count, c) => (c === except ? count : 0));
    }
    const component = arena.i32(this.component, n).slice();
    this.hasForeign = true;
    for (const every of wanted < WORTH_STEPS ? [1] : STEPS) {
      // Rows of the step before are certain now.
      const rows = everyOf(await this.list(best, components, except), every, component, components);
      if (rows.length === 0) continue;
      const weights = Float64Array.from({ length: components }, (_, c) =>
        call.weightOfBest({ best, components, c }),
      );
      const limits = new Float64Array(rows.length);
      for (let at = 0; at < rows.length; at++) limits[at] = weights[component[rows[at]]];
      const keys = arena.f32(best, components).slice();
      await this.scanRows(scanner, rows, limits, component, keys);
      await this.offerForeign(best, components);
    }
    return undefined;
  }

  /** Marks the uncertain rows of all components but `except`; −1 leaves out none. Returns how many were not marked before. */
  private async markUncertain(best: number, components: number, except: number): Promise<number> {
    const { kernel, lists, pace } = this.job;
    const { floor, exactFloor, component, marks } = this;
    let fresh = 0;
    await pace.chunks(lists.graph.rows, CHUNK, (start, end) => {
      fresh += kernel.call.markUncertain({
        start,
        end,
        floor,
        exactFloor,
        component,
        best,
        components,
        except,
        marks,
      });
    });
    return fresh;
  }

  /** Puts the lightest edge out of each component into `best` where it weighs less than its limit, the weight of the edge there. */
  private async offerLightest(
    search: NonNullable<Scanner['lightestEdges']>,
    best: number,
    limits: Float64Array,
  ): Promise<void> {
    const { kernel, lists, exact, divisor, watch } = this.job;
    const { arena } = kernel;
    this.bounds ??= this.lowerBounds();
    const component = arena.i32(this.component, lists.graph.rows);
    const task = { component, limits, floors: this.bounds, core: exact.core, alpha: divisor };
    const { from, to, distance } = await search(task, watch);
    const components = limits.length;
    const keys = arena.f32(best, components);
    const ends = arena.i32(best + components * 4, components * 2);
    const exactAt = Math.ceil((best + components * 12) / 8) * 8;
    const weights = arena.f64(exactAt, components);
    for (let c = 0; c < components; c++) {
      if (from[c] < 0) continue;
      if (!exact.isMeasured) exact.measure(from[c], to[c], distance[c]);
      keys[c] = exact.foundKey(from[c], to[c], distance[c]);
      ends[c] = from[c];
      ends[components + c] = to[c];
      weights[c] = exact.foundWeight(from[c], to[c], distance[c]);
    }
  }

  /** The uncertain rows of all components but `except`, in order. */
  private async list(best: number, components: number, except: number): Promise<Int32Array> {
    const { kernel, lists, pace } = this.job;
    const { arena, call } = kernel;
    const { rows: n } = lists.graph;
    const { floor, exactFloor, component } = this;
    const mark = arena.mark();
    const rows = arena.alloc(n * 4);
    let count = 0;
    await pace.chunks(n, CHUNK, (start, end) => {
      count = call.listUncertain({
        start,
        end,
        floor,
        exactFloor,
        component,
        best,
        components,
        except,
        rows,
        count,
      });
    });
    const listed = arena.i32(rows, count).slice();
    arena.release(mark);
    return listed;
  }

  /**
   * Scans rows for their cheapest foreign edges. Such an edge becomes the row's entry in `foreign`, and its weight the row's
   * floor. Where none weighs at most the row's limit, the limit becomes the floor and `foreign` −1.
   * @param limits per row of `rows`: the weight of its component's cheapest edge, above which no edge is of use
   * @param component per row of all: its component
   * @param keys per component: the key of that same weight
   */
  private async scanRows(
    scanner: Scanner,
    rows: Int32Array,
    limits: Float64Array,
    component: Int32Array,
    keys: Float32Array,
  ): Promise<void> {
    const { kernel, lists, exact, divisor, watch } = this.job;
    const { arena } = kernel;
    const { rows: n } = lists.graph;
    // Not every scanner reads it, and it takes a pass over all rows.
    const among = () => this.rowsBelow(rows, limits, component, keys);
    const { to, distance } = await scanner.nearestForeign(rows, component, exact.core, divisor, {
      ...watch,
      limits,
      get among() {
        return among();
      },
    });
    watch.signal?.throwIfAborted();
    const floor = arena.f32(this.floor, n);
    const exactFloor = this.exactFloor ? arena.f64(this.exactFloor, n) : undefined;
    const foreign = arena.i32(this.foreign, n);
    const marks = arena.u8(this.marks, n);
    const isExact = exact.isMeasured && distance instanceof Float64Array;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at];
      const other = to[at];
      if (other >= 0 && component[other] === component[row]) {
        throw new UserError(
          `nearestForeign returned row ${other} for row ${row}, which is of the same component; it must be of another one`,
          { code: 'GRAPH_INVALID', option: 'scanner' },
        );
      }
      if (!marks[row]) this.scannedRows++;
      marks[row] = 1;
      foreign[row] = other;
      if (other < 0) {
        floor[row] = keys[component[row]];
        if (exactFloor) exactFloor[row] = limits[at];
        continue;
      }
      // Where there are points, a float64 distance is exact, and a float32 one is computed again from the points.
      const found = isExact ? distance[at] : exact.measure(row, other, distance[at]);
      floor[row] = exact.foundKey(row, other, found);
      if (exactFloor) exactFloor[row] = exact.foundWeight(row, other, found);
    }
  }

  /**
   * The given rows, and those that an unlisted edge of use to them can start at: an edge is unlisted at both of its ends, so it
   * weighs at least the floor of either.
   */
  private rowsBelow(
    rows: Int32Array,
    limits: Float64Array,
    component: Int32Array,
    keys: Float32Array,
  ): Int32Array {
    const { kernel, lists } = this.job;
    const { arena } = kernel;
    const { rows: n } = lists.graph;
    const limit = limits.reduce((most, weight) => Math.max(most, weight), 0);
    const key = rows.reduce((most, row) => Math.max(most, keys[component[row]]), 0);
    // Keys as few steps apart as this don't decide (assembly/hdbscan/weight.ts).
    const decided = key * (1 + 2 ** -21) + 1e-44;
    const floor = arena.f32(this.floor, n);
    const exactFloor = this.exactFloor ? arena.f64(this.exactFloor, n) : undefined;
    const isAmong = new Uint8Array(n);
    for (const row of rows) isAmong[row] = 1;
    let count = 0;
    for (let row = 0; row < n; row++) {
      const isAbove = floor[row] > decided || (exactFloor !== undefined && exactFloor[row] >= limit);
      if (!isAbove) isAmong[row] = 1;
      count += isAmong[row];
    }
    const among = new Int32Array(count);
    for (let row = 0, at = 0; row < n; row++) if (isAmong[row]) among[at++] = row;
    return among;
  }
}

/** The first of every `every` rows of each component, in order. */
function everyOf(rows: Int32Array, every: number, component: Int32Array, components: number): Int32Array {
  if (every === 1) return rows;
  const seen = new Int32Array(components);
  return rows.filter((row) => seen[component[row]]++ % every === 0);
}
