import type { App } from './app.js';
import { css, noiseColor, rampCss } from './colors.js';
import { count, h } from './dom.js';
import { bareDrawingOf, caption } from './drawing.js';
import { canvasOf, wordsSvgOf } from './export.js';
import { countOf } from './facets.js';
import { inLight } from './theme.js';

/** Pixels that the printed map is laid out in, about those of an A4 page across, and the finer ones of its points. */
const WIDTH = 1040;
const SCALE = 2;
/** Pixels of the title and the two lines above and below the map, and of an entry of the key. */
const WORDS = 130;
const ENTRY = 32;
/** Columns of the key on a page across: upright, the map leaves place enough. */
const COLUMNS = 3;
/** Entries of a key for which the map makes place on its page; a longer one goes on on the next page. */
const SHORT_KEY = 24;

/**
 * The page to print: title, caption, map, names and the key of the colours, of what the screen shows. It is made when
 * printing begins, and seen on paper only.
 */
export function preparePrint(app: App): HTMLElement {
  const sheet = h('section', { class: 'sheet', 'aria-hidden': 'true' });
  const make = () => inLight(() => fill(sheet, app));
  window.addEventListener('beforeprint', make);
  // Browsers that print without that event, and tools that only look at the page as printed.
  matchMedia('print').addEventListener('change', ({ matches }) => {
    if (matches) make();
  });
  return sheet;
}

function fill(sheet: HTMLElement, app: App): void {
  const key = keyOf(app);
  const entries = key.childElementCount;
  const lines = entries > SHORT_KEY ? 0 : Math.ceil(entries / COLUMNS);
  sheet.style.setProperty('--below', `${WORDS + ENTRY * lines}px`);
  const { footer, quality = [] } = app.manifest;
  const facts = [
    ...footer.map(({ label, value }) => `${label}: ${value}`),
    ...quality.map(({ name, shown }) => `${name}: ${shown}`),
  ];
  sheet.replaceChildren(
    h('h1', { dir: 'auto' }, app.manifest.title),
    h('p', { class: 'caption' }, caption(app)),
    ...(app.rows > 0 ? [figureOf(app)] : []),
    key,
    h('p', { class: 'made' }, facts.join(' · ')),
  );
}

/** Points as pixels, names above them as letters. */
function figureOf(app: App): HTMLElement {
  const drawing = bareDrawingOf(app, WIDTH);
  const [canvas] = canvasOf(drawing, SCALE);
  const words = new DOMParser().parseFromString(wordsSvgOf(drawing), 'image/svg+xml').documentElement;
  const figure = h('figure', {}, canvas, document.importNode(words, true));
  figure.style.setProperty('--shape', String(drawing.width / drawing.height));
  return figure;
}

/** What the colours mean: each group or category with its colour and how many of its texts are left, or a ramp. */
function keyOf(app: App): HTMLElement {
  const { legend } = app.paint;
  const key = h('ul', { class: 'key' });
  const add = (name: string, size: string, color: string) => {
    const swatch = h('span', { class: 'swatch' });
    swatch.style.background = color;
    key.append(h('li', {}, swatch, h('bdi', {}, name), h('span', { class: 'count' }, size)));
  };
  if (legend.kind === 'range') {
    const ramp = h('span', { class: 'ramp' });
    ramp.style.background = rampCss(app.theme());
    key.append(
      h('li', { class: 'range' }, `${legend.title}: ${legend.from}`, ramp, h('span', {}, legend.to)),
    );
  } else if (legend.kind === 'categories') {
    const column = Number(app.store.state.color.slice('column:'.length));
    const categories = app.manifest.columns[column]?.categories ?? [];
    for (const [code, color] of legend.colors.entries()) add(categories[code], '', css(color));
    const others = categories.length - legend.colors.length;
    if (others > 0) add(`${count(others)} others`, '', css(legend.other));
  } else addGroups(app, add);
  return key;
}

/** The groups that are switched on, largest first, then noise. */
function addGroups(app: App, add: (name: string, size: string, color: string) => void): void {
  const { cut, scene, store } = app;
  const sizeOf = (id: number, size: number) =>
    scene.isFiltered ? countOf(scene.passing.get(id) ?? 0, size) : count(size);
  for (const topic of cut.topics)
    if (!store.state.off.has(topic.id))
      add(topic.name, sizeOf(topic.id, topic.size), css(app.colorOfGroup(topic)));
  if (cut.noise > 0 && store.state.noise) add('Noise', sizeOf(-1, cut.noise), css(noiseColor(app.theme())));
}
