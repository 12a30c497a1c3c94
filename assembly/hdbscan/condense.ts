import { headOf } from './linkage';
import { f64At, i32At, setF64, setI32 } from './memory';

// @ts-ignore: decorator
@inline function density(distance: f64): f64 {
  return distance > 0 ? 1 / distance : Infinity;
}

/**
 * The condensed tree: parts smaller than minClusterSize fall out of their cluster, two or more larger ones become new
 * clusters. One pass down the merges, parents first, no walk: cluster[m] is where merge m belongs, fall[m] the merge at
 * which it fell out of it (−1: it didn't). Writes, for points, home and the merge that they leave it at; for clusters,
 * parent, birth, size, stability (the share of its points that fell out; children are added later, in a canonical order)
 * and death. Clusters count from 0, the root. Returns how many there are.
 */
export function condense(
  start: usize, end: usize, n: i32, minClusterSize: i32, left: usize, right: usize, distance: usize, size: usize,
  top: usize, small: usize, cluster: usize, fall: usize, home: usize, leaves: usize,
  parent: usize, birth: usize, clusterSize: usize, stability: usize, death: usize, clusters: i32,
): i32 {
  for (let m = start; m-- > end; ) {
    const head = <usize>headOf(top, <i32>m);
    const own = i32At(cluster, head);
    const fallen = i32At(fall, head);
    const level = f64At(distance, m);
    const value = density(fallen >= 0 ? f64At(distance, fallen) : level);
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
      if (part >= n && f64At(distance, part - n) == level) continue; // its head answers for it
      if (part < n) {
        setI32(home, part, own);
        setI32(leaves, part, fallen >= 0 ? fallen : <i32>m);
        continue;
      }
      const below = <usize>(part - n);
      const points = i32At(size, below);
      if (fallen >= 0) {
        setI32(cluster, below, own);
        setI32(fall, below, fallen);
      } else if (points < minClusterSize) {
        setI32(cluster, below, own);
        setI32(fall, below, <i32>head);
      } else if (parts == 1) {
        setI32(cluster, below, own);
        setI32(fall, below, -1);
      } else {
        setI32(cluster, below, clusters);
        setI32(fall, below, -1);
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
