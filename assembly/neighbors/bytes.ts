// Rows as integers of 8 bits, which processors multiply two to four times as fast as float32: row ≈ scale · integers. How far
// that is from the row is measured, so that scores stay below the true squares. docs/architecture.md has the argument.

/** Largest integer; the smallest is −127, so that a number and its negative have the same bytes but for the sign. */
const MOST: f32 = 127;
/** What is added to the integers of rows, which are unsigned; those of columns are signed. */
const ZERO: i32 = 128;
/** Rows whose numbers are all below this have no scale of their own: 127 divided by it could be +∞. */
const LEAST: f32 = 1e-30;

/**
 * Rows row0 + [chunk · 64, … + 64), at most `rows` of them, centred and scaled as `frameRows` has them, then as integers: to `rowsOut` row
 * after row, to `columnsOut` column after column, `wide` bytes each. `scales`, `norms` (squared, not lowered) and `errors` (length of
 * the difference divided by the row's) get a float32 per row of all.
 */
export function quantizeRows(
  chunk: i32,
  _thread: i32,
  data: usize,
  row0: i32,
  rows: i32,
  d: i32,
  centre: usize,
  scale: f32,
  rowsOut: usize,
  columnsOut: usize,
  wide: i32,
  scales: usize,
  norms: usize,
  errors: usize,
): void {
  const end = min(rows, chunk * 64 + 64);
  for (let r = chunk * 64; r < end; r++) {
    const from = data + (<usize>(row0 + r) * <usize>d << 2);
    const to = rowsOut + <usize>r * <usize>d;
    const column = columnsOut + <usize>r;
    const most = largestOf(from, d, centre, scale);
    const isEmpty = most < LEAST;
    const step: f32 = isEmpty ? 0 : most / MOST;
    const steps: f32 = isEmpty ? 0 : MOST / most;
    const fours = d & ~3;
    let squares = f64x2.splat(0);
    let lost = f64x2.splat(0);
    for (let t = 0; t < fours; t += 4) {
      const at = <usize>t << 2;
      const moved = f32x4.mul(f32x4.sub(v128.load(from + at), v128.load(centre + at)), f32x4.splat(scale));
      const rounded = f32x4.nearest(f32x4.mul(moved, f32x4.splat(steps)));
      const difference = f32x4.sub(moved, f32x4.mul(rounded, f32x4.splat(step)));
      squares = f64x2.add(squares, sumOfSquares(moved));
      lost = f64x2.add(lost, sumOfSquares(difference));
      const integers = i32x4.trunc_sat_f32x4_s(rounded);
      const unsigned = i32x4.add(integers, i32x4.splat(ZERO));
      // Four bytes of each: the lowest of every lane.
      v128.store32_lane(to + <usize>t, lowestBytes(unsigned), 0);
      const place = column + <usize>t * <usize>wide;
      v128.store8_lane(place, integers, 0);
      v128.store8_lane(place + <usize>wide, integers, 4);
      v128.store8_lane(place + (<usize>wide << 1), integers, 8);
      v128.store8_lane(place + <usize>wide * 3, integers, 12);
    }
    let norm = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
    let error = f64x2.extract_lane(lost, 0) + f64x2.extract_lane(lost, 1);
    for (let t = fours; t < d; t++) {
      const moved = movedAt(from, t, centre, scale);
      const rounded = nearest<f32>(moved * steps);
      const difference = <f64>(moved - rounded * step);
      norm += <f64>moved * <f64>moved;
      error += difference * difference;
      store<u8>(to + <usize>t, <u8>(<i32>rounded + ZERO));
      store<u8>(column + <usize>t * <usize>wide, <u8>(<i32>rounded));
    }
    const at = <usize>(row0 + r) << 2;
    store<f32>(scales + at, step);
    store<f32>(norms + at, <f32>norm);
    // Differences were rounded, each by less than 2⁻²² of its number.
    store<f32>(errors + at, norm > 0 ? <f32>(sqrt(error / norm) * (1 + 1e-6) + 1e-6) : 0);
  }
}

// @ts-ignore: decorator
@inline
function lowestBytes(lanes: v128): v128 {
  return v128.shuffle<u8>(lanes, lanes, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
}

// @ts-ignore: decorator
@inline
function movedAt(from: usize, t: i32, centre: usize, scale: f32): f32 {
  return (load<f32>(from + (<usize>t << 2)) - load<f32>(centre + (<usize>t << 2))) * scale;
}

/** Squares of four float32, added up in pairs. */
// @ts-ignore: decorator
@inline
function sumOfSquares(four: v128): v128 {
  const low = f64x2.promote_low_f32x4(four);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 0, 1));
  return f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high));
}

function largestOf(from: usize, d: i32, centre: usize, scale: f32): f32 {
  const fours = d & ~3;
  let most = f32x4.splat(0);
  for (let t = 0; t < fours; t += 4) {
    const at = <usize>t << 2;
    const moved = f32x4.mul(f32x4.sub(v128.load(from + at), v128.load(centre + at)), f32x4.splat(scale));
    most = f32x4.max(most, f32x4.abs(moved));
  }
  let largest = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (let t = fours; t < d; t++) largest = max(largest, abs(movedAt(from, t, centre, scale)));
  return largest;
}
