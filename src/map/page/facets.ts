import type { App } from './app.js';
import { histogram, shareBar } from './bars.js';
import { css, type Rgb } from './colors.js';
import { count, h, percent } from './dom.js';
import { setRange, togglePicked } from './filters.js';
import { type ColumnValues, formatOf } from './paint.js';

/** Categories that are listed at first; a button lists the others. */
const LISTED = 10;

/** Rows of each code, and of no value at the end. */
export function countCodes(codes: Int32Array, categories: number, rows?: Int32Array): Int32Array {
  const counts = new Int32Array(categories + 1);
  const all = rows ? rows.length : codes.length;
  for (let i = 0; i < all; i++) {
    const code = codes[rows ? rows[i] : i];
    counts[code < 0 ? categories : code]++;
  }
  return counts;
}

/** Numbers in bins of even width; those beyond the ends count in the outermost bins. */
interface Bins {
  low: number;
  high: number;
  /** Lowest and highest number of all. */
  least: number;
  most: number;
  number: number;
}

const BINS = 32;
/** Share of the numbers at each end that doesn't widen the bins, so that a few outliers leave the rest readable. */
const OUTER = 0.005;

export function binsOf(numbers: Float64Array): Bins | null {
  const step = Math.max(1, Math.floor(numbers.length / 50_000));
  const sample = numbers.filter((value, i) => i % step === 0 && Number.isFinite(value)).sort();
  if (sample.length === 0) return null;
  let least = Infinity;
  let most = -Infinity;
  for (const value of numbers) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const last = sample.length - 1;
  const low = sample[Math.floor(OUTER * last)];
  const high = sample[Math.ceil((1 - OUTER) * last)];
  const [from, to] = low < high ? [low, high] : [least, most];
  // Whole numbers of few different values have a bin each.
  const isWhole = sample.every(Number.isInteger) && to - from < BINS;
  if (isWhole) return { low: from - 0.5, high: to + 0.5, least, most, number: to - from + 1 };
  return { low: from, high: to, least, most, number: from < to ? BINS : 1 };
}

/** The bin of each number; `number` where there is none. */
export function binOfEach({ low, high, number }: Bins, numbers: Float64Array): Uint8Array {
  const scale = high > low ? number / (high - low) : 0;
  const binOf = new Uint8Array(numbers.length).fill(number);
  for (let row = 0; row < binOf.length; row++) {
    const value = numbers[row];
    if (!Number.isNaN(value))
      binOf[row] = Math.min(number - 1, Math.max(0, Math.floor((value - low) * scale)));
  }
  return binOf;
}

/** Rows in each bin. */
export function countBins({ number }: Bins, binOf: Uint8Array, rows?: Int32Array): Int32Array {
  // With those of no number at the end.
  const counts = new Int32Array(number + 1);
  if (rows) for (const row of rows) counts[binOf[row]]++;
  else for (const bin of binOf) counts[bin]++;
  return counts.subarray(0, number);
}

/** The number in the middle of the chosen ones, the lower of two; `order` holds all rows by their numbers. */
export function medianOf(
  numbers: Float64Array,
  order: Int32Array,
  isChosen: Uint8Array,
  chosen: number,
): number | null {
  let before = Math.floor((chosen - 1) / 2);
  for (const row of order) if (isChosen[row] === 1 && before-- === 0) return numbers[row];
  return null;
}

/** The categories of a column with how many texts are left of each; a click picks one. */
class CategoryFacet {
  readonly element = h('div', { class: 'facet' });
  readonly #list = h('ul', { class: 'categories' });
  readonly #search = h('input', { type: 'search', class: 'find-category' });
  #find = '';
  #isLong = false;
  /** Texts of each category, and of none. */
  readonly #all: Int32Array;

  constructor(
    private readonly app: App,
    private readonly column: number,
    private readonly values: ColumnValues,
    private readonly colorOf?: (code: number) => Rgb,
  ) {
    const { info } = values;
    const categories = info.categories ?? [];
    this.#all = countCodes(values.codes ?? new Int32Array(0), categories.length);
    if (categories.length > LISTED) {
      const label = `Find among ${count(categories.length)} values of ${info.name}`;
      this.#search.placeholder = label;
      this.#search.setAttribute('aria-label', label);
      this.#search.addEventListener('input', () => {
        this.#find = this.#search.value.trim().toLowerCase();
        this.render();
      });
      this.element.append(this.#search);
    }
    this.element.append(this.#list);
    this.#list.addEventListener('click', (event) => this.#onClick(event.target));
    this.render();
  }

