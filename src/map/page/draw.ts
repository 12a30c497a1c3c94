import type { App } from './app.js';
import { css, DARK_GROUND, LIGHT_GROUND, noiseColor, readable } from './colors.js';
import { type Contour, contoursOf } from './contours.js';
import { kept } from './kept.js';
import { litLayer, paleLayer, plainLayer } from './layers.js';
import { painting } from './paint.js';
import type { PointLayer } from './renderer.js';
import { makeScene, type Switched, switchedOn } from './scene.js';
import type { MapTopic } from './topics.js';

/** Works out what switches and filters leave, and draws it. */
export function refresh(app: App): void {
  app.scene = makeScene(app.cut, switched(app), app.filtering.passes);
  recolor(app);
  const { cut, grains, stage } = app;
  const finer = grains.finer(cut);
  stage.setTopics(cut.topics, finer?.topics ?? NONE);
  styleNames(app);
  drawContours(app);
}

// A change of filters leaves these as they are.
const keptSwitched = kept<Switched>();
const keptPlain = kept<PointLayer>();
const keptPale = kept<PointLayer>();

const switched = ({ points, cut, store }: App) =>
  keptSwitched([cut, store.state.off, store.state.noise], () => switchedOn(points, cut, store.state));

/** The rows that contours were last made for. */
let contoured: { visible: Uint8Array; theme: string; contours: Contour[] } | null = null;

/** Draws lines of equal density of what is switched on, if that option is on. */
function drawContours({ stage, store, points, scene, theme }: App): void {
  if (!store.state.contours) {
    contoured = null;
    stage.contours = [];
    return;
  }
  const isSame =
    contoured?.theme === theme() && contoured.visible.every((on, row) => on === scene.visible[row]);
  if (!contoured || !isSame) {
    const color = css(theme() === 'light' ? [40, 44, 52] : [222, 226, 232]);
    contoured = {
      visible: scene.visible,
      theme: theme(),
      contours: contoursOf(points, scene.visible, color),
    };
  }
  stage.contours = contoured.contours;
}

const NONE: readonly MapTopic[] = [];

/** Names of groups that are switched off are not drawn; those without a chosen text are faint. */
function styleNames(app: App): void {
  const { stage, store, theme } = app;
  const ground = theme() === 'light' ? LIGHT_GROUND : DARK_GROUND;
  stage.styleNames(store.state.off, quietTopics(app), (topic) =>
    css(readable(app.colorOfGroup(topic), ground)),
  );
  const chosen = app.cut.byId.get(store.state.topic) ?? app.grains.known(store.state.topic);
  stage.setChosen(chosen ?? null);
}

/** Draws the points in the colours of the state, with the rows of a group that is pointed at lit. */
export function recolor(app: App): void {
  const { cut, store, stage, points } = app;
  const { color } = store.state;
  const [kind, index] = color.split(':');
  const column = kind === 'column' ? app.readyColumn(Number(index)) : undefined;
  app.paint = painting(color, app.theme(), cut, app.grains.topicsCut, app, column);
  const { visible } = app.scene;
  const { labels } = cut;
  const rgb = app.paint.rgb(app.rows);
  const lit = litRows(app);
  if (!lit) {
    stage.setLayers([keptPlain([visible, labels, rgb], () => plainLayer(points, visible, labels, rgb))]);
    return;
  }
  const pale = noiseColor(app.theme());
  // All points are pale below those that stand out, so that this layer stays the same from filter to filter.
  stage.setLayers([
    keptPale([visible, labels, app.theme()], () => paleLayer(points, visible, labels, pale)),
    litLayer(points, visible, lit, labels, rgb),
  ]);
}

/** The points for a picture to save, each once. */
export function layersToSave(app: App): PointLayer[] {
  const { points, scene, cut } = app;
  const { visible } = scene;
  const rgb = app.paint.rgb(app.rows);
  const lit = litRows(app);
  if (!lit) return [plainLayer(points, visible, cut.labels, rgb)];
  const others = visible.map((on, row) => on & (1 - lit[row]));
  return [
    paleLayer(points, others, cut.labels, noiseColor(app.theme())),
    litLayer(points, visible, lit, cut.labels, rgb),
  ];
}

/**
 * 1 for rows that stand out: those that pass the filters, and of these only those of the group that is pointed at. Where
 * none of its rows passes, they stand out next to what is chosen.
 */
function litRows(app: App): Uint8Array | null {
  const { pointed, filtering } = app;
  const { passes } = filtering;
  if (!pointed) return passes;
  const { labels, id } = pointed;
  const lit = new Uint8Array(app.rows);
  let isAny = false;
  for (let i = 0; i < lit.length; i++)
    if (labels[i] === id && (!passes || passes[i])) {
      lit[i] = 1;
      isAny = true;
    }
  if (isAny || !passes) return lit;
  for (let i = 0; i < lit.length; i++) lit[i] = passes[i] || labels[i] === id ? 1 : 0;
  return lit;
}

/** Groups of which no text on the map passes the filters: their names are faint. */
function quietTopics({ cut, grains, filtering, scene }: App): Set<number> {
  const quiet = new Set<number>();
  const { passes } = filtering;
  if (!passes) return quiet;
  for (const { labels, topics } of [cut, grains.finer(cut)].filter((one) => one !== null)) {
    const lit = new Uint8Array(topics.reduce((most, { id }) => Math.max(most, id), -1) + 2);
    for (let i = 0; i < labels.length; i++) if (passes[i] & scene.visible[i]) lit[labels[i] + 1] = 1;
    for (const { id } of topics) if (lit[id + 1] === 0) quiet.add(id);
  }
  return quiet;
}
