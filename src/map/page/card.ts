import { type App, topicName } from './app.js';
import { css } from './colors.js';
import { h, percent, short } from './dom.js';
import { formatOf } from './paint.js';
import { fold, found, parseQuery } from './query.js';

/** A text's first line and the rest; a single line is all rest. */
export function headAndBody(text: string): [string, string] {
  const end = text.indexOf('\n');
  return end > 0 && end < 300 ? [text.slice(0, end), text.slice(end + 1)] : ['', text];
}

/** Text with the query's words marked. Folding may change lengths (ß, ﬁ): then nothing is marked. */
export function marked(text: string, query: string): (Node | string)[] {
  const folded = fold(text);
  if (query.trim() === '' || folded.length !== text.length) return [text];
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const [start, end] of found(parseQuery(query), folded)) {
    if (start > from) parts.push(text.slice(from, start));
    parts.push(h('mark', {}, text.slice(start, end)));
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Cut to about `most` units, without halving a surrogate pair. */
export const clip = (text: string, most: number) =>
  text.length <= most
    ? text
    : `${text
        .slice(0, most)
        .replace(/\p{Surrogate}$/u, '')
        .trimEnd()}…`;

/** A swatch and the topic's name. */
export function topicChip(app: App, row: number): HTMLElement {
  const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  swatch.style.background = css(app.topicPainting().colorOf(row));
  return h('span', { class: 'chip' }, swatch, h('bdi', {}, topicName(app, row)));
}

/** Name and value of what is known about a row, without its text. */
export async function facts(app: App, row: number): Promise<[string, string][]> {
  const text = await app.texts.at(row);
  const { topicsCut } = app.grains;
  const topic = topicsCut.byId.get(topicsCut.labels[row]);
  const list: [string, string][] = [];
  if (app.cut.kind !== 'topic') list.push(['Topic', topic?.name ?? 'none']);
  if (topic) list.push(['Probability', percent(app.probabilities[row])]);
  list.push(['Outlier score', short(app.outliers[row])]);
  for (let c = 0; c < app.manifest.columns.length; c++) {
    const value = await columnText(app, c, row);
    // Columns that the text is made of are read there.
    if (value !== '' && !(app.manifest.columns[c].kind === 'text' && text.includes(value)))
      list.push([app.manifest.columns[c].name, value]);
  }
  return list;
}

/** The text of a cell as it was in the input; dates are formatted. */
export async function columnText(app: App, column: number, row: number): Promise<string> {
  const strings = app.columnStrings[column];
  if (strings) return strings.at(row);
  const { info, numbers, codes } = await app.column(column);
  if (codes) return codes[row] < 0 ? '' : info.categories![codes[row]];
  const value = numbers?.[row] ?? Number.NaN;
  if (Number.isNaN(value)) return '';
  return info.kind === 'date' ? formatOf(info)(value) : String(value);
}

const HOVER_UNITS = 320;

/** The card next to the pointer. */
export class HoverCard {
  readonly element = h('div', { class: 'hover card', role: 'tooltip', hidden: true });
  #row = -1;

  constructor(private readonly app: App) {}

  get row(): number {
    return this.#row;
  }

  hide(): void {
    this.#row = -1;
    this.element.hidden = true;
  }

  async show(row: number, x: number, y: number): Promise<void> {
    const { app } = this;
    if (row !== this.#row) {
      this.#row = row;
      const text = app.texts.peek(row) ?? (await app.texts.at(row));
      const list = (await facts(app, row)).filter(([, value]) => value.length < 80).slice(0, 5);
      if (this.#row !== row) return; // the pointer went on meanwhile
      const [head, body] = headAndBody(text);
      const { query } = app.store.state;
      const children: Node[] = [];
      if (head) children.push(h('p', { class: 'head', dir: 'auto' }, ...marked(clip(head, 160), query)));
      if (body)
        children.push(h('p', { class: 'text', dir: 'auto' }, ...marked(clip(body, HOVER_UNITS), query)));
      if (!head && !body) children.push(h('p', { class: 'text empty' }, 'empty text'));
      children.push(h('p', { class: 'meta' }, topicChip(app, row)));
      children.push(
        h(
          'p',
          { class: 'facts' },
          ...list.map(([name, value]) => h('span', {}, h('b', {}, name), ' ', h('bdi', {}, value))),
        ),
      );
      this.element.replaceChildren(...children);
    }
    this.element.hidden = false;
    const { width, height } = app.stage;
    const { offsetWidth, offsetHeight } = this.element;
    const left = x + 16 + offsetWidth > width ? x - 16 - offsetWidth : x + 16;
    const top = y + 16 + offsetHeight > height ? y - 16 - offsetHeight : y + 16;
    this.element.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
  }
}
