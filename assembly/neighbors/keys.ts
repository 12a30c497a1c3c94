// A candidate is one u64: a float32 that grows with the distance in the upper half, the row's index in the
// lower. Comparing keys compares (distance, index).

// @ts-ignore: decorator
@inline
export function makeKey(value: f32, index: i32): u64 {
  const bits = reinterpret<u32>(value);
  const ordered = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
  return (<u64>ordered << 32) | <u64>(<u32>index);
}

// @ts-ignore: decorator
@inline
export function keyValue(key: u64): f32 {
  const ordered = <u32>(key >> 32);
  return reinterpret<f32>(ordered & 0x80000000 ? ordered ^ 0x80000000 : ~ordered);
}

/** The next float32 above a finite one. */
export function nextAbove(value: f32): f32 {
  return keyValue(makeKey(value, 0) + ((<u64>1) << 32));
}

// @ts-ignore: decorator
@inline
export function keyIndex(key: u64): i32 {
  return <i32>(<u32>key);
}

// @ts-ignore: decorator
@inline
function at(keys: usize, i: i32): u64 {
  return load<u64>(keys + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function put(keys: usize, i: i32, key: u64): void {
  store<u64>(keys + (<usize>i << 3), key);
}

// @ts-ignore: decorator
@inline
export function swap(keys: usize, i: i32, j: i32): void {
  const key = at(keys, i);
  put(keys, i, at(keys, j));
  put(keys, j, key);
}

function insertionSort(keys: usize, low: i32, high: i32): void {
  for (let i = low + 1; i <= high; i++) {
    const key = at(keys, i);
    let j = i - 1;
    for (; j >= low && at(keys, j) > key; j--) put(keys, j + 1, at(keys, j));
    put(keys, j + 1, key);
  }
}

/** Moves the median of three keys to `high`, low + 2 ≤ high. */
function moveMedian(keys: usize, low: i32, high: i32): void {
  const middle = low + ((high - low) >> 1);
  if (at(keys, middle) < at(keys, low)) swap(keys, middle, low);
  if (at(keys, high) < at(keys, low)) swap(keys, high, low);
  if (at(keys, middle) < at(keys, high)) swap(keys, middle, high);
}

/**
 * Partition around the key at `high`: keys [low..result) < the key at result < the rest. It writes without branching (Lomuto's scheme),
 * since a branch here is a coin toss.
 */
export function partition(keys: usize, low: i32, high: i32): i32 {
  const pivot = at(keys, high);
  let split = keys + (<usize>low << 3);
  const end = keys + (<usize>high << 3);
  for (let from = split; from < end; from += 8) {
    const key = load<u64>(from);
    store<u64>(from, load<u64>(split));
    store<u64>(split, key);
    split += <usize>(key < pivot) << 3;
  }
  store<u64>(end, load<u64>(split));
  store<u64>(split, pivot);
  return <i32>((split - keys) >> 3);
}

/** Moves the `wanted` smallest of `count` different keys to the front, the largest of them last, 0 < wanted ≤ count. */
export function selectSmallest(keys: usize, count: i32, wanted: i32): void {
  let low = 0;
  let high = count - 1;
  const last = wanted - 1;
  while (high - low > 8) {
    moveMedian(keys, low, high);
    const split = partition(keys, low, high);
    if (split == last) return;
    if (last < split) high = split - 1;
    else low = split + 1;
  }
  insertionSort(keys, low, high);
}

/** Sorts keys ascending. */
export function sortKeys(keys: usize, count: i32): void {
  sortRange(keys, 0, count - 1);
}

function sortRange(keys: usize, low: i32, high: i32): void {
  while (high - low > 16) {
    moveMedian(keys, low, high);
    const split = partition(keys, low, high);
    if (split - low < high - split) {
      sortRange(keys, low, split - 1);
      low = split + 1;
    } else {
      sortRange(keys, split + 1, high);
      high = split - 1;
    }
  }
  insertionSort(keys, low, high);
}
