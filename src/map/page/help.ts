import { h, iconButton } from './dom.js';

const CLOSE = 'M5 5 L15 15 M15 5 L5 15';

const SHORTCUTS: [string, [string, string][]][] = [
  [
    'Everywhere',
    [
      ['/', 'search the texts'],
      ['Ctrl Z', 'undo a choice'],
      ['Ctrl Shift Z, Ctrl Y', 'redo it'],
      ['P', 'presentation: the map and its names alone'],
      ['?', 'this sheet'],
      ['Esc', 'close what was opened last'],
    ],
  ],
  [
    'On the map',
    [
      ['drag, wheel, pinch', 'move and zoom'],
      ['click a text', 'open its card'],
      ['click a name', 'choose its topic'],
      ['Shift and drag', 'add what the lasso holds'],
      ['Alt and drag', 'remove what the lasso holds'],
      ['arrow keys', 'from topic to topic; Enter steps into one, then from text to text'],
      ['Shift and arrow keys', 'move the map'],
      ['+, −, 0', 'zoom in, out, to everything'],
    ],
  ],
  [
    'In the search',
    [
      ['oil prices', 'texts with both words'],
      ['"oil prices"', 'texts with the phrase'],
      ['oil*', 'words that begin with oil'],
      ['oil -gas', 'texts with oil, without gas'],
      ['oil OR gas', 'texts with either'],
    ],
  ],
];

/** The sheet of shortcuts. */
export class Help {
  readonly element: HTMLDialogElement;

  constructor() {
    const parts = SHORTCUTS.flatMap(([title, keys]) => {
      const list = h('dl', { class: 'keys' });
      for (const [key, meaning] of keys) list.append(h('dt', {}, h('kbd', {}, key)), h('dd', {}, meaning));
      return [h('h3', {}, title), list];
    });
    this.element = h(
      'dialog',
      { class: 'panel help', 'aria-label': 'Help' },
      h('h2', {}, 'How to read this map'),
      iconButton('Close the help', CLOSE, () => this.element.close(), { class: 'icon close' }),
      h(
        'p',
        {},
        'Each point is a text; texts that mean similar things lie close together. Choices add up: a topic, a search, a lasso, a span of time and values of columns leave the texts that pass all of them.',
      ),
      ...parts,
    );
    // A click outside the sheet closes it.
    this.element.addEventListener('click', (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  open(): void {
    if (!this.element.open) this.element.showModal();
  }
}
