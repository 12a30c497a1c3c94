import type { App } from './app.js';
import { count, h, icon, iconButton, percent, plural } from './dom.js';
import type { Field } from './filters.js';
import { showHidden } from './panel.js';
import { fold, parseQuery } from './query.js';
import { noteWork } from './rest.js';
import { spread } from './telling-words.js';
import type { MapTopic } from './topics.js';

const LENS = 'M8.5 3.5 a5 5 0 1 0 0.01 0 M12.2 12.2 L16.5 16.5';
const CLOSE = 'M6 6 L14 14 M14 6 L6 14';
/** Groups whose names match that are offered. */
const OFFERED = 3;
/** Milliseconds without a key after which the search runs. */
const TYPED = 140;
/** Matches of which the view is made; more would change it by less than a pixel. */
const SAMPLE = 20_000;

/** The search field, where it looks, the count of its matches, and groups whose names match. */
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
  readonly #offers = h('div', { class: 'offers' });
  readonly #fields: HTMLDetailsElement | null;
  readonly #boxes = new Map<Field, HTMLInputElement>();
  /** Of the search that follows the last key; 0 where none is due. */
  #timer = 0;
  /** Whether the reader typed: then the map moves to the matches. */
  #isTyped = false;

  constructor(
    private readonly app: App,
    private readonly goToTopic: (id: number) => void,
  ) {
    this.#clear = iconButton('Clear the search', CLOSE, () => this.#set(''), {
      class: 'icon clear',
      hidden: true,
    });
    this.#fields = this.#fieldMenu();
    this.element = h(
      'div',
      { class: 'search-part' },
      h('div', { class: 'search', role: 'search' }, icon(LENS), this.input, this.#clear),
      ...(this.#fields ? [this.#fields] : []),
      this.#found,
      this.#offers,
    );
    this.input.addEventListener('input', () => {
      clearTimeout(this.#timer);
      noteWork('typing', true);
      this.#timer = window.setTimeout(() => this.#run(), TYPED);
    });
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        this.#run();
      } else if (event.key === 'Escape' && this.input.value !== '') {
        event.stopPropagation();
        this.#set('');
      }
    });
    app.onSearched((share) => {
      if (share < 1) this.#found.textContent = `Searching … ${percent(share)}`;
    });
  }

  /** Where the search looks: the texts, names, and columns of words. */
  #fieldMenu(): HTMLDetailsElement {
    const { manifest } = this.app;
    const choices: [Field, string][] = [
      ['text', 'Texts'],
      ['name', 'Topic names'],
      ...manifest.columns.flatMap(({ name, kind }, c): [Field, string][] =>
        (kind === 'text' || kind === 'category') && !manifest.textColumns?.includes(c)
          ? [[`column:${c}`, name]]
          : [],
      ),
    ];
    const list = choices.map(([field, label]) => {
      const box = h('input', { type: 'checkbox' });
      box.addEventListener('change', () => {
        const fields = choices.map(([one]) => one).filter((one) => this.#boxes.get(one)?.checked);
        this.app.store.change({ fields: fields.length > 0 ? fields : ['text'] });
      });
      this.#boxes.set(field, box);
      return h('label', {}, box, h('bdi', {}, label));
    });
    return h(
      'details',
      { class: 'fields' },
      h('summary', {}, 'Search in …'),
      h('div', { role: 'group', 'aria-label': 'Search in' }, ...list),
    );
  }

  #set(query: string): void {
    this.input.value = query;
    this.#run();
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#isTyped = true;
    this.app.store.change({ query: this.input.value.trim() === '' ? '' : this.input.value });
    if (this.input.value.trim() === '') this.render();
    noteWork('typing', false);
  }

  /** Shows what the state's query found. */
  render(): void {
    const { app } = this;
    const { query, fields } = app.store.state;
    // Words that were just typed are about to be searched: a click elsewhere must not take them away.
    if (
      this.#timer === 0 &&
      query !== this.input.value &&
      (document.activeElement !== this.input || query.trim() !== '')
    )
      this.input.value = query;
    this.#clear.hidden = this.input.value === '';
    for (const [field, box] of this.#boxes) box.checked = fields.includes(field);
    const summary = this.#fields?.querySelector('summary');
    if (summary)
      summary.textContent =
        fields.join() === 'text' ? 'Search in …' : `Searching in ${plural(fields.length, 'place')}`;
    if (query.trim() === '') {
      this.#found.replaceChildren();
      this.#offers.replaceChildren();
      return;
    }
    const { filtering, scene } = app;
    const verb = filtering.passed === 1 ? 'matches' : 'match';
    this.#found.replaceChildren(
      h('strong', {}, plural(filtering.passed, 'text')),
      ` of ${count(app.rows)} ${verb}${scene.hidden > 0 ? `, ${count(scene.hidden)} of them hidden` : ''}`,
    );
    const offers: Node[] = [];
    if (scene.hidden > 0) {
      const show = h(
        'button',
        { type: 'button', class: 'quiet' },
        `Show ${count(scene.hidden)} in switched-off topics`,
      );
      show.addEventListener('click', () => showHidden(app));
      offers.push(show);
    }
    for (const topic of this.#named(query)) {
      const go = h(
        'button',
        { type: 'button', class: 'quiet' },
        `Topic: ${topic.name} (${count(topic.size)})`,
      );
      go.addEventListener('click', () => {
        app.store.change({ query: '' });
        this.goToTopic(topic.id);
      });
      offers.push(go);
    }
    this.#offers.replaceChildren(...offers);
    if (this.#isTyped) this.#showMatches();
    this.#isTyped = false;
  }

  /** Groups whose names or keywords hold all words of the query, largest first. */
  #named(query: string): MapTopic[] {
    const { wanted } = parseQuery(query);
    if (wanted.length === 0) return [];
    const { cut, grains } = this.app;
    const all = new Map([...cut.topics, ...grains.topicsCut.topics].map((topic) => [topic.id, topic]));
    return [...all.values()]
      .filter(({ name, keywords }) => {
        const folded = fold([name, ...keywords].join(' · '));
        return wanted.every((terms) => terms.some(({ pattern }) => folded.search(pattern) >= 0));
      })
      .slice(0, OFFERED);
  }

  /** Moves the map so that nearly all matches are seen. */
  #showMatches(): void {
    const { app } = this;
    const rows = spread(app.scene.chosen, SAMPLE).filter((row) => !Number.isNaN(app.points[2 * row]));
    if (rows.length === 0) return;
    const ends = (axis: 0 | 1) => {
      const sorted = Float32Array.from(rows, (row) => app.points[2 * row + axis]).sort();
      const last = sorted.length - 1;
      return [sorted[Math.floor(0.01 * last)], sorted[Math.ceil(0.99 * last)]] as const;
    };
    const [left, right] = ends(0);
    const [top, bottom] = ends(1);
    app.stage.flyToBox({ left, right, top, bottom });
  }
}
