import type { App } from './app.js';
import { shareBar } from './bars.js';
import { clip, headAndBody } from './card.js';
import { css, noiseColor } from './colors.js';
import { wordRow } from './comparison.js';
import { count, h, percent } from './dom.js';
import { countOf, type Facet, openFacet } from './facets.js';
import { activeFilters, NO_TOPIC, NOISE } from './filters.js';
import { countWords, sharesOf, tellingWords, unmarked } from './telling-words.js';
import type { MapTopic } from './topics.js';
import { drawn } from './turn.js';

const WORDS = 10;
const GROUPS = 8;
const EXEMPLARS = 3;

/** What the choice is about: words, central texts, groups, and how it divides over each column. */
export class Overview {
  readonly element = h('div', { class: 'overview' });
  readonly #summary = h('p', { class: 'topic-summary', dir: 'auto', hidden: true });
  readonly #stability = h('p', { class: 'stability', hidden: true });
  readonly #words = h('section', { 'aria-label': 'Words' });
  readonly #central = h('section', { 'aria-label': 'Central texts' });
  readonly #groups = h('section', { 'aria-label': 'Groups' });
  readonly #columns = h('section', { 'aria-label': 'Columns' });
  #facets: Facet[] | undefined;
  #run = 0;

  constructor(
    private readonly app: App,
    private readonly actions: { pin(row: number): void; goToTopic(id: number): void },
  ) {
    const { element } = this;
    element.append(this.#summary, this.#stability, this.#words, this.#central, this.#groups, this.#columns);
  }

  async render(): Promise<void> {
    const run = ++this.#run;
    const isStale = () => run !== this.#run;
    const { summary, foundAgain } = this.#group() ?? {};
    this.#summary.hidden = summary === undefined;
    this.#summary.textContent = summary ?? '';
    this.#stability.hidden = foundAgain === undefined;
    this.#stability.textContent = `Found again in ${foundAgain} of 10 subsamples of 90 % of the texts.`;
    this.#showGroups();
    await this.#showColumns(isStale);
    if (!isStale()) await this.#showCentral(isStale);
    // Words are counted for a while: what is known is seen first.
    await drawn();
    if (!isStale()) await this.#showWords(isStale);
  }

  /** The group that alone is chosen; null where something else is. */
  #group(): MapTopic | null {
    const { state } = this.app.store;
    const filters = activeFilters(state);
    if (filters.length !== 1 || state.topic < 0) return null;
    return this.app.cut.byId.get(state.topic) ?? this.app.grains.known(state.topic) ?? null;
  }

