/**
 * Puts a row or a cell among the nearest of something, which lie in `count` places from `from` on, by ascending squares; places that
 * aren't taken have +∞. Equally near ones stay in the order in which they came.
 */
export function insertNearest(
  indices: Int32Array,
  squares: Float32Array | Float64Array,
  from: number,
  count: number,
  index: number,
  square: number,
): void {
  let at = from + count - 1;
  if (!(square < squares[at])) return;
  for (; at > from && squares[at - 1] > square; at--) {
    squares[at] = squares[at - 1];
    indices[at] = indices[at - 1];
  }
  squares[at] = square;
  indices[at] = index;
}
