import type { App } from './app.js';
import { css, noiseColor, palette } from './colors.js';
import { count, h, plural } from './dom.js';
import type { MapTopic } from './topics.js';

type Column = 'name' | 'size' | 'persistence';

const FIRST_ROWS = 250;

/**
 * The table of contents: every topic with its size, sortable, with a switch each. It is the map's text version
 * for screen readers, and its legend.
 */
export class TopicTable {
  readonly element: HTMLElement;
  readonly #body = h('tbody');
  readonly #more = h('button', { type: 'button', class: 'quiet more' });
  readonly #all = h('input', { type: 'checkbox', 'aria-label': 'All topics' });
  readonly #headers = new Map<Column, HTMLElement>();
  /** The name column's header, which says what the rows are. */
  #kind: HTMLElement | undefined;
  #sort: { by: Column; down: boolean } = { by: 'size', down: true };
  #limit = FIRST_ROWS;

  constructor(
    private readonly app: App,
    private readonly goTo: (topic: MapTopic) => void,
  ) {
    const head = h('tr', {}, h('th', { scope: 'col', class: 'switch' }, this.#all));
    for (const [by, label] of [
      ['name', 'Topic'],
      ['size', 'Texts'],
      ['persistence', 'Stability'],
    ] as [Column, string][]) {
      const button = h('button', { type: 'button', class: 'sort' }, label);
      const cell = h('th', { scope: 'col', class: by }, button);
      if (by === 'persistence')
        button.title =
          'Persistence, 0 to 1: over how wide a range of distances the topic stays one cluster. No share of the texts.';
      button.addEventListener('click', () => {
        this.#sort = { by, down: this.#sort.by === by ? !this.#sort.down : by !== 'name' };
        this.render();
      });
      if (by === 'name') this.#kind = button;
      this.#headers.set(by, cell);
      head.append(cell);
    }
    const table = h(
      'table',
      { class: 'topics' },
      h('caption', { class: 'unseen' }, 'Topics on the map'),
      h('thead', {}, head),
      this.#body,
    );
    this.element = h('div', { class: 'table-holder' }, table, this.#more);
    this.#more.addEventListener('click', () => {
      this.#limit = Infinity;
      this.render();
    });
    this.#all.addEventListener('change', () => {
      const off = this.#all.checked ? [] : this.app.cut.topics.map((topic) => topic.id);
      this.app.store.change({ off: new Set(off) });
    });
    this.#body.addEventListener('change', (event) => this.#onSwitch(event.target as HTMLInputElement));
    this.#body.addEventListener('click', (event) => {
      const row = (event.target as HTMLElement).closest('tr');
      if (!row || (event.target as HTMLElement).closest('.switch')) return;
      const topic = this.app.cut.byId.get(Number(row.dataset.topic));
      if (topic) this.goTo(topic);
    });
    app.store.onChange((changed) => {
      if (changed.has('off') || changed.has('topic') || changed.has('noise')) this.#mark();
    });
  }

  #onSwitch(box: HTMLInputElement): void {
    const id = Number(box.closest('tr')?.dataset.topic);
    if (id < 0) {
      this.app.store.change({ noise: box.checked });
      return;
    }
    const off = new Set(this.app.store.state.off);
    if (box.checked) off.delete(id);
    else off.add(id);
    this.app.store.change({ off });
  }

  #row(
    id: number,
    name: string,
    size: number,
    persistence: number | null,
    color: string,
  ): HTMLTableRowElement {
    const box = h('input', { type: 'checkbox', 'aria-label': `Show ${name}` });
    const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
    swatch.style.background = color;
    const title =
      id < 0
        ? h('span', { class: 'plain' }, name)
        : h('button', { type: 'button', class: 'go' }, h('bdi', {}, name));
    return h(
      'tr',
      { 'data-topic': id },
      h('td', { class: 'switch' }, box),
      h('th', { scope: 'row', class: 'name', title: name }, swatch, title),
      h('td', { class: 'size' }, count(size)),
      h('td', { class: 'persistence' }, persistence === null ? '' : persistence.toFixed(2)),
    );
  }

  /** Fills the table anew: after a re-cut, a sort, or a change of theme. */
  render(): void {
    const { cut } = this.app;
    if (this.#kind) this.#kind.textContent = { topic: 'Topic', theme: 'Theme', group: 'Group' }[cut.kind];
    // Only HDBSCAN's topics have it.
    this.element.classList.toggle('without-persistence', cut.kind !== 'topic');
    const { by, down } = this.#sort;
    const sign = down ? -1 : 1;
    const sorted = [...cut.topics].sort(
      (a, b) => (by === 'name' ? sign * a.name.localeCompare(b.name) : sign * (a[by] - b[by])) || a.id - b.id,
    );
    for (const [column, cell] of this.#headers)
      cell.setAttribute('aria-sort', column !== by ? 'none' : down ? 'descending' : 'ascending');
    const theme = this.app.theme();
    const rows = sorted
      .slice(0, this.#limit)
      .map((topic) =>
        this.#row(topic.id, topic.name, topic.size, topic.persistence, css(palette(theme)[topic.color])),
      );
    if (cut.noise > 0) rows.push(this.#row(-1, 'Noise', cut.noise, null, css(noiseColor(theme))));
    this.#body.replaceChildren(...rows);
    this.#more.hidden = sorted.length <= this.#limit;
    this.#more.textContent = `Show all ${plural(sorted.length, 'topic')}`;
    this.#mark();
  }

  #mark(): void {
    const { off, topic, noise } = this.app.store.state;
    for (const row of this.#body.rows) {
      const id = Number(row.dataset.topic);
      const on = id < 0 ? noise : !off.has(id);
      row.querySelector('input')!.checked = on;
      row.classList.toggle('off', !on);
      row.classList.toggle('current', id === topic && id >= 0);
    }
    const total = this.app.cut.topics.length;
    const hidden = this.app.cut.topics.reduce((sum, { id }) => sum + (off.has(id) ? 1 : 0), 0);
    this.#all.checked = hidden === 0;
    this.#all.indeterminate = hidden > 0 && hidden < total;
  }
}
