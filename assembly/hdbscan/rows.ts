// The neighbour lists come in blocks of rows: `indices` and `distances` point at the block's first row, `first` is
// that row's number. The graph itself stays where the caller has it, so no copy of it is ever made.
import { f32At, i32At, setF32, setI32 } from './memory';

/** Every list of a block is sorted by distance, holds neither its own row nor a row twice, and has its empty slots last. */
const REGULAR: i32 = 0;
/** Some list of a block is not: `normalize` must run on the block before use. */
const IRREGULAR: i32 = 1;

/** Returns REGULAR, IRREGULAR, or −1 − s, where s is the block's first slot with an index or a distance that can't be. */
export function inspect(first: usize, rows: usize, k: usize, n: i32, indices: usize, distances: usize): i32 {
  let state = REGULAR;
  for (let r: usize = 0; r < rows; r++) {
    const self = <i32>(first + r);
    const base = r * k;
    let previous: f32 = -1;
    let ended = false;
    for (let t: usize = 0; t < k; t++) {
      const j = i32At(indices, base + t);
      if (j < 0) {
        if (j != -1) return -1 - <i32>(base + t);
        ended = true;
        if (f32At(distances, base + t) != <f32>Infinity) state = IRREGULAR;
        continue;
      }
      const d = f32At(distances, base + t);
      if (j >= n || !(d >= 0)) return -1 - <i32>(base + t);
      if (ended || j == self || d < previous) state = IRREGULAR;
      previous = d;
    }
    if (state == REGULAR && hasDouble(base, k, indices)) state = IRREGULAR;
  }
  return state;
}

// Whether a list holds a row twice. Its two slots may have different distances and so need not be adjacent: all pairs of slots
// are compared, four at a time.
function hasDouble(base: usize, k: usize, indices: usize): bool {
  const list = indices + (base << 2);
  // Found at the end, since hardly any list has one: a branch at each comparison would take longer.
  let same = i32x4.splat(0);
  let isSame: i32 = 0;
  for (let t: usize = 1; t < k; t++) {
    const j = i32At(list, t);
    if (j < 0) break;
    const wanted = i32x4.splat(j);
    let u: usize = 0;
    for (; u + 4 <= t; u += 4) same = v128.or(same, i32x4.eq(v128.load(list + (u << 2)), wanted));
    for (; u < t; u++) isSame |= <i32>(i32At(list, u) == j);
  }
  return v128.any_true(same) || isSame != 0;
}

/** Makes a block's lists regular in place: drops the own row, keeps the nearer of two slots of a row, sorts by (distance, row). */
export function normalize(first: usize, rows: usize, k: usize, indices: usize, distances: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    const self = <i32>(first + r);
    const list = indices + ((r * k) << 2);
    const far = distances + ((r * k) << 2);
    let length: usize = 0;
    for (let t: usize = 0; t < k; t++) {
      const j = i32At(list, t);
      if (j < 0 || j == self) continue;
      const d = f32At(far, t);
      let at: usize = 0;
      while (at < length && i32At(list, at) != j) at++;
      if (at < length) {
        if (f32At(far, at) <= d) continue;
      } else length++;
      // Whatever is closer to the end of the sorted part and behind (d, j) moves up into the free place.
      while (at > 0) {
        const before = f32At(far, at - 1);
        if (before < d || (before == d && i32At(list, at - 1) < j)) break;
        setI32(list, at, i32At(list, at - 1));
        setF32(far, at, before);
        at--;
      }
      setI32(list, at, j);
      setF32(far, at, d);
    }
    for (; length < k; length++) {
      setI32(list, length, -1);
      setF32(far, length, <f32>Infinity);
    }
  }
}
