import { UserError } from '../errors.js';
import { squaredDistance } from '../neighbors/distance.js';
import type { LighterSearch, LightestEdges, LightestSearch } from '../neighbors/searcher.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';

/** Per given row its cheapest edge to a row of another component. */
export interface Foreign {
  /** The row of the other component; −1 where none is known. */
  to: Int32Array;
  /** Euclidean distance of the two rows. Where it is float32 and the points are known, it is computed again in float64. */
  distance: Float32Array | Float64Array;
}

export interface ScanWatch extends Watch {
  /** Per given row: the weight above which an edge is of no use, so that `to` may be −1 instead. Default: no limit. */
  limits?: Float64Array;
  /** Rows, ascending, that edges of use lead to, and the given rows; others need not be compared. Default: all rows. */
  among?: Int32Array;
}

/** Finds edges and neighbours that the lists don't hold. A Searcher (src/neighbors) is one. */
export interface Scanner {
  /**
   * For each given row its cheapest mutual reachability edge max(core i, core j, d / alpha) to a row of another component,
   * compared in float64.
   *
   * @param rows numbers of rows
   * @param component per row of all points the component that it is in
   * @param core per row of all points its core distance
   * @param alpha divides distances
   * @param watch `limits`, `among`, `signal` and `onProgress`
   * @returns the other end and the distance of each edge; place i belongs to `rows[i]`
   */
  nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch?: ScanWatch,
  ): Promise<Foreign>;
  /**
   * Adds to the task's forest edges max(core i, core j, d / alpha) between its rows, compared in float64, until none is lighter than the path
   * between its rows. Without it each round of the tree compares rows by `nearestForeign`.
   * @internal
   */
  lighterEdges?(task: LighterSearch, watch?: Watch): Promise<void>;
  /**
   * The lightest edge out of each component, compared in float64. Without it each uncertain row is compared by `nearestForeign`.
   * @internal
   */
  lightestEdges?(task: LightestSearch, watch?: Watch): Promise<LightestEdges>;
  /**
   * The k nearest others of some rows. Without it, core distances that the lists don't prove stay unproven.
   *
   * @param rows numbers of rows
   * @param neighbors how many others are wanted of each
   * @param watch `signal` and `onProgress`
   * @returns rows × neighbors or more; row i belongs to `rows[i]`
   */
  widen?(rows: Int32Array, neighbors: number, watch?: Watch): Promise<NeighborGraph>;
}

/** The nearest others of some rows; row i of the graph belongs to `rows[i]`. */
export type Widen = (rows: Int32Array, neighbors: number) => NeighborGraph | Promise<NeighborGraph>;

/** The most slots (rows × neighbours) of one call of `widen`. */
export const SLOTS_AT_ONCE = 4_000_000;

/** `widen` with the size of its results checked. @throws UserError for another number of rows, or fewer neighbours. */
export function checkedWiden(widen: Widen, signal?: AbortSignal) {
  return async (rows: Int32Array, neighbors: number): Promise<NeighborGraph> => {
    signal?.throwIfAborted();
    const wider = await widen(rows, neighbors);
    signal?.throwIfAborted();
    if (wider.rows === rows.length && wider.neighbors >= neighbors) return wider;
    throw new UserError(
      `widen must return ${rows.length} rows × ${neighbors} neighbours; got ${wider.rows} × ${wider.neighbors}`,
      { code: 'GRAPH_INVALID', option: 'widen' },
    );
  };
}

/** A scanner made of a `widen` callback: fetches lists twice as long each time, until the cheapest foreign edge is certain. */
export class WideningScanner implements Scanner {
  constructor(
    private readonly graph: NeighborGraph,
    readonly widen: (rows: Int32Array, neighbors: number, watch?: Watch) => Promise<NeighborGraph>,
    /** The points that the graph was made from. Without them, its distances are taken as exact. */
    private readonly points?: Matrix,
  ) {}

  async nearestForeign(
    rows: Int32Array,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
    watch: ScanWatch = {},
  ): Promise<Foreign> {
    const to = new Int32Array(rows.length).fill(-1);
    const distance = new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY);
    const most = this.graph.rows - 1;
    let open = Int32Array.from(rows, (_, slot) => slot);
    for (let k = Math.min(most, this.graph.neighbors * 2 || 16); open.length > 0; k = Math.min(most, k * 2)) {
      const still: number[] = [];
      const atOnce = Math.max(1, Math.floor(SLOTS_AT_ONCE / k));
      for (let from = 0; from < open.length; from += atOnce) {
        watch.signal?.throwIfAborted();
        const slots = open.subarray(from, from + atOnce);
        const asked = Int32Array.from(slots, (slot) => rows[slot]);
        const wider = await this.widen(asked, k, watch);
        for (let at = 0; at < slots.length; at++) {
          const slot = slots[at];
          const best = this.cheapest(wider, at, asked[at], component, core, alpha);
          to[slot] = best.to;
          distance[slot] = best.distance;
          const wanted = Math.min(best.weight, watch.limits?.[slot] ?? Number.POSITIVE_INFINITY);
          if (best.unlisted < wanted && k < most) still.push(slot);
        }
      }
      open = Int32Array.from(still);
    }
    return { to, distance };
  }

  /** The cheapest foreign edge of one list, and `unlisted`: the least that an edge to a row outside the list weighs. */
  private cheapest(
    graph: NeighborGraph,
    at: number,
    row: number,
    component: Int32Array,
    core: Float64Array,
    alpha: number,
  ): { to: number; distance: number; weight: number; unlisted: number } {
    const { points } = this;
    const best = { to: -1, distance: Number.POSITIVE_INFINITY, weight: Number.POSITIVE_INFINITY };
    let farthest = 0;
    for (let slot = at * graph.neighbors; slot < (at + 1) * graph.neighbors; slot++) {
      const other = graph.indices[slot];
      if (other < 0) continue;
      const listed = graph.distances[slot];
      farthest = Math.max(farthest, listed);
      if (component[other] === component[row] || Math.max(core[row], core[other]) >= best.weight) continue;
      const cols = points?.cols ?? 0;
      const distance = points
        ? Math.sqrt(squaredDistance(points.data, row * cols, points.data, other * cols, cols))
        : listed;
      const weight = Math.max(core[row], core[other], distance / alpha);
      if (weight < best.weight) Object.assign(best, { to: other, distance, weight });
    }
    // Listed distances are rounded to float32; the exact ones may be up to one float32 step less.
    const least = points ? farthest * (1 - 2 ** -23) - 1e-45 : farthest;
    return { ...best, unlisted: Math.max(core[row], least / alpha) };
  }
}
