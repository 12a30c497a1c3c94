import type { App } from './app.js';
import { painting } from './paint.js';
import { compose, countLit, visibleRows } from './scene.js';

/** 1 for the rows that a selection or a search picked; null where neither is there. */
function litRows(app: App): Uint8Array | null {
  const { selection, matches } = app.store.state;
  const picked = selection ?? matches;
  if (!picked) return null;
  const lit = new Uint8Array(app.rows);
  for (const row of picked) lit[row] = 1;
  return lit;
}

/** Draws the points and names for the state. */
export function repaint(app: App): void {
  const { cut, grains, store, stage, points } = app;
  const { color, off, topic, time } = store.state;
  const [kind, index] = color.split(':');
  const column = kind === 'column' ? app.readyColumn(Number(index)) : undefined;
  app.paint = painting(color, app.theme(), cut, app, column);
  const times = time >= 0 ? app.readyColumn(time)?.numbers : undefined;
  const visible = visibleRows(points, cut, store.state, times);
  const lit = litRows(app);
  app.scene = compose(points, visible, lit, cut, app.paint, app.theme());
  stage.setLayers(app.scene.layers);
  const { perTopic } = app.scene;
  const named = cut.topics.filter(({ id }) => !off.has(id) && perTopic.has(id));
  const finer = grains.finer(cut);
  const perFiner = finer ? countLit(finer.labels, visible, lit) : new Map();
  const closer = (finer?.topics ?? []).filter(({ id }) => perFiner.has(id));
  const quiet = new Set<number>();
  if (lit) for (const [id, counts] of [...perTopic, ...perFiner]) if (counts.lit === 0) quiet.add(id);
  stage.setTopics(named, closer, topic, quiet);
}
