import { UserError } from '../errors.js';
import { CHUNK } from './pace.js';
import type { Scanner } from './scan.js';
import type { TreeJob } from './tree-job.js';

/**
 * One row of so many is scanned first, then the rest: what the first find spares others of their component, or makes
 * them look less far.
 */
const STEPS = [32, 1];
/** Rows from which steps pay. */
const WORTH_STEPS = 256;

/** Knows which rows an unlisted edge could start at, and has them scanned when the rounds get stuck. */
export class Certifier {
  scannedRows = 0;
  rounds = 0;
  uncertainRows = 0;
  private readonly floor: number;
  private marks = 0;
  /** Per row: the other end of its cheapest edge out, found by a scan; its weight is the row's floor then. */
  private foreign = 0;
  private cores?: Float32Array;

  constructor(
    private readonly job: TreeJob,
    private readonly component: number,
  ) {
    this.floor = job.cores.last;
  }

  open(): void {
    const { kernel, lists, cores, alpha } = this.job;
    const { rows } = lists.graph;
    kernel.call.floors(0, rows, cores.core, this.floor, alpha);
    this.marks = kernel.arena.alloc(rows);
    kernel.arena.u8(this.marks, rows).fill(0);
    if (!this.job.scanner) return;
    this.foreign = kernel.arena.alloc(rows * 4);
    kernel.arena.i32(this.foreign, rows).fill(-1);
  }

  /** Returns the pointer to the components' bounds, 0 where no proof is sought. May lower `best`. */
  async check(best: number, components: number): Promise<number> {
    const { kernel, lists, pace, scanner } = this.job;
    const { arena, call } = kernel;
    const { rows } = lists.graph;
    if (!scanner) {
      await pace.chunks(rows, CHUNK, (start, end) => {
        this.uncertainRows += call.markUncertain(start, end, this.floor, this.component, best, this.marks);
      });
      return 0;
    }
    await this.offerForeign(best, components);
    const bound = arena.alloc(components * 4);
    const bounds = async (): Promise<number> => {
      call.fillF32(0, components, bound, Number.POSITIVE_INFINITY);
      await pace.chunks(rows, CHUNK, (start, end) => {
        call.lowestFloors(start, end, this.floor, this.component, bound);
      });
      const lowest = arena.f32(bound, components);
      const weight = arena.f32(best, components);
      let certain = 0;
      for (let c = 0; c < components; c++) {
        if (weight[c] < Number.POSITIVE_INFINITY && lowest[c] >= weight[c]) certain++;
      }
      return certain;
    };
    if ((await bounds()) * 8 < components) {
      await this.scan(scanner, best, components);
      await bounds();
    }
    return bound;
  }

  private async offerForeign(best: number, components: number): Promise<void> {
    if (this.rounds === 0) return;
    const { kernel, lists, exactCore, pace } = this.job;
    await pace.chunks(lists.graph.rows, CHUNK, (start, end) => {
      kernel.call.offerForeign(
        start,
        end,
        this.foreign,
        this.floor,
        exactCore,
        this.component,
        best,
        components,
      );
    });
  }

  /** Scans the uncertain rows of every component but the one that has most of them: the others will join it. */
  private async scan(scanner: Scanner, best: number, components: number): Promise<void> {
    const { kernel, lists, pace } = this.job;
    const { arena, call } = kernel;
    const { rows: n } = lists.graph;
    const mark = arena.mark();
    const counts = arena.alloc(components * 4);
    arena.i32(counts, components).fill(0);
    await pace.chunks(n, CHUNK, (start, end) => {
      call.countUncertain(start, end, this.floor, this.component, best, counts);
    });
    const uncertain = arena.i32(counts, components).slice();
    arena.release(mark);
    const spared = uncertain.reduce((most, count, c) => (count > uncertain[most] ? c : most), 0);
    const wanted = uncertain.reduce((sum, count) => sum + count, 0) - uncertain[spared];
    if (wanted === 0) return;

    const component = arena.i32(this.component, n).slice();
    const floors = arena.f32(this.floor, n);
    const weights = arena.f32(best, components);
    const asking = new Int32Array(wanted);
    // Which of its component's uncertain rows a row is.
    const place = new Int32Array(wanted);
    const rows = new Int32Array(wanted);
    const limits = new Float32Array(wanted);
    const seen = new Int32Array(components);
    for (let row = 0, at = 0; row < n; row++) {
      const c = component[row];
      if (c === spared || !(floors[row] < weights[c])) continue;
      asking[at] = row;
      place[at++] = seen[c]++;
    }
    this.rounds++;
    pace.report({ message: `comparing ${wanted} rows with all others to prove the tree` });
    let before = 0;
    for (const every of wanted < WORTH_STEPS ? [1] : STEPS) {
      const floor = arena.f32(this.floor, n);
      const weight = arena.f32(best, components);
      let due = 0;
      for (let at = 0; at < wanted; at++) {
        const row = asking[at];
        // By 0 the remainder is not a number: nothing has been scanned before the first step.
        if (place[at] % every !== 0 || place[at] % before === 0 || floor[row] >= weight[component[row]])
          continue;
        rows[due] = row;
        limits[due++] = weight[component[row]];
      }
      before = every;
      if (due === 0) continue;
      await this.scanRows(scanner, rows.subarray(0, due), limits.subarray(0, due), component);
      await this.offerForeign(best, components);
    }
  }

  /** Gives rows their cheapest edge out as their floor; where it weighs more than the row's limit, that is the floor. */
  private async scanRows(
    scanner: Scanner,
    rows: Int32Array,
    limits: Float32Array,
    component: Int32Array,
  ): Promise<void> {
    const { kernel, lists, alpha, watch } = this.job;
    const { arena } = kernel;
    const { rows: n } = lists.graph;
    this.cores ??= arena.f32(this.job.cores.core, n).slice();
    const { cores } = this;
    const { to, distance } = await scanner.nearestForeign(rows, component, cores, alpha, {
      ...watch,
      limits,
    });
    watch.signal?.throwIfAborted();
    const floor = arena.f32(this.floor, n);
    const foreign = arena.i32(this.foreign, n);
    const marks = arena.u8(this.marks, n);
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
      floor[row] =
        other < 0 ? limits[at] : Math.max(cores[row], cores[other], Math.fround(distance[at] / alpha));
    }
  }
}
