import { maximumMatching, type Pair } from './match.js';

/** Groups before and after a change, by rows that were there before and are there after. */
export interface Overlap {
  /** Place of each row's group before; −1 for none. */
  before: Int32Array;
  /** Place of each row's group after; −1 for none. */
  after: Int32Array;
  beforeCount: number;
  afterCount: number;
  /** Rows of each group after, those included that were not there before. */
  afterSize: ArrayLike<number>;
}

/** What became of groups. Ids are those that people see. */
export interface Lifecycle {
  /** Id of each group after, by place. */
  ids: Int32Array;
  /** The first id that no group had. */
  next: number;
  events: LifeEvent[];
}

export interface LifeEvent {
  kind: 'kept' | 'born' | 'gone' | 'split from' | 'merged into';
  id: number;
  /** Of `split from` and `merged into`: the group that most of its rows were or are in. */
  other?: number;
  /** Of `kept`: Jaccard overlap of its rows before and after, 0 to 1. */
  overlap?: number;
}

/** A group is the same as before if so much of the rows of either, new rows left aside, are in both. */
export const SAME_OVERLAP = 0.3;
/** A group came from another, or went into it, with so much of its rows. */
const MOST = 0.5;

/**
 * Gives groups after a change the ids of those before: a one-to-one matching of greatest total Jaccard overlap, of which pairs
 * from `SAME_OVERLAP` on are the same group. Others get new ids, never one that was used. Which of the rest are born, split off,
 * merged or gone follows from where half of their rows were or are.
 *
 * @param idOf id of each group before, by place
 * @param next the first id that was never used
 * @param same `known`: id of each group after, by place, where these are groups that the run had once, and nothing is matched.
 * `named`: groups that the caller named, which are the same whatever their rows are
 */
export function followGroups(
  overlap: Overlap,
  idOf: Int32Array,
  next: number,
  { known, named = [] }: { known?: Int32Array; named?: readonly { before: number; after: number }[] } = {},
): Lifecycle {
  const { before, after, beforeCount, afterCount, afterSize } = overlap;
  const shared = new Map<number, number>();
  const beforeSize = new Int32Array(beforeCount);
  const commonSize = new Int32Array(afterCount);
  for (let row = 0; row < before.length; row++) {
    if (before[row] >= 0) beforeSize[before[row]]++;
    if (after[row] >= 0) commonSize[after[row]]++;
    if (before[row] < 0 || after[row] < 0) continue;
    const key = before[row] * afterCount + after[row];
    shared.set(key, (shared.get(key) ?? 0) + 1);
  }
  const pairs = Array.from(shared, ([key, both]): Pair => {
    const [from, to] = [Math.floor(key / afterCount), key % afterCount];
    return { before: from, after: to, weight: both / (beforeSize[from] + commonSize[to] - both) };
  });
  const matched = known
    ? pairs.filter(({ before: from, after: to }) => idOf[from] === known[to])
    : matchGroups(pairs, named);
  const ids = new Int32Array(afterCount).fill(-1);
  const isKept = new Uint8Array(beforeCount);
  const events: LifeEvent[] = [];
  for (const pair of matched) {
    ids[pair.after] = idOf[pair.before];
    isKept[pair.before] = 1;
    events.push({ kind: 'kept', id: idOf[pair.before], overlap: pair.weight });
  }
  let fresh = next;
  const sharedOf = (from: number, to: number) => shared.get(from * afterCount + to) ?? 0;
  for (let to = 0; to < afterCount; to++) {
    if (ids[to] >= 0) continue;
    ids[to] = known ? known[to] : fresh++;
    const from = largest(beforeCount, (group) => sharedOf(group, to));
    const isPart = from >= 0 && sharedOf(from, to) >= MOST * afterSize[to];
    events.push(
      isPart ? { kind: 'split from', id: ids[to], other: idOf[from] } : { kind: 'born', id: ids[to] },
    );
  }
  for (let from = 0; from < beforeCount; from++) {
    if (isKept[from]) continue;
    const to = largest(afterCount, (group) => sharedOf(from, group));
    const isPart = to >= 0 && sharedOf(from, to) >= MOST * beforeSize[from];
    events.push(
      isPart ? { kind: 'merged into', id: idOf[from], other: ids[to] } : { kind: 'gone', id: idOf[from] },
    );
  }
  return { ids, next: fresh, events: events.sort((a, b) => a.id - b.id) };
}

/** The pairs of groups that are the same: those of the caller, and of the others those of the best matching. */
function matchGroups(pairs: readonly Pair[], named: readonly { before: number; after: number }[]): Pair[] {
  const isNamed = (pair: Pair) =>
    named.some(({ before, after }) => pair.before === before || pair.after === after);
  const weightOf = (pair: { before: number; after: number }) =>
    pairs.find(({ before, after }) => before === pair.before && after === pair.after)?.weight ?? 0;
  return [
    ...named.map((pair) => ({ ...pair, weight: weightOf(pair) })),
    ...maximumMatching(pairs.filter((pair) => !isNamed(pair))).filter(({ weight }) => weight >= SAME_OVERLAP),
  ];
}

/** The group of the greatest positive value; equal values: the first. −1 where none is positive. */
function largest(count: number, value: (group: number) => number): number {
  let best = -1;
  let most = 0;
  for (let group = 0; group < count; group++) {
    if (value(group) <= most) continue;
    most = value(group);
    best = group;
  }
  return best;
}
