import type { App } from './app.js';
import { count, h } from './dom.js';
import { formatDate } from './paint.js';
import type { State } from './store.js';

const BINS = 72;
const HEIGHT = 44;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SPANS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  60 * MINUTE,
  6 * 60 * MINUTE,
  DAY,
  7 * DAY,
  30 * DAY,
  91 * DAY,
  365 * DAY,
  3652 * DAY,
];

/** A bin's width and the first bin's start: round spans, so that a bar means a day, a week, a month. */
export function bins(first: number, last: number): { start: number; width: number; number: number } {
  const width = SPANS.find((span) => (last - first) / span < BINS) ?? Math.ceil((last - first) / BINS);
  const start = Math.floor(first / width) * width;
  return { start, width, number: Math.floor((last - start) / width) + 1 };
}

/** How many texts there are over time, and a brush that leaves only a span on the map. */
export class Timeline {
  readonly element: HTMLElement;
  readonly #chart = h('div', { class: 'chart' });
  readonly #bars = h('canvas', { class: 'bars', 'aria-hidden': 'true' });
  readonly #brush = h('div', { class: 'brush', hidden: true });
  readonly #from = this.#handle('Start of the time span');
  readonly #to = this.#handle('End of the time span');
  readonly #label = h('span', { class: 'span-label', role: 'status' });
  readonly #clear = h('button', { type: 'button', class: 'quiet', hidden: true }, 'Show all times');
  #axis = { start: 0, width: 1, number: 0 };
  #times: Float64Array = new Float64Array(0);

  constructor(
    private readonly app: App,
    columns: readonly number[],
  ) {
    const { store } = app;
    const choice = h('select', { 'aria-label': 'Date column of the timeline' });
    for (const c of columns) choice.append(h('option', { value: c }, app.manifest.columns[c].name));
    choice.value = String(store.state.time);
    choice.addEventListener('change', () => store.change({ time: Number(choice.value) }));
    const title =
      columns.length > 1 ? choice : h('span', { class: 'span-title' }, app.manifest.columns[columns[0]].name);
    this.#clear.addEventListener('click', () => store.change({ span: null }));
    this.#chart.append(this.#bars, this.#brush, this.#from, this.#to);
    this.element = h(
      'section',
      { class: 'panel timeline', 'aria-label': 'Timeline' },
      h('div', { class: 'timeline-head' }, title, this.#label, this.#clear),
      this.#chart,
    );
    this.#listen();
    new ResizeObserver(() => this.draw()).observe(this.#chart);
    store.onChange((changed) => {
      if (!changed.has('time')) return;
      choice.value = String(store.state.time);
      void this.load();
    });
  }

  #handle(label: string): HTMLElement {
    return h('div', {
      class: 'handle',
      role: 'slider',
      tabindex: 0,
      'aria-label': label,
      'aria-valuemin': 0,
    });
  }

  async load(): Promise<void> {
    this.#times = (await this.app.column(this.app.store.state.time)).numbers ?? new Float64Array(0);
    let first = Infinity;
    let last = -Infinity;
    for (const time of this.#times) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
    this.#axis = first <= last ? bins(first, last) : { start: 0, width: 1, number: 0 };
    this.draw();
  }

  #binAt(event: PointerEvent): number {
    const { left, width } = this.#chart.getBoundingClientRect();
    return Math.min(this.#axis.number, Math.max(0, ((event.clientX - left) / width) * this.#axis.number));
  }

  #setBins(from: number, to: number): void {
    const { start, width, number } = this.#axis;
    const low = Math.max(0, Math.min(from, to, number - 1));
    const high = Math.min(number, Math.max(from, to, low + 1));
    const all = low === 0 && high === number;
    const { store } = this.app;
    const column = store.state.time;
    store.change({ span: all ? null : [column, start + low * width, start + high * width] });
  }

  /** The brush, where it is of the column shown. */
  #span(): State['span'] {
    const { span, time } = this.app.store.state;
    return span?.[0] === time ? span : null;
  }

