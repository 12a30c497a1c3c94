// The fuzzy union of the local sets: w = a + b − ab, as a symmetric sparse graph, both directions stored.

/** Adds to `counts[c + 1]` how often column c is listed with a membership above 0. `counts` starts cleared. */
export function countEntries(
  first: i32, last: i32, stride: i32, indices: usize, weights: usize, counts: usize,
): void {
  const begin = (<usize>first * stride) << 2;
  const end = (<usize>last * stride) << 2;
  for (let at = begin; at < end; at += 4) {
    if (load<f32>(weights + at) <= 0) continue;
    const to = counts + ((<usize>load<i32>(indices + at) + 1) << 2);
    store<i32>(to, load<i32>(to) + 1);
  }
}

/**
 * Writes the transposed lists (sources ascending) for rows first to last: `cursor[c]` is where column c's next
 * entry goes, and moves on.
 */
export function fillTranspose(
  first: i32, last: i32, stride: i32, indices: usize, weights: usize,
  cursor: usize, sources: usize, sourceWeights: usize,
): void {
  for (let i = first; i < last; i++) {
    const begin = (<usize>i * stride) << 2;
    const end = begin + ((<usize>stride) << 2);
    for (let at = begin; at < end; at += 4) {
      const w = load<f32>(weights + at);
      if (w <= 0) continue;
      const from = cursor + ((<usize>load<i32>(indices + at)) << 2);
      const slot = (<usize>load<i32>(from)) << 2;
      store<i32>(from, load<i32>(from) + 1);
      store<i32>(sources + slot, i);
      store<f32>(sourceWeights + slot, w);
    }
  }
}

/**
 * Writes rows first to last of the union from `top` on and returns the new top. Memberships below `least` are
 * dropped; each row is filled up to a multiple of 4 with edges of weight 0 to itself, and row i starts at
 * `offsets[i]`. `marks`, one f32 a vertex, is all 0 before and after.
 *
 * own: rows × stride; other direction: `sources`, `sourceWeights` between `ends[i − 1]` and `ends[i]`.
 */
export function uniteRow(
  first: i32, last: i32, stride: i32, indices: usize, weights: usize,
  ends: usize, sources: usize, sourceWeights: usize, marks: usize, least: f32,
  top: i32, offsets: usize, tails: usize, unions: usize,
): i32 {
  for (let i = first; i < last; i++) {
    const begin = (<usize>i * stride) << 2;
    const end = begin + ((<usize>stride) << 2);
    for (let at = begin; at < end; at += 4) {
      const w = load<f32>(weights + at);
      if (w > 0) store<f32>(marks + ((<usize>load<i32>(indices + at)) << 2), w);
    }
    let other = i == 0 ? 0 : load<i32>(ends + ((<usize>i - 1) << 2));
    const otherEnd = load<i32>(ends + ((<usize>i) << 2));
    for (; other < otherEnd; other++) {
      const j = load<i32>(sources + ((<usize>other) << 2));
      const b = load<f32>(sourceWeights + ((<usize>other) << 2));
      const mark = marks + ((<usize>j) << 2);
      const a = load<f32>(mark);
      store<f32>(mark, 0);
      const w = a + b - a * b;
      if (w < least) continue;
      store<i32>(tails + ((<usize>top) << 2), j);
      store<f32>(unions + ((<usize>top) << 2), min(w, <f32>1));
      top++;
    }
    for (let at = begin; at < end; at += 4) {
      const j = load<i32>(indices + at);
      if (load<f32>(weights + at) <= 0) continue;
      const mark = marks + ((<usize>j) << 2);
      const a = load<f32>(mark);
      store<f32>(mark, 0);
      if (a <= 0 || a < least) continue;
      store<i32>(tails + ((<usize>top) << 2), j);
      store<f32>(unions + ((<usize>top) << 2), min(a, <f32>1));
      top++;
    }
    for (; top & 3; top++) {
      store<i32>(tails + ((<usize>top) << 2), i);
      store<f32>(unions + ((<usize>top) << 2), 0);
    }
    store<i32>(offsets + ((<usize>i + 1) << 2), top);
  }
  return top;
}
