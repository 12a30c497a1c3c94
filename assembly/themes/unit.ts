/** 1 / length; 0 for a vector of length 0 or with a number that isn't finite. */
// @ts-ignore: decorator
@inline function scaleOf(squares: f64): f64 {
  return squares > 0 && squares < f64.POSITIVE_INFINITY ? 1 / Math.sqrt(squares) : 0;
}

/**
 * Scales rows `first` to `end` of `cols` f32 to length 1, in place; rows lie `bytes` bytes apart. Rows of length 0 or with a number that
 * isn't finite become zeros.
 */
export function unitRows(data: usize, first: i32, end: i32, cols: i32, bytes: i32): void {
  for (let row = first; row < end; row++) {
    const at = data + <usize>row * bytes;
    const stop = at + (<usize>cols << 2);
    let squares: f64 = 0;
    for (let t = at; t < stop; t += 4) {
      const value = <f64>load<f32>(t);
      squares += value * value;
    }
    const scale = scaleOf(squares);
    if (scale === 0) memory.fill(at, 0, <usize>cols << 2);
    else for (let t = at; t < stop; t += 4) store<f32>(t, <f32>(<f64>load<f32>(t) * scale));
  }
}

/** Writes `count` vectors of `cols` f64, one after the other at `from`, as f32 of length 1 to lines of `bytes` bytes at `to`. */
export function unitCentres(from: usize, count: i32, cols: i32, to: usize, bytes: i32): void {
  for (let c = 0; c < count; c++) {
    const vector = from + (<usize>c * cols << 3);
    const line = to + <usize>c * bytes;
    let squares: f64 = 0;
    for (let t = 0; t < cols; t++) {
      const value = load<f64>(vector + (<usize>t << 3));
      squares += value * value;
    }
    const scale: f64 = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let t = 0; t < cols; t++) store<f32>(line + (<usize>t << 2), <f32>(load<f64>(vector + (<usize>t << 3)) * scale));
  }
}
