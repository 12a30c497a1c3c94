import type { Topic } from '../shapes.js';
import type { LifeEvent } from './lifecycle.js';

/** A group that appeared, went, or changed its size, under the id and name that people see. */
export interface GroupChange extends LifeEvent {
  name: string;
  /** Its name before, where it is the same group under another one. */
  formerName?: string;
  keywords: string[];
  /** Rows before and after. */
  before: number;
  after: number;
}

/** A topic whose share of the new rows differs from its share of the old ones. */
export interface Trend {
  id: number;
  name: string;
  /** Rows before, and among the new ones. */
  before: number;
  added: number;
  /** Standard deviations of a two-proportion z-test; above 0 it grows. */
  z: number;
}

/** What a change did to a run. */
export interface Changes {
  did: 'add' | 'recut';
  /** Rows of the run before and after. */
  rowsBefore: number;
  rows: number;
  /** Rows of the source that were there already, and of these those with another text under the same id. */
  skipped: number;
  changedTexts: number;
  /** How new rows were placed and clustered, one line. */
  how: string;
  topics: GroupChange[];
  themes: GroupChange[];
  growing: Trend[];
  fading: Trend[];
  /** Old rows that are in another topic than before, or in one, or in none; `examples` are rows of the table. */
  moved: { rows: number; examples: { row: number; from: number; to: number }[] };
  /** New rows whose nearest old row is farther than 99 of 100 old rows' nearest other one; without vectors undefined. */
  drift?: { rows: number; share: number; distance: number };
}

/** A share is said to change from so many standard deviations on. */
export const TREND_Z = 2;
/** New rows that a growing topic has at least, and a fading one would have had at its earlier share: with fewer the test means nothing. */
export const TREND_ROWS = 5;
const MOVED_SHOWN = 20;

/** Topics whose share of the new rows in topics is larger or smaller than their share of the old ones, by more than chance. */
export function trendsOf(
  topics: readonly Pick<Topic, 'id' | 'name'>[],
  before: ReadonlyMap<number, number>,
  added: ReadonlyMap<number, number>,
): { growing: Trend[]; fading: Trend[] } {
  const sum = (counts: ReadonlyMap<number, number>) =>
    [...counts.values()].reduce((all, one) => all + one, 0);
  const [oldRows, newRows] = [sum(before), sum(added)];
  if (oldRows === 0 || newRows === 0) return { growing: [], fading: [] };
  const trends = topics.map(({ id, name }): Trend => {
    const [old, fresh] = [before.get(id) ?? 0, added.get(id) ?? 0];
    const pooled = (old + fresh) / (oldRows + newRows);
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / oldRows + 1 / newRows));
    const z = deviation > 0 ? (fresh / newRows - old / oldRows) / deviation : 0;
    return { id, name, before: old, added: fresh, z: Math.round(z * 100) / 100 };
  });
  return {
    growing: trends
      .filter(({ z, added }) => z >= TREND_Z && added >= TREND_ROWS)
      .sort((a, b) => b.z - a.z || a.id - b.id),
    fading: trends
      .filter(({ z, before }) => z <= -TREND_Z && (before / oldRows) * newRows >= TREND_ROWS)
      .sort((a, b) => a.z - b.z || a.id - b.id),
  };
}

/** Documents whose topic differs, by the ids before and after; `rowOf` gives a document's row of the table. */
export function movedRows(
  before: Int32Array,
  after: Int32Array,
  rowOf: (document: number) => number,
): Changes['moved'] {
  let rows = 0;
  const examples: Changes['moved']['examples'] = [];
  for (let row = 0; row < before.length; row++) {
    if (before[row] === after[row]) continue;
    rows++;
    if (examples.length < MOVED_SHOWN) examples.push({ row: rowOf(row), from: before[row], to: after[row] });
  }
  return { rows, examples };
}

/** Events with names and sizes. */
export function changesOf(
  events: readonly LifeEvent[],
  before: readonly Topic[],
  after: readonly Topic[],
): GroupChange[] {
  const was = new Map(before.map((topic) => [topic.id, topic]));
  const is = new Map(after.map((topic) => [topic.id, topic]));
  return events.map((event) => {
    const [old, now] = [was.get(event.id), is.get(event.id)];
    const { name = '', keywords = [] } = now ?? old ?? {};
    const formerName = old && now && old.name !== name ? { formerName: old.name } : {};
    return { ...event, name, ...formerName, keywords, before: old?.size ?? 0, after: now?.size ?? 0 };
  });
}
