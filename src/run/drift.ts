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
  const distance = usualDistance(nearestDistances(graph, old, isOther));
  const far = farBeyond(distance, nearestDistances(graph, fresh, isOther));
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

/** The distance that nearly all old rows have their nearest other within; infinite where fewer than two are old. */
export function usualDistance(old: Float64Array): number {
  if (old.length < 2) return Number.POSITIVE_INFINITY;
  return old.slice().sort()[Math.ceil(NEAR_SHARE * old.length) - 1];
}

/** Which new rows are farther from every old one than the usual distance, as 0 or 1. */
export const farBeyond = (usual: number, fresh: Float64Array): Uint8Array =>
  Uint8Array.from(fresh, (nearest) => (nearest > usual ? 1 : 0));
