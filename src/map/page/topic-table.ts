import type { App } from './app.js';
import { css, noiseColor } from './colors.js';
import { count, h, plural } from './dom.js';
import { countOf } from './facets.js';
import { NOISE } from './filters.js';
import { isSame } from './kept.js';

/** Numbers of texts from here on need a wider column. */
const MANY = 100_000;

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
  /** What the rows were made for. */
  #made: readonly unknown[] = [];

  constructor(
    private readonly app: App,
    private readonly goTo: (id: number) => void,
    private readonly point: (id: number) => void,
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
      const id = Number(row.dataset.topic);
      this.goTo(id < 0 ? NOISE : id);
    });
    this.#body.addEventListener('pointerover', (event) => this.#onPoint(event.target));
    this.#body.addEventListener('pointerleave', () => this.point(-1));
    this.#body.addEventListener('focusin', (event) => this.#onPoint(event.target));
    this.#body.addEventListener('focusout', () => this.point(-1));
    this.#body.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #onPoint(target: EventTarget | null): void {
    const row = target instanceof Element ? target.closest('tr') : null;
    this.point(Number(row?.dataset.topic ?? -1));
  }

  /** Arrow keys go from row to row and between a row's switch and name: the list is one Tab stop. */
  #onKey(event: KeyboardEvent): void {
    const controls = [...this.#body.querySelectorAll<HTMLElement>('input, .go')];
    const at = controls.indexOf(event.target as HTMLElement);
    const steps: Record<string, number> = {
      ArrowDown: 2,
      ArrowUp: -2,
      ArrowRight: 1,
      ArrowLeft: -1,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (at < 0 || step === undefined) return;
    event.preventDefault();
    const next = controls[Math.min(controls.length - 1, Math.max(0, at + step))];
    this.#setStop(next);
    next.focus();
  }

  #setStop(stop: HTMLElement | undefined): void {
    for (const control of this.#body.querySelectorAll<HTMLElement>('input, .go'))
      control.tabIndex = control === stop ? 0 : -1;
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
    const isEdited = this.app.grains.changed.has(id);
    const note = this.app.grains.notes.topics.get(id);
    const title = h('button', { type: 'button', class: 'go' }, h('bdi', {}, name));
    if (isEdited) title.append(h('span', { class: 'edited' }, 'edited'));
    if (note) title.title = note;
    return h(
      'tr',
      { 'data-topic': id },
      h('td', { class: 'switch' }, box),
      h('th', { scope: 'row', class: 'name', title: name }, swatch, title),
      h('td', { class: 'size' }, this.#sizeOf(id, size)),
      h('td', { class: 'persistence' }, persistence === null ? '' : persistence.toFixed(2)),
    );
  }

  #sizeOf(id: number, size: number): string {
    const { isFiltered, passing } = this.app.scene;
    return isFiltered ? countOf(passing.get(id) ?? 0, size) : count(size);
  }

  /** Shows the state: counts and marks change in the rows there are, other groups or another order make new ones. */
  render(): void {
    const { cut, store } = this.app;
    if (this.#kind) this.#kind.textContent = { topic: 'Topic', theme: 'Theme', group: 'Group' }[cut.kind];
    // Only HDBSCAN's topics have it.
    const { isFiltered } = this.app.scene;
    this.element.classList.toggle('without-persistence', cut.kind !== 'topic' || isFiltered);
    this.element.classList.toggle('filtered', isFiltered);
    this.element.classList.toggle(
      'with-many',
      cut.noise >= MANY || cut.topics.some(({ size }) => size >= MANY),
    );
    const { by, down } = this.#sort;
    const made = [cut, by, down, this.#limit, this.app.theme(), store.state.edits];
    if (isSame(made, this.#made)) {
      this.#showSizes();
      this.#mark();
      return;
    }
    this.#made = made;
    const sign = down ? -1 : 1;
    const sorted = [...cut.topics].sort(
      (a, b) => (by === 'name' ? sign * a.name.localeCompare(b.name) : sign * (a[by] - b[by])) || a.id - b.id,
    );
    for (const [column, cell] of this.#headers)
      cell.setAttribute('aria-sort', column !== by ? 'none' : down ? 'descending' : 'ascending');
    const theme = this.app.theme();
    const focused = (document.activeElement?.closest('table.topics tr') as HTMLElement | null)?.dataset.topic;
    const isSwitch = document.activeElement instanceof HTMLInputElement;
    const rows = sorted
      .slice(0, this.#limit)
      .map((topic) =>
        this.#row(topic.id, topic.name, topic.size, topic.persistence, css(this.app.colorOfGroup(topic))),
      );
    if (cut.noise > 0) rows.push(this.#row(-1, 'Noise', cut.noise, null, css(noiseColor(theme))));
    this.#body.replaceChildren(...rows);
    this.#more.hidden = sorted.length <= this.#limit;
    this.#more.textContent = `Show all ${plural(sorted.length, 'topic')}`;
    this.#mark();
    this.#setStop(this.#body.querySelector<HTMLElement>('.go') ?? undefined);
    if (focused === undefined) return;
    const again = this.#body.querySelector<HTMLElement>(
      `tr[data-topic="${focused}"] ${isSwitch ? 'input' : '.go'}`,
    );
    if (!again) return;
    this.#setStop(again);
    again.focus({ preventScroll: true });
  }

  /** Writes how many texts of each group are left. */
  #showSizes(): void {
    const { byId, noise } = this.app.cut;
    for (const row of this.#body.rows) {
      const id = Number(row.dataset.topic);
      const cell = row.querySelector('.size');
      const text = this.#sizeOf(id, byId.get(id)?.size ?? noise);
      if (cell && cell.textContent !== text) cell.textContent = text;
    }
  }

  /** Keeps the row under the pointer where it is, as far as the list can be scrolled, while `change` moves the list. */
  keepPlace(change: () => void): void {
    const id = this.#body.querySelector<HTMLElement>('tr:hover')?.dataset.topic;
    const top = () => this.#body.querySelector(`tr[data-topic="${id}"]`)?.getBoundingClientRect().top ?? 0;
    const before = top();
    change();
    this.element.scrollTop += top() - before;
  }

  #mark(): void {
    const { off, topic, noise } = this.app.store.state;
    for (const row of this.#body.rows) {
      const id = Number(row.dataset.topic);
      const on = id < 0 ? noise : !off.has(id);
      row.querySelector('input')!.checked = on;
      row.classList.toggle('off', !on);
      const isCurrent = id < 0 ? topic === NOISE : id === topic;
      row.classList.toggle('current', isCurrent);
      row.querySelector('.go')?.setAttribute('aria-current', String(isCurrent));
    }
    const total = this.app.cut.topics.length;
    const hidden = this.app.cut.topics.reduce((sum, { id }) => sum + (off.has(id) ? 1 : 0), 0);
    this.#all.checked = hidden === 0;
    this.#all.indeterminate = hidden > 0 && hidden < total;
  }
}
