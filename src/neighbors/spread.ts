/** Row number `at` of `count` that are spread evenly over `rows`. */
export const spreadRow = (at: number, count: number, rows: number): number =>
  Math.floor(((at + 0.5) / count) * rows);

/** `count` of `rows`, spread evenly. */
export const spreadRows = (rows: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, at) => spreadRow(at, count, rows));
