// The first round of Borůvka's algorithm. Terms are explained in boruvka.ts.
import { f32At, f64At, i32At, setI32 } from './memory';
import { core, exactCore, keyOf, slack, stepsAbove, weigh } from './weight';

/**
 * The first round, which finds most of the tree: joins each row i to the first listed j with d(i, j) / α ≤ core i that comes before
 * it by core distance, or by number where these are equal. That edge weighs core i, and no edge at i weighs less. At most one edge per
 * row, and none that closes a cycle, since each leads to a row that comes before. joined[i] becomes j, or −1 where no edge was taken;
 * parent[i] becomes j or i: a union-find over all rows, as a forest.
 *
 * Both conditions are decided by keys where these are far enough apart, else in float64. The list is sorted, so the first slot that
 * is certainly farther than core i ends it.
 */
export function joinCores(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize, parent: usize, joined: usize,
): void {
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const list = r * k;
    // Which of the first slots it is can't be predicted, and waiting for core distances takes long: the first four are compared
    // without a branch where keys are the weights.
    let to: i32 = -1;
    if (k < 4 || slack) to = joinRow(i, list, list + k, indices, distances);
    else {
      const bits = beforeIn(i, indices + (list << 2), distances + (list << 2));
      to = bits ? i32At(indices, list + <usize>ctz(bits)) : joinRow(i, list + 4, list + k, indices, distances);
    }
    setI32(joined, i, to);
    setI32(parent, i, to < 0 ? <i32>i : to);
  }
}

/** Which of the four slots from `list` and `far` on hold a row that comes before i and isn't farther than core i, as bits; slack 0. */
// @ts-ignore: decorator
@inline function beforeIn(i: usize, list: usize, far: usize): i32 {
  const own = f32At(core, i);
  const others = v128.load(list);
  // Of an empty slot, −1, this reads what stands before the column.
  let cores = v128.load_zero<f32>(core + (<usize>load<i32>(list) << 2));
  cores = v128.load_lane<f32>(core + (<usize>load<i32>(list, 4) << 2), cores, 1);
  cores = v128.load_lane<f32>(core + (<usize>load<i32>(list, 8) << 2), cores, 2);
  cores = v128.load_lane<f32>(core + (<usize>load<i32>(list, 12) << 2), cores, 3);
  const owns = f32x4.splat(own);
  const isFirst = v128.and(f32x4.eq(cores, owns), i32x4.lt_s(others, i32x4.splat(<i32>i)));
  const isBefore = v128.or(f32x4.lt(cores, owns), isFirst);
  const distances = v128.load(far);
  const isNear = f32x4.le(distances, owns);
  // Nothing is nearer than +∞ that an edge of this weight could join.
  const isListed = own == <f32>Infinity ? 0 : ~i32x4.bitmask(others);
  return i32x4.bitmask(v128.and(isBefore, isNear)) & isListed;
}

/** The row that `joinCores` joins row i to, among slots t … stop − 1; −1 for none. */
function joinRow(i: usize, t: usize, stop: usize, indices: usize, distances: usize): i32 {
  const slack_ = slack;
  const core_ = core;
  // So many steps above, a key certainly means a larger number. With slack 0 keys are the numbers, so one step does.
  const least = max(slack_, 1);
  const coreI = f32At(core_, i);
  if (coreI == <f32>Infinity) return -1;
  for (; t < stop; t++) {
    const j = i32At(indices, t);
    if (j < 0) break;
    const far = stepsAbove(keyOf(f32At(distances, t)), coreI);
    if (far >= least) break;
    const coreAbove = stepsAbove(f32At(core_, j), coreI);
    if (coreAbove >= least) continue;
    if (slack_) {
      if (coreAbove > -slack_) {
        const x = f64At(exactCore, j);
        const y = f64At(exactCore, i);
        if (x > y || (x == y && <usize>j > i)) continue;
      }
      if (far > -slack_ && weigh(<i32>i, j) > f64At(exactCore, i)) continue;
    } else if (coreAbove == 0 && <usize>j > i) continue;
    return j;
  }
  return -1;
}
