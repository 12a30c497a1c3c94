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
  const nearest = (row: number) => {
    for (let at = row * graph.neighbors; at < (row + 1) * graph.neighbors; at++) {
      if (graph.indices[at] >= 0 && isOld[graph.indices[at]] === 1) return graph.distances[at];
    }
    return Number.POSITIVE_INFINITY;
  };
  const usual = Float64Array.from(old, nearest).sort();
  const distance = usual[Math.min(old.length - 1, Math.ceil(NEAR_SHARE * old.length) - 1)];
  const far = fresh.filter((row) => nearest(row) > distance).length;
  return { rows: far, share: far / fresh.length, distance };
}
