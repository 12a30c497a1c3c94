import { fingerprint } from '../../edits/edits.js';
import type { App } from './app.js';
import type { Chips } from './chips.js';
import type { Details } from './details.js';
import { refresh } from './draw.js';
import { keepEdits } from './kept-edits.js';
import type { Options } from './options.js';
import type { ChoicePanel } from './panel.js';
import { noteWork } from './rest.js';
import type { SearchBox } from './search-box.js';
import type { State } from './store.js';
import type { Summary } from './summary.js';
import type { Timeline } from './timeline.js';
import type { TopicTable } from './topic-table.js';

/** Parts that show the state. */
export interface Views {
  summary: Summary;
  table: TopicTable;
  options: Options;
  details: Details;
  panel: ChoicePanel;
  chips: Chips;
  search: SearchBox;
  timeline: Timeline | null;
}

/** Changes of these change which texts are left. */
const FILTERS: readonly (keyof State)[] = [
  'topic',
  'query',
  'fields',
  'outlines',
  'span',
  'picked',
  'ranges',
];

/** Replays the edits of the state; fingerprints are compared where an edit is about texts. */
async function replay(app: App): Promise<void> {
  const { edits } = app.store.state;
  const isAboutTexts = edits.some((edit) => 'texts' in edit);
  const prints: string[] = [];
  if (isAboutTexts)
    for (const b of app.texts.firstRows.keys())
      for (const text of await app.texts.block(b)) prints.push(fingerprint(text));
  app.grains.edit(edits, isAboutTexts ? (row) => prints[row] : undefined);
  keepEdits(app.manifest, edits);
}

/** Brings what the page shows in line with its state. */
export class Changes {
  #run = 0;

  constructor(
    private readonly app: App,
    private readonly views: Views,
    /** Called when panels may have opened or closed. */
    private readonly onLayout: () => void,
  ) {}

  listen(): void {
    this.app.store.onChange((changed) => void this.#apply(changed));
  }

  /** Draws everything that depends on the grouping or the theme. */
  renderAll(): void {
    this.views.summary.render();
    this.#showLeft();
    if (this.app.store.state.pinned >= 0) void this.views.details.render();
  }

  /** Draws everything that depends on which texts are left. */
  #showLeft(): void {
    const { app, views } = this;
    refresh(app);
    views.table.keepPlace(() => {
      views.table.render();
      views.chips.render();
      views.search.render();
    });
    views.options.show();
    void views.options.showLegend();
    views.panel.render();
    views.timeline?.draw();
    this.onLayout();
  }

  /** A change that comes before an earlier one is applied takes over what that one left. */
  async #apply(changed: ReadonlySet<keyof State>): Promise<void> {
    const run = ++this.#run;
    noteWork('filtering', true);
    try {
      await this.#show(changed, run);
    } finally {
      if (run === this.#run) noteWork('filtering', false);
    }
  }

  async #show(changed: ReadonlySet<keyof State>, run: number): Promise<void> {
    const { app, views } = this;
    const { state } = app.store;
    if (changed.has('edits')) {
      await replay(app);
      app.filtering.forget();
      this.#isFiltering = true;
      if (run !== this.#run) return;
    }
    const cut = await app.grains.cut(app.grains.find(state.granularity));
    const [kind, index] = state.color.split(':');
    if (kind === 'column' && app.manifest.columns[Number(index)]) await app.column(Number(index));
    if (state.time >= 0) await app.column(state.time);
    if (state.topic >= 0) await app.grains.cutOf(state.topic);
    // A change that came meanwhile does the rest.
    if (run !== this.#run) return;
    if (FILTERS.some((key) => changed.has(key))) this.#isFiltering = true;
    if (this.#isFiltering) {
      if (!(await app.filtering.update(state)) || run !== this.#run) return;
      this.#isFiltering = false;
    }
    const isRegrouped = cut !== app.cut;
    app.cut = cut;
    if (changed.has('pinned') || isRegrouped) void views.details.render();
    if (isRegrouped) views.summary.render();
    this.#showLeft();
  }

  /** Whether filters changed that are not applied yet. */
  #isFiltering = false;
}
