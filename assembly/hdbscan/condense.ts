import { headOf } from './linkage';
import { f64At, i32At, setF64, setI32 } from './memory';

// @ts-ignore: decorator
@inline function density(distance: f64): f64 {
  return distance > 0 ? 1 / distance : Infinity;
}

/**
 * The condensed tree: parts smaller than minClusterSize fall out of their cluster, two or more larger ones become new
 * clusters. One pass down the merges, parents first, no walk: state[m] is the cluster that merge m stays in, −1 − f where it
 * fell out of one at merge f. Writes, for points, the merge that they leave their cluster at, which that merge knows; for
 * clusters, parent, birth, size, stability (the share of its points that fell out; children are added later, in a canonical
 * order) and death. Clusters count from 0, the root. `weights` are the distances of merges `end` … `start`. Returns how many
 * clusters there are.
 */
export function condense(
  start: usize, end: usize, n: i32, minClusterSize: i32, weights: usize, left: usize, right: usize, size: usize,
  top: usize, small: usize, state: usize, leaves: usize,
  parent: usize, birth: usize, clusterSize: usize, stability: usize, death: usize, clusters: i32,
): i32 {
  for (let m = start; m-- > end; ) {
    const head = <usize>headOf(top, <i32>m);
    const known = i32At(state, head);
    const fallen = known < 0 ? -1 - known : -1;
    const own = known < 0 ? i32At(state, fallen) : known;
    const value = density(f64At(weights, m - end));
    const parts = -1 - i32At(top, head);
    if (head == m && fallen < 0) {
      const born = f64At(birth, own);
      // Added point by point, as the definition does: a sum's last bit can decide between a cluster and its children.
      if (!(value == Infinity && born == Infinity)) {
        const gain = value - born;
        let sum = f64At(stability, own);
        for (let points = i32At(small, head); points > 0; points--) sum += gain;
        setF64(stability, own, sum);
      }
      setF64(death, own, value);
    }
    for (let side = 0; side < 2; side++) {
      const part = i32At(side ? right : left, m);
      if (part < n) {
        setI32(leaves, part, fallen >= 0 ? fallen : <i32>m);
        continue;
      }
      const below = <usize>(part - n);
      if (i32At(top, below) >= 0) continue; // same distance as the merge above: part of that merge, which is handled at its head
      const points = i32At(size, below);
      if (fallen >= 0) {
        setI32(state, below, known);
      } else if (points < minClusterSize) {
        setI32(state, below, -1 - <i32>head);
      } else if (parts == 1) {
        setI32(state, below, own);
      } else {
        setI32(state, below, clusters);
        setI32(parent, clusters, own);
        setF64(birth, clusters, value);
        setI32(clusterSize, clusters, points);
        setF64(stability, clusters, 0);
        setF64(death, clusters, 0);
        clusters++;
      }
    }
  }
  return clusters;
}

/** leaves[point] becomes the point's cluster. */
export function findHomes(start: usize, end: usize, leaves: usize, top: usize, state: usize): void {
  for (let p = start; p < end; p++) setI32(leaves, p, i32At(state, headOf(top, i32At(leaves, p))));
}