  #onClick(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest<HTMLElement>('button') : null;
    if (!button) return;
    if (button.dataset.code === undefined) {
      this.#isLong = !this.#isLong;
      this.render();
      return;
    }
    const code = Number(button.dataset.code);
    this.app.store.change(togglePicked(this.app.store.state, this.column, code));
    this.#list.querySelector<HTMLElement>(`[data-code="${code}"]`)?.focus();
  }

  render(): void {
    const { app, values, column } = this;
    const categories = values.info.categories ?? [];
    const codes = values.codes ?? new Int32Array(0);
    const all = this.#all;
    const { chosen, isFiltered } = app.scene;
    const left = chosen.length < app.rows ? countCodes(codes, categories.length, chosen) : all;
    const picked = app.store.state.picked.get(column);
    const entries = [...categories, 'no value'].flatMap((name, i) => {
      const code = i === categories.length ? -1 : i;
      const isWanted = this.#find === '' || name.toLowerCase().includes(this.#find);
      return all[i] > 0 && isWanted ? [{ name, code, all: all[i], left: left[i] }] : [];
    });
    // Those with most texts left first where something is chosen.
    if (isFiltered) entries.sort((a, b) => b.left - a.left || b.all - a.all);
    const most = this.#isLong ? entries.length : LISTED;
    const items: Node[] = entries.slice(0, most).map((entry) => {
      const button = h(
        'button',
        {
          type: 'button',
          class: 'category',
          'data-code': entry.code,
          'aria-pressed': String(picked?.has(entry.code) ?? false),
          title: entry.name,
        },
        ...this.#swatch(entry.code),
        h('bdi', {}, entry.name),
        h('span', { class: 'count' }, countOf(entry.left, entry.all)),
        shareBar(entry.left / Math.max(1, chosen.length), isFiltered ? entry.all / app.rows : undefined),
      );
      return h('li', {}, button);
    });
    if (entries.length > LISTED) {
      const text = this.#isLong ? 'Show fewer' : `Show ${count(entries.length - LISTED)} more`;
      items.push(h('li', {}, h('button', { type: 'button', class: 'quiet' }, text)));
    }
    this.#list.replaceChildren(...items);
  }

  #swatch(code: number): Node[] {
    if (!this.colorOf) return [];
    const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
    swatch.style.background = css(this.colorOf(code));
    return [swatch];
  }
}

/** `12 of 340`, or `340` where all are left. */
export const countOf = (left: number, all: number) =>
  left === all ? count(all) : `${count(left)} of ${count(all)}`;

/** The histogram of a column of numbers or dates; a drag or two fields choose a range. */
class RangeFacet {
  readonly element = h('div', { class: 'facet' });
  readonly #bins: Bins | null;
  readonly #binOf: Uint8Array;
  readonly #all: Int32Array;
  readonly #chart = h('div', { class: 'histogram' });
  readonly #brush = h('div', { class: 'brush', hidden: true });
  readonly #label = h('p', { class: 'facet-label' });
  readonly #low: HTMLInputElement;
  readonly #high: HTMLInputElement;
  readonly #format: (value: number) => string;

