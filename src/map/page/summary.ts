import type { App } from './app.js';
import { count, h, percent, plural } from './dom.js';
import { NO_FILTERS } from './filters.js';

/** The line below the title: how many texts and groups there are; where there are hardly any, in a sentence. */
export class Summary {
  readonly element = h('p', { class: 'summary' });

  /** Opens the panel on all texts, whatever was chosen; undo gives the choice back. */
  readonly all = h('button', { type: 'button', class: 'quiet all' }, 'Read all texts');

  constructor(private readonly app: App) {
    this.all.addEventListener('click', () => {
      const { fields } = app.store.state;
      app.store.change({ ...NO_FILTERS, fields, overview: true, pinned: -1 });
    });
  }

  render(): void {
    const { cut, grains, rows, unplaced } = this.app;
    const { topics, noise } = grains.topicsCut;
    if (rows === 0) {
      this.element.textContent = '0 texts: the file has no row with a text to show.';
      return;
    }
    const parts = [plural(rows, 'text')];
    if (cut.kind !== 'topic') parts.push(plural(cut.topics.length, cut.kind));
    parts.push(plural(topics.length, 'topic'), `${percent(noise / rows)} noise`);
    if (unplaced > 0) parts.push(`${count(unplaced)} without a place`);
    // A line is broken between the parts alone.
    const shown = parts.map((part) => h('span', { class: 'part' }, part));
    this.element.replaceChildren(...shown.flatMap((part, i) => (i === 0 ? [part] : [' · ', part])));
    const note = this.#note();
    if (note) this.element.append(h('span', { class: 'few' }, note));
  }

  /** A note for maps with fewer topics than a reader may expect. */
  #note(): string | null {
    const { cut, grains, rows } = this.app;
    const { topics, noise } = grains.topicsCut;
    if (topics.length === 0)
      return cut.topics.length === 0
        ? 'No topics: no group of texts stands out from the others. All of them are on the map as noise.'
        : `No topics: no group of texts stands out from the others. The map shows ${plural(cut.topics.length, cut.kind)} instead.`;
    if (topics.length > 1) return null;
    const [{ name }] = topics;
    return noise === 0
      ? `Everything is one topic, “${name}”: the texts lie too evenly to be divided.`
      : `There is one topic, “${name}”; the other ${plural(noise, 'text')} of ${count(rows)} are noise.`;
  }
}
