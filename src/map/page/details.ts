import { fingerprint } from '../../edits/edits.js';
import type { Actions } from './actions.js';
import { type App, topicName } from './app.js';
import { clip, facts, headAndBody, marked, topicChip } from './card.js';
import { h, iconButton, short } from './dom.js';
import { linked, pictureOf } from './linked.js';
import { explain } from './why.js';

const CLOSE = 'M5 5 L15 15 M15 5 L5 15';
/** Longer texts open on demand: a megabyte in one paragraph takes a browser seconds to set. */
const SHOWN_UNITS = 6000;

/** A cell as it is shown: a picture, or text with its links. */
function cell(value: string, name: string, query: string): (Node | string)[] {
  const picture = pictureOf(value, name);
  return picture ? [picture] : linked(clip(value, 600), query);
}

/** The card of the pinned text: all of it, where it stands and why, and what lies nearest. */
export class Details {
  readonly element: HTMLElement;
  readonly #content = h('div', {
    class: 'details-content',
    tabindex: 0,
    'aria-label': 'The text and what is known about it',
  });
  /** Neighbours of the pinned row, for the lines on the map. */
  nearest: number[] = [];
  #row = -1;

  constructor(
    private readonly app: App,
    private readonly actions: Actions,
  ) {
    this.element = h(
      'section',
      { class: 'panel details', 'aria-label': 'Pinned text', hidden: true },
      iconButton('Close the card', CLOSE, () => this.actions.pin(-1), { class: 'icon close' }),
      this.#content,
    );
  }

  async render(): Promise<void> {
    const { app } = this;
    const row = app.store.state.pinned;
    this.#row = row;
    this.nearest = [];
    if (row < 0) {
      this.element.hidden = true;
      app.stage.redraw();
      return;
    }
    const [text, list, neighbors, both] = await Promise.all([
      app.texts.at(row),
      facts(app, row),
      app.neighbors.of(row),
      app.hybrid?.of(row),
    ]);
    // Topics are made of neighbours by meaning, so these say why a text is where it is.
    const listed = both ?? neighbors;
    const tree = await app.tree();
    const near = await Promise.all(listed.map((neighbor) => app.texts.at(neighbor.row)));
    if (this.#row !== row) return;
    this.nearest = listed.map((neighbor) => neighbor.row);

    const [head, body] = headAndBody(text);
    const { query } = app.store.state;
    const children: Node[] = [];
    if (head) children.push(h('h2', { class: 'head', dir: 'auto' }, ...marked(head, query)));
    const paragraph = h('p', { class: 'text', dir: 'auto' }, ...linked(clip(body, SHOWN_UNITS), query));
    if (body) children.push(paragraph);
    if (body.length > SHOWN_UNITS) {
      const all = h(
        'button',
        { type: 'button', class: 'quiet' },
        `Show all ${body.length.toLocaleString('en')} characters`,
      );
      all.addEventListener('click', () => {
        paragraph.textContent = body;
        all.remove();
      });
      children.push(all);
    }
    if (!text) children.push(h('p', { class: 'text empty' }, 'empty text'));

    const label = app.cut.labels[row];
    const chip = h(
      'button',
      { type: 'button', class: 'chip-button', disabled: label < 0 },
      topicChip(app, row),
    );
    chip.addEventListener('click', () => this.actions.goToTopic(label));
    children.push(h('p', { class: 'meta' }, chip));

    const definitions = h('dl', { class: 'fact-list' });
    for (const [name, value] of list)
      definitions.append(
        h('dt', { title: name }, h('bdi', {}, name)),
        h('dd', { dir: 'auto' }, ...cell(value, name, query)),
      );
    children.push(definitions);

    const note = app.grains.notes.texts.get(row) ?? '';
    const field = h('input', {
      type: 'text',
      value: note,
      'aria-label': 'Note on this text',
      placeholder: 'Note',
    });
    field.addEventListener('change', () => {
      const texts = { rows: [row], prints: [fingerprint(text)] };
      app.store.change({
        edits: [...app.store.state.edits, { do: 'note', texts, note: field.value.trim() }],
      });
    });
    children.push(h('p', { class: 'note-field' }, field));

    const why = explain(app, row, neighbors, tree, both !== undefined);
    children.push(h('h3', {}, 'Why it is here'));
    children.push(h('ul', { class: 'why' }, ...why.map((sentence) => h('li', {}, sentence))));

    if (listed.length > 0) {
      children.push(h('h3', {}, both ? 'Nearest texts, by meaning and words' : 'Nearest texts'));
      const measure = both ? 'Score: the sum of 1 / (60 + rank) over both lists' : 'Distance';
      const items = listed.map((neighbor, i) => {
        const [first, rest] = headAndBody(near[i]);
        const swatch = topicChip(app, neighbor.row).firstElementChild!;
        const button = h(
          'button',
          { type: 'button', class: 'near', title: topicName(app, neighbor.row) },
          swatch,
          h('span', { class: 'near-text', dir: 'auto' }, clip(first || rest || 'empty text', 110)),
          h('span', { class: 'distance', title: measure }, short(neighbor.distance)),
        );
        button.addEventListener('click', () => this.actions.pin(neighbor.row));
        return h('li', {}, button);
      });
      children.push(h('ol', { class: 'nearest' }, ...items));
    }
    this.#content.replaceChildren(...children);
    this.#content.scrollTop = 0;
    this.element.hidden = false;
    app.stage.redraw();
  }
}
