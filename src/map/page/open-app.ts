import { blockId, type Manifest } from '../format.js';
import type { App } from './app.js';
import {
  JoinedStrings,
  Neighbors,
  type RowStrings,
  readDoubles,
  readFloats,
  readIntegers,
  readManifest,
  Strings,
} from './blocks.js';
import type { Theme } from './colors.js';
import { h } from './dom.js';
import { Grains } from './grains.js';
import { Grid } from './grid.js';
import { readGrouping } from './grouping.js';
import { type ColumnValues, painting } from './paint.js';
import { placePoints } from './place.js';
import { Stage } from './stage.js';
import { type State, Store } from './store.js';
import { type ClusterTree, readTree } from './tree.js';

/** Follows the system between light and dark. */
export const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = (): Theme => (dark.matches ? 'dark' : 'light');

/** The state as the map opens. */
function openedState(firstTime: number, noise: boolean): State {
  return {
    color: 'topic',
    noise,
    off: new Set(),
    query: '',
    granularity: null,
    time: firstTime,
    span: null,
    pinned: -1,
    topic: -1,
    selection: null,
    matches: null,
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
  const app: App = {
    manifest,
    rows,
    points: placed.points,
    box: placed.box,
    unplaced: placed.unplaced,
    texts: textsOf(manifest, columnStrings),
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
    neighbors: new Neighbors(rows, manifest.neighbors),
    tree() {
      tree ??= readTree(manifest);
      return tree;
    },
    opened,
    store: new Store(opened),
    stage: new Stage(),
    grid: new Grid(placed.points),
    grains,
    cut,
    probabilities: new Float64Array(rows).fill(1),
    outliers: new Float64Array(rows),
    paint: painting('topic', theme(), cut, emptyScores, undefined),
    topicPainting: () => painting('topic', theme(), app.cut, emptyScores, undefined),
    scene: { visible: new Uint8Array(rows), shown: 0, perTopic: new Map(), layers: [] },
    clustering: async () => ({
      labels: grains.topicsCut.labels,
      topics: manifest.topics,
      probabilities: app.probabilities,
      points: placed.original,
      outlierScores: app.outliers,
      ...(await readGrouping(manifest)),
    }),
    theme,
    live,
    announce(text) {
      live.textContent = text;
    },
  };
  return app;
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
    readDoubles(blockId.probabilities),
    readDoubles(blockId.outliers),
  ]);
}
