import { aboutRun } from './about.js';
import type { App } from './app.js';
import { h, iconButton, plural } from './dom.js';
import { homeView, type Rect, Spread } from './home.js';
import { ICONS } from './icons.js';
import { nameScale } from './labels.js';
import { preparePrint } from './print.js';
import { roving } from './roving.js';
import { type View, widened } from './view.js';

const narrow = matchMedia('(max-width: 820px)');
/** Too narrow for a list of topics and a panel next to the map. */
const tight = matchMedia('(max-width: 1100px)');

/** Names of the largest groups that the view of everything keeps clear of panels. */
const NAMES = 12;
/** Pixels up to which the list of topics covers the map at the left, with its margins. */
const LIST = 352;
/** Those that the panel on what is chosen covers at the right; on a phone, the share of the height at the top. */
const PANEL = 372;
const HALF = 0.54;
/** Pixels of the line of chips. */
const CHIP = 72;
/** The share of its size by which the box of nearly all points is widened, so that no cluster at its edge is cut. */
const OUTSIDE = 0.03;
/** Pixels of a line of the view options. */
const OPTION = 32;
/** Entries of a list that takes the height of the window. */
const LONG_LIST = 16;
/** Pixels. In a lower window view options and a panel don't fit below each other. */
const LOW = 760;

/** The elements that the page is laid out from. */
export interface Parts {
  summary: HTMLElement;
  readAll: HTMLElement;
  search: HTMLElement;
  chips: HTMLElement;
  table: HTMLElement;
  options: HTMLElement;
  choice: HTMLElement;
  details: HTMLElement;
  timeline: HTMLElement | null;
  card: HTMLElement;
  /** Buttons of the tool bar, in order. */
  tools: HTMLElement[];
  help: HTMLElement;
}

