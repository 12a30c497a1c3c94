/**
 * Scalar products of rows with centres, pair by pair, each one number after the other in float64. Pairs chunk · perChunk on.
 *
 * @param cols numbers that count
 * @param bytes from row to row of `data`, f32
 * @param width numbers from centre to centre, f64
 * @param rows i32: of each pair the row
 * @param labels i32: of each pair the centre; below 0: the product is 0
 * @param out f64
 */
export function pairs(
  chunk: i32, _thread: i32, count: i32, perChunk: i32, cols: i32, bytes: i32, data: usize, rows: usize, width: i32, centres: usize,
  labels: usize, out: usize,
): void {
  const end = min(count, (chunk + 1) * perChunk);
  for (let i = chunk * perChunk; i < end; i++) {
    const at = <usize>i << 2;
    const label = load<i32>(labels + at);
    const row = data + <usize>load<i32>(rows + at) * bytes;
    const centre = centres + ((<usize>label * width) << 3);
    let dot: f64 = 0;
    if (label >= 0) for (let t: usize = 0; t < <usize>cols; t++) dot += <f64>load<f32>(row + (t << 2)) * load<f64>(centre + (t << 3));
    store<f64>(out + (at << 1), dot);
  }
}
