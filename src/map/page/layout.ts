import type { App } from './app.js';
import { h, iconButton, plural } from './dom.js';
import { ICONS } from './icons.js';
import { saveMenu } from './save-menu.js';

const narrow = matchMedia('(max-width: 820px)');

/** The elements that the page is laid out from. */
export interface Parts {
  summary: HTMLElement;
  search: HTMLElement;
  table: HTMLElement;
  options: HTMLElement;
  selection: HTMLElement;
  details: HTMLElement;
  timeline: HTMLElement | null;
  card: HTMLElement;
  lasso: HTMLElement;
  box: HTMLElement;
}

/** The page's panels around the map. */
export class Layout {
  readonly #contents: HTMLElement;
  readonly #fold = iconButton('Fold the list of topics', ICONS.fold, () => this.toggleContents(), {
    class: 'icon fold',
    'aria-expanded': 'true',
  });

  constructor(
    private readonly app: App,
    private readonly parts: Parts,
  ) {
    const { manifest, stage } = app;
    const title = h('div', { class: 'title-line' }, h('h1', { dir: 'auto' }, manifest.title), this.#fold);
    this.#contents = h(
      'section',
      { class: 'panel contents', 'aria-label': 'Contents' },
      h('header', {}, title, parts.summary),
      parts.search,
      parts.table,
      about(app),
    );
    const tools = h(
      'div',
      { class: 'tools' },
      this.#bar((open) => tools.classList.toggle('open', open)),
      parts.options,
      parts.selection,
      parts.details,
    );
    document.body.append(
      h(
        'main',
        {},
        h('div', { class: 'under' }, stage.element),
        describeStage(app),
        h('div', { class: 'side' }, this.#contents),
        h('div', { class: 'bottom' }, ...(parts.timeline ? [parts.timeline] : [])),
        tools,
        parts.card,
        app.live,
      ),
    );
    stage.setContent(app.box, app.rows);
    if (narrow.matches) this.#contents.classList.add('folded');
    this.#fold.setAttribute('aria-expanded', String(!narrow.matches));
    this.setMargins();
  }

  toggleContents(folded = !this.#contents.classList.contains('folded')): void {
    this.#contents.classList.toggle('folded', folded);
    this.#fold.setAttribute('aria-expanded', String(!folded));
    this.setMargins();
  }

  /** Sets the margins of the stage that panels cover. */
  setMargins(): void {
    const isFolded = this.#contents.classList.contains('folded');
    this.app.stage.setMargin(
      narrow.matches
        ? { left: 52, right: 52, top: 84, bottom: 170 }
        : { left: isFolded ? 84 : 428, right: 360, top: 48, bottom: this.parts.timeline ? 132 : 44 },
    );
  }

  #bar(showOptions: (open: boolean) => void): HTMLElement {
    const { stage } = this.app;
    const zoom = (factor: number) => () => stage.zoom(stage.width / 2, stage.height / 2, factor);
    const options = iconButton(
      'View options',
      ICONS.options,
      () => {
        const open = options.getAttribute('aria-expanded') !== 'true';
        options.setAttribute('aria-expanded', String(open));
        showOptions(open);
      },
      { class: 'icon only-narrow', 'aria-expanded': 'false' },
    );
    return h(
      'div',
      { class: 'panel bar', role: 'toolbar', 'aria-label': 'Map tools' },
      this.parts.lasso,
      this.parts.box,
      iconButton('Zoom in', ICONS.plus, zoom(1.6)),
      iconButton('Zoom out', ICONS.minus, zoom(1 / 1.6)),
      iconButton('Show everything', ICONS.home, () => stage.flyHome()),
      saveMenu(this.app),
      options,
    );
  }
}

/** Accessible description of the stage and its keys; the element holds the longer part. */
function describeStage({ stage, rows }: App): HTMLElement {
  for (const [name, value] of Object.entries({
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'map',
    'aria-label': `Map of ${plural(rows, 'text')}`,
    'aria-describedby': 'map-help',
  }))
    stage.element.setAttribute(name, value);
  return h(
    'p',
    { class: 'unseen', id: 'map-help' },
    'Arrow keys go from topic to topic. Enter steps into a topic; arrow keys then go from text to text, and Enter opens the card of a text. Escape steps back. Plus, minus and 0 zoom; Shift with arrows moves the map.',
  );
}

/** How the map came about: versions, seed, exactness. */
function about(app: App): HTMLElement {
  const facts = h('dl', { class: 'fact-list' });
  for (const { label, value } of app.manifest.footer)
    facts.append(h('dt', {}, label), h('dd', {}, h('bdi', {}, value)));
  return h('details', { class: 'about' }, h('summary', {}, 'About this map'), facts);
}
