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
    const base = (r * k) << 2;
    if (isFull(<i32>(first + r), k, n, indices + base, distances + base)) continue;
    const found = inspectRow(<i32>(first + r), k, n, indices + base, distances + base);
    if (found < 0) return found - <i32>(r * k);
    state |= found;
  }
  return state;
}

/** `inspect` of one list; a slot counts from its beginning. */
function inspectRow(self: i32, k: usize, n: i32, list: usize, far: usize): i32 {
  let state = REGULAR;
  let previous: f32 = -1;
  let ended = false;
  for (let t: usize = 0; t < k; t++) {
    const j = i32At(list, t);
    if (j < 0) {
      if (j != -1) return -1 - <i32>t;
      ended = true;
      if (f32At(far, t) != <f32>Infinity) state = IRREGULAR;
      continue;
    }
    const d = f32At(far, t);
    if (j >= n || !(d >= 0)) return -1 - <i32>t;
    if (ended || j == self || d < previous) state = IRREGULAR;
    previous = d;
  }
  return state == REGULAR && hasDouble(k, list) ? IRREGULAR : state;
}

/** Whether a list is regular and has no empty slot. Four slots at a time; false too for lists of fewer than four. */
function isFull(self: i32, k: usize, n: i32, list: usize, far: usize): bool {
  if (k < 4 || !(f32At(far, 0) >= 0)) return false;
  const selves = i32x4.splat(self);
  const end = i32x4.splat(n);
  // As unsigned numbers negative ones are beyond n. The last four slots may overlap those before.
  let wrong = i32x4.splat(0);
  for (let t: usize = 0; t < k; t += 4) {
    const at = min(t, k - 4) << 2;
    const others = v128.load(list + at);
    wrong = v128.or(wrong, v128.or(i32x4.ge_u(others, end), i32x4.eq(others, selves)));
  }
  let sorted = i32x4.splat(-1);
  for (let t: usize = 1; t + 4 <= k; t += 4) sorted = v128.and(sorted, rises(far + (t << 2)));
  if (k > 4) sorted = v128.and(sorted, rises(far + ((k - 4) << 2)));
  if (v128.any_true(wrong) || !i32x4.all_true(sorted)) return false;
  // With four slots the loop above has none.
  if (k == 4 && !(f32At(far, 1) >= f32At(far, 0) && f32At(far, 2) >= f32At(far, 1) && f32At(far, 3) >= f32At(far, 2))) return false;
  return !hasDouble(k, list);
}

/** For each of four distances, whether it is at least the one before; false for NaN. */
// @ts-ignore: decorator
@inline function rises(at: usize): v128 {
  return f32x4.ge(v128.load(at), v128.load(at - 4));
}

// @ts-ignore: decorator
@inline function turned(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 1, 2, 3, 0);
}

// @ts-ignore: decorator
@inline function halfTurned(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 3, 0, 1);
}

// Whether a list holds a row twice. Its two slots may have different distances and so need not be adjacent: all pairs of slots
// are compared, four by four. Found at the end, since hardly any list has one: a branch at each comparison would take longer.
function hasDouble(k: usize, list: usize): bool {
  let same = i32x4.splat(0);
  let isSame: i32 = 0;
  const whole = k & ~3;
  let length: usize = 0;
  while (length < whole && i32x4.bitmask(v128.load(list + (length << 2))) == 0) length += 4;
  for (let t: usize = 0; t < length; t += 4) {
    const a = v128.load(list + (t << 2));
    const b = turned(a);
    const c = halfTurned(a);
    const d = turned(c);
    same = v128.or(same, v128.or(i32x4.eq(a, b), i32x4.eq(a, c)));
    for (let u = t + 4; u < length; u += 4) {
      const other = v128.load(list + (u << 2));
      same = v128.or(
        same,
        v128.or(
          v128.or(i32x4.eq(a, other), i32x4.eq(b, other)),
          v128.or(i32x4.eq(c, other), i32x4.eq(d, other)),
        ),
      );
    }
  }
  for (let t = length; t < k; t++) {
    const j = i32At(list, t);
    if (j < 0) break;
    const wanted = i32x4.splat(j);
    for (let u: usize = 0; u < length; u += 4) same = v128.or(same, i32x4.eq(v128.load(list + (u << 2)), wanted));
    for (let u = length; u < t; u++) isSame |= <i32>(i32At(list, u) == j);
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
