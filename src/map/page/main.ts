import './style.css';
import { blockId } from '../format.js';
import type { App } from './app.js';
import {
  Neighbors,
  readDoubles,
  readFloats,
  readIntegers,
  readManifest,
  readTree,
  Strings,
} from './blocks.js';
import { HoverCard } from './card.js';
import type { Theme } from './colors.js';
import { count, h, percent, plural } from './dom.js';
import { listenForGestures } from './gestures.js';
import { Grid } from './grid.js';
import { type ColumnValues, painting } from './paint.js';
import { compose, visibleRows } from './scene.js';
import { Stage } from './stage.js';
import { Store } from './store.js';
import { TopicTable } from './topic-table.js';
import { makeCut } from './topics.js';
import type { Box } from './view.js';

const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = (): Theme => (dark.matches ? 'dark' : 'light');

/** Map units: both axes by the same factor into 0..1, y downwards. */
function normalise(points: Float32Array): {
  points: Float32Array;
  original(row: number): [number, number];
  unplaced: number;
  box: Box;
} {
  let left = Infinity;
  let right = -Infinity;
  let low = Infinity;
  let high = -Infinity;
  let unplaced = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i];
    const y = points[i + 1];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      unplaced++;
      continue;
    }
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  const span = Math.max(right - left, high - low) || 1;
  const placed = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const here = Number.isFinite(points[i]) && Number.isFinite(points[i + 1]);
    placed[i] = here ? (points[i] - left) / span : Number.NaN;
    placed[i + 1] = here ? (high - points[i + 1]) / span : Number.NaN;
  }
  const box = {
    left: 0,
    top: 0,
    right: Math.max(0, (right - left) / span),
    bottom: Math.max(0, (high - low) / span),
  };
  return { points: placed, unplaced, box, original: (row) => [points[2 * row], points[2 * row + 1]] };
}

async function start(): Promise<void> {
  const manifest = await readManifest();
  const [rawPoints, labels] = await Promise.all([readFloats(blockId.points), readIntegers(blockId.labels)]);
  const { points, original, unplaced, box } = normalise(rawPoints);
  const { rows } = manifest;

  const store = new Store({
    color: 'topic',
    noise: false,
    off: new Set(),
    query: '',
    granularity: null,
    span: null,
    pinned: -1,
    topic: -1,
    selection: null,
    matches: null,
  });
  const live = h('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  const stage = new Stage();
  const columns = new Map<number, ColumnValues>();
  let tree: ReturnType<App['tree']> | undefined;
  const cut = makeCut(points, labels, new Float32Array(rows).fill(1), manifest.topics);
  const app: App = {
    manifest,
    rows,
    points,
    texts: new Strings(manifest.texts, blockId.texts),
    columnStrings: manifest.columns.map(
      ({ strings }, c) => strings && new Strings(strings, (b) => blockId.columnStrings(c, b)),
    ),
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
      tree ??= manifest.treeEntries > 0 ? readTree(manifest.treeEntries) : Promise.resolve(null);
      return tree;
    },
    store,
    stage,
    grid: new Grid(points),
    cut,
    paint: painting('topic', theme(), cut, new Float32Array(0), undefined),
    topicPainting: () => painting('topic', theme(), app.cut, app.outliers, undefined),
    scene: { visible: new Uint8Array(rows), shown: 0, layers: [] },
    outliers: new Float32Array(rows),
    original,
    theme,
    announce(text) {
      live.textContent = text;
    },
  };

  const repaint = () => {
    app.paint = painting(store.state.color, theme(), app.cut, app.outliers, undefined);
    const visible = visibleRows(points, app.cut, store.state, undefined);
    app.scene = compose(points, visible, null, app.cut, app.paint, theme());
    stage.setLayers(app.scene.layers);
    stage.setTopics(
      app.cut.topics.filter(({ id }) => !store.state.off.has(id)),
      store.state.topic,
    );
  };

  const table = new TopicTable(app, (topic) => {
    store.change({ topic: topic.id });
    stage.flyToBox(topic.box);
  });
  const card = new HoverCard(app);
  const noiseShare = rows > 0 ? app.cut.noise / rows : 0;
  const side = h(
    'aside',
    { class: 'side', 'aria-label': 'Topics' },
    h(
      'section',
      { class: 'panel contents' },
      h(
        'header',
        {},
        h('h1', { dir: 'auto' }, manifest.title),
        h(
          'p',
          { class: 'summary' },
          `${plural(rows, 'text')} · ${plural(app.cut.topics.length, 'topic')} · ${percent(noiseShare)} noise`,
        ),
      ),
      table.element,
    ),
  );
  const noise = h('input', { type: 'checkbox', role: 'switch', class: 'switch-box', id: 'noise' });
  noise.addEventListener('change', () => store.change({ noise: noise.checked }));
  const tools = h(
    'section',
    { class: 'tools', 'aria-label': 'View' },
    h(
      'div',
      { class: 'panel options' },
      h(
        'div',
        { class: 'option line' },
        h('label', { for: 'noise' }, 'Noise ', h('span', { class: 'note' }, count(app.cut.noise))),
        noise,
      ),
    ),
  );
  document.body.append(h('main', {}, stage.element, side, tools, card.element, live));
  if (unplaced > 0) console.info(`${unplaced} rows have no place on the map`);

  stage.setContent(box, rows);
  stage.margin = { left: 360, top: 32, right: 304, bottom: 32 };
  table.render();
  repaint();
  stage.resize();
  new ResizeObserver(() => stage.resize()).observe(stage.element);
  dark.addEventListener('change', () => {
    repaint();
    table.render();
  });
  store.onChange((changed) => {
    noise.checked = store.state.noise;
    if (changed.has('noise') || changed.has('off') || changed.has('topic')) repaint();
  });

  const rowAt = (x: number, y: number) => {
    const reach = Math.max(10, stage.radius + 5) / stage.view.scale;
    const mapX = stage.view.x + (x - stage.width / 2) / stage.view.scale;
    const mapY = stage.view.y + (y - stage.height / 2) / stage.view.scale;
    return app.grid.nearest(mapX, mapY, reach, (row) => app.scene.visible[row] === 1);
  };
  listenForGestures(stage.element, {
    onPan: (dx, dy) => stage.pan(dx, dy),
    onZoom: (x, y, factor) => stage.zoom(x, y, factor),
    onHover(x, y) {
      const row = rowAt(x, y);
      if (row < 0) card.hide();
      else void card.show(row, x, y);
    },
    onLeave: () => card.hide(),
    onTap() {},
    onDoubleTap: (x, y) => stage.zoom(x, y, 2),
    outlines: () => null,
    onOutline() {},
  });

  [app.cut.probabilities, app.outliers] = await Promise.all([
    readFloats(blockId.probabilities),
    readFloats(blockId.outliers),
  ]);
}

void start();
