import type { Actions } from './actions.js';
import type { App } from './app.js';
import { clip } from './card.js';
import { describeFilter } from './chips.js';
import { Comparison } from './comparison.js';
import { saveCsv } from './csv.js';
import { count, h, iconButton, percent, plural } from './dom.js';
import { EditTab } from './edit-tab.js';
import { activeFilters, type Filter, NO_FILTERS, without } from './filters.js';
import { ICONS } from './icons.js';
import { Overview } from './overview.js';
import { Tabs } from './tabs.js';
import { TextList } from './text-list.js';

type Tab = 'about' | 'texts' | 'compare' | 'edit';

const TABS = ['about', 'texts', 'compare', 'edit'] as const;

/** What is chosen, whatever it was chosen by: how much it is, what it is about, all its texts, and what sets it apart. */
export class ChoicePanel {
  readonly element: HTMLElement;
  readonly #title = h('h2', { class: 'title', dir: 'auto' });
  readonly #count = h('div', { class: 'choice-count', role: 'status' });
  readonly #fold = iconButton('Fold the panel', ICONS.fold, () => this.toggle(), {
    class: 'icon fold',
    'aria-expanded': 'true',
  });
  readonly #save = h('button', { type: 'button', class: 'quiet' }, 'Save as CSV');
  readonly #clear = h('button', { type: 'button', class: 'quiet' }, 'Clear');
  readonly #overview: Overview;
  readonly #texts: TextList;
  readonly #comparison: Comparison;
  readonly #edit: EditTab;
  readonly #tabs: Tabs<Tab>;
  /** Tabs that show an older choice. */
  readonly #stale = new Set<Tab>(TABS);
  #hadQuery = false;

  constructor(
    private readonly app: App,
    actions: Actions,
  ) {
    this.#overview = new Overview(app, actions);
    this.#texts = new TextList(app, actions.pin);
    this.#comparison = new Comparison(app);
    this.#edit = new EditTab(app);
    this.#tabs = new Tabs<Tab>(
      'About the choice',
      [
        ['about', 'About', this.#overview.element],
        ['texts', 'Texts', this.#texts.element],
        ['compare', 'Compare', this.#comparison.element],
        ['edit', 'Edit', this.#edit.element],
      ],
      () => this.#showTab(),
    );
    this.#save.addEventListener('click', () => {
      const rows = this.#tabs.current === 'texts' ? this.#texts.rows : app.scene.chosen;
      void saveCsv(app, rows, this.#fileEnding());
    });
    this.#clear.addEventListener('click', () => app.store.change({ ...NO_FILTERS, overview: false }));
    this.element = h(
      'section',
      { class: 'panel choice', 'aria-label': 'What is chosen', hidden: true },
      h('header', {}, h('div', { class: 'title-line' }, this.#title, this.#fold), this.#count),
      h('div', { class: 'buttons' }, this.#tabs.bar, this.#save, this.#clear),
      this.#overview.element,
      this.#texts.element,
      this.#comparison.element,
      this.#edit.element,
    );
  }

  /** Folds the panel to its title, or unfolds it. */
  toggle(folded = !this.element.classList.contains('folded')): void {
    this.element.classList.toggle('folded', folded);
    this.#fold.setAttribute('aria-expanded', String(!folded));
    if (!folded) this.#showTab();
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Shows what is chosen now. */
  render(): void {
    const { app } = this;
    const { state } = app.store;
    const filters = activeFilters(state);
    const isShown = (filters.length > 0 || state.overview) && state.pinned < 0;
    this.element.hidden = !isShown;
    for (const tab of TABS) this.#stale.add(tab);
    const hasQuery = state.query.trim() !== '';
    // A search is made to read texts.
    if (hasQuery !== this.#hadQuery) this.#tabs.show(hasQuery ? 'texts' : 'about');
    this.#hadQuery = hasQuery;
    if (!isShown) return;
    const { chosen, hidden } = app.scene;
    this.#title.textContent = filters.map((filter) => describeFilter(app, filter)).join(' · ') || 'All texts';
    this.#count.replaceChildren(
      h('strong', {}, plural(chosen.length, 'text')),
      ` of ${count(app.rows)} · ${percent(chosen.length / Math.max(1, app.rows))}`,
    );
    if (hidden > 0) {
      const show = h(
        'button',
        { type: 'button', class: 'quiet' },
        `Show ${count(hidden)} in switched-off topics`,
      );
      show.addEventListener('click', () => showHidden(app));
      this.#count.append(' ', show);
    }
    if (app.filtering.passed === 0 && filters.length > 1) this.#count.append(...this.#waysOut(filters));
    this.#tabs.title('texts', `Texts ${count(chosen.length)}`);
    this.#save.disabled = chosen.length === 0;
    this.#showTab();
  }

  /** Where no text passes all filters: for each, how many pass without it. */
  #waysOut(filters: readonly Filter[]): Node[] {
    const { filtering, store } = this.app;
    const buttons = filters.flatMap((filter) => {
      const left = filtering.passedWithout(filter);
      if (left === 0) return [];
      const text = `Without ${clip(describeFilter(this.app, filter), 40)}: ${count(left)}`;
      const button = h('button', { type: 'button', class: 'quiet' }, text);
      button.addEventListener('click', () => store.change(without(store.state, filter)));
      return [h('li', {}, button)];
    });
    return [h('span', { class: 'none' }, 'No text passes all of them.'), h('ul', {}, ...buttons)];
  }

  #showTab(): void {
    const { current } = this.#tabs;
    this.#overview.element.hidden = current !== 'about';
    this.#texts.element.hidden = current !== 'texts';
    this.#comparison.element.hidden = current !== 'compare';
    this.#edit.element.hidden = current !== 'edit';
    if (this.element.hidden || this.element.classList.contains('folded')) return;
    if (!this.#stale.delete(current)) return;
    if (current === 'about') void this.#overview.render();
    else if (current === 'texts') void this.#texts.render();
    else if (current === 'compare') void this.#comparison.render();
    else this.#edit.render();
  }

  #fileEnding(): string {
    const filters = activeFilters(this.app.store.state);
    if (filters.length !== 1) return filters.length === 0 ? 'texts' : 'choice';
    const [{ kind }] = filters;
    return { topic: 'topic', search: 'matches', outlines: 'selection' }[kind as 'topic'] ?? 'choice';
  }
}

/** Switches on the topics, and the noise, that chosen texts are hidden in. */
export function showHidden(app: App): void {
  const { store, cut, filtering } = app;
  const off = new Set(store.state.off);
  let { noise } = store.state;
  for (let row = 0; row < app.rows; row++) {
    if (filtering.passes && !filtering.passes[row]) continue;
    if (cut.labels[row] < 0) noise = true;
    else off.delete(cut.labels[row]);
  }
  store.change({ off, noise });
}
