import { type App, topicName } from './app.js';
import { clip, columnText, headAndBody, marked, topicChip } from './card.js';
import { count, h, percent, plural, short } from './dom.js';
import { fold, found, parseQuery } from './query.js';
import { type SortKey, sortedRows } from './sorted-rows.js';

/** Pixels of an entry. */
const ENTRY = 62;
/** Entries beyond the visible ones that are made ahead. */
const AHEAD = 4;
/** Browsers draw no element higher than about 17 million pixels: longer lists scroll in larger steps. */
const MOST_HEIGHT = 8_000_000;

/** Every chosen text, in any order; entries exist only where they are seen. */
export class TextList {
  readonly element: HTMLElement;
  readonly #view = h('div', { class: 'texts-view' });
  readonly #space = h('div', { class: 'texts-space' });
  readonly #list: HTMLElement;
  readonly #sort = h('select', { 'aria-label': 'Sort the texts by' });
  readonly #direction = h('button', { type: 'button', class: 'quiet direction' });
  #rows: Int32Array = new Int32Array(0);
  #by: SortKey = 'probability';
  #isDown = true;
  /** Whether the reader chose the order: then a search doesn't change it. */
  #isOwn = false;
  #at = 0;
  #run = 0;
  #drawn = 0;

  constructor(
    private readonly app: App,
    private readonly pin: (row: number) => void,
  ) {
    this.#list = h('div', {
      class: 'results',
      role: 'listbox',
      tabindex: 0,
      'aria-label': 'Chosen texts',
    });
    this.#space.append(this.#list);
    this.#view.append(this.#space);
    for (const [value, label] of this.#choices()) this.#sort.append(h('option', { value }, label));
    this.#sort.addEventListener('change', () => {
      this.#isOwn = true;
      this.#by = this.#sort.value;
      this.#isDown = this.#by !== 'text' && this.#by !== 'place';
      void this.render();
    });
    this.#direction.addEventListener('click', () => {
      this.#isOwn = true;
      this.#isDown = !this.#isDown;
      void this.render();
    });
    this.element = h(
      'div',
      { class: 'texts' },
      h('div', { class: 'texts-head' }, this.#sort, this.#direction),
      this.#view,
    );
    this.#view.addEventListener('scroll', () => void this.#draw(), { passive: true });
    new ResizeObserver(() => void this.#draw()).observe(this.#view);
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    this.#list.addEventListener('click', (event) => {
      const entry = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null;
      if (!entry) return;
      this.#at = Number(entry.dataset.at);
      this.pin(Number(entry.dataset.row));
    });
  }

  #choices(): [SortKey, string][] {
    return [
      ['match', 'Best match'],
      ['probability', 'Probability'],
      ['outlier', 'Outlier score'],
      ['place', 'Place in the file'],
      ['text', 'Text'],
      ...this.app.manifest.columns.map(({ name }, c): [SortKey, string] => [`column:${c}`, name]),
    ];
  }

  /** Rows in the order of the list. */
  get rows(): Int32Array {
    return this.#rows;
  }

  /** Sorts and shows what is chosen now. */
  async render(): Promise<void> {
    const run = ++this.#run;
    const { app } = this;
    const match = this.#sort.querySelector<HTMLOptionElement>('option[value="match"]');
    if (match) match.hidden = app.filtering.scores === null;
    if (!this.#isOwn || (this.#by === 'match' && !app.filtering.scores)) {
      this.#by = app.filtering.scores ? 'match' : 'probability';
      this.#isDown = true;
    }
    this.#sort.value = this.#by;
    this.#direction.textContent = this.#isDown ? '↓' : '↑';
    const says = this.#isDown ? 'Highest first' : 'Lowest first';
    this.#direction.title = `${says}; click to turn round`;
    this.#direction.setAttribute('aria-label', this.#direction.title);
    const sorted = await sortedRows(app, app.scene, this.#by, this.#isDown);
    if (run !== this.#run) return;
    this.#rows = sorted;
    this.#at = 0;
    this.#list.setAttribute('aria-label', plural(sorted.length, 'chosen text'));
    this.#space.style.height = `${Math.min(MOST_HEIGHT, sorted.length * ENTRY)}px`;
    this.#view.scrollTop = 0;
    await this.#draw();
  }

  /** Entries that fit into the view, and the first of them. */
  #window(): [number, number] {
    const fit = Math.ceil(this.#view.clientHeight / ENTRY) + 1;
    const whole = this.#rows.length * ENTRY;
    if (whole <= MOST_HEIGHT) return [Math.floor(this.#view.scrollTop / ENTRY), fit];
    const most = Math.max(1, MOST_HEIGHT - this.#view.clientHeight);
    return [Math.floor((this.#view.scrollTop / most) * (this.#rows.length - fit + 1)), fit];
  }

  async #draw(): Promise<void> {
    const drawn = ++this.#drawn;
    const [first, fit] = this.#window();
    const from = Math.max(0, first - AHEAD);
    const to = Math.min(this.#rows.length, first + fit + AHEAD);
    const rows = this.#rows.subarray(from, to);
    const entries = await Promise.all(Array.from(rows, (row, i) => this.#entry(row, from + i)));
    if (drawn !== this.#drawn) return;
    const isLong = this.#rows.length * ENTRY > MOST_HEIGHT;
    const top = isLong ? this.#view.scrollTop - (first - from) * ENTRY : from * ENTRY;
    this.#list.style.transform = `translateY(${Math.max(0, top)}px)`;
    this.#list.replaceChildren(...entries);
    this.#mark();
  }

  async #entry(row: number, at: number): Promise<HTMLElement> {
    const { app } = this;
    const { query } = app.store.state;
    const text = app.texts.peek(row) ?? (await app.texts.at(row));
    const [head, body] = headAndBody(text);
    const swatch = topicChip(app, row).firstElementChild;
    const value = await this.#value(row);
    return h(
      'div',
      {
        class: 'near entry',
        role: 'option',
        id: `text-entry-${at}`,
        'aria-selected': 'false',
        'aria-setsize': this.#rows.length,
        'aria-posinset': at + 1,
        'data-row': row,
        'data-at': at,
        title: topicName(app, row),
      },
      ...(swatch ? [swatch] : []),
      h('span', { class: 'near-text', dir: 'auto' }, ...marked(excerpt(head, body, query), query)),
      h('span', { class: 'distance' }, clip(value, 24)),
    );
  }

  /** What the list is sorted by, of a row. */
  async #value(row: number): Promise<string> {
    const { app } = this;
    if (this.#by === 'probability') return percent(app.probabilities[row]);
    if (this.#by === 'outlier') return short(app.outliers[row]);
    if (this.#by === 'match') return short(Number((app.filtering.scores?.[row] ?? 0).toPrecision(2)));
    if (this.#by === 'place') return count(row + 1);
    return this.#by === 'text' ? '' : columnText(app, Number(this.#by.slice('column:'.length)), row);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.#view.clientHeight / ENTRY));
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      this.#at = Math.max(0, Math.min(this.#rows.length - 1, this.#at + step));
      this.#reveal();
    } else if ((event.key === 'Enter' || event.key === ' ') && this.#rows.length > 0) {
      event.preventDefault();
      event.stopPropagation();
      this.pin(this.#rows[this.#at]);
    }
  }

  /** Scrolls so that the current entry is seen. */
  #reveal(): void {
    const { clientHeight, scrollTop } = this.#view;
    if (this.#rows.length * ENTRY > MOST_HEIGHT) {
      const share = this.#at / Math.max(1, this.#rows.length - Math.floor(clientHeight / ENTRY));
      this.#view.scrollTop = Math.min(1, share) * (MOST_HEIGHT - clientHeight);
    } else if (this.#at * ENTRY < scrollTop) this.#view.scrollTop = this.#at * ENTRY;
    else if ((this.#at + 1) * ENTRY > scrollTop + clientHeight)
      this.#view.scrollTop = (this.#at + 1) * ENTRY - clientHeight;
    void this.#draw();
  }

  #mark(): void {
    let current = '';
    for (const entry of this.#list.children) {
      const isCurrent = Number((entry as HTMLElement).dataset.at) === this.#at;
      entry.setAttribute('aria-selected', String(isCurrent));
      if (isCurrent) current = entry.id;
    }
    if (current) this.#list.setAttribute('aria-activedescendant', current);
    else this.#list.removeAttribute('aria-activedescendant');
  }
}

/** The part of a text where the query stands: its head and what follows, or the words around the first match. */
function excerpt(head: string, body: string, query: string): string {
  const parsed = parseQuery(query);
  if (head !== '' && (parsed.wanted.length === 0 || found(parsed, fold(head)).length > 0))
    return clip(body === '' ? head : `${head} — ${body}`, 130);
  const at = found(parsed, fold(body))[0]?.[0] ?? 0;
  if (at < 60) return clip(body || head || 'empty text', 130);
  return clip(`…${body.slice(body.indexOf(' ', at - 50) + 1)}`, 130);
}
