import type { App } from './app.js';
import { css } from './colors.js';
import { count, h, iconButton } from './dom.js';
import { ICONS } from './icons.js';
import type { State } from './store.js';
import {
  axisLabels,
  binsOfTimes,
  describeSpan,
  formatTime,
  type TimeBins,
  timeBins,
  unitOfEdges,
} from './time-bins.js';

const HEIGHT = 40;
/** Pixels between two labels of the axis: as wide as `Dec 15, 2024`, and a gap. */
const LABEL_SPACE = 76;
/** Milliseconds that a step of the play takes. */
const STEP = 700;
/** Groups that have a line of bars of their own. */
const LINES = 6;

type Grab = 'new' | 'move' | 'from' | 'to';

/** How many texts there are over time, and a brush that leaves only a span; it moves, resizes and plays. */
export class Timeline {
  readonly element: HTMLElement;
  readonly #chart = h('div', { class: 'chart' });
  readonly #bars = h('canvas', { class: 'bars', 'aria-hidden': 'true' });
  readonly #axisLine = h('div', { class: 'axis', 'aria-hidden': 'true' });
  readonly #lines = h('div', { class: 'time-lines', hidden: true });
  readonly #brush = h('div', { class: 'brush', hidden: true });
  readonly #from = this.#handle('Start of the time span');
  readonly #to = this.#handle('End of the time span');
  readonly #label = h('span', { class: 'span-label', role: 'status' });
  readonly #clear = h('button', { type: 'button', class: 'quiet', hidden: true }, 'Show all times');
  readonly #play = iconButton('Play: move the span through time', ICONS.play, () => this.#toggle(), {
    'aria-pressed': 'false',
  });
  readonly #byGroup = h('button', { type: 'button', class: 'quiet', 'aria-expanded': 'false' }, 'By topic');
  #bins: TimeBins | null = null;
  #binOf: Int16Array = new Int16Array(0);
  /** Texts of each bar: all, and those that are chosen. */
  #all: Int32Array = new Int32Array(0);
  #shown: Int32Array = new Int32Array(0);
  #timer = 0;

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
    this.#clear.addEventListener('click', () => {
      this.#stop();
      store.change({ span: null });
    });
    this.#byGroup.addEventListener('click', () => {
      this.#lines.hidden = !this.#lines.hidden;
      this.#byGroup.setAttribute('aria-expanded', String(!this.#lines.hidden));
      this.draw();
    });
    this.#chart.append(this.#bars, this.#brush, this.#from, this.#to);
    this.element = h(
      'section',
      { class: 'panel timeline', 'aria-label': 'Timeline' },
      h('div', { class: 'timeline-head' }, title, this.#label, this.#clear, this.#byGroup, this.#play),
      this.#lines,
      this.#chart,
      this.#axisLine,
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
    const { info, numbers } = await this.app.column(this.app.store.state.time);
    const times = numbers ?? new Float64Array(0);
    this.#bins = timeBins(times, info.unit);
    this.#binOf = this.#bins ? binsOfTimes(this.#bins, times) : new Int16Array(times.length).fill(-1);
    this.#all = this.#counted(null);
    this.draw();
  }

  get #number(): number {
    return this.#bins ? this.#bins.edges.length - 1 : 0;
  }

  /** How many of these rows, or of all, each bar stands for. */
  #counted(rows: Int32Array | null): Int32Array {
    const counts = new Int32Array(this.#number);
    const binOf = this.#binOf;
    const all = rows ? rows.length : binOf.length;
    for (let i = 0; i < all; i++) {
      const bin = binOf[rows ? rows[i] : i];
      if (bin >= 0) counts[bin]++;
    }
    return counts;
  }

  #binAt(event: PointerEvent): number {
    const { left, width } = this.#chart.getBoundingClientRect();
    return Math.min(this.#number, Math.max(0, ((event.clientX - left) / width) * this.#number));
  }

  /** Chooses bars from (included) to (excluded). The outermost reach to the earliest and latest time. */
  #setBins(from: number, to: number): void {
    const bins = this.#bins;
    if (!bins) return;
    const number = this.#number;
    const low = Math.max(0, Math.min(from, to, number - 1));
    const high = Math.min(number, Math.max(from, to, low + 1));
    const { store } = this.app;
    if (low === 0 && high === number) {
      store.change({ span: null });
      return;
    }
    const start = low === 0 && bins.before > 0 ? -8.64e15 : bins.edges[low];
    const end = high === number && bins.after > 0 ? 8.64e15 : bins.edges[high];
    store.change({ span: [store.state.time, start, end] });
  }

  /** The brush, where it is of the column shown. */
  #span(): State['span'] {
    const { span, time } = this.app.store.state;
    return span?.[0] === time ? span : null;
  }

  #spanBins(): [number, number] {
    const span = this.#span();
    const number = this.#number;
    if (!span || !this.#bins) return [0, number];
    const { edges } = this.#bins;
    const at = (time: number) => {
      const bin = edges.findIndex((edge) => edge >= time);
      return bin < 0 ? number : bin;
    };
    return [Math.min(at(span[1]), number - 1), at(span[2])];
  }

  #listen(): void {
    let grab: { kind: Grab; at: number; from: number; to: number } | null = null;
    this.#chart.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || this.#number === 0) return;
      this.#stop();
      const [from, to] = this.#spanBins();
      const at = this.#binAt(event);
      const isInside = this.#span() !== null && at > from && at < to;
      const kind =
        event.target === this.#from ? 'from' : event.target === this.#to ? 'to' : isInside ? 'move' : 'new';
      grab = { kind, at, from, to };
      this.#chart.setPointerCapture(event.pointerId);
    });
    this.#chart.addEventListener('pointermove', (event) => {
      const here = this.#binAt(event);
      if (!grab) {
        this.#tell(Math.floor(here));
        return;
      }
      if (grab.kind === 'from') this.#setBins(Math.min(grab.to - 1, Math.round(here)), grab.to);
      else if (grab.kind === 'to') this.#setBins(grab.from, Math.max(grab.from + 1, Math.round(here)));
      else if (grab.kind === 'move')
        this.#moveTo(grab.from + Math.round(here - grab.at), grab.to - grab.from);
      else if (Math.abs(here - grab.at) > 0.3)
        this.#setBins(Math.floor(Math.min(grab.at, here)), Math.ceil(Math.max(grab.at, here)));
    });
    for (const type of ['pointerup', 'pointercancel'])
      this.#chart.addEventListener(type, () => {
        grab = null;
      });
    for (const [handle, isFrom] of [
      [this.#from, true],
      [this.#to, false],
    ] as const)
      handle.addEventListener('keydown', (event) => {
        const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -6, PageUp: 6 }[
          event.key
        ];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const [from, to] = this.#spanBins();
        if (event.shiftKey) this.#moveTo(from + step, to - from);
        else if (isFrom) this.#setBins(Math.min(to - 1, Math.max(0, from + step)), to);
        else this.#setBins(from, Math.max(from + 1, to + step));
      });
  }

  /** Moves the brush as it is. */
  #moveTo(from: number, wide: number): void {
    const start = Math.max(0, Math.min(this.#number - wide, from));
    this.#setBins(start, start + wide);
  }

  #toggle(): void {
    if (this.#timer) {
      this.#stop();
      return;
    }
    if (this.#number < 2) return;
    const [from, to] = this.#spanBins();
    const wide = this.#span() ? to - from : Math.max(1, Math.round(this.#number / 12));
    this.#moveTo(this.#span() ? from : 0, wide);
    this.#play.setAttribute('aria-pressed', 'true');
    this.#timer = window.setInterval(() => {
      const [start, end] = this.#spanBins();
      const isAtEnd = end >= this.#number;
      this.#moveTo(isAtEnd ? 0 : start + 1, wide);
    }, STEP);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#play.setAttribute('aria-pressed', 'false');
  }

  /** Says what the bar under the pointer stands for. */
  #tell(bin: number): void {
    const bins = this.#bins;
    if (!bins || bin < 0 || bin >= this.#number) return;
    const left = this.#shown[bin] ?? 0;
    this.#chart.title = `${describeSpan(bins, bins.edges[bin])}: ${count(left)} of ${count(this.#all[bin])}`;
  }

  /** Bars of what is left, over the faint bars of everything. */
  draw(): void {
    const bins = this.#bins;
    const { clientWidth } = this.#chart;
    if (!bins || clientWidth === 0) return;
    const number = this.#number;
    const { chosen } = this.app.scene;
    const shown = this.#counted(chosen.length < this.app.rows ? chosen : null);
    this.#shown = shown;
    const style = getComputedStyle(this.element);
    paintBars(this.#bars, HEIGHT, [
      [this.#all, style.getPropertyValue('--faint')],
      [shown, style.getPropertyValue('--accent')],
    ]);
    const step = clientWidth / number;
    const [from, to] = this.#spanBins();
    const span = this.#span();
    this.#brush.hidden = span === null;
    this.#brush.style.left = `${from * step}px`;
    this.#brush.style.width = `${(to - from) * step}px`;
    this.#place(this.#from, from, from * step, describeSpan(bins, bins.edges[from]));
    this.#place(this.#to, to, to * step, describeSpan(bins, bins.edges[to - 1]));
    this.#drawAxis(bins, step);
    this.#say(bins, from, to, shown);
    this.#clear.hidden = span === null;
    this.#drawLines(bins);
  }

  #say(bins: TimeBins, from: number, to: number, shown: Int32Array): void {
    const unit = unitOfEdges(bins, this.app.manifest.columns[this.app.store.state.time]?.unit);
    const [all, left] = [this.#all, shown].map((counts) => counts.reduce((a, b) => a + b, 0));
    const days = `${formatTime(bins.edges[from], unit)} – ${formatTime(bins.edges[to] - 1, unit)}`;
    const far = [
      ...(bins.before > 0 && from === 0 ? [`${count(bins.before)} earlier`] : []),
      ...(bins.after > 0 && to === this.#number ? [`${count(bins.after)} later`] : []),
    ];
    this.#label.textContent = [
      days,
      ...(left < all ? [`${count(left)} of ${count(all)}`] : []),
      ...far,
      `a bar a ${bins.span}`,
    ].join(' · ');
  }

  #drawAxis(bins: TimeBins, step: number): void {
    const every = Math.max(1, Math.ceil(LABEL_SPACE / step));
    const last = this.#chart.clientWidth - LABEL_SPACE / 2;
    const labelled = Array.from({ length: this.#number }, (_, bin) => bin).filter(
      (bin) => bin % every === 0 && bin * step < last,
    );
    const texts = axisLabels(
      bins,
      labelled.map((bin) => bins.edges[bin]),
    );
    const labels = labelled.map((bin, at) => {
      const label = h('span', {}, texts[at]);
      label.style.left = `${bin * step}px`;
      return label;
    });
    this.#axisLine.replaceChildren(...labels);
  }

  /** The largest groups over time, a line of bars each. */
  #drawLines({ edges }: TimeBins): void {
    if (this.#lines.hidden) return;
    const { cut, scene } = this.app;
    const perGroup = new Map<number, Int32Array>();
    for (const row of scene.chosen) {
      const bin = this.#binOf[row];
      if (bin < 0 || cut.labels[row] < 0) continue;
      const counts = perGroup.get(cut.labels[row]) ?? new Int32Array(edges.length - 1);
      counts[bin]++;
      perGroup.set(cut.labels[row], counts);
    }
    const largest = [...perGroup]
      .map(([id, counts]) => ({ id, counts, sum: counts.reduce((a, b) => a + b, 0) }))
      .sort((a, b) => b.sum - a.sum || a.id - b.id)
      .slice(0, LINES);
    const canvases: [HTMLCanvasElement, Int32Array, string][] = [];
    this.#lines.replaceChildren(
      ...largest.flatMap(({ id, counts, sum }) => {
        const topic = cut.byId.get(id);
        if (!topic) return [];
        const canvas = h('canvas', {
          role: 'img',
          'aria-label': `${topic.name} over time: ${count(sum)} texts`,
        });
        canvases.push([canvas, counts, css(this.app.colorOfGroup(topic))]);
        return [h('div', { class: 'time-line' }, h('bdi', { title: topic.name }, topic.name), canvas)];
      }),
    );
    for (const [canvas, counts, color] of canvases) paintBars(canvas, LINE_HEIGHT, [[counts, color]]);
  }

  #place(handle: HTMLElement, bin: number, left: number, text: string): void {
    handle.style.left = `${left}px`;
    handle.setAttribute('aria-valuemax', String(this.#number));
    handle.setAttribute('aria-valuenow', String(bin));
    handle.setAttribute('aria-valuetext', text);
  }
}

const LINE_HEIGHT = 18;

/** Draws bars, later lists of counts over earlier ones, all to the scale of the first. */
function paintBars(canvas: HTMLCanvasElement, height: number, lists: [Int32Array, string][]): void {
  const { clientWidth } = canvas;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(clientWidth * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  const [first] = lists;
  if (!context || clientWidth === 0 || !first) return;
  context.scale(ratio, ratio);
  const most = first[0].reduce((a, b) => Math.max(a, b), 1);
  const step = clientWidth / first[0].length;
  const gap = step > 4 ? 0.5 : 0;
  for (const [counts, color] of lists) {
    context.fillStyle = color;
    for (let bin = 0; bin < counts.length; bin++) {
      const high = counts[bin] === 0 ? 0 : Math.max(1.5, (counts[bin] / most) * (height - 2));
      context.fillRect(bin * step + gap, height - high, Math.max(0.75, step - 2 * gap), high);
    }
  }
}
