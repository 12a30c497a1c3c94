import { UserError } from '../errors.js';
import { CHUNK } from './pace.js';
import type { Scanner } from './scan.js';
import type { TreeJob } from './tree-job.js';

/**
 * Of each component's uncertain rows, one in 32 is scanned first, then the rest: an edge that the first find lowers what the
 * component would take, so that fewer of the rest are uncertain, and those need not look as far.
 */
const STEPS = [32, 1];
/** Rows from which steps save time. */
const WORTH_STEPS = 256;

/**
 * Proves the edges that Borůvka's rounds take. An edge is proven when no unlisted edge out of the component can weigh less.
 * Rows at which one could are uncertain; they are compared with all rows (scanned) when hardly any component is certain.
 */
export class Certifier {
  scannedRows = 0;
  rounds = 0;
  /** Where no proof is sought: rows at which an unlisted edge could be cheaper than one that was taken. */
  uncertainRows = 0;
  /** Pointer: per row, the key of a bound on the weight of unlisted edges; after a scan, of its cheapest foreign edge. */
  private readonly floor: number;
  /** Pointer: the same bound in float64; 0 where keys are the weights. */
  private exactFloor = 0;
  /** Pointer: per row, 1 once it was scanned or uncertain. */
  private marks = 0;
  /** Pointer: per row, the other end of its cheapest edge to another component, found by a scan; −1 for none. */
  private foreign = 0;

  constructor(
    private readonly job: TreeJob,
    private readonly component: number,
  ) {
    this.floor = job.cores.last;
  }

  /** `widened`: rows whose neighbours were asked for again before, which count as scanned. */
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
   * Returns a pointer to the number of uncertain rows per component, 0 where no proof is sought. May scan rows, and offer
   * what that finds to `best`.
   */
  async check(best: number, components: number): Promise<number> {
    const { kernel, lists, pace, scanner } = this.job;
    const { arena, call } = kernel;
    const { rows } = lists.graph;
    const { floor, exactFloor, component } = this;
    if (!scanner) {
      await pace.chunks(rows, CHUNK, (start, end) => {
        this.uncertainRows += call.markUncertain({
          start,
          end,
          floor,
          exactFloor,
          component,
          best,
          components,
          marks: this.marks,
        });
      });
      return 0;
    }
    await this.offerForeign(best, components);
    const uncertain = arena.alloc(components * 4);
    const count = async (): Promise<number> => {
      arena.i32(uncertain, components).fill(0);
      await pace.chunks(rows, CHUNK, (start, end) => {
        call.countUncertain({
          start,
          end,
          floor,
          exactFloor,
          component,
          best,
          components,
          counts: uncertain,
        });
      });
      const counts = arena.i32(uncertain, components);
      const keys = arena.f32(best, components);
      let certain = 0;
      for (let c = 0; c < components; c++)
        if (counts[c] === 0 && keys[c] < Number.POSITIVE_INFINITY) certain++;
      return certain;
    };
    if ((await count()) * 8 < components) {
      await this.scan(scanner, best, components, arena.i32(uncertain, components).slice());
      await count();
    }
    return uncertain;
  }

  private async offerForeign(best: number, components: number): Promise<void> {
    if (this.rounds === 0) return;
    const { kernel, lists, pace } = this.job;
    const { foreign, floor, exactFloor, component } = this;
    await pace.chunks(lists.graph.rows, CHUNK, (start, end) => {
      kernel.call.offerForeign({ start, end, foreign, floor, exactFloor, component, best, components });
    });
  }

  /** Scans the uncertain rows of every component but the one that has most of them: the others will join it. */
  private async scan(
    scanner: Scanner,
    best: number,
    components: number,
    uncertain: Int32Array,
  ): Promise<void> {
    const { kernel, lists, pace } = this.job;
    const { arena, call } = kernel;
    const { rows: n } = lists.graph;
    const spared = uncertain.reduce((most, count, c) => (count > uncertain[most] ? c : most), 0);
    const wanted = uncertain.reduce((sum, count) => sum + count, 0) - uncertain[spared];
    if (wanted === 0) return;

    const { floor, exactFloor } = this;
    const mark = arena.mark();
    const list = arena.alloc(wanted * 4);
    let listed = 0;
    await pace.chunks(n, CHUNK, (start, end) => {
      listed = call.listUncertain({
        start,
        end,
        floor,
        exactFloor,
        component: this.component,
        best,
        components,
        spared,
        rows: list,
        count: listed,
      });
    });
    const asking = arena.i32(list, wanted).slice();
    arena.release(mark);
    const component = arena.i32(this.component, n).slice();
    // Which of its component's uncertain rows a row is.
    const place = new Int32Array(wanted);
    const seen = new Int32Array(components);
    for (let at = 0; at < wanted; at++) place[at] = seen[component[asking[at]]]++;
    const rows = new Int32Array(wanted);
    const limits = new Float64Array(wanted);
    this.rounds++;
    pace.report({ message: `comparing ${wanted} rows with all others to prove the tree` });
    let before = 0;
    for (const every of wanted < WORTH_STEPS ? [1] : STEPS) {
      let due = 0;
      for (let at = 0; at < wanted; at++) {
        const row = asking[at];
        // By 0 the remainder is not a number: nothing has been scanned before the first step.
        if (place[at] % every !== 0 || place[at] % before === 0) continue;
        if (!call.isUncertain({ p: row, floor, exactFloor, component: this.component, best, components }))
          continue;
        rows[due] = row;
        limits[due++] = call.weightOfBest({ best, components, c: component[row] });
      }
      before = every;
      if (due === 0) continue;
      const keys = arena.f32(best, components).slice();
      await this.scanRows(scanner, rows.subarray(0, due), limits.subarray(0, due), component, keys);
      await this.offerForeign(best, components);
    }
  }

  /**
   * Gives rows their cheapest edge to another component as their floor; where it weighs more than the row's limit, the limit
   * is the floor. `keys`: of the limits, per component.
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
    const { to, distance } = await scanner.nearestForeign(rows, component, exact.core, divisor, {
      ...watch,
      limits,
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
          `nearestForeign answered row ${other} for row ${row}, which is of the same component; it must be of another one`,
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
      // What was compared in float64 was also measured in float64.
      const found = isExact ? distance[at] : exact.measure(row, other, distance[at]);
      floor[row] = exact.foundKey(row, other, found);
      if (exactFloor) exactFloor[row] = exact.foundWeight(row, other, found);
    }
  }
}
