import type { Outline } from './outline.js';

/** The chosen topic's id where noise is chosen. */
export const NOISE = -2;
/** The chosen topic's id where none is. */
export const NO_TOPIC = -1;

/** Where a search looks: the texts, the names of groups, or a column. */
export type Field = 'text' | 'name' | `column:${number}`;

/** What is chosen: texts that pass every filter. */
export interface Filters {
  /** Id of a topic, theme or group; {@link NOISE}; or {@link NO_TOPIC}. */
  topic: number;
  query: string;
  /** Where the query is looked for. */
  fields: readonly Field[];
  /** Lassos and boxes, in the order in which they were drawn. */
  outlines: readonly Outline[];
  /** Index of the date column, start (included) and end (excluded) in milliseconds. */
  span: readonly [number, number, number] | null;
  /** Codes of categories, by column; -1 is no value. */
  picked: ReadonlyMap<number, ReadonlySet<number>>;
  /** Lowest and highest number, both included, by column. */
  ranges: ReadonlyMap<number, readonly [number, number]>;
}

export const NO_FILTERS: Filters = {
  topic: NO_TOPIC,
  query: '',
  fields: ['text'],
  outlines: [],
  span: null,
  picked: new Map(),
  ranges: new Map(),
};

/** One of the filters that are set. */
export type Filter =
  | { kind: 'topic'; topic: number }
  | { kind: 'search'; query: string; fields: readonly Field[] }
  | { kind: 'outlines'; outlines: readonly Outline[] }
  | { kind: 'span'; span: readonly [number, number, number] }
  | { kind: 'picked'; column: number; codes: ReadonlySet<number> }
  | { kind: 'range'; column: number; range: readonly [number, number] };

/** The filters that are set, in the order in which the page shows them. */
export function activeFilters(filters: Filters): Filter[] {
  const { topic, query, fields, outlines, span, picked, ranges } = filters;
  const active: Filter[] = [];
  if (topic !== NO_TOPIC) active.push({ kind: 'topic', topic });
  if (query.trim() !== '') active.push({ kind: 'search', query, fields });
  if (outlines.length > 0) active.push({ kind: 'outlines', outlines });
  for (const [column, codes] of picked) active.push({ kind: 'picked', column, codes });
  for (const [column, range] of ranges) active.push({ kind: 'range', column, range });
  if (span) active.push({ kind: 'span', span });
  return active;
}

/** Filters that let through the same rows have the same key. */
export const keyOf = (filter: Filter): string =>
  JSON.stringify(filter, (_, value) => (value instanceof Set ? [...value].sort((a, b) => a - b) : value));

/** What changes when a filter is taken away. */
export function without(filters: Filters, filter: Filter): Partial<Filters> {
  switch (filter.kind) {
    case 'topic':
      return { topic: NO_TOPIC };
    case 'search':
      return { query: '' };
    case 'outlines':
      return { outlines: [] };
    case 'span':
      return { span: null };
    case 'picked':
      return { picked: mapWithout(filters.picked, filter.column) };
    case 'range':
      return { ranges: mapWithout(filters.ranges, filter.column) };
  }
}

function mapWithout<V>(map: ReadonlyMap<number, V>, key: number): ReadonlyMap<number, V> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** Picks a category, or puts it back where it was picked. */
export function togglePicked(filters: Filters, column: number, code: number): Partial<Filters> {
  const codes = new Set(filters.picked.get(column));
  if (!codes.delete(code)) codes.add(code);
  if (codes.size === 0) return { picked: mapWithout(filters.picked, column) };
  return { picked: new Map(filters.picked).set(column, codes) };
}

/** Sets the range of a column of numbers; null takes it away. */
export function setRange(
  filters: Filters,
  column: number,
  range: readonly [number, number] | null,
): Partial<Filters> {
  if (!range) return { ranges: mapWithout(filters.ranges, column) };
  return { ranges: new Map(filters.ranges).set(column, range) };
}

/** How an outline joins those before it. */
export type OutlineMode = 'new' | 'add' | 'remove';

/** Adds an outline. A first one that removes leaves all texts outside it. */
export function addOutline(
  filters: Filters,
  corners: readonly number[],
  mode: OutlineMode,
): Partial<Filters> {
  const outline = { adds: mode !== 'remove', corners };
  return { outlines: mode === 'new' ? [outline] : [...filters.outlines, outline] };
}
