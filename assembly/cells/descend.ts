// Rounds in which lists are improved by the neighbours of neighbours.
import { keyIndex, keyValue, makeKey, selectSmallest, sortKeys } from '../neighbors/keys';
import { capacityOf, Cells, listOf, NEW, NOT_NEW, packedBytes, ROWS, writeList } from './cells';
import { squareOf } from './square';

/** A row's list while it is improved. */
@unmanaged
class Growing {
  own: usize;
  buffer: usize;
  count: i32;
  limit: f32;
  found: i32;
}

/**
 * One round over the rows of a chunk: each is compared with the neighbours of its neighbours, and of the rows that have it as a
 * neighbour, where one of the two steps is new since the round before. Reads `lists`, writes `next`.
 */
export function descend(chunk: i32, thread: i32, pointer: usize): void {
  const job = changetype<Cells>(pointer);
  const k = job.k;
  const scratch = job.scratch + <usize>thread * job.scratchSize;
  const growing = changetype<Growing>(scratch);
  growing.buffer = scratch + 64;
  growing.found = 0;
  const seen = job.seen + <usize>thread * (<usize>job.n << 2);
  const end = min(job.n, chunk * ROWS + ROWS);
  for (let row = chunk * ROWS; row < end; row++) {
    const list = listOf(job, row);
    growing.own = job.data + packedBytes(job.d, row);
    let count = 0;
    store<i32>(seen + (<usize>row << 2), row + 1);
    for (; count < k; count++) {
      const key = load<u64>(list + (<usize>count << 3));
      if (key == u64.MAX_VALUE) break;
      const other = keyIndex(key) & NOT_NEW;
      store<i32>(seen + (<usize>other << 2), row + 1);
      store<u64>(growing.buffer + (<usize>count << 3), makeKey(keyValue(key), other));
    }
    growing.count = count;
    growing.limit = count < k ? <f32>Infinity : keyValue(load<u64>(list + (<usize>(k - 1) << 3)));
    for (let place = 0; place < min(count, job.followed); place++) {
      follow(job, growing, keyIndex(load<u64>(list + (<usize>place << 3))), row, seen);
    }
    const reverseEnd = load<i32>(job.reverseStarts + (<usize>row << 2), 4);
    for (let at = load<i32>(job.reverseStarts + (<usize>row << 2)); at < reverseEnd; at++) {
      const other = load<i32>(job.reverse + (<usize>at << 2));
      consider(job, growing, other & NOT_NEW, row, seen);
      follow(job, growing, other, row, seen);
    }
    if (growing.count > k) {
      selectSmallest(growing.buffer, growing.count, k);
      growing.count = k;
    }
    sortKeys(growing.buffer, growing.count);
    writeList(growing.buffer, growing.count, job.next + ((<usize>row * <usize>k) << 3), k);
  }
  store<i32>(job.found + (<usize>chunk << 2), growing.found);
}

/** Considers the nearest neighbours of `via`, whose number may hold NEW. */
function follow(job: Cells, growing: Growing, via: i32, row: i32, seen: usize): void {
  const list = listOf(job, via & NOT_NEW);
  for (let place: usize = 0; place < <usize>min(job.k, job.followed); place++) {
    const key = load<u64>(list + (place << 3));
    if (key == u64.MAX_VALUE) return;
    const other = keyIndex(key);
    if ((via | other) & NEW) consider(job, growing, other & NOT_NEW, row, seen);
  }
}

// @ts-ignore: decorator
@inline
function consider(job: Cells, growing: Growing, other: i32, row: i32, seen: usize): void {
  const seenAt = seen + (<usize>other << 2);
  if (load<i32>(seenAt) == row + 1) return;
  store<i32>(seenAt, row + 1);
  const square = squareOf(growing.own, job.data + packedBytes(job.d, other), job.d);
  if (!(square < growing.limit)) return;
  store<u64>(growing.buffer + (<usize>growing.count << 3), makeKey(square, other | NEW));
  growing.count++;
  growing.found++;
  if (growing.count < capacityOf(job.k)) return;
  selectSmallest(growing.buffer, growing.count, job.k);
  growing.count = job.k;
  growing.limit = keyValue(load<u64>(growing.buffer + (<usize>(job.k - 1) << 3)));
}
