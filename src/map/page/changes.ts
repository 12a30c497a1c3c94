import type { App } from './app.js';
import type { Details } from './details.js';
import { repaint } from './draw.js';
import type { Link } from './link.js';
import type { Options } from './options.js';
import type { SelectionPanel } from './selection.js';
import type { State } from './store.js';
import type { Summary } from './summary.js';
import type { Timeline } from './timeline.js';
import type { TopicTable } from './topic-table.js';

/** Parts that show the grouping in sight. */
export interface Views {
  summary: Summary;
  table: TopicTable;
  options: Options;
  details: Details;
  selection: SelectionPanel;
  timeline: Timeline | null;
}

/** Changes of these need the points to be drawn again. */
const DRAWN: readonly (keyof State)[] = [
  'color',
  'noise',
  'off',
  'topic',
  'matches',
  'selection',
  'span',
  'time',
];

/** Brings what the page shows in line with its state. */
export class Changes {
  #wanted = 0;

  constructor(
    private readonly app: App,
    private readonly views: Views,
    private readonly link: Link,
  ) {}

  listen(): void {
    const { timeline } = this.views;
    this.app.store.onChange((changed) => void this.#apply(changed).then(() => timeline?.draw()));
  }

  /** Draws everything that depends on the grouping or the theme. */
  renderAll(): void {
    const { app, views } = this;
    views.summary.render();
    views.table.render();
    this.#repaint();
    views.options.show();
    views.selection.render();
    views.timeline?.draw();
    if (app.store.state.pinned >= 0) void views.details.render();
  }

  #repaint(): void {
    repaint(this.app);
    this.views.options.showLegend();
  }

  async #apply(changed: ReadonlySet<keyof State>): Promise<void> {
    const { app } = this;
    if (changed.has('granularity')) await this.#regroup();
    if (changed.has('color') || changed.has('time')) {
      const [kind, index] = app.store.state.color.split(':');
      if (kind === 'column' && app.manifest.columns[Number(index)]) await app.column(Number(index));
      if (app.store.state.time >= 0) await app.column(app.store.state.time);
    }
    this.views.options.show();
    if (DRAWN.some((key) => changed.has(key))) this.#repaint();
    this.link.shareSoon();
  }

  /** Shows the grouping of the state, unless the state changed again meanwhile. */
  async #regroup(): Promise<void> {
    const { app } = this;
    const run = ++this.#wanted;
    const cut = await app.grains.cut(app.grains.find(app.store.state.granularity));
    if (run !== this.#wanted || cut === app.cut) return;
    app.cut = cut;
    this.renderAll();
  }
}
