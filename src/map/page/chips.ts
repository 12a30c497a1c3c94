import type { TimeUnit } from '../format.js';
import type { App } from './app.js';
import { clip } from './card.js';
import { count, h, icon } from './dom.js';
import { activeFilters, type Filter, NO_FILTERS, NOISE, without } from './filters.js';
import { formatOf } from './paint.js';
import type { State } from './store.js';
import { formatTime } from './time-bins.js';

const CLOSE = 'M6 6 L14 14 M14 6 L6 14';

/** What a filter lets through, in a few words. */
export function describeFilter(app: App, filter: Filter): string {
  const columnName = (column: number) => app.manifest.columns[column].name;
  switch (filter.kind) {
    case 'topic':
      return filter.topic === NOISE ? 'Noise' : (groupName(app, filter.topic) ?? 'Unknown topic');
    case 'search':
      return `“${filter.query.trim()}”`;
    case 'outlines': {
      const { length } = filter.outlines;
      return length === 1 ? 'Lasso' : `${length} lassos`;
    }
    case 'span':
      return spanText(filter.span, app.manifest.columns[filter.span[0]].unit);
    case 'picked': {
      const categories = app.manifest.columns[filter.column].categories ?? [];
      const names = [...filter.codes].map((code) => categories[code] ?? 'no value');
      return `${columnName(filter.column)}: ${names.join(' or ')}`;
    }
    case 'range': {
      const [low, high] = filter.range;
      const format = formatOf(app.manifest.columns[filter.column]);
      return `${columnName(filter.column)}: ${format(low)} – ${format(high)}`;
    }
  }
}

/** A span of time, as text; of one that reaches to the first or last time only the other end is named. */
function spanText([, from, to]: NonNullable<State['span']>, unit: TimeUnit | undefined): string {
  const [isFirst, isLast] = [from <= -8.64e15, to >= 8.64e15];
  if (isFirst) return `until ${formatTime(to - 1, unit)}`;
  return isLast
    ? `from ${formatTime(from, unit)}`
    : `${formatTime(from, unit)} – ${formatTime(to - 1, unit)}`;
}

/** The name of a group of any grouping that was read. */
export const groupName = ({ cut, grains }: App, id: number): string | undefined =>
  (cut.byId.get(id) ?? grains.known(id))?.name;

/** Every filter that is set, each with a button that takes it away. */
export class Chips {
  readonly element = h('div', { class: 'chips', role: 'group', 'aria-label': 'Filters', hidden: true });

  constructor(private readonly app: App) {}

  render(): void {
    const { app } = this;
    const { state } = app.store;
    const active = activeFilters(state);
    this.element.hidden = active.length === 0;
    if (active.length === 0) {
      this.element.replaceChildren();
      return;
    }
    const chips = active.map((filter) => {
      const text = describeFilter(app, filter);
      const button = h(
        'button',
        {
          type: 'button',
          class: 'filter',
          title: `Remove the filter ${text}`,
          'aria-label': `Remove ${text}`,
        },
        h('bdi', {}, clip(text, 60)),
        icon(CLOSE),
      );
      button.addEventListener('click', () => app.store.change(without(app.store.state, filter)));
      return button;
    });
    const sum = h('span', { class: 'sum' }, `${count(app.filtering.passed)} of ${count(app.rows)}`);
    const parts: Node[] = [...chips, sum];
    if (active.length > 1) {
      const all = h('button', { type: 'button', class: 'quiet' }, 'Clear all');
      all.addEventListener('click', () => app.store.change({ ...NO_FILTERS, fields: state.fields }));
      parts.push(all);
    }
    this.element.replaceChildren(...parts);
  }
}
