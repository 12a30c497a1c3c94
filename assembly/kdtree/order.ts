// Counting sort of query rows by their place in tree order, so that queries near each other in space are handled together.
// Linear in rows; a row may be queried twice. Slot s is the query for row rows[s].

/** Counts slots [from, to) at their row's place: `counts` is n int32. */
export function countPlaces(from: i32, to: i32, rows: usize, places: usize, counts: usize): void {
  for (let slot = from; slot < to; slot++) {
    const row = <usize>load<i32>(rows + (<usize>slot << 2));
    const at = counts + (<usize>load<i32>(places + (row << 2)) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
}

/** Counts of places [from, to) become the position of each place's first slot; `sum` slots come before. Returns the sum. */
export function sumPlaces(from: i32, to: i32, counts: usize, sum: i32): i32 {
  for (let place = from; place < to; place++) {
    const at = counts + (<usize>place << 2);
    const count = load<i32>(at);
    store<i32>(at, sum);
    sum += count;
  }
  return sum;
}

/** Writes slots [from, to) to `order`, as keys (place, slot). */
export function putInOrder(from: i32, to: i32, rows: usize, places: usize, counts: usize, order: usize): void {
  for (let slot = from; slot < to; slot++) {
    const row = <usize>load<i32>(rows + (<usize>slot << 2));
    const place = load<i32>(places + (row << 2));
    const at = counts + (<usize>place << 2);
    const position = load<i32>(at);
    store<i32>(at, position + 1);
    store<u64>(order + (<usize>position << 3), (<u64>(<u32>place) << 32) | <u64>(<u32>slot));
  }
}
