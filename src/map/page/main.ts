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
import { saveCsv } from './csv.js';
import { Details } from './details.js';
import { count, h, icon, iconButton, percent, plural } from './dom.js';
import { savePng, saveSvg } from './export.js';
import { listenForGestures } from './gestures.js';
import { Granularity } from './granularity.js';
import { Grid } from './grid.js';
import { readHash, writeHash } from './hash.js';
import { Options } from './options.js';
import { type ColumnValues, painting } from './paint.js';
import { placePoints } from './place.js';
import { compose, visibleRows } from './scene.js';
import { SearchBox } from './search-box.js';
import { rowsInside, SelectionPanel } from './selection.js';
import { ring, Stage } from './stage.js';
import { Store } from './store.js';
import { Timeline } from './timeline.js';
import { TopicTable } from './topic-table.js';
import { makeCut } from './topics.js';
import { Travel } from './travel.js';
import { toMapX, toMapY } from './view.js';

const ICONS = {
  move: 'M10 2.5 V17.5 M2.5 10 H17.5 M10 2.5 L7.8 4.7 M10 2.5 L12.2 4.7 M10 17.5 L7.8 15.3 M10 17.5 L12.2 15.3 M2.5 10 L4.7 7.8 M2.5 10 L4.7 12.2 M17.5 10 L15.3 7.8 M17.5 10 L15.3 12.2',
  lasso:
    'M6.2 13.2 C3.6 12.2 2.5 10.5 2.5 8.8 C2.5 5.6 6 3.5 10 3.5 S17.5 5.6 17.5 8.8 S14 14 10 14 C9 14 8.2 13.9 7.4 13.7 M6.2 13.2 a1.6 1.6 0 1 0 0.01 0 M6.4 15.2 C6.6 16.6 5.6 17.6 4 17.5',
  box: 'M3.5 6.5 V3.5 H6.5 M9 3.5 H11 M13.5 3.5 H16.5 V6.5 M16.5 9 V11 M16.5 13.5 V16.5 H13.5 M11 16.5 H9 M6.5 16.5 H3.5 V13.5 M3.5 11 V9',
  plus: 'M10 4 V16 M4 10 H16',
  minus: 'M4 10 H16',
  home: 'M3.5 7 V3.5 H7 M13 3.5 H16.5 V7 M16.5 13 V16.5 H13 M7 16.5 H3.5 V13 M7.5 10 a2.5 2.5 0 1 0 5 0 a2.5 2.5 0 1 0 -5 0',
  save: 'M10 3 V12.5 M6.2 9 L10 12.8 L13.8 9 M3.5 14 V16.8 H16.5 V14',
  options:
    'M3 6 H10.5 M14.5 6 H17 M3 14 H5.5 M9.5 14 H17 M12.5 4 a2 2 0 1 0 0.01 0 M7.5 12 a2 2 0 1 0 0.01 0',
  fold: 'M5 8 L10 13 L15 8',
};

const dark = matchMedia('(prefers-color-scheme: dark)');
const narrow = matchMedia('(max-width: 820px)');
const theme = (): Theme => (dark.matches ? 'dark' : 'light');

/** A span of time columns is chosen from the first; -1 where there is none. */
const noTime = -1;