  #spanBins(): [number, number] {
    const span = this.#span();
    const { start, width, number } = this.#axis;
    return span
      ? [Math.round((span[1] - start) / width), Math.round((span[2] - start) / width)]
      : [0, number];
  }

  #listen(): void {
    let origin: number | null = null;
    let grabbed: 'from' | 'to' | null = null;
    this.#chart.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || this.#axis.number === 0) return;
      grabbed = event.target === this.#from ? 'from' : event.target === this.#to ? 'to' : null;
      const [from, to] = this.#spanBins();
      origin = grabbed === 'from' ? to : grabbed === 'to' ? from : this.#binAt(event);
      this.#chart.setPointerCapture(event.pointerId);
    });
    this.#chart.addEventListener('pointermove', (event) => {
      if (origin === null) return;
      const here = this.#binAt(event);
      if (grabbed) this.#setBins(origin, Math.round(here));
      else if (Math.abs(here - origin) > 0.3)
        this.#setBins(Math.floor(Math.min(origin, here)), Math.ceil(Math.max(origin, here)));
    });
    const end = () => {
      origin = null;
      grabbed = null;
    };
    this.#chart.addEventListener('pointerup', end);
    this.#chart.addEventListener('pointercancel', end);
    for (const [handle, isFrom] of [
      [this.#from, true],
      [this.#to, false],
    ] as const)
      handle.addEventListener('keydown', (event) => {
        const steps = {
          ArrowLeft: -1,
          ArrowDown: -1,
          ArrowRight: 1,
          ArrowUp: 1,
          PageDown: -6,
          PageUp: 6,
        } as Record<string, number>;
        const step = steps[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const [from, to] = this.#spanBins();
        if (isFrom) this.#setBins(Math.min(to - 1, Math.max(0, from + step)), to);
        else this.#setBins(from, Math.max(from + 1, to + step));
      });
  }

  /** Bars of what is on the map, over the faint bars of everything. */
  draw(): void {
    const { start, width, number } = this.#axis;
    const { clientWidth } = this.#chart;
    if (number === 0 || clientWidth === 0) return;
    const all = new Float64Array(number);
    const shown = new Float64Array(number);
    for (let i = 0; i < this.#times.length; i++) {
      if (Number.isNaN(this.#times[i])) continue;
      const bin = Math.floor((this.#times[i] - start) / width);
      all[bin]++;
    }
    const { chosen } = this.app.scene;
    let left = 0;
    for (const row of chosen) {
      if (Number.isNaN(this.#times[row])) continue;
      shown[Math.floor((this.#times[row] - start) / width)]++;
      left++;
    }
    const most = all.reduce((a, b) => Math.max(a, b), 1);
    const ratio = window.devicePixelRatio || 1;
    this.#bars.width = Math.round(clientWidth * ratio);
    this.#bars.height = Math.round(HEIGHT * ratio);
    const context = this.#bars.getContext('2d')!;
    context.scale(ratio, ratio);
    const step = clientWidth / number;
    const style = getComputedStyle(this.element);
    for (const [counts, color] of [
      [all, style.getPropertyValue('--faint')],
      [shown, style.getPropertyValue('--accent')],
    ] as const) {
      context.fillStyle = color;
      for (let b = 0; b < number; b++) {
        const high = counts[b] === 0 ? 0 : Math.max(1.5, (counts[b] / most) * (HEIGHT - 2));
        context.fillRect(
          b * step + (step > 4 ? 0.5 : 0),
          HEIGHT - high,
          Math.max(0.75, step - (step > 4 ? 1 : 0)),
          high,
        );
      }
    }
    const [from, to] = this.#spanBins();
    const span = this.#span();
    this.#brush.hidden = span === null;
    this.#brush.style.left = `${from * step}px`;
    this.#brush.style.width = `${(to - from) * step}px`;
    const first = start + from * width;
    const end = start + to * width;
    this.#place(this.#from, from, from * step, formatDate(first));
    this.#place(this.#to, to, to * step, formatDate(end - 1));
    const dated = all.reduce((a, b) => a + b, 0);
    const isPart = left < dated;
    this.#label.textContent = `${formatDate(first)} – ${formatDate(end - 1)}${isPart ? ` · ${count(left)} of ${count(dated)}` : ''}`;
    this.#clear.hidden = span === null;
  }

  #place(handle: HTMLElement, bin: number, left: number, text: string): void {
    handle.style.left = `${left}px`;
    handle.setAttribute('aria-valuemax', String(this.#axis.number));
    handle.setAttribute('aria-valuenow', String(bin));
    handle.setAttribute('aria-valuetext', text);
  }
}
