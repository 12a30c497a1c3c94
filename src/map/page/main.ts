import './style.css';
import { openActions } from './actions.js';
import { HoverCard } from './card.js';
import { Changes } from './changes.js';
import { Details } from './details.js';
import { h } from './dom.js';
import { Layout } from './layout.js';
import { Link } from './link.js';
import { dark, openApp, readScores } from './open-app.js';
import { Options } from './options.js';
import { drawMarks } from './overlay.js';
import { Tools, usePointers } from './pointer.js';
import { SearchBox } from './search-box.js';
import { SelectionPanel } from './selection.js';
import { listenForKeys } from './shortcuts.js';
import { Summary } from './summary.js';
import { Timeline } from './timeline.js';
import { TopicTable } from './topic-table.js';
import { Travel } from './travel.js';

/** Makes the page: its parts, what connects them, the first picture, then the rest. */
async function start(): Promise<void> {
  const app = await openApp();
  const { stage, points, dateColumns } = app;

  const card = new HoverCard(app);
  const actions = openActions(app, card);
  const tools = new Tools(stage.element);
  const search = new SearchBox(app, actions.pin);
  const parts = {
    summary: new Summary(app),
    table: new TopicTable(app, ({ id }) => actions.goToTopic(id)),
    options: new Options(app),
    details: new Details(app, actions),
    selection: new SelectionPanel(app),
    timeline: dateColumns.length > 0 ? new Timeline(app, dateColumns) : null,
  };
  const travel = new Travel(app, actions, (row) => {
    stage.redraw();
    if (row < 0) card.hide();
    else void card.show(row, stage.screenX(points[2 * row]), stage.screenY(points[2 * row + 1]));
  });
  const outline = usePointers(app, card, tools, actions);
  drawMarks(app, {
    nearest: () => parts.details.nearest,
    pointed: () => [card.row, travel.row],
    outline,
  });
  const layout = new Layout(app, {
    summary: parts.summary.element,
    search: search.element,
    table: parts.table.element,
    options: parts.options.element,
    selection: parts.selection.element,
    details: parts.details.element,
    timeline: parts.timeline?.element ?? null,
    card: card.element,
    lasso: tools.lasso,
    box: tools.box,
  });
  listenForKeys(app, actions, tools, () => {
    layout.toggleContents(false);
    search.input.focus();
  });

  const link = new Link(app, search);
  const changes = new Changes(app, parts, link);
  changes.renderAll();
  stage.resize();
  new ResizeObserver(() => {
    layout.setMargins();
    stage.resize();
  }).observe(stage.element);

  // The timeline and the panels draw what the scene holds: after it was made.
  changes.listen();
  await readScores(app);
  await parts.timeline?.load();
  dark.addEventListener('change', () => changes.renderAll());
  if (location.hash.length > 1) link.read();
  document.documentElement.dataset.ready = stage.rendererKind;
}

start().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  document.body.append(h('p', { class: 'failure', role: 'alert' }, `This map can't be shown: ${message}`));
  throw error;
});
