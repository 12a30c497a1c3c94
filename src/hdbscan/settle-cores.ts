import type { NeighborGraph } from '../shapes.js';
import type { Cores } from './core-distance.js';
import { pick } from './exact-cores.js';
import type { Lists } from './graph.js';
import type { TreeKernel } from './kernel.js';
import type { Pace } from './pace.js';
import type { Vertices } from './points.js';
import { SLOTS_AT_ONCE, type Widen } from './scan.js';

/** What is known of core distances after looking beyond the lists. */
export interface Settled {
  /** Rows for which longer lists were fetched, or without `widen` should be. */
  widened: Int32Array;
  /** Rows among these whose core distance is still not proven. */
  open: number;
}

/**
 * Finds core distances that lists don't prove, from longer lists, and corrects `cores` and `exact`. A list proves a core
 * distance if it ends beyond it: at equal float32 distance, rows that are not listed may be nearer in float64. Where the lists'
 * own distances are the truth (no points), it is enough that the list doesn't end before it.
 */
export async function settleCores(
  kernel: TreeKernel,
  lists: Lists,
  { core, last }: Cores,
  exact: Float64Array | undefined,
  minSamples: number,
  vertices: Vertices | undefined,
  widen: Widen | undefined,
  pace: Pace,
): Promise<Settled> {
  const { rows, neighbors } = lists.graph;
  let widened = unprovenRows(kernel.arena.f32(core, rows), kernel.arena.f32(last, rows), !vertices);
  const settled: Settled = { widened, open: widen ? 0 : widened.length };
  if (!widen) return settled;
  const most = rows - 1;
  const reader = new ListReader(rows);
  for (let k = Math.min(most, Math.max(neighbors * 2, minSamples + 8)); widened.length > 0; ) {
    const still: number[] = [];
    const atOnce = Math.max(1, Math.floor(SLOTS_AT_ONCE / k));
    for (let from = 0; from < widened.length; from += atOnce) {
      const asked = widened.slice(from, from + atOnce);
      const graph = await widen(asked, k);
      const cores = kernel.arena.f32(core, rows);
      for (let at = 0; at < asked.length; at++) {
        const row = asked[at];
        const found = coreOfList(reader.read(graph, at, row), row, minSamples, vertices);
        // What other rows list may be nearer than what this one does.
        if (found.core < cores[row] || (exact && found.core === cores[row])) {
          cores[row] = found.core;
          if (exact) exact[row] = Math.min(exact[row], found.exact);
        }
        if (!found.isProven && k < most) still.push(row);
      }
      if (pace.due) await pace.yield();
    }
    widened = Int32Array.from(still);
    k = Math.min(most, k * 2);
  }
  return settled;
}

function unprovenRows(core: Float32Array, last: Float32Array, isListTruth: boolean): Int32Array {
  const found: number[] = [];
  for (let row = 0; row < core.length; row++) {
    if (core[row] < last[row] || last[row] === Number.POSITIVE_INFINITY) continue;
    if (!isListTruth || core[row] > last[row]) found.push(row);
  }
  return Int32Array.from(found);
}

interface List {
  others: ArrayLike<number>;
  distances: ArrayLike<number>;
}

/** Lists as they come, in any order and with the row itself or a double in them, or their empty slots first. */
class ListReader {
  /** The number of the list that each row was last seen in. */
  private readonly seen: Int32Array;
  private count = 0;

  constructor(rows: number) {
    this.seen = new Int32Array(rows);
  }

  /** Row `at` of the graph, which is about `row`, sorted by distance, each other row once. */
  read({ indices, distances, neighbors }: NeighborGraph, at: number, row: number): List {
    const from = at * neighbors;
    let end = from + neighbors;
    while (end > from && indices[end - 1] < 0) end--;
    this.count++;
    let isRegular = true;
    for (let slot = from; slot < end && isRegular; slot++) {
      const other = indices[slot];
      isRegular = other >= 0 && other !== row && this.seen[other] !== this.count;
      isRegular &&= slot === from || distances[slot - 1] <= distances[slot];
      this.seen[other] = this.count;
    }
    if (isRegular) return { others: indices.subarray(from, end), distances: distances.subarray(from, end) };
    const nearest = new Map<number, number>();
    for (let slot = from; slot < end; slot++) {
      const other = indices[slot];
      if (other < 0 || other === row) continue;
      nearest.set(other, Math.min(distances[slot], nearest.get(other) ?? Number.POSITIVE_INFINITY));
    }
    const sorted = [...nearest].sort((a, b) => a[1] - b[1]);
    return { others: sorted.map(([other]) => other), distances: sorted.map(([, distance]) => distance) };
  }
}

/** The core distance by one list; `isProven` where no row that isn't listed could lower it. */
function coreOfList(
  { others, distances }: List,
  row: number,
  minSamples: number,
  { counts, points }: Partial<Vertices> = {},
): { core: number; exact: number; isProven: boolean } {
  let known = counts ? counts[row] - 1 : 0;
  if (known >= minSamples) return { core: 0, exact: 0, isProven: true };
  for (let start = 0; start < others.length; ) {
    const core = distances[start];
    let end = start;
    let reached = known;
    for (; end < others.length && distances[end] === core; end++) reached += counts ? counts[others[end]] : 1;
    if (reached >= minSamples) {
      if (!points) return { core, exact: core, isProven: true };
      const exact = pick(points, row, others, distances, start, end, core, minSamples - known, counts);
      return { core, exact, isProven: end < others.length };
    }
    known = reached;
    start = end;
  }
  return { core: Number.POSITIVE_INFINITY, exact: Number.POSITIVE_INFINITY, isProven: false };
}
