import type { TreeKernel } from './kernel.js';
import { CHUNK, type Pace } from './pace.js';

/** Edges as columns, one number per edge. */
export interface EdgeColumns {
  from: Int32Array;
  to: Int32Array;
  weight: Float64Array;
}

/** Edges that are identified by numbers. */
export interface NumberedEdges {
  /** Whether the float32 weights are exact. */
  readonly isRounded: boolean;
  /** Writes the numbers and the f32 weights of all edges. */
  list(numbers: Int32Array, keys: Float32Array): void;
  weight(edge: number): number;
  /** Writes the weights of the edges from place `start` to `end` of `order`. */
  weigh(order: Int32Array, start: number, end: number, weights: Float64Array): void;
  /** Writes the rows that edges join, of which there are `count` at pointer `order`. */
  ends(order: number, count: number, from: Int32Array, to: Int32Array, pace: Pace): Promise<void>;
}

/**
 * Sorts edges by weight: by its f32 rounding (radix), then within equal ones. `take` may return views of the
 * kernel's memory: it is called once that no longer grows. Bytes: 16 per edge besides the columns.
 */
export async function sortEdges(
  kernel: TreeKernel,
  count: number,
  take: () => NumberedEdges,
  pace: Pace,
): Promise<EdgeColumns> {
  const { arena } = kernel;
  const mark = arena.mark();
  try {
    const scratch = openSort(kernel, count);
    const edges = take();
    edges.list(arena.i32(scratch.numbers, count), arena.f32(scratch.keys, count));
    await sortKeys(kernel, scratch, count, pace);
    const order = arena.i32(scratch.order, count);
    const weight = edges.isRounded
      ? new Float64Array(arena.f32(scratch.sorted, count))
      : new Float64Array(count);
    if (!edges.isRounded) {
      await pace.chunks(count, CHUNK, (start, end) => edges.weigh(order, start, end, weight));
      orderRuns(order, weight, edges);
    }
    const from = new Int32Array(count);
    const to = new Int32Array(count);
    await edges.ends(scratch.order, count, from, to, pace);
    return { from, to, weight };
  } finally {
    arena.release(mark);
  }
}

/** Puts weights that only f64 tells apart in order: short runs of equal f32 keys, which are in any order so far. */
function orderRuns(order: Int32Array, sorted: Float64Array, edges: NumberedEdges): void {
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] >= sorted[i - 1]) continue;
    const key = Math.fround(sorted[i]);
    let start = i - 1;
    while (start > 0 && Math.fround(sorted[start - 1]) === key) start--;
    let end = i + 1;
    while (end < sorted.length && Math.fround(sorted[end]) === key) end++;
    const run = order.subarray(start, end).sort((a, b) => edges.weight(a) - edges.weight(b) || a - b);
    for (let at = start; at < end; at++) sorted[at] = edges.weight(run[at - start]);
    i = end - 1;
  }
}

/** Pointers, 4 bytes per edge: `keys` and `numbers` before, in order `sorted` and `order` after. */
interface Sort {
  keys: number;
  numbers: number;
  sorted: number;
  order: number;
  digits: number;
}

function openSort({ arena }: TreeKernel, count: number): Sort {
  const [keys, numbers, sorted, order] = [0, 0, 0, 0].map(() => arena.alloc(count * 4));
  return { keys, numbers, sorted, order, digits: arena.alloc(3 * 2048 * 4) };
}

/** Puts the numbers of `count` non-negative keys in ascending order of keys. */
async function sortKeys(
  { arena, call }: TreeKernel,
  { keys, numbers, sorted, order, digits }: Sort,
  count: number,
  pace: Pace,
): Promise<void> {
  arena.i32(digits, 3 * 2048).fill(0);
  await pace.chunks(count, CHUNK, (start, end) => call.countDigits({ start, end, keys, counts: digits }));
  call.startDigits({ counts: digits });
  // Back and forth: after three passes they are on the other side.
  const here = { keys, order: numbers };
  const there = { keys: sorted, order };
  for (let pass = 0; pass < 3; pass++) {
    const [from, to] = pass % 2 === 0 ? [here, there] : [there, here];
    await pace.chunks(count, CHUNK, (start, end) =>
      call.scatterDigits({
        start,
        end,
        pass,
        keys: from.keys,
        order: from.order,
        toKeys: to.keys,
        toOrder: to.order,
        starts: digits,
      }),
    );
  }
}
