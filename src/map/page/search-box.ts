import { type App, topicName } from './app.js';
import { clip, headAndBody, marked, topicChip } from './card.js';
import { saveCsv } from './csv.js';
import { count, h, icon, iconButton, plural } from './dom.js';
import { fold, found, parseQuery } from './query.js';
import { Search } from './search.js';

const LENS = 'M8.5 3.5 a5 5 0 1 0 0.01 0 M12.2 12.2 L16.5 16.5';
const CLOSE = 'M6 6 L14 14 M14 6 L6 14';
const LISTED = 60;

/** The search field, the count of its matches, and a list of the first of them. */
export class SearchBox {
  readonly element: HTMLElement;
  readonly input = h('input', {
    type: 'search',
    placeholder: 'Search the texts',
    'aria-label': 'Search the texts',
    title: 'All words; "a phrase"; word* for its beginning; -word for without; OR for either',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  readonly #clear: HTMLButtonElement;
  readonly #found = h('p', { class: 'found', role: 'status' });
  readonly #list = h('ol', { class: 'results', 'aria-label': 'Matches' });
  readonly #holder = h('div', { class: 'results-holder', hidden: true });
  readonly #search: Search;
  #timer = 0;

  constructor(
    private readonly app: App,
    private readonly pin: (row: number) => void,
  ) {
    this.#search = new Search(app.texts, app.rows);
    this.#clear = iconButton('Clear the search', CLOSE, () => this.set(''), {
      class: 'icon clear',
      hidden: true,
    });
    const save = h('button', { type: 'button', class: 'quiet' }, 'Save as CSV');
    save.addEventListener('click', () => void saveCsv(app, app.store.state.matches ?? [], 'matches'));
    this.#holder.append(this.#list, save);
    this.element = h(
      'div',
      { class: 'search-part' },
      h('div', { class: 'search', role: 'search' }, icon(LENS), this.input, this.#clear),
      this.#found,
      this.#holder,
    );
    this.input.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.#run(), 120);
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        clearTimeout(this.#timer);
        void this.#run();
      } else if (event.key === 'Escape' && this.input.value !== '') {
        event.stopPropagation();
        this.set('');
      }
    });
    app.store.onChange((changed) => {
      if (changed.has('matches') || changed.has('noise') || changed.has('off') || changed.has('granularity'))
        this.#notify();
    });
  }

  /** Searches for this as if it had been typed. */
  set(query: string): void {
    this.input.value = query;
    void this.#run();
  }

  async #run(): Promise<void> {
    const query = this.input.value;
    this.#clear.hidden = query === '';
    const { store } = this.app;
    if (query.trim() === '') {
      this.#search.cancel();
      store.change({ query: '', matches: null });
      return;
    }
    const rows = await this.#search.find(query, (share) => {
      this.#found.textContent = `Searching … ${Math.round(100 * share)} %`;
    });
    if (!rows) return;
    store.change({ query, matches: rows });
    this.#notify();
  }

  #notify(): void {
    const { app } = this;
    const { matches } = app.store.state;
    this.#holder.hidden = matches === null || matches.length === 0;
    if (!matches) {
      this.#found.replaceChildren();
      return;
    }
    let shown = 0;
    for (const row of matches) shown += app.scene.visible[row];
    const hidden = matches.length - shown;
    const verb = matches.length === 1 ? 'matches' : 'match';
    this.#found.replaceChildren(
      h('strong', {}, plural(matches.length, 'text')),
      ` of ${count(app.rows)} ${verb}${hidden > 0 ? `, ${count(hidden)} of them hidden` : ''}`,
    );
    const items = Array.from(matches.subarray(0, LISTED), (row) => {
      const button = h('button', { type: 'button', class: 'near' });
      button.addEventListener('click', () => this.pin(row));
      // The first matches' blocks are decoded: the search read them.
      const [head, body] = headAndBody(app.texts.peek(row) ?? '');
      const swatch = topicChip(app, row).firstElementChild!;
      button.title = topicName(app, row);
      button.append(
        swatch,
        h(
          'span',
          { class: 'near-text', dir: 'auto' },
          ...marked(excerpt(head, body, app.store.state.query), app.store.state.query),
        ),
      );
      return h('li', {}, button);
    });
    if (matches.length > LISTED)
      items.push(h('li', { class: 'rest' }, `and ${count(matches.length - LISTED)} more on the map`));
    this.#list.replaceChildren(...items);
  }
}

/** The part of a text where the query stands: its head, or the words around the first match. */
function excerpt(head: string, body: string, query: string): string {
  const parsed = parseQuery(query);
  if (head !== '' && found(parsed, fold(head)).length > 0) return clip(head, 120);
  const at = found(parsed, fold(body))[0]?.[0] ?? 0;
  if (at < 60) return clip(body || head, 120);
  return clip(`…${body.slice(body.indexOf(' ', at - 50) + 1)}`, 120);
}
