import './style.css';
import { openActions } from './actions.js';
import { HoverCard } from './card.js';
import { Changes } from './changes.js';
import { Chips } from './chips.js';
import { Details } from './details.js';
import { h, iconButton } from './dom.js';
import { Help } from './help.js';
import { ICONS } from './icons.js';
import { keptEdits } from './kept-edits.js';
import { Layout } from './layout.js';
import { openApp, readScores } from './open-app.js';
import { Options } from './options.js';
import { drawMarks } from './overlay.js';
import { ChoicePanel } from './panel.js';
import { Tools, usePointers } from './pointer.js';
import { noteWork } from './rest.js';
import { saveMenu } from './save-menu.js';
import { SearchBox } from './search-box.js';
import { listenForKeys } from './shortcuts.js';
import { Steps } from './steps.js';
import { Summary } from './summary.js';
import { onTheme } from './theme.js';
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
  const help = new Help();
  // On a phone the list would cover what it chose.
  const goToListed = (id: number) => {
    layout.makeWayForMap();
    actions.goToTopic(id);
  };
  const parts = {
    summary: new Summary(app),
    table: new TopicTable(app, goToListed, actions.point),
    options: new Options(app),
    details: new Details(app, actions),
    panel: new ChoicePanel(app, actions),
    chips: new Chips(app),
    search: new SearchBox(app, actions.goToTopic),
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
  const steps = new Steps(app);
  const zoom = (factor: number) => () => stage.zoom(stage.width / 2, stage.height / 2, factor);
  const undo = iconButton('Undo (Ctrl+Z)', ICONS.undo, () => steps.undo(), { disabled: true });
  const redo = iconButton('Redo (Ctrl+Shift+Z)', ICONS.redo, () => steps.redo(), { disabled: true });
  steps.onChange(() => {
    undo.disabled = !steps.canUndo;
    redo.disabled = !steps.canRedo;
  });
  const layout: Layout = new Layout(app, {
    summary: parts.summary.element,
    readAll: parts.summary.all,
    search: parts.search.element,
    chips: parts.chips.element,
    table: parts.table.element,
    options: parts.options.element,
    choice: parts.panel.element,
    details: parts.details.element,
    timeline: parts.timeline?.element ?? null,
    card: card.element,
    tools: [
      tools.lasso,
      tools.box,
      undo,
      redo,
      iconButton('Zoom in', ICONS.plus, zoom(1.6)),
      iconButton('Zoom out', ICONS.minus, zoom(1 / 1.6)),
      iconButton('Show everything', ICONS.home, () => stage.showEverything()),
      saveMenu(
        app,
        () => layout.present(),
        () => help.open(),
      ),
    ],
    help: help.element,
  });
  listenForKeys(app, actions, tools, layout, steps, help, () => {
    layout.toggleContents(false);
    parts.search.input.focus();
  });

  const changes = new Changes(app, parts, () => layout.setMargins());
  changes.renderAll();
  stage.resize();
  new ResizeObserver(() => {
    layout.setMargins();
    stage.resize();
  }).observe(stage.element);

  changes.listen();
  await readScores(app);
  await parts.timeline?.load();
  const edits = keptEdits(app.manifest);
  if (edits.length > 0) app.store.change({ edits });
  onTheme(() => changes.renderAll());
  if (location.hash.length > 1) steps.read();
  document.documentElement.dataset.ready = stage.rendererKind;
  noteWork('opening', false);
}

start().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  document.body.append(h('p', { class: 'failure', role: 'alert' }, `This map can't be shown: ${message}`));
  throw error;
});
