/** A grouping of rows. Groups count from 0 by size, largest first; equal sizes by their first row. */
export interface Groups {
  /** Per row; -1 for a row in no group. */
  labels: Int32Array;
  count: number;
  /** Rows of each group. */
  size: Int32Array;
}

/** Numbers groups anew by size; labels below 0 stay -1, labels that no row has are left out. */
export function bySize(labels: ArrayLike<number>): Groups {
  let most = -1;
  for (let row = 0; row < labels.length; row++) most = Math.max(most, labels[row]);
  // Typed arrays: this is called for every level that is tried.
  const sizeOf = new Int32Array(most + 1);
  const firstOf = new Int32Array(most + 1);
  for (let row = labels.length - 1; row >= 0; row--) {
    if (labels[row] < 0) continue;
    sizeOf[labels[row]]++;
    firstOf[labels[row]] = row;
  }
  const order = Int32Array.from(sizeOf.keys())
    .filter((label) => sizeOf[label] > 0)
    .sort((a, b) => sizeOf[b] - sizeOf[a] || firstOf[a] - firstOf[b]);
  const number = new Int32Array(most + 1);
  for (let place = 0; place < order.length; place++) number[order[place]] = place;
  const numbered = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row++) numbered[row] = labels[row] < 0 ? -1 : number[labels[row]];
  return { labels: numbered, count: order.length, size: order.map((label) => sizeOf[label]) };
}

/** How many rows have each label. */
export function sizesOf(labels: Int32Array, count: number): Int32Array {
  const size = new Int32Array(count);
  for (let row = 0; row < labels.length; row++) if (labels[row] >= 0) size[labels[row]]++;
  return size;
}

/** Rows that have a label, ascending. */
export const rowsWith = (labels: Int32Array, label: number): Int32Array<ArrayBuffer> =>
  Int32Array.from(labels.keys()).filter((row) => labels[row] === label);

/** Of each group the coarser group that most of its rows are in; equal numbers: the larger group. -1 where none of its rows is in any. */
export function parentsOf(fine: Groups, coarse: Groups): Int32Array {
  const shared = new Int32Array(fine.count * coarse.count);
  for (let row = 0; row < fine.labels.length; row++) {
    if (fine.labels[row] >= 0 && coarse.labels[row] >= 0)
      shared[fine.labels[row] * coarse.count + coarse.labels[row]]++;
  }
  return Int32Array.from({ length: fine.count }, (_, group) => {
    let parent = -1;
    let most = 0;
    for (let above = 0; above < coarse.count; above++) {
      const rows = shared[group * coarse.count + above];
      if (rows <= most) continue;
      most = rows;
      parent = above;
    }
    return parent;
  });
}

/** From so many of a hundred on, themes are hardly fewer than topics. */
const NEARLY_AS_MANY = 75;

/** Whether there are nearly as many themes as topics, or more: they are then nearly the same groups, and one list of topics is enough. */
export const isNearlyAsMany = (themes: number, topics: number): boolean =>
  topics > 0 && themes * 100 >= topics * NEARLY_AS_MANY;
