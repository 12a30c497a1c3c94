import { type App, topicName } from './app.js';
import { saveCsv } from './csv.js';
import { count, h, plural } from './dom.js';

/** Rows inside an outline, by the even-odd rule. The outline is in map units. */
export function rowsInside(app: App, outline: readonly (readonly [number, number])[]): Int32Array {
  const xs = outline.map(([x]) => x);
  const ys = outline.map(([, y]) => y);
  const found: number[] = [];
  app.grid.inBox(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (row) => {
    if (app.scene.visible[row] && inside(outline, app.points[2 * row], app.points[2 * row + 1]))
      found.push(row);
  });
  return Int32Array.from(found).sort();
}

export function inside(outline: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i];
    const [bx, by] = outline[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

/** What the lasso or the box holds: how many texts, of which topics, and the way out as CSV. */
export class SelectionPanel {
  readonly element = h('section', { class: 'panel selection', 'aria-label': 'Selection', hidden: true });

  constructor(private readonly app: App) {
    app.store.onChange((changed) => {
      if (changed.has('selection') || changed.has('granularity')) this.render();
    });
  }

  render(): void {
    const { app } = this;
    const { selection } = app.store.state;
    this.element.hidden = selection === null;
    if (!selection) return;
    const topics = new Map<string, number>();
    for (const row of selection) topics.set(topicName(app, row), (topics.get(topicName(app, row)) ?? 0) + 1);
    const largest = [...topics].sort((a, b) => b[1] - a[1]).slice(0, 5);
    const save = h('button', { type: 'button', class: 'main' }, 'Save as CSV');
    save.disabled = selection.length === 0;
    save.addEventListener('click', () => void saveCsv(app, selection, 'selection'));
    const clear = h('button', { type: 'button', class: 'quiet' }, 'Clear');
    clear.addEventListener('click', () => app.store.change({ selection: null }));
    const rest = topics.size - largest.length;
    this.element.replaceChildren(
      h(
        'p',
        { class: 'title', role: 'status' },
        h('strong', {}, plural(selection.length, 'text')),
        ' selected',
      ),
      h(
        'ul',
        { class: 'shares' },
        ...largest.map(([name, number]) =>
          h('li', {}, h('bdi', {}, name), h('span', { class: 'count' }, count(number))),
        ),
        ...(rest > 0 ? [h('li', { class: 'rest' }, `and ${plural(rest, `more ${app.cut.kind}`)}`)] : []),
      ),
      h('p', { class: 'buttons' }, save, clear),
    );
  }
}
