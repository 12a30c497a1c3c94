/** Values of a digit: keys of 64 bits are sorted by four digits of 16 bits. */
const DIGIT = 0x10000;

/**
 * All row numbers by their values; equal values in the order of the rows, NaN last. By digits instead of comparisons:
 * 200,000 rows take some milliseconds.
 */
export function rowsByValue(values: ArrayLike<number>, isDown: boolean): Int32Array {
  const rows = values.length;
  const doubles = new Float64Array(rows);
  // Adding 0 makes 0 of -0.
  for (let row = 0; row < rows; row++) doubles[row] = values[row] + 0;
  // A number takes four digits, the lowest first, as every browser's processor stores it.
  const digits = new Uint16Array(doubles.buffer);
  for (let row = 0; row < rows; row++) makeSortable(digits, row, Number.isNaN(doubles[row]), isDown);
  let order = Int32Array.from({ length: rows }, (_, row) => row);
  let next = new Int32Array(rows);
  for (let digit = 0; digit < 4; digit++) {
    const start = new Int32Array(DIGIT + 1);
    for (let row = 0; row < rows; row++) start[digits[4 * row + digit] + 1]++;
    // Where all have the same digit it decides nothing.
    if (rows === 0 || start[digits[digit] + 1] === rows) continue;
    for (let i = 1; i <= DIGIT; i++) start[i] += start[i - 1];
    for (const row of order) next[start[digits[4 * row + digit]]++] = row;
    [order, next] = [next, order];
  }
  return order;
}

/** Turns a row's float64 into an unsigned number that is larger where its place is later. */
function makeSortable(digits: Uint16Array, row: number, isMissing: boolean, isDown: boolean): void {
  const at = 4 * row;
  // Larger negative numbers have smaller bits, and the sign of negative numbers is the highest bit.
  const isNegative = digits[at + 3] >= 0x8000;
  const turn = isNegative !== isDown ? 0xffff : 0;
  for (let digit = 0; digit < 4; digit++) digits[at + digit] = isMissing ? 0xffff : digits[at + digit] ^ turn;
  if (!isMissing) digits[at + 3] ^= isNegative ? 0 : 0x8000;
}

/** Orders of rows by the values of a column or score, each made on first use and kept as long as the values. */
export class Orders {
  readonly #made = new WeakMap<ArrayLike<number>, { up?: Int32Array; down?: Int32Array }>();

  of(values: ArrayLike<number>, isDown: boolean): Int32Array {
    const made = this.#made.get(values) ?? {};
    this.#made.set(values, made);
    const direction = isDown ? 'down' : 'up';
    made[direction] ??= rowsByValue(values, isDown);
    return made[direction];
  }
}

/** Those rows of an order that are marked, `marked` of them at most. */
export function markedInOrder(order: Int32Array, marks: Uint8Array, marked: number): Int32Array {
  const rows = new Int32Array(marked);
  let found = 0;
  for (const row of order) {
    if (found === marked) break;
    if (marks[row] === 1) rows[found++] = row;
  }
  return found === marked ? rows : rows.slice(0, found);
}