/** The page's panels around the map. */
export class Layout {
  readonly #contents: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #tools: HTMLElement;
  readonly #spread: Spread;
  /** Whether a panel on what is chosen is open, and whether view options were open before it. */
  #isOpen = false;
  #hadOptions = false;
  readonly #fold = iconButton('Fold the list of topics', ICONS.fold, () => this.toggleContents(), {
    class: 'icon fold',
    'aria-expanded': 'true',
  });
  readonly #optionsButton = iconButton('View options', ICONS.options, () => this.toggleOptions(), {
    'aria-expanded': 'false',
  });
  readonly #leave = h(
    'button',
    { type: 'button', class: 'panel leave', hidden: true },
    'Leave the presentation',
  );

  constructor(
    private readonly app: App,
    private readonly parts: Parts,
  ) {
    const { manifest, stage } = app;
    this.#spread = new Spread(app.points, widened(app.core, OUTSIDE, app.box));
    const title = h('div', { class: 'title-line' }, h('h1', { dir: 'auto' }, manifest.title), this.#fold);
    this.#contents = h(
      'section',
      { class: 'panel contents', 'aria-label': 'Contents' },
      h('header', {}, title, parts.summary, parts.readAll),
      parts.search,
      parts.chips,
      parts.table,
      ...aboutRun(app),
    );
    const bar = h(
      'div',
      { class: 'panel bar', role: 'toolbar', 'aria-label': 'Map tools' },
      ...parts.tools,
      this.#optionsButton,
    );
    this.#bar = bar;
    this.#tools = h('div', { class: 'tools' }, bar, parts.options, parts.details, parts.choice);
    this.#leave.addEventListener('click', () => this.present(false));
    document.body.append(
      h(
        'main',
        {},
        h('div', { class: 'under' }, stage.element),
        describeStage(app),
        h('p', { class: 'shown-title', dir: 'auto', 'aria-hidden': 'true' }, manifest.title),
        h('div', { class: 'side' }, this.#contents),
        h('div', { class: 'bottom' }, ...(parts.timeline ? [parts.timeline] : [])),
        this.#tools,
        this.#leave,
        parts.card,
        app.live,
      ),
      parts.help,
      preparePrint(app),
    );
    roving(bar);
    roving(parts.chips);
    stage.setContent((width, height, next) => this.#home(width, height, next === 'to all panels'), app.rows);
    if (tight.matches) this.#contents.classList.add('folded');
    this.#fold.setAttribute('aria-expanded', String(!tight.matches));
    this.toggleOptions(!tight.matches);
    for (const width of [narrow, tight])
      width.addEventListener('change', () => {
        this.toggleContents(tight.matches);
        this.toggleOptions(!tight.matches);
      });
    this.setMargins();
    // A legend opens and closes, and so do the lines of topics over time.
    const sizes = new ResizeObserver(() => stage.refit());
    for (const panel of [parts.options, parts.timeline]) if (panel) sizes.observe(panel);
  }

  toggleContents(folded = !this.#contents.classList.contains('folded')): void {
    this.#contents.classList.toggle('folded', folded);
    this.#fold.setAttribute('aria-expanded', String(!folded));
    this.setMargins();
    this.app.stage.resize();
  }

  /** Folds a list that covers the map. */
  makeWayForMap(): void {
    if (narrow.matches) this.toggleContents(true);
  }

  toggleOptions(open = this.parts.options.hidden === true): void {
    this.parts.options.hidden = !open;
    this.#tools.classList.toggle('open', open);
    this.#optionsButton.setAttribute('aria-expanded', String(open));
    this.setMargins();
  }

  get isPresenting(): boolean {
    return document.documentElement.classList.contains('presenting');
  }

  /** Shows the title, the map and its names, and nothing else; or everything again. */
  present(on = !this.isPresenting): void {
    document.documentElement.classList.toggle('presenting', on);
    this.#leave.hidden = !on;
    this.setMargins();
    this.app.stage.resize();
    this.app.announce(on ? 'Presentation. Escape leaves it.' : 'Presentation left');
    this.app.stage.element.focus({ preventScroll: true });
  }

  /** View options make way for a panel that opens, and come back when it closes. */
  #makeWay(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    if (!tight.matches && window.innerHeight >= LOW) return;
    if (isOpen) this.#hadOptions = !this.parts.options.hidden;
    if (isOpen || this.#hadOptions) this.toggleOptions(!isOpen);
  }

  /**
   * Keeps free what panels cover when the map flies somewhere. What it flies to is chosen, and so the panel on it is open
   * when it arrives.
   */
  setMargins(): void {
    const { stage } = this.app;
    const isOpen = !this.parts.choice.hidden || !this.parts.details.hidden;
    this.#makeWay(isOpen);
    const isFolded = this.#contents.classList.contains('folded');
    const base = { left: 16, right: 16, top: 16, bottom: 16 };
    // The line of chips comes with what is chosen.
    const chip = this.parts.chips.hidden ? CHIP : 0;
    const [list] = this.isPresenting || narrow.matches ? [] : rectOf(this.#contents);
    if (this.isPresenting) stage.margin = { ...base, top: 60 };
    else if (narrow.matches) {
      const [{ top }] = [...rectOf(this.#contents), { top: window.innerHeight }];
      stage.margin = { ...base, top: HALF * window.innerHeight, bottom: window.innerHeight - top + chip };
    } else {
      stage.margin = {
        left: isFolded ? 16 : LIST,
        right: PANEL,
        top: isFolded && tight.matches && list ? list.bottom + chip : 48,
        bottom: this.parts.timeline ? 116 : 28,
      };
    }
  }

  /** The view of everything: as large as the window allows, with panels over empty parts of the map. */
  #home(width: number, height: number, isNextToAll: boolean): { view: View; panels: Rect[] } {
    const { topics } = this.app.cut;
    const panels = this.isPresenting ? rectOf('.shown-title') : this.#panels(isNextToAll);
    const names = topics.filter(({ x }) => !Number.isNaN(x)).slice(0, NAMES);
    const scale = nameScale(width, height, topics.length);
    return { view: homeView(this.#spread, width, height, panels, names, scale), panels };
  }

  /** Where the panels stand that the view of everything keeps clear of. */
  #panels(withChosen: boolean): Rect[] {
    const { options, timeline, choice, details } = this.parts;
    const others = [this.#bar, timeline, ...(withChosen ? [choice, details] : [])];
    // The switch of noise comes with the level of topics: its place is kept clear at once.
    const more = this.app.cut.noise === 0 ? OPTION : 0;
    return [
      ...others.flatMap((element) => (element ? rectOf(element) : [])),
      ...rectOf(options).map((rect) => ({ ...rect, bottom: rect.bottom + more })),
      ...this.#listRect(),
    ];
  }

  /**
   * Where the list of topics stands. A list next to the map grows down the window with the granularity: the map keeps
   * clear of its place at once, and doesn't move with the slider.
   */
  #listRect(): Rect[] {
    const [rect] = rectOf(this.#contents);
    if (!rect) return [];
    const { grains } = this.app;
    const isOpen = !this.#contents.classList.contains('folded') && !narrow.matches;
    const grows = isOpen && grains.list.some(({ count }) => count > LONG_LIST);
    return [grows ? { ...rect, bottom: window.innerHeight } : rect];
  }
}

/** Where an element stands, as far as it is seen. */
function rectOf(element: Element | string): Rect[] {
  const found = typeof element === 'string' ? document.querySelector(element) : element;
  const rect = found?.getBoundingClientRect();
  return rect && rect.width > 0
    ? [{ left: rect.left - 6, top: rect.top - 6, right: rect.right + 6, bottom: rect.bottom + 6 }]
    : [];
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
