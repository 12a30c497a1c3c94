import type { NeighborGraph } from '../shapes.js';
import type { Changes } from './changes.js';

/** New rows beyond the distance that so much of the old rows have a nearest other within are far from everything. */
const NEAR_SHARE = 0.99;

/** How many rows lie far from all old ones; undefined without old or new rows. `isOld` is by row of the graph. */
export function driftOf(graph: NeighborGraph, isOld: Uint8Array): Changes['drift'] {
  const rows = Array.from(isOld.keys());
  const old = rows.filter((row) => isOld[row] === 1);
  const fresh = rows.filter((row) => isOld[row] === 0);
  if (old.length < 2 || fresh.length === 0) return undefined;
  const isOther = (row: number) => isOld[row] === 1;
  const { far, distance } = farBeyond(
    nearestDistances(graph, old, isOther),
    nearestDistances(graph, fresh, isOther),
  );
  const count = far.reduce((sum, one) => sum + one, 0);
  return { rows: count, share: count / fresh.length, distance };
}

/** Distance of each of some rows to the nearest in its list that `isOther` takes; infinite where there is none. */
export function nearestDistances(
  { indices, distances, neighbors }: NeighborGraph,
  rows: readonly number[],
  isOther: (row: number) => boolean = () => true,
): Float64Array {
  return Float64Array.from(rows, (row) => {
    for (let at = row * neighbors; at < (row + 1) * neighbors; at++) {
      if (indices[at] >= 0 && isOther(indices[at])) return distances[at];
    }
    return Number.POSITIVE_INFINITY;
  });
}

/** Which new rows are farther from old ones than nearly all old ones are from their nearest other; none where fewer than two are old. */
export function farBeyond(
  old: Float64Array,
  fresh: Float64Array,
): { far: Uint8Array<ArrayBuffer>; distance: number } {
  const usual = old.slice().sort();
  const distance = usual[Math.ceil(NEAR_SHARE * usual.length) - 1] ?? 0;
  const isFar = (nearest: number) => usual.length >= 2 && nearest > distance;
  return { far: Uint8Array.from(fresh, (nearest) => (isFar(nearest) ? 1 : 0)), distance };
}
