import type { Settings } from '../options/table.js';
import { equalRows, type Matrix } from '../shapes.js';
import type { Groups } from '../themes/groups.js';
import { placesOf, type RowOrder } from '../themes/order.js';
import { type Grouping, LEAST_TO_REDUCE, planTree } from './grouping.js';

/** Documents without their copies. */
export interface Distinct {
  /** The first document of each group of copies, in canonical order. */
  order: RowOrder;
  /** Of every document: where it, or the one it is a copy of, stands in `order`. */
  places: Int32Array;
  /** Of every place in `order`: how many documents stand there. */
  counts: Int32Array;
}

/** Documents that take part: copies count with the first of them where the settings say so. */
export function withoutCopies(
  order: RowOrder,
  texts: readonly string[],
  vectors: Matrix | undefined,
  tree: Settings['tree'],
): Distinct {
  const each = { order, places: placesOf(order), counts: new Int32Array(order.length).fill(1) };
  if (!vectors || tree.copies === 'each') return each;
  const distinct = distinctDocuments(order, texts, vectors);
  return countsOnce(tree, order.length, distinct.order.length) ? distinct : each;
}

/**
 * Groups documents whose text and vector are equal. In canonical order such documents are next to each other.
 *
 * @param order every document once, in canonical order
 */
function distinctDocuments(order: RowOrder, texts: readonly string[], vectors: Matrix): Distinct {
  const firsts: number[] = [];
  const counts: number[] = [];
  const places = new Int32Array(order.length);
  const { data, cols } = vectors;
  for (const document of order) {
    const last = firsts[firsts.length - 1];
    const isCopy =
      last !== undefined &&
      texts[last] === texts[document] &&
      equalRows(data, last * cols, document * cols, cols);
    if (!isCopy) {
      firsts.push(document);
      counts.push(0);
    }
    places[document] = firsts.length - 1;
    counts[firsts.length - 1]++;
  }
  return { order: Int32Array.from(firsts), places, counts: Int32Array.from(counts) };
}

/**
 * Whether copies count once. By default they do where denscape chooses how to cluster, and enough different texts are
 * left to be clustered that way.
 *
 * @param rows documents
 * @param different documents without copies
 */
function countsOnce(tree: Settings['tree'], rows: number, different: number): boolean {
  if (tree.copies !== 'auto') return tree.copies === 'once';
  return different >= LEAST_TO_REDUCE && planTree(tree, rows).isGuarded;
}

/**
 * The grouping of different documents with sizes that count their copies, and groups numbered by these sizes.
 *
 * @param counts of every place: how many documents stand there
 * @param sizes what sizes of groups count of each place, where that is something else
 */
export function countCopies<T extends { grouping: Grouping }>(
  found: T,
  counts: Int32Array,
  sizes: Int32Array = counts,
): T {
  const hasCopies = counts.some((count) => count !== 1);
  if (!hasCopies && sizes === counts) return found;
  const { choice } = found.grouping;
  const topics = hasCopies ? `${choice.topics}; copies of a text counted once` : choice.topics;
  return { ...found, grouping: withCounts({ ...found.grouping, choice: { ...choice, topics } }, sizes) };
}

function withCounts(grouping: Grouping, counts: Int32Array): Grouping {
  const { topics, persistence, nearest, themes, levels } = grouping;
  const ordered = renumber(topics, counts);
  const renumbered = levels.map((level) => renumber(level, counts));
  return {
    ...grouping,
    topics: ordered.groups,
    persistence: Float64Array.from(ordered.before, (topic) => persistence[topic]),
    nearest: { ...nearest, topic: nearest.topic.map((topic) => (topic < 0 ? -1 : ordered.after[topic])) },
    themes: renumber(themes, counts).groups,
    levels: levels.map((level, at) => ({
      ...level,
      ...renumbered[at].groups,
      parents: Int32Array.from(renumbered[at].before, (group) => {
        const parent = level.parents[group];
        return parent < 0 ? -1 : renumbered[at + 1].after[parent];
      }),
    })),
  };
}

interface Renumbered {
  groups: Groups;
  /** Old number of each new group, and new number of each old one. */
  before: Int32Array;
  after: Int32Array;
}

function renumber({ labels, count }: Groups, counts: Int32Array): Renumbered {
  const sizes = new Int32Array(count);
  for (let row = 0; row < labels.length; row++) if (labels[row] >= 0) sizes[labels[row]] += counts[row];
  const before = Int32Array.from(sizes.keys()).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const after = new Int32Array(count);
  for (const [number, old] of before.entries()) after[old] = number;
  return {
    groups: {
      labels: labels.map((label) => (label < 0 ? -1 : after[label])),
      count,
      size: before.map((old) => sizes[old]),
    },
    before,
    after,
  };
}
