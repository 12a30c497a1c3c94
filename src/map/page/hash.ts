import { type Field, type Filters, NO_FILTERS, NO_TOPIC, NOISE } from './filters.js';
import { readOutlines, writeOutlines } from './outline.js';
import type { State } from './store.js';
import type { View } from './view.js';

/** What a link holds: the reader's choices and the view. */
export type Shared = Partial<State> & { view?: View };

const digits = (value: number) => String(Number(value.toPrecision(6)));

function writeFilters(parts: URLSearchParams, filters: Filters): void {
  const { query, fields, span, topic, outlines, picked, ranges } = filters;
  if (query !== '') parts.set('search', query);
  if (fields.join() !== NO_FILTERS.fields.join()) parts.set('in', fields.join(','));
  if (span) parts.set('span', span.join(','));
  if (topic !== NO_TOPIC) parts.set('topic', topic === NOISE ? 'noise' : String(topic));
  if (outlines.length > 0) parts.set('lasso', writeOutlines(outlines));
  for (const [column, codes] of picked) parts.append('pick', `${column}:${sorted(codes).join(',')}`);
  for (const [column, range] of ranges) parts.append('range', `${column}:${range.join(',')}`);
}

/** The hash for a state; empty when everything is as the map opens. */
export function writeHash(state: State, view: View | null, opened: Pick<State, 'noise' | 'time'>): string {
  const parts = new URLSearchParams();
  if (view) parts.set('view', [view.x, view.y, view.scale].map(digits).join(','));
  if (state.color !== 'topic') parts.set('color', state.color);
  if (state.noise !== opened.noise) parts.set('noise', state.noise ? '1' : '0');
  if (state.granularity !== null) parts.set('topics', String(state.granularity));
  if (state.off.size > 0) parts.set('off', sorted(state.off).join(','));
  if (state.time !== opened.time) parts.set('time', String(state.time));
  writeFilters(parts, state);
  if (state.compare !== null) parts.set('with', String(state.compare));
  if (state.kept) {
    const kept = new URLSearchParams();
    writeFilters(kept, state.kept);
    parts.set('kept', kept.toString());
  }
  if (state.overview) parts.set('panel', '1');
  if (state.contours) parts.set('contours', '1');
  if (state.pinned >= 0) parts.set('text', String(state.pinned));
  return parts.toString();
}

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

const integer = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : undefined);
const numbers = (text: string | null) => (text ? text.split(',').map(Number) : []);

/** `column:a,b,…` of every parameter of this name. */
function byColumn(parts: URLSearchParams, name: string): [number, number[]][] {
  return parts.getAll(name).flatMap((part): [number, number[]][] => {
    const [column, values] = part.split(':');
    const read = numbers(values ?? '');
    return /^\d+$/.test(column) && read.length > 0 && read.every(Number.isFinite)
      ? [[Number(column), read]]
      : [];
  });
}

function readFilters(parts: URLSearchParams): Partial<Filters> {
  const shared: Partial<Filters> = {};
  const query = parts.get('search');
  if (query) shared.query = query;
  const fields = parts.get('in')?.split(',') ?? [];
  if (fields.length > 0 && fields.every((field) => /^(text|name|column:\d+)$/.test(field)))
    shared.fields = fields as Field[];
  const span = numbers(parts.get('span'));
  if (span.length === 3 && span.every(Number.isFinite) && span[1] < span[2])
    shared.span = [span[0], span[1], span[2]];
  const topic = parts.get('topic') === 'noise' ? NOISE : integer(parts.get('topic'));
  if (topic !== undefined) shared.topic = topic;
  const outlines = readOutlines(parts.get('lasso') ?? '');
  if (outlines.length > 0) shared.outlines = outlines;
  const picked = byColumn(parts, 'pick').filter(([, codes]) => codes.every(Number.isInteger));
  if (picked.length > 0) shared.picked = new Map(picked.map(([column, codes]) => [column, new Set(codes)]));
  const ranges = byColumn(parts, 'range').filter(([, range]) => range.length === 2 && range[0] <= range[1]);
  if (ranges.length > 0)
    shared.ranges = new Map(ranges.map(([column, [low, high]]) => [column, [low, high] as const]));
  return shared;
}

/** Reads a hash; what makes no sense is left out. */
export function readHash(hash: string, rows: number): Shared {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const shared: Shared = readFilters(parts);
  const view = numbers(parts.get('view'));
  if (view.length === 3 && view.every(Number.isFinite) && view[2] > 0)
    shared.view = { x: view[0], y: view[1], scale: view[2] };
  const color = parts.get('color');
  if (color && /^(topic|probability|outlier|column:\d+)$/.test(color)) shared.color = color;
  const noise = parts.get('noise');
  if (noise === '0' || noise === '1') shared.noise = noise === '1';
  const topics = integer(parts.get('topics'));
  if (topics !== undefined) shared.granularity = topics;
  const off = numbers(parts.get('off')).filter(Number.isInteger);
  if (off.length > 0) shared.off = new Set(off);
  const time = integer(parts.get('time'));
  if (time !== undefined) shared.time = time;
  const compared = parts.get('with');
  if (compared === 'rest' || compared === 'kept') shared.compare = compared;
  else if (compared && /^(-2|\d+)$/.test(compared)) shared.compare = Number(compared);
  const kept = parts.get('kept');
  if (kept !== null) shared.kept = { ...NO_FILTERS, ...readFilters(new URLSearchParams(kept)) };
  if (parts.get('panel') === '1') shared.overview = true;
  if (parts.get('contours') === '1') shared.contours = true;
  const pinned = integer(parts.get('text'));
  if (pinned !== undefined && pinned < rows) shared.pinned = pinned;
  return shared;
}
