import { logOdds } from '../../topics/log-odds.js';
import type { App } from './app.js';
import { shareBar } from './bars.js';
import { describeFilter, groupName } from './chips.js';
import { count, h, percent } from './dom.js';
import { countCodes } from './facets.js';
import { count as countMask, type Filtering } from './filtering.js';
import { activeFilters, NOISE } from './filters.js';
import { formatOf } from './paint.js';
import type { Compared } from './store.js';
import { countWords, LEAST_SCORE, type TellingWord, tellingWords, unmarked } from './telling-words.js';

const WORDS = 12;
/** Categories of a column that are listed. */
const CATEGORIES = 4;

/** The rows of the second choice, and what it is called. */
async function second(app: App, compared: Compared): Promise<{ rows: Int32Array; name: string }> {
  const { filtering, store, rows: total } = app;
  const listed = (accept: (row: number) => boolean) =>
    Int32Array.from({ length: total }, (_, row) => row).filter((row) => accept(row));
  if (compared === 'rest') return { rows: unmarked(app.scene.isChosen), name: 'everything else' };
  if (compared === 'kept') {
    const { kept } = store.state;
    const mask = kept ? await filtering.rowsOf(kept) : null;
    return {
      rows: listed((row) => mask === null || mask[row] === 1),
      name: kept ? keptName(app, kept) : 'all texts',
    };
  }
  const labels = ((await app.grains.cutOf(compared)) ?? app.cut).labels;
  if (compared === NOISE) return { rows: listed((row) => labels[row] < 0), name: 'Noise' };
  return {
    rows: listed((row) => labels[row] === compared),
    name: groupName(app, compared) ?? 'another topic',
  };
}

/** What the kept choice is called. */
const keptName = (app: App, kept: Parameters<Filtering['rowsOf']>[0]): string =>
  activeFilters(kept)
    .map((filter) => describeFilter(app, filter))
    .join(' · ') || 'all texts';

/** What sets the choice apart from a second one: words and columns. */
export class Comparison {
  readonly element = h('div', { class: 'compare' });
  readonly #choice = h('select', { 'aria-label': 'Compare with' });
  readonly #content = h('div', { class: 'compare-content' });
  #run = 0;

  constructor(private readonly app: App) {
    const { store } = app;
    const keep = h('button', { type: 'button', class: 'quiet' }, 'Keep this choice');
    keep.title = 'Keeps what is chosen now, to compare something else with it';
    keep.addEventListener('click', () => {
      const { topic, query, fields, outlines, span, picked, ranges } = store.state;
      store.change({ kept: { topic, query, fields, outlines, span, picked, ranges } });
      app.announce('Kept for comparison');
    });
    this.#choice.addEventListener('change', () => {
      const { value } = this.#choice;
      store.change({ compare: value === 'rest' || value === 'kept' ? value : Number(value) });
    });
    this.element.append(
      h('div', { class: 'compare-head' }, h('span', {}, 'Compare with'), this.#choice, keep),
      this.#content,
    );
  }

  #fillChoices(): void {
    const { app } = this;
    const { kept, compare, topic } = app.store.state;
    const option = (value: string | number, label: string) => h('option', { value }, label);
    const options = [option('rest', 'Everything else')];
    if (kept) options.push(option('kept', `Kept: ${keptName(app, kept).slice(0, 50)}`));
    for (const group of app.cut.topics)
      if (group.id !== topic) options.push(option(group.id, `${group.name} (${count(group.size)})`));
    if (app.cut.noise > 0 && topic !== NOISE) options.push(option(NOISE, `Noise (${count(app.cut.noise)})`));
    const value = String(compare ?? 'rest');
    if (!options.some((one) => one.value === value) && typeof compare === 'number')
      options.push(option(compare, groupName(app, compare) ?? 'another topic'));
    this.#choice.replaceChildren(...options);
    this.#choice.value = value;
  }

  async render(): Promise<void> {
    const run = ++this.#run;
    const isStale = () => run !== this.#run;
    const { app } = this;
    this.#fillChoices();
    const first = app.scene.chosen;
    const other = await second(app, app.store.state.compare ?? 'rest');
    if (isStale()) return;
    if (first.length === 0 || other.rows.length === 0) {
      this.#content.replaceChildren(h('p', { class: 'note' }, 'One side has no texts: nothing to compare.'));
      return;
    }
    const shared = overlap(first, other.rows, app.rows);
    const head = h(
      'p',
      { class: 'note' },
      `${count(first.length)} chosen texts against ${count(other.rows.length)} of ${other.name}`,
      shared > 0 ? `; ${count(shared)} are in both` : '',
      '.',
    );
    this.#content.replaceChildren(head, h('p', { class: 'note' }, 'Counting words …'));
    const counted = await countWords(app, first, isStale);
    const against = counted && (await countWords(app, other.rows, isStale));
    if (!counted || !against || isStale()) return;
    const [ours, theirs] = tellingWords(counted, against, WORDS);
    const columns = await this.#columns(first, other.rows);
    if (isStale()) return;
    this.#content.replaceChildren(
      head,
      ...wordSection('Words of the chosen texts', ours, 'first'),
      ...wordSection(`Words of ${other.name}`, theirs, 'second'),
      ...columns,
      h(
        'p',
        { class: 'note' },
        'Log-odds ratios with an informative Dirichlet prior (Monroe et al. 2008): the number is the standard deviations from no difference, and the bar the share of texts with the word; the mark is the other side. Words are counted once a text',
        counted.texts < first.length || against.texts < other.rows.length
          ? `, in ${count(counted.texts)} and ${count(against.texts)} texts spread over each side.`
          : '.',
      ),
    );
  }

  /** What sets the sides apart in each column. */
  async #columns(first: Int32Array, other: Int32Array): Promise<Node[]> {
    const parts: Node[] = [];
    for (let c = 0; c < this.app.manifest.columns.length; c++) {
      const { info, codes, numbers } = await this.app.column(c);
      const rows = codes
        ? categoryRows(info.categories ?? [], codes, first, other)
        : numbers
          ? medianRows(numbers, formatOf(info), first, other)
          : [];
      if (rows.length > 0) parts.push(h('h3', {}, info.name), h('ul', { class: 'words' }, ...rows));
    }
    return parts;
  }
}

