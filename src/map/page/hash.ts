import type { State } from './store.js';
import type { View } from './view.js';

/** What a link holds: the reader's choices and the view; a selection by hand is not shared. */
export type Shared = Partial<Omit<State, 'selection' | 'matches'>> & { view?: View };

const digits = (value: number) => String(Number(value.toPrecision(6)));

/** The hash for a state; empty when everything is as the map opens. */
export function writeHash(state: State, view: View | null, opened: Pick<State, 'noise' | 'time'>): string {
  const parts = new URLSearchParams();
  if (view) parts.set('view', [view.x, view.y, view.scale].map(digits).join(','));
  if (state.color !== 'topic') parts.set('color', state.color);
  if (state.noise !== opened.noise) parts.set('noise', state.noise ? '1' : '0');
  if (state.granularity !== null) parts.set('topics', String(state.granularity));
  if (state.off.size > 0) parts.set('off', [...state.off].sort((a, b) => a - b).join(','));
  if (state.query !== '') parts.set('search', state.query);
  if (state.time !== opened.time) parts.set('time', String(state.time));
  if (state.span) parts.set('span', state.span.join(','));
  if (state.topic >= 0) parts.set('topic', String(state.topic));
  if (state.pinned >= 0) parts.set('text', String(state.pinned));
  return parts.toString();
}

const integer = (text: string | null) => (text !== null && /^\d+$/.test(text) ? Number(text) : undefined);
const numbers = (text: string | null) => (text ? text.split(',').map(Number) : []);

/** Reads a hash; what makes no sense is left out. */
export function readHash(hash: string, rows: number): Shared {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const shared: Shared = {};
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
  const query = parts.get('search');
  if (query) shared.query = query;
  const time = integer(parts.get('time'));
  if (time !== undefined) shared.time = time;
  const span = numbers(parts.get('span'));
  if (span.length === 2 && span.every(Number.isFinite) && span[0] < span[1]) shared.span = [span[0], span[1]];
  const topic = integer(parts.get('topic'));
  if (topic !== undefined) shared.topic = topic;
  const pinned = integer(parts.get('text'));
  if (pinned !== undefined && pinned < rows) shared.pinned = pinned;
  return shared;
}