  async #showWords(isStale: () => boolean): Promise<void> {
    const { app } = this;
    const { chosen } = app.scene;
    const rest = unmarked(app.scene.isChosen);
    const group = this.#group();
    if (group) {
      const words = group.keywords.slice(0, WORDS);
      const shares = await sharesOf(words, app.texts, [chosen, rest], isStale);
      if (!shares) return;
      const rows = words.map((word, i) => wordRow(word, ...shares[i], percent(shares[i][0])));
      this.#words.replaceChildren(h('h3', {}, 'Keywords'), h('ul', { class: 'words' }, ...rows));
      return;
    }
    if (chosen.length === 0 || rest.length === 0) {
      this.#words.replaceChildren();
      return;
    }
    const ours = await countWords(app, chosen, isStale);
    const theirs = ours && (await countWords(app, rest, isStale));
    if (!ours || !theirs) return;
    const [words] = tellingWords(ours, theirs, WORDS);
    const rows = words.map(({ word, first, second }) => wordRow(word, first, second, percent(first)));
    this.#words.replaceChildren(
      h('h3', { title: 'By log-odds with an informative prior, against all other texts' }, 'Telling words'),
      rows.length > 0
        ? h('ul', { class: 'words' }, ...rows)
        : h('p', { class: 'note' }, 'No word is more common here than chance would have it.'),
    );
  }

  /** Exemplars of the groups that most chosen texts are in; of a single group its own. */
  async #showCentral(isStale: () => boolean): Promise<void> {
    const { app } = this;
    const group = this.#group();
    const { isChosen } = app.scene;
    const groups = group ? [group] : this.#counted().map(({ topic }) => topic);
    const rows = groups
      .flatMap(({ exemplars }) =>
        exemplars.filter((row) => isChosen[row] === 1).slice(0, group ? EXEMPLARS : 1),
      )
      .slice(0, EXEMPLARS);
    const texts = await Promise.all(rows.map((row) => app.texts.at(row)));
    if (isStale()) return;
    const items = rows.map((row, i) => {
      const [head, body] = headAndBody(texts[i]);
      const button = h(
        'button',
        { type: 'button', class: 'near' },
        h('span', { class: 'near-text', dir: 'auto' }, clip(head || body || 'empty text', 160)),
      );
      button.addEventListener('click', () => this.actions.pin(row));
      return h('li', {}, button);
    });
    this.#central.replaceChildren(
      ...(items.length > 0 ? [h('h3', {}, 'Central texts'), h('ol', { class: 'nearest' }, ...items)] : []),
    );
  }

  /** Groups by how many chosen texts are in them. */
  #counted(): { topic: MapTopic; left: number }[] {
    const { cut, scene } = this.app;
    const { labels } = cut;
    const counts = new Int32Array(cut.topics.reduce((most, { id }) => Math.max(most, id), -1) + 2);
    for (const row of scene.chosen) counts[labels[row] + 1]++;
    return cut.topics
      .map((topic) => ({ topic, left: counts[topic.id + 1] }))
      .filter(({ left }) => left > 0)
      .sort((a, b) => b.left - a.left || a.topic.id - b.topic.id);
  }

  #showGroups(): void {
    const { app } = this;
    const { chosen } = app.scene;
    const list = this.#counted();
    const isWhole = app.store.state.topic !== NO_TOPIC && app.store.state.topic !== NOISE;
    if (list.length === 0 || (isWhole && list.length === 1)) {
      this.#groups.replaceChildren();
      return;
    }
    const noise = chosen.length - list.reduce((sum, { left }) => sum + left, 0);
    const items = list.slice(0, GROUPS).map(({ topic, left }) => {
      const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
      swatch.style.background = css(app.colorOfGroup(topic));
      const button = h(
        'button',
        { type: 'button', class: 'category', title: topic.name },
        swatch,
        h('bdi', {}, topic.name),
        h('span', { class: 'count' }, countOf(left, topic.size)),
        shareBar(left / Math.max(1, chosen.length)),
      );
      button.addEventListener('click', () => this.actions.goToTopic(topic.id));
      return h('li', {}, button);
    });
    if (noise > 0) {
      const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
      swatch.style.background = css(noiseColor(app.theme()));
      const button = h('button', { type: 'button', class: 'category' }, swatch, h('bdi', {}, 'Noise'));
      button.append(
        h('span', { class: 'count' }, countOf(noise, app.cut.noise)),
        shareBar(noise / Math.max(1, chosen.length)),
      );
      button.addEventListener('click', () => this.actions.goToTopic(NOISE));
      items.push(h('li', {}, button));
    }
    const more = list.length - GROUPS;
    if (more > 0) items.push(h('li', { class: 'rest' }, `and ${count(more)} more`));
    const title = { topic: 'Topics', theme: 'Themes', group: 'Groups' }[app.cut.kind];
    this.#groups.replaceChildren(h('h3', {}, title), h('ul', { class: 'categories' }, ...items));
  }

  async #showColumns(isStale: () => boolean): Promise<void> {
    if (!this.#facets) {
      const facets: Facet[] = [];
      const parts: Node[] = [];
      for (const [c, { name }] of this.app.manifest.columns.entries()) {
        const facet = await openFacet(this.app, c);
        if (!facet) continue;
        facets.push(facet);
        parts.push(h('h3', {}, h('bdi', {}, name)), facet.element);
      }
      this.#facets = facets;
      this.#columns.replaceChildren(...parts);
    }
    if (!isStale()) for (const facet of this.#facets) facet.render();
  }
}
