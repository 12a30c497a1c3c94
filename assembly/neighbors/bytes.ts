// Rows as integers of 8 bits, which processors multiply two to four times as fast as float32: row ≈ scale · integers. How far
// that is from the row is measured, so that scores stay below the true squares. docs/architecture.md has the argument.

/** Largest integer; the smallest is −127, so that a number and its negative have the same bytes but for the sign. */
const MOST: f32 = 127;
/** What is added to the integers of rows, which are unsigned; those of columns are signed. */
const ZERO: i32 = 128;
/** Rows whose numbers are all below this have no scale of their own: 127 divided by it could be +∞. */
const LEAST: f32 = 1e-30;

/**
 * Places place0 + [chunk · 64, … + 64), at most `count` of them; `order` has the row of each place, an int32, or is 0 where places are rows. Their rows, centred and
 * scaled as `frameRows` has them, become integers: in `rowsOut` row after row, in `columnsOut` column after column, `wide` bytes each,
 * a multiple of eight; what is behind the last row is not set. `scales`, `norms` (squared, not lowered) and `errors` (length of the
 * difference divided by the row's) get a float32 per place of all.
 */
export function quantizeRows(
  chunk: i32,
  _thread: i32,
  data: usize,
  order: usize,
  place0: i32,
  count: i32,
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
  const start = chunk * 64;
  const end = min(count, start + 64);
  for (let r = start; r < end; r++) {
    const at = <usize>(place0 + r) << 2;
    const row = order ? load<i32>(order + at) : place0 + r;
    const from = data + (<usize>row * <usize>d << 2);
    const to = rowsOut + <usize>r * <usize>d;
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
      const unsigned = i32x4.add(i32x4.trunc_sat_f32x4_s(rounded), i32x4.splat(ZERO));
      // Four bytes of each: the lowest of every lane.
      v128.store32_lane(to + <usize>t, lowestBytes(unsigned), 0);
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
    }
    store<f32>(scales + at, step);
    store<f32>(norms + at, <f32>norm);
    // Differences were rounded, each by less than 2⁻²² of its number.
    store<f32>(errors + at, norm > 0 ? <f32>(sqrt(error / norm) * (1 + 1e-6) + 1e-6) : 0);
  }
  turnBytes(rowsOut, start, end, d, columnsOut, wide);
}

/** Writes rows start … end − 1 of unsigned bytes to columns of signed ones: eight by eight, so that a line of a cache is filled at once. */
function turnBytes(rows: usize, start: i32, end: i32, d: i32, columns: usize, wide: i32): void {
  const signs = i8x16.splat(-128);
  const bytes = <usize>d;
  const eights = d & ~7;
  for (let t = 0; t < eights; t += 8) {
    for (let r = start; r < end; r += 8) {
      // Rows of a last block that isn't full are of an earlier tile or of none; their columns have a norm of +∞.
      const from = rows + <usize>r * bytes + <usize>t;
      const rows01 = interleaved8(v128.load64_zero(from), v128.load64_zero(from + bytes));
      const rows23 = interleaved8(v128.load64_zero(from + bytes * 2), v128.load64_zero(from + bytes * 3));
      const rows45 = interleaved8(v128.load64_zero(from + bytes * 4), v128.load64_zero(from + bytes * 5));
      const rows67 = interleaved8(v128.load64_zero(from + bytes * 6), v128.load64_zero(from + bytes * 7));
      const low0123 = v128.shuffle<i16>(rows01, rows23, 0, 8, 1, 9, 2, 10, 3, 11);
      const high0123 = v128.shuffle<i16>(rows01, rows23, 4, 12, 5, 13, 6, 14, 7, 15);
      const low4567 = v128.shuffle<i16>(rows45, rows67, 0, 8, 1, 9, 2, 10, 3, 11);
      const high4567 = v128.shuffle<i16>(rows45, rows67, 4, 12, 5, 13, 6, 14, 7, 15);
      const to = columns + <usize>t * <usize>wide + <usize>r;
      putTwo(to, wide, v128.xor(signs, v128.shuffle<i32>(low0123, low4567, 0, 4, 1, 5)));
      putTwo(to + (<usize>wide << 1), wide, v128.xor(signs, v128.shuffle<i32>(low0123, low4567, 2, 6, 3, 7)));
      putTwo(to + (<usize>wide << 2), wide, v128.xor(signs, v128.shuffle<i32>(high0123, high4567, 0, 4, 1, 5)));
      putTwo(to + <usize>wide * 6, wide, v128.xor(signs, v128.shuffle<i32>(high0123, high4567, 2, 6, 3, 7)));
    }
  }
  for (let t = eights; t < d; t++) {
    for (let r = start; r < end; r++) {
      store<u8>(columns + <usize>t * <usize>wide + <usize>r, load<u8>(rows + <usize>r * bytes + <usize>t) ^ 128);
    }
  }
}

// @ts-ignore: decorator
@inline
function interleaved8(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** Stores eight bytes each of two columns. */
// @ts-ignore: decorator
@inline
function putTwo(at: usize, wide: i32, two: v128): void {
  v128.store64_lane(at, two, 0);
  v128.store64_lane(at + <usize>wide, two, 1);
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
