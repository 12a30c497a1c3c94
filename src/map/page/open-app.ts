import { blockId, type Manifest } from '../format.js';
import type { App } from './app.js';
import {
  JoinedStrings,
  Neighbors,
  type RowStrings,
  readDecimals,
  readDoubles,
  readFloats,
  readIntegers,
  readManifest,
  Strings,
} from './blocks.js';
import { groupColor } from './colors.js';
import { h } from './dom.js';
import { Filtering } from './filtering.js';
import { NO_FILTERS } from './filters.js';
import { Grains } from './grains.js';
import { Grid } from './grid.js';
import { readGrouping } from './grouping.js';
import { Orders } from './order.js';
import { type ColumnValues, painting } from './paint.js';
import { placePoints } from './place.js';
import { makeScene } from './scene.js';
import { Search, type SearchSources } from './search.js';
import { Stage } from './stage.js';
import { type State, Store } from './store.js';
import { shownTheme } from './theme.js';
import type { Cut } from './topics.js';
import { type ClusterTree, readTree } from './tree.js';

/** The state as the map opens. */
function openedState(firstTime: number, noise: boolean): State {
  return {
    ...NO_FILTERS,
    color: 'topic',
    noise,
    off: new Set(),
    granularity: null,
    time: firstTime,
    pinned: -1,
    overview: false,
    compare: null,
    kept: null,
    contours: false,
    edits: [],
  };
}

/** Reads what the first picture needs; everything else is read on demand. */
export async function openApp(): Promise<App> {
  const manifest = await readManifest();
  const { rows } = manifest;
  const placed = placePoints(await readFloats(blockId.points));
  const grains = await Grains.open(manifest, placed);
  const cut = await grains.cut(grains.opened);
  const dateColumns = manifest.columns.flatMap(({ kind }, c) => (kind === 'date' ? [c] : []));
  // Where nothing is in a group, all there is to see is noise. A level above the topics shows every row, and so no row
  // vanishes on the way from there to the topics.
  const opened = openedState(dateColumns[0] ?? -1, cut.kind !== 'topic' || cut.noise === rows);
  const live = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  const columns = new Map<number, ColumnValues>();
  const columnStrings = manifest.columns.map(
    ({ strings }, c) => strings && new Strings(strings, (b) => blockId.columnStrings(c, b)),
  );
  let tree: Promise<ClusterTree | null> | undefined;
  const grid = new Grid(placed.points);
  const texts = textsOf(manifest, columnStrings);
  const searched: ((share: number) => void)[] = [];
  const report = (share: number) => {
    for (const listener of searched) listener(share);
  };
  const search = new Search({
    rows,
    texts,
    column: (index) => searchedColumn(app, index),
    names: async () => namesOf(grains.topicsCut),
  });
  const filtering = new Filtering(
    rows,
    {
      points: placed.points,
      grid,
      labelsOf: async (topic) => ((await grains.cutOf(topic)) ?? grains.topicsCut).labels,
      numbers: async (index) => (await app.column(index)).numbers ?? new Float64Array(rows),
      codes: async (index) => (await app.column(index)).codes ?? new Int32Array(rows),
    },
    ({ query, fields }, isStale) => search.find(query, fields, report, isStale),
  );
  const app: App = {
    manifest,
    rows,
    points: placed.points,
    box: placed.box,
    core: placed.core,
    unplaced: placed.unplaced,
    texts,
    commonWords: new Set(manifest.commonWords),
    columnStrings,
    dateColumns,
    async column(index) {
      const ready = columns.get(index);
      if (ready) return ready;
      const info = manifest.columns[index];
      const values: ColumnValues =
        info.kind === 'category'
          ? { info, codes: await readIntegers(blockId.column(index)) }
          : info.kind === 'text'
            ? { info }
            : { info, numbers: await readDoubles(blockId.column(index)) };
      columns.set(index, values);
      return values;
    },
    readyColumn: (index) => columns.get(index),
    orders: new Orders(),
    neighbors: new Neighbors(rows, manifest.neighbors),
    hybrid: manifest.hybrid && new Neighbors(rows, manifest.hybrid, blockId.hybrid),
    tree() {
      tree ??= readTree(manifest);
      return tree;
    },
    opened,
    store: new Store(opened),
    stage: new Stage(),
    grid,
    grains,
    cut,
    probabilities: new Float64Array(rows).fill(1),
    outliers: new Float64Array(rows),
    paint: painting('topic', shownTheme(), cut, cut, emptyScores, undefined),
    topicPainting: () => painting('topic', shownTheme(), app.cut, grains.topicsCut, emptyScores, undefined),
    scene: makeScene(cut, { on: new Uint8Array(rows), visible: new Uint8Array(rows) }, null),
    filtering,
    onSearched(listener) {
      searched.push(listener);
    },
    pointed: null,
    clustering: async () => ({
      labels: grains.topicsCut.labels,
      topics: grains.topicsCut.topics,
      probabilities: app.probabilities,
      points: placed.original,
      outlierScores: app.outliers,
      ...(await readGrouping(manifest, grains.themes)),
    }),
    theme: shownTheme,
    colorOfGroup: (topic) => groupColor(shownTheme(), topic),
    live,
    announce(text) {
      live.textContent = text;
    },
  };
  return app;
}

/** A column as the search reads it; null where it holds numbers. */
async function searchedColumn(app: App, index: number): ReturnType<SearchSources['column']> {
  const strings = app.columnStrings[index];
  if (strings) return strings;
  const { info, codes } = await app.column(index);
  return codes ? { strings: info.categories ?? [], codes } : null;
}

/** The names of groups and the group of each row. */
function namesOf({ topics, labels }: Cut): { strings: string[]; codes: Int32Array } {
  const at = new Map(topics.map(({ id }, i) => [id, i]));
  return { strings: topics.map(({ name }) => name), codes: labels.map((label) => at.get(label) ?? -1) };
}

function textsOf(
  { texts, textColumns }: Manifest,
  columnStrings: readonly (Strings | undefined)[],
): RowStrings {
  if (!textColumns) return new Strings(texts, blockId.texts);
  return new JoinedStrings(
    texts,
    textColumns.flatMap((column) => columnStrings[column] ?? []),
  );
}

/** Colours by topic need no scores. */
const emptyScores = { probabilities: new Float64Array(0), outliers: new Float64Array(0) };

/** Reads the scores, which the first picture doesn't need. */
export async function readScores(app: App): Promise<void> {
  [app.probabilities, app.outliers] = await Promise.all([
    readDecimals(blockId.probabilities),
    readDecimals(blockId.outliers),
  ]);
}