/** Rows that both lists hold. */
function overlap(first: Int32Array, second: Int32Array, rows: number): number {
  const mask = new Uint8Array(rows);
  for (const row of first) mask[row] = 1;
  const both = new Uint8Array(rows);
  for (const row of second) both[row] = mask[row];
  return countMask(both);
}

function wordSection(title: string, words: readonly TellingWord[], side: 'first' | 'second'): Node[] {
  const items = words.map((word) => {
    const [share, elsewhere] = side === 'first' ? [word.first, word.second] : [word.second, word.first];
    return wordRow(word.word, share, elsewhere, Math.abs(word.score).toFixed(1));
  });
  if (items.length === 0) items.push(h('li', { class: 'note' }, 'No word differs more than by chance.'));
  return [h('h3', {}, title), h('ul', { class: 'words' }, ...items)];
}

/** A word, a bar of the share of texts that hold it, and a figure. */
export function wordRow(
  word: string,
  share: number,
  elsewhere: number | undefined,
  figure: string,
): HTMLElement {
  const says =
    elsewhere === undefined
      ? percent(share)
      : `${percent(share)} of these texts, ${percent(elsewhere)} of the others`;
  return h(
    'li',
    { title: `“${word}”: ${says}` },
    h('bdi', { class: 'word' }, word),
    shareBar(share, elsewhere),
    h('span', { class: 'count' }, figure),
    h('span', { class: 'unseen' }, says),
  );
}

function categoryRows(
  categories: readonly string[],
  codes: Int32Array,
  first: Int32Array,
  other: Int32Array,
): HTMLElement[] {
  const [ours, theirs] = [first, other].map((rows) => countCodes(codes, categories.length, rows));
  const asMap = (counts: Int32Array) => new Map(categories.map((name, i) => [name, counts[i]]));
  const both = new Map(categories.map((name, i) => [name, ours[i] + theirs[i]]));
  return logOdds(asMap(ours), asMap(theirs), both)
    .filter(({ score }) => Math.abs(score) >= LEAST_SCORE)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .slice(0, CATEGORIES)
    .map(({ word, score }) => {
      const i = categories.indexOf(word);
      return wordRow(
        word,
        ours[i] / first.length,
        theirs[i] / other.length,
        `${score > 0 ? '+' : '−'}${Math.abs(score).toFixed(1)}`,
      );
    });
}

function medianRows(
  numbers: Float64Array,
  format: (value: number) => string,
  first: Int32Array,
  other: Int32Array,
): HTMLElement[] {
  const [ours, theirs] = [first, other].map((rows) => {
    const sorted = Float64Array.from(rows, (row) => numbers[row]).filter((value) => !Number.isNaN(value));
    sorted.sort();
    return sorted.length > 0 ? sorted[Math.floor((sorted.length - 1) / 2)] : Number.NaN;
  });
  if (Number.isNaN(ours) || Number.isNaN(theirs)) return [];
  return [h('li', { class: 'medians' }, `median ${format(ours)} against ${format(theirs)}`)];
}