async function start(): Promise<void> {
  const manifest = await readManifest();
  const [rawPoints, labels] = await Promise.all([readFloats(blockId.points), readIntegers(blockId.labels)]);
  const { points, original, unplaced, box } = placePoints(rawPoints);
  const { rows } = manifest;
  const dateColumns = manifest.columns.flatMap(({ kind }, c) => (kind === 'date' ? [c] : []));
  const firstTime = dateColumns[0] ?? noTime;

  const store = new Store({
    color: 'topic',
    noise: false,
    off: new Set(),
    query: '',
    granularity: null,
    time: firstTime,
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
  const asCame = makeCut(points, labels, new Float32Array(rows).fill(1), manifest.topics);
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
    cut: asCame,
    paint: painting('topic', theme(), asCame, new Float32Array(0), undefined),
    topicPainting: () => painting('topic', theme(), app.cut, app.outliers, undefined),
    scene: { visible: new Uint8Array(rows), shown: 0, perTopic: new Map(), layers: [] },
    outliers: new Float32Array(rows),
    original,
    theme,
    announce(text) {
      live.textContent = text;
    },
  };

  // ── What the reader does ──────────────────────────────────────────────────────────────────────────────
  const pin = (row: number) => {
    card.hide();
    store.change({ pinned: row });
    if (row < 0) stage.element.focus({ preventScroll: true });
    else stage.reveal(points[2 * row], points[2 * row + 1]);
  };
  const goToTopic = (id: number) => {
    const topic = app.cut.byId.get(id);
    if (!topic) return;
    if (store.state.off.has(id)) {
      const off = new Set(store.state.off);
      off.delete(id);
      store.change({ off });
    }
    store.change({ topic: id });
    stage.flyToBox(topic.box);
  };
  let tool: 'move' | 'lasso' | 'box' = 'move';
  const setTool = (next: typeof tool) => {
    tool = tool === next ? 'move' : next;
    for (const [name, button] of Object.entries(toolButtons))
      button.setAttribute('aria-pressed', String(name === tool));
    stage.element.classList.toggle('drawing', tool !== 'move');
  };
  const toolButtons = {
    lasso: iconButton('Select with a lasso (or hold Shift and drag)', ICONS.lasso, () => setTool('lasso'), {
      'aria-pressed': 'false',
    }),
    box: iconButton('Select with a box', ICONS.box, () => setTool('box'), { 'aria-pressed': 'false' }),
  };

  // ── Parts of the page ─────────────────────────────────────────────────────────────────────────────────
  const granularity = new Granularity(app, asCame);
  const table = new TopicTable(app, (topic) => goToTopic(topic.id));
  const card = new HoverCard(app);
  const search = new SearchBox(app, (row) => pin(row));
  const options = new Options(app);
  const details = new Details(app, pin, goToTopic, () => granularity.tree);
  const selection = new SelectionPanel(app);
  const summary = h('p', { class: 'summary' });
  const travel = new Travel(app, pin, goToTopic, (row) => {
    stage.redraw();
    if (row < 0) card.hide();
    else void card.show(row, stage.screenX(points[2 * row]), stage.screenY(points[2 * row + 1]));
  });

  const menu = saveMenu(app);
  const fold = iconButton('Fold the list of topics', ICONS.fold, () => toggleContents(), {
    class: 'icon fold',
    'aria-expanded': 'true',
  });
  const contents = h(
    'section',
    { class: 'panel contents', 'aria-label': 'Contents' },
    h(
      'header',
      {},
      h('div', { class: 'title-line' }, h('h1', { dir: 'auto' }, manifest.title), fold),
      summary,
    ),
    search.element,
    table.element,
    about(app),
  );
  const toggleContents = (folded = !contents.classList.contains('folded')) => {
    contents.classList.toggle('folded', folded);
    fold.setAttribute('aria-expanded', String(!folded));
    setMargins();
  };
  const optionsButton = iconButton('View options', ICONS.options, () => toggleOptions(), {
    class: 'icon only-narrow',
    'aria-expanded': 'false',
  });
  const toggleOptions = () => {
    const open = tools.classList.toggle('open');
    optionsButton.setAttribute('aria-expanded', String(open));
  };
  const bar = h(
    'div',
    { class: 'panel bar', role: 'toolbar', 'aria-label': 'Map tools' },
    toolButtons.lasso,
    toolButtons.box,
    iconButton('Zoom in', ICONS.plus, () => stage.zoom(stage.width / 2, stage.height / 2, 1.6)),
    iconButton('Zoom out', ICONS.minus, () => stage.zoom(stage.width / 2, stage.height / 2, 1 / 1.6)),
    iconButton('Show everything', ICONS.home, () => stage.flyHome()),
    menu,
    optionsButton,
  );
  const tools = h('div', { class: 'tools' }, bar, options.element, selection.element, details.element);
  const side = h('div', { class: 'side' }, contents);
  const timeline = dateColumns.length > 0 ? new Timeline(app, dateColumns) : null;
  const bottom = h('div', { class: 'bottom' }, ...(timeline ? [timeline.element] : []));
  const help = h(
    'p',
    { class: 'unseen', id: 'map-help' },
    'Arrow keys go from topic to topic. Enter steps into a topic; arrow keys then go from text to text, and Enter opens the card of a text. Escape steps back. Plus, minus and 0 zoom; Shift with arrows moves the map.',
  );
  for (const [name, value] of Object.entries({
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'map',
    'aria-label': `Map of ${plural(rows, 'text')}`,
    'aria-describedby': 'map-help',
  }))
    stage.element.setAttribute(name, value);

  const setMargins = () => {
    const low = timeline ? 132 : 44;
    stage.setMargin(
      narrow.matches
        ? { left: 52, right: 52, top: 84, bottom: 170 }
        : { left: contents.classList.contains('folded') ? 84 : 428, right: 360, top: 48, bottom: low },
    );
  };

  // ── Drawing ───────────────────────────────────────────────────────────────────────────────────────────
  const column = () => {
    const [kind, index] = store.state.color.split(':');
    return kind === 'column' ? app.readyColumn(Number(index)) : undefined;
  };
  const light = (): Uint8Array | null => {
    const { selection: picked, matches } = store.state;
    const from = picked ?? matches;
    if (!from) return null;
    const lit = new Uint8Array(rows);
    for (const row of from) lit[row] = 1;
    return lit;
  };
  const repaint = () => {
    const { color, off, topic, time } = store.state;
    app.paint = painting(color, theme(), app.cut, app.outliers, column());
    const times = time >= 0 ? app.readyColumn(time)?.numbers : undefined;
    const visible = visibleRows(points, app.cut, store.state, times);
    const lit = light();
    app.scene = compose(points, visible, lit, app.cut, app.paint, theme());
    stage.setLayers(app.scene.layers);
    const named = app.cut.topics.filter(({ id }) => !off.has(id) && app.scene.perTopic.has(id));
    const quiet = lit
      ? named.filter(({ id }) => app.scene.perTopic.get(id)!.lit === 0).map(({ id }) => id)
      : [];
    stage.setTopics(named, topic, new Set(quiet));
    options.showLegend();
  };
  const tellSummary = () => {
    const noise = rows > 0 ? app.cut.noise / rows : 0;
    const parts = [plural(rows, 'text'), plural(app.cut.topics.length, 'topic'), `${percent(noise)} noise`];
    if (unplaced > 0) parts.push(`${count(unplaced)} without a place`);
    summary.textContent = parts.join(' · ');
  };

  stage.addOverlay((context) => {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue('--ink');
    const ground = style.getPropertyValue('--ground');
    const at = (row: number): [number, number] => [
      stage.screenX(points[2 * row]),
      stage.screenY(points[2 * row + 1]),
    ];
    const { pinned } = store.state;
    if (pinned >= 0 && !Number.isNaN(points[2 * pinned])) {
      const [x, y] = at(pinned);
      context.strokeStyle = style.getPropertyValue('--soft');
      context.lineWidth = 1;
      for (const neighbor of details.nearest) {
        const [nx, ny] = at(neighbor);
        if (Number.isNaN(nx)) continue;
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(nx, ny);
        context.stroke();
        ring(context, nx, ny, stage.radius + 1, style.getPropertyValue('--soft'), ground);
      }
      ring(context, x, y, stage.radius + 4, ink, ground);
    }
    for (const row of [card.row, travel.row])
      if (row >= 0 && row !== pinned)
        ring(context, ...at(row), stage.radius + 3, style.getPropertyValue('--accent'), ground);
    if (outline.length > 1) {
      context.beginPath();
      outline.forEach(([x, y], i) => {
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.closePath();
      context.globalAlpha = 0.12;
      context.fillStyle = style.getPropertyValue('--accent');
      context.fill();
      context.globalAlpha = 1;
      context.lineWidth = 1.5;
      context.setLineDash([5, 4]);
      context.strokeStyle = style.getPropertyValue('--accent');
      context.stroke();
      context.setLineDash([]);
    }
  });

  // ── Gestures ──────────────────────────────────────────────────────────────────────────────────────────
  let outline: [number, number][] = [];
  const rowAt = (x: number, y: number, reach: number) =>
    app.grid.nearest(
      toMapX(stage.view, stage.width, x),
      toMapY(stage.view, stage.height, y),
      Math.max(reach, stage.radius + 4) / stage.view.scale,
      (row) => app.scene.visible[row] === 1,
    );
  listenForGestures(stage.element, {
    onPan(dx, dy) {
      card.hide();
      stage.pan(dx, dy);
    },
    onZoom: (x, y, factor) => stage.zoom(x, y, factor),
    onHover(x, y) {
      if (tool !== 'move') return;
      const row = rowAt(x, y, 9);
      stage.element.classList.toggle('pointing', row >= 0 || stage.nameAt(x, y) !== undefined);
      if (row < 0) card.hide();
      else void card.show(row, x, y);
      stage.redraw();
    },
    onLeave() {
      card.hide();
      stage.redraw();
    },
    onTap(x, y, event) {
      stage.element.focus({ preventScroll: true });
      const row = rowAt(x, y, event.pointerType === 'touch' ? 18 : 9);
      const name = stage.nameAt(x, y);
      if (row >= 0) pin(row);
      else if (name) goToTopic(name.id);
      else if (store.state.pinned >= 0) pin(-1);
      else if (store.state.selection) store.change({ selection: null });
    },
    onDoubleTap: (x, y) => stage.zoom(x, y, 2),
    outlines: (event) => (tool !== 'move' ? tool : event.shiftKey ? 'lasso' : null),
    onOutline(_kind, drawn, done) {
      card.hide();
      outline = done ? [] : drawn;
      if (done) {
        const inMap = drawn.map(
          ([x, y]) => [toMapX(stage.view, stage.width, x), toMapY(stage.view, stage.height, y)] as const,
        );
        store.change({ selection: rowsInside(app, inMap) });
        if (tool !== 'move') setTool('move');
      }
      stage.redraw();
    },
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === 'search';
    if (event.key === '/' && !typing) {
      event.preventDefault();
      toggleContents(false);
      search.input.focus();
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      if (tool !== 'move') setTool('move');
      else if (store.state.pinned >= 0) pin(-1);
      else if (store.state.selection) store.change({ selection: null });
    }
  });

  // ── Changes ───────────────────────────────────────────────────────────────────────────────────────────
  let wantedCut = 0;
  const recut = async () => {
    const run = ++wantedCut;
    const cut = await granularity.cut(store.state.granularity);
    if (run !== wantedCut || cut === app.cut) return;
    app.cut = cut;
    tellSummary();
    table.render();
    repaint();
    options.show();
    selection.render();
    timeline?.draw();
    if (store.state.pinned >= 0) void details.render();
  };
  const painted = new Set(['color', 'noise', 'off', 'topic', 'matches', 'selection', 'span', 'time']);
  const apply = async (changed: ReadonlySet<string>) => {
    if (changed.has('granularity')) await recut();
    if (changed.has('color') || changed.has('time')) {
      const [kind, index] = store.state.color.split(':');
      if (kind === 'column' && manifest.columns[Number(index)]) await app.column(Number(index));
      if (store.state.time >= 0) await app.column(store.state.time);
    }
    options.show();
    for (const key of changed)
      if (painted.has(key)) {
        repaint();
        break;
      }
    shareSoon();
  };

  // ── The link ──────────────────────────────────────────────────────────────────────────────────────────
  // A view is shared in parts of the stage's smaller side, so that it fits other windows too.
  const side0 = () => Math.min(stage.width, stage.height);
  let sharing = 0;
  let written = '';
  const share = () => {
    const view = stage.isHome() ? null : { ...stage.view, scale: stage.view.scale / side0() };
    const hash = writeHash(store.state, view, firstTime);
    if (hash === written) return;
    written = hash;
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  };
  const shareSoon = () => {
    clearTimeout(sharing);
    sharing = window.setTimeout(share, 250);
  };
  const readShared = () => {
    const { view, query, ...shared } = readHash(location.hash, rows);
    if (shared.color?.startsWith('column:')) {
      const kind = manifest.columns[Number(shared.color.slice(7))]?.kind;
      if (!kind || kind === 'text') delete shared.color;
    }
    if (shared.time !== undefined && !dateColumns.includes(shared.time)) delete shared.time;
    if (view) stage.moveTo({ ...view, scale: view.scale * side0() });
    store.change({
      color: 'topic',
      noise: false,
      off: new Set(),
      granularity: null,
      time: firstTime,
      span: null,
      topic: -1,
      pinned: -1,
      ...shared,
    });
    if ((query ?? '') !== store.state.query) search.set(query ?? '');
  };
  stage.onView(shareSoon);

  // ── First picture, then the rest ──────────────────────────────────────────────────────────────────────
  document.body.append(
    h('main', {}, h('div', { class: 'under' }, stage.element), help, side, bottom, tools, card.element, live),
  );
  stage.setContent(box, rows);
  if (narrow.matches) contents.classList.add('folded');
  fold.setAttribute('aria-expanded', String(!narrow.matches));
  setMargins();
  tellSummary();
  table.render();
  repaint();
  stage.resize();
  new ResizeObserver(() => {
    setMargins();
    stage.resize();
  }).observe(stage.element);

  // Timeline and panels draw what the scene holds: after it was made.
  store.onChange((changed) => void apply(changed).then(() => timeline?.draw()));
  [asCame.probabilities, app.outliers] = await Promise.all([
    readFloats(blockId.probabilities),
    readFloats(blockId.outliers),
  ]);
  await timeline?.load();
  if (await granularity.open()) options.offerGranularity(granularity);
  dark.addEventListener('change', () => {
    repaint();
    table.render();
    timeline?.draw();
    if (store.state.pinned >= 0) void details.render();
  });
  window.addEventListener('hashchange', () => {
    if (location.hash.slice(1) !== written) readShared();
  });
  if (location.hash.length > 1) readShared();
  document.documentElement.dataset.ready = stage.rendererKind;
}

/** The button that offers pictures, tables and the link. */
function saveMenu(app: App): HTMLElement {
  const item = (label: string, action: () => void | Promise<void>) => {
    const button = h('button', { type: 'button' }, label);
    button.addEventListener('click', async () => {
      menu.open = false;
      await action();
    });
    return button;
  };
  const onMap = () => Int32Array.from(app.scene.visible.keys()).filter((row) => app.scene.visible[row] === 1);
  const summary = h(
    'summary',
    { class: 'icon', title: 'Save or share', 'aria-label': 'Save or share' },
    icon(ICONS.save),
  );
  const menu = h(
    'details',
    { class: 'menu' },
    summary,
    h(
      'div',
      { class: 'panel menu-items' },
      item('Picture (PNG)', () => savePng(app)),
      item('Drawing (SVG)', () => saveSvg(app)),
      item('Texts on the map (CSV)', () => saveCsv(app, onMap(), 'texts')),
      item('Copy link to this view', async () => {
        try {
          await navigator.clipboard.writeText(location.href);
          app.announce('Link copied');
        } catch {
          prompt('Copy this link:', location.href);
        }
      }),
    ),
  );
  document.addEventListener('pointerdown', (event) => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    event.preventDefault();
    menu.open = false;
    summary.focus();
  });
  return menu;
}

/** How the map came about: versions, seed, exactness. */
function about(app: App): HTMLElement {
  const facts = h('dl', { class: 'fact-list' });
  for (const { label, value } of app.manifest.footer)
    facts.append(h('dt', {}, label), h('dd', {}, h('bdi', {}, value)));
  return h('details', { class: 'about' }, h('summary', {}, 'About this map'), facts);
}

start().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  document.body.append(h('p', { class: 'failure', role: 'alert' }, `This map can't be shown: ${message}`));
  throw error;
});
