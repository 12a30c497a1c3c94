// Halves the rows of a node: like `selectSmallest`, faster for hundreds of keys and more.
import { partition, selectSmallest, swap } from '../neighbors/keys';

/** Keys from which a sample of one in 32 tells where the wanted one is, and how many are sampled at most. */
const WORTH_SAMPLE: i32 = 512;
const MOST_SAMPLED: i32 = 1024;

/**
 * Moves a key to `high` that is probably a little beyond the one that belongs at `last`, on the side where there are more keys, by a sample
 * (Floyd and Rivest 1975): two partitions of n and about n / 2 keys then leave few around a median, where medians of three take 2.75 n.
 */
function moveBeyond(keys: usize, low: i32, high: i32, last: i32): void {
  const count = high - low + 1;
  const sample = min(MOST_SAMPLED, count >> 5);
  const step = count / sample;
  for (let i = 0; i < sample; i++) swap(keys, low + i, low + i * step);
  const share = <f64>(last - low) / <f64>count;
  // Two standard deviations of the place that it has among the sampled ones.
  const margin = 2 * sqrt(share * (1 - share) * <f64>sample);
  const rank = <i32>(share * <f64>sample + (share <= 0.5 ? margin : -margin));
  const place = max(0, min(sample - 1, rank));
  selectSmallest(keys + (<usize>low << 3), sample, place + 1);
  swap(keys, low + place, high);
}

/** Moves the `wanted` smallest of `count` different keys to the front, 0 < wanted ≤ count. */
export function selectBySample(keys: usize, count: i32, wanted: i32): void {
  let low = 0;
  let high = count - 1;
  const last = wanted - 1;
  while (high - low > WORTH_SAMPLE) {
    moveBeyond(keys, low, high, last);
    const split = partition(keys, low, high);
    if (split == last) return;
    if (last < split) high = split - 1;
    else low = split + 1;
  }
  selectSmallest(keys + (<usize>low << 3), high - low + 1, last - low + 1);
}
