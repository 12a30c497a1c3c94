// The product kernel's copy of the rows: centred and scaled (so that |a|² + |b|² − 2ab loses little), in panels
// of 8 rows whose elements lie interleaved:
// | panel 0: element 0 of rows 0..7, element 1 of rows 0..7, … | panel 1 … |, the last panel filled with zeros.

/** The largest |element − centre| of rows [from, to). */
export function widest(data: usize, from: i32, to: i32, d: i32, centre: usize): f32 {
  let most: f32 = 0;
  for (let row = from; row < to; row++) {
    const base = data + (<usize>row * <usize>d << 2);
    const fours = <usize>(d & ~3) << 2;
    let four = f32x4.splat(0);
    for (let at: usize = 0; at < fours; at += 16) {
      four = f32x4.max(four, f32x4.abs(f32x4.sub(v128.load(base + at), v128.load(centre + at))));
    }
    most = max(most, max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)));
    most = max(most, max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)));
    for (let at = fours; at < <usize>d << 2; at += 4) {
      most = max(most, abs(load<f32>(base + at) - load<f32>(centre + at)));
    }
  }
  return most;
}

/** One panel: rows `ids[8 · panel ..]` of the data, or rows 8 · panel .. where `ids` is 0. Norms too. */
export function packPanel(
  data: usize,
  n: i32,
  d: i32,
  centre: usize,
  scale: f32,
  slack: f64,
  ids: usize,
  panel: i32,
  packed: usize,
  norms: usize,
): void {
  const out = packed + (<usize>panel * <usize>d << 5);
  for (let lane = 0; lane < 8; lane++) {
    const slot = panel * 8 + lane;
    const to = out + (<usize>lane << 2);
    if (slot >= n) {
      for (let t = 0; t < d; t++) store<f32>(to + (<usize>t << 5), 0);
      store<f32>(norms + (<usize>slot << 2), <f32>Infinity);
      continue;
    }
    const row = ids ? load<i32>(ids + (<usize>slot << 2)) : slot;
    const base = data + (<usize>row * <usize>d << 2);
    let norm: f64 = 0;
    for (let t = 0; t < d; t++) {
      const x = (load<f32>(base + (<usize>t << 2)) - load<f32>(centre + (<usize>t << 2))) * scale;
      store<f32>(to + (<usize>t << 5), x);
      norm += <f64>x * <f64>x;
    }
    store<f32>(norms + (<usize>slot << 2), loweredNorm(norm, slack));
  }
}

/** Panels [chunk · 16, chunk · 16 + 16). */
export function pack(
  chunk: i32,
  _thread: i32,
  data: usize,
  n: i32,
  d: i32,
  centre: usize,
  scale: f32,
  slack: f64,
  packed: usize,
  norms: usize,
  panels: i32,
): void {
  const end = min(panels, chunk * 16 + 16);
  for (let panel = chunk * 16; panel < end; panel++) {
    packPanel(data, n, d, centre, scale, slack, 0, panel, packed, norms);
  }
}

/** Rows [row0 + chunk · 64, … + 64) as the packed copy has them, but row after row. `moved` begins with row0. */
export function frameRows(
  chunk: i32,
  _thread: i32,
  data: usize,
  row0: i32,
  rows: i32,
  d: i32,
  centre: usize,
  scale: f32,
  slack: f64,
  moved: usize,
  norms: usize,
): void {
  const end = row0 + min(rows, chunk * 64 + 64);
  for (let row = row0 + chunk * 64; row < end; row++) {
    const from = data + (<usize>row * <usize>d << 2);
    const to = moved + (<usize>(row - row0) * <usize>d << 2);
    let norm: f64 = 0;
    for (let t: usize = 0; t < <usize>d << 2; t += 4) {
      const x = (load<f32>(from + t) - load<f32>(centre + t)) * scale;
      store<f32>(to + t, x);
      norm += <f64>x * <f64>x;
    }
    store<f32>(norms + (<usize>row << 2), loweredNorm(norm, slack));
  }
}

/**
 * Lowered by the rounding error that the product may have, so that norm + norm − 2 · product never exceeds the true
 * squared distance.
 */
// @ts-ignore: decorator
@inline
function loweredNorm(norm: f64, slack: f64): f32 {
  return <f32>(norm * (1 - slack) - 1e-36);
}
