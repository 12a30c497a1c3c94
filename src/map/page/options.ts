import type { App } from './app.js';
import { rampCss } from './colors.js';
import { count, h, plural } from './dom.js';
import { type Facet, openFacet } from './facets.js';

/** How the map is coloured, how fine its topics are, and whether noise is drawn. */
export class Options {
  readonly element = h('section', { class: 'panel options', 'aria-label': 'View' });
  readonly #color = h('select', { id: 'color' });
  readonly #legend = h('div', { class: 'legend' });
  readonly #noise = h('input', { type: 'checkbox', role: 'switch', class: 'switch-box', id: 'noise' });
  readonly #noiseCount = h('span', { class: 'note' });
  readonly #noisePart = h(
    'div',
    { class: 'option line' },
    h('label', { for: 'noise' }, 'Noise ', this.#noiseCount),
    this.#noise,
  );
  readonly #slider = h('input', {
    type: 'range',
    id: 'granularity',
    min: 0,
    value: 0,
    step: 1,
  });
  readonly #topics = h('output', { for: 'granularity' });
  readonly #back = h('button', { type: 'button', class: 'quiet back', hidden: true }, 'As opened');
  readonly #sliderPart: HTMLElement;
  readonly #contours = h('input', {
    type: 'checkbox',
    role: 'switch',
    class: 'switch-box',
    id: 'contours',
  });
  #facet: Facet | null = null;
  #shown: { color: string; legend: App['paint']['legend'] } | null = null;

  constructor(private readonly app: App) {
    const { store } = app;
    const add = (value: string, label: string, into: Element) => into.append(h('option', { value }, label));
    add('topic', 'Topic', this.#color);
    add('probability', 'Probability', this.#color);
    add('outlier', 'Outlier score', this.#color);
    const group = h('optgroup', { label: 'Columns' });
    app.manifest.columns.forEach(({ name, kind }, c) => {
      if (kind !== 'text') add(`column:${c}`, name, group);
    });
    if (group.children.length > 0) this.#color.append(group);
    this.#color.addEventListener('change', () => store.change({ color: this.#color.value }));
    this.#noise.addEventListener('change', () => store.change({ noise: this.#noise.checked }));
    this.#contours.addEventListener('change', () => store.change({ contours: this.#contours.checked }));
    this.#slider.addEventListener('input', () => {
      const grain = app.grains.list[Number(this.#slider.value)];
      store.change({ granularity: grain === app.grains.opened ? null : grain.count });
    });
    this.#back.addEventListener('click', () => {
      store.change({ granularity: null });
      this.#slider.focus();
    });
    this.#sliderPart = h(
      'div',
      { class: 'option', hidden: app.grains.list.length < 2 },
      h('div', { class: 'label' }, h('label', { for: 'granularity' }, 'Granularity'), this.#topics),
      this.#slider,
      h('div', { class: 'ends' }, h('span', {}, 'fewer'), this.#back, h('span', {}, 'more')),
    );
    this.element.append(
      h('div', { class: 'option' }, h('label', { for: 'color' }, 'Colour by'), this.#color, this.#legend),
      this.#sliderPart,
      this.#noisePart,
      h('div', { class: 'option line' }, h('label', { for: 'contours' }, 'Density lines'), this.#contours),
    );
    this.show();
  }

  /** Shows the state's choices. */
  show(): void {
    const { app } = this;
    const { color, noise, granularity, contours } = app.store.state;
    this.#contours.checked = contours;
    this.#color.value = color;
    this.#noise.checked = noise;
    // Levels above the topics hold every row.
    this.#noisePart.hidden = app.cut.noise === 0 && app.cut.kind !== 'topic';
    this.#noiseCount.textContent = count(app.cut.noise);
    const { list } = app.grains;
    const grain = app.grains.find(granularity);
    const groups = plural(grain.count, grain.kind);
    this.#topics.textContent = groups;
    this.#back.hidden = grain === app.grains.opened;
    this.#slider.max = String(list.length - 1);
    this.#slider.value = String(list.indexOf(grain));
    this.#slider.setAttribute('aria-valuetext', grain.kind === 'topic' ? `${groups}, as clustered` : groups);
  }

  /** Shows the legend. */
  async showLegend(): Promise<void> {
    const { legend } = this.app.paint;
    const { color } = this.app.store.state;
    const isSame = this.#shown?.color === color && this.#shown.legend === legend;
    if (isSame && this.#facet) {
      this.#facet.render();
      return;
    }
    this.#shown = { color, legend };
    this.#facet = null;
    const column = color.startsWith('column:') ? Number(color.slice('column:'.length)) : -1;
    const colorOf =
      legend.kind === 'categories' ? (code: number) => legend.colors[code] ?? legend.other : undefined;
    const facet = column >= 0 ? await openFacet(this.app, column, colorOf) : null;
    if (this.#shown.legend !== legend) return;
    this.#facet = facet;
    this.#legend.replaceChildren(...rampOf(this.app, legend), ...(facet ? [facet.element] : []));
  }
}

/** The ramp of a legend of numbers, with its ends. */
function rampOf(app: App, legend: App['paint']['legend']): Node[] {
  if (legend.kind !== 'range') return [];
  const label = `${legend.title} from ${legend.from} to ${legend.to}`;
  const bar = h('div', { class: 'ramp', role: 'img', 'aria-label': label });
  bar.style.background = rampCss(app.theme());
  return [bar, h('div', { class: 'ends' }, h('span', {}, legend.from), h('span', {}, legend.to))];
}
