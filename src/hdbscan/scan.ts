import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';

/** The edge out of its component that is cheapest at a row; `to` is -1 where none is known. */
export interface Foreign {
  to: Int32Array;
  /** Euclidean distance between the two rows. */
  distance: Float32Array;
}

export interface ScanWatch extends Watch {
  /** Per given row: a heavier edge is of no use, there may as well be none. Left out: every edge is wanted. */
  limits?: Float32Array;
}

/** Looks beyond the listed neighbours. A Searcher is one. */
export interface Scanner {
  /** For each given row its cheapest mutual reachability edge to a row of another component. */
  nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float32Array,
    alpha: number,
    watch?: ScanWatch,
  ): Promise<Foreign>;
}

/** Slots asked for at once. */
const SLOTS_AT_ONCE = 4_000_000;

/** A scanner over a `widen` callback: asks for twice as many neighbours until the cheapest foreign edge is certain. */
export class WideningScanner implements Scanner {
  constructor(
    private readonly graph: NeighborGraph,
    private readonly widen: (rows: Int32Array, neighbors: number) => NeighborGraph | Promise<NeighborGraph>,
  ) {}

  async nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float32Array,
    alpha: number,
    watch: ScanWatch = {},
  ): Promise<Foreign> {
    const answer: Foreign = {
      to: new Int32Array(rows.length).fill(-1),
      distance: new Float32Array(rows.length).fill(Number.POSITIVE_INFINITY),
    };
    const most = this.graph.rows - 1;
    let open = Int32Array.from(rows, (_, slot) => slot);
    for (let k = Math.min(most, this.graph.neighbors * 2 || 16); open.length > 0; k = Math.min(most, k * 2)) {
      const still: number[] = [];
      const atOnce = Math.max(1, Math.floor(SLOTS_AT_ONCE / k));
      for (let from = 0; from < open.length; from += atOnce) {
        watch.signal?.throwIfAborted();
        const slots = open.subarray(from, from + atOnce);
        const asked = Int32Array.from(slots, (slot) => rows[slot]);
        const wider = await this.widen(asked, k);
        if (wider.rows !== asked.length || wider.neighbors < k) {
          throw new UserError(
            `widen must answer ${asked.length} rows × ${k} neighbours; got ${wider.rows} × ${wider.neighbors}`,
          );
        }
        for (let at = 0; at < slots.length; at++) {
          const limit = watch.limits?.[slots[at]] ?? Number.POSITIVE_INFINITY;
          const settled = cheapest(wider, at, asked[at], component, core, alpha, answer, slots[at], limit);
          if (!settled && k < most) still.push(slots[at]);
        }
      }
      open = Int32Array.from(still);
    }
    return answer;
  }
}

/** Notes the cheapest foreign edge of a list; false where an unlisted one could be cheaper, and of use. */
function cheapest(
  graph: NeighborGraph,
  at: number,
  row: number,
  component: Int32Array,
  core: Float32Array,
  alpha: number,
  answer: Foreign,
  slot: number,
  limit: number,
): boolean {
  let least = Number.POSITIVE_INFINITY;
  let farthest = 0;
  for (let t = at * graph.neighbors; t < (at + 1) * graph.neighbors; t++) {
    const other = graph.indices[t];
    if (other < 0) continue;
    const distance = graph.distances[t];
    farthest = Math.max(farthest, distance);
    if (component[other] === component[row]) continue;
    const weight = Math.max(core[row], core[other], distance / alpha);
    if (weight < least) {
      least = weight;
      answer.to[slot] = other;
      answer.distance[slot] = distance;
    }
  }
  return Math.max(core[row], farthest / alpha) >= Math.min(least, limit);
}