  constructor(
    private readonly app: App,
    private readonly column: number,
    private readonly values: ColumnValues,
  ) {
    const { info } = values;
    const isDate = info.kind === 'date';
    this.#format = formatOf(info);
    this.#bins = binsOf(values.numbers ?? new Float64Array(0));
    this.#binOf = this.#bins && values.numbers ? binOfEach(this.#bins, values.numbers) : new Uint8Array(0);
    this.#all = this.#bins ? countBins(this.#bins, this.#binOf) : new Int32Array(0);
    const field = (label: string) =>
      h('input', { type: isDate ? 'date' : 'number', step: 'any', 'aria-label': `${label} ${info.name}` });
    this.#low = field('Lowest');
    this.#high = field('Highest');
    for (const input of [this.#low, this.#high]) input.addEventListener('change', () => this.#readFields());
    if (!this.#bins) {
      this.element.append(h('p', { class: 'facet-label' }, 'No values'));
      return;
    }
    this.element.append(
      this.#chart,
      h('div', { class: 'range-fields' }, this.#low, h('span', {}, '–'), this.#high),
      this.#label,
    );
    this.#listen(this.#bins);
    this.render();
  }

  #set(low: number, high: number): void {
    const bins = this.#bins;
    if (!bins) return;
    const isAll = low <= bins.least && high >= bins.most;
    const range = isAll || !(low <= high) ? null : ([low, high] as const);
    this.app.store.change(setRange(this.app.store.state, this.column, range));
  }

  #readFields(): void {
    const bins = this.#bins;
    if (!bins) return;
    const isDate = this.values.info.kind === 'date';
    const value = (input: HTMLInputElement, otherwise: number) =>
      Number.isNaN(input.valueAsNumber) ? otherwise : input.valueAsNumber;
    // The last day counts whole.
    this.#set(value(this.#low, bins.least), value(this.#high, bins.most) + (isDate ? 86_399_999 : 0));
  }

  #listen(bins: Bins): void {
    let origin: number | null = null;
    const binAt = (event: PointerEvent) => {
      const { left, width } = this.#chart.getBoundingClientRect();
      return Math.min(bins.number, Math.max(0, ((event.clientX - left) / width) * bins.number));
    };
    const edge = (bin: number) => {
      if (bin <= 0) return bins.least;
      return bin >= bins.number ? bins.most : bins.low + ((bins.high - bins.low) * bin) / bins.number;
    };
    this.#chart.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      origin = binAt(event);
      this.#chart.setPointerCapture(event.pointerId);
    });
    this.#chart.addEventListener('pointermove', (event) => {
      if (origin === null) return;
      const here = binAt(event);
      if (Math.abs(here - origin) < 0.3) return;
      this.#set(edge(Math.floor(Math.min(origin, here))), edge(Math.ceil(Math.max(origin, here))));
    });
    for (const type of ['pointerup', 'pointercancel'])
      this.#chart.addEventListener(type, () => {
        origin = null;
      });
  }

  render(): void {
    const bins = this.#bins;
    const { numbers } = this.values;
    if (!bins || !numbers) return;
    const { chosen, isChosen } = this.app.scene;
    const left = chosen.length < this.app.rows ? countBins(bins, this.#binOf, chosen) : this.#all;
    this.#chart.replaceChildren(histogram(this.#all, left, 40), this.#brush);
    const range = this.app.store.state.ranges.get(this.column);
    this.#brush.hidden = !range;
    const place = (value: number) =>
      Math.min(1, Math.max(0, (value - bins.low) / (bins.high - bins.low || 1)));
    if (range) {
      this.#brush.style.left = `${100 * place(range[0])}%`;
      this.#brush.style.width = `${100 * (place(range[1]) - place(range[0]))}%`;
    }
    const [low, high] = range ?? [bins.least, bins.most];
    if (this.values.info.kind === 'date') {
      this.#low.valueAsNumber = Math.floor(low / 86_400_000) * 86_400_000;
      this.#high.valueAsNumber = Math.floor(high / 86_400_000) * 86_400_000;
    } else {
      this.#low.value = String(Number(low.toPrecision(6)));
      this.#high.value = String(Number(high.toPrecision(6)));
    }
    const [all, values] = [this.#all, left].map((counts) => counts.reduce((sum, one) => sum + one, 0));
    const median = medianOf(numbers, this.app.orders.of(numbers, false), isChosen, values);
    const middle = median === null ? '' : `, median ${this.#format(median)}`;
    const share = values < all ? ` (${percent(values / Math.max(1, all))})` : '';
    this.#label.textContent = `${countOf(values, all)} with a value${share}${middle}`;
  }
}

export type Facet = CategoryFacet | RangeFacet;

/** The facet of a column; null for a column of free text. */
export async function openFacet(
  app: App,
  column: number,
  colorOf?: (code: number) => Rgb,
): Promise<Facet | null> {
  const values = await app.column(column);
  if (values.codes) return new CategoryFacet(app, column, values, colorOf);
  return values.numbers ? new RangeFacet(app, column, values) : null;
}
