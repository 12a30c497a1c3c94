import type { Actions } from './actions.js';
import type { App } from './app.js';
import type { HoverCard } from './card.js';
import { iconButton } from './dom.js';
import { addOutline, type OutlineMode } from './filters.js';
import { listenForGestures } from './gestures.js';
import { ICONS } from './icons.js';
import { thinned } from './outline.js';
import { toMapX, toMapY } from './view.js';

type Tool = 'move' | 'lasso' | 'box';

/** The tool that a drag uses, and its buttons. */
export class Tools {
  tool: Tool = 'move';
  readonly lasso = iconButton(
    'Select with a lasso (or hold Shift and drag; Alt removes)',
    ICONS.lasso,
    () => this.set('lasso'),
    { 'aria-pressed': 'false' },
  );
  readonly box = iconButton('Select with a box', ICONS.box, () => this.set('box'), {
    'aria-pressed': 'false',
  });

  constructor(private readonly stage: HTMLElement) {}

  /** Takes this tool, or puts it away where it is in use. */
  set(next: Tool): void {
    this.tool = this.tool === next ? 'move' : next;
    this.lasso.setAttribute('aria-pressed', String(this.tool === 'lasso'));
    this.box.setAttribute('aria-pressed', String(this.tool === 'box'));
    this.stage.classList.toggle('drawing', this.tool !== 'move');
  }
}

/** The map by mouse, pen and touch. The result is the outline that is being drawn, in pixels of the stage. */
export function usePointers(
  app: App,
  card: HoverCard,
  tools: Tools,
  { pin, goToTopic, point }: Actions,
): () => readonly [number, number][] {
  const { stage, store } = app;
  let outline: [number, number][] = [];
  let mode: OutlineMode = 'new';
  stage.onName(goToTopic);
  const inMap = (x: number, y: number) =>
    [toMapX(stage.view, stage.width, x), toMapY(stage.view, stage.height, y)] as const;
  const rowAt = (x: number, y: number, reach: number) =>
    app.grid.nearest(
      ...inMap(x, y),
      Math.max(reach, stage.radius + 4) / stage.view.scale,
      (row) => app.scene.visible[row] === 1 && (!app.filtering.passes || app.filtering.passes[row] === 1),
    );
  listenForGestures(stage.element, {
    onPan(dx, dy) {
      card.hide();
      stage.pan(dx, dy);
    },
    onZoom: (x, y, factor) => stage.zoom(x, y, factor),
    onHover(x, y) {
      if (tools.tool !== 'move') return;
      const name = stage.nameAt(x, y);
      point(name?.id ?? -1);
      // Through a name only what lies exactly under the pointer is shown.
      const row = rowAt(x, y, name ? 0 : 9);
      stage.element.classList.toggle('pointing', row >= 0 || name !== undefined);
      if (row < 0) card.hide();
      else void card.show(row, x, y);
      stage.redraw();
    },
    onLeave() {
      point(-1);
      card.hide();
      stage.redraw();
    },
    onTap(x, y, event) {
      stage.element.focus({ preventScroll: true });
      // A name is a button: it takes its own click, whatever lies under it.
      const name = stage.nameAt(x, y);
      const row = name ? -1 : rowAt(x, y, event.pointerType === 'touch' ? 18 : 9);
      if (name) goToTopic(name.id);
      else if (row >= 0) pin(row);
      // What is chosen stays: a stray click closes a card at most.
      else if (store.state.pinned >= 0) pin(-1);
    },
    onDoubleTap: (x, y) => stage.zoom(x, y, 2),
    outlines(event) {
      const isHeld = event.shiftKey || event.altKey;
      mode = event.altKey ? 'remove' : event.shiftKey ? 'add' : 'new';
      return tools.tool !== 'move' ? tools.tool : isHeld ? 'lasso' : null;
    },
    onOutline(_kind, drawn, done) {
      card.hide();
      outline = done ? [] : drawn;
      if (done) {
        const corners = drawn.flatMap(([x, y]) => inMap(x, y));
        store.change(addOutline(store.state, thinned({ adds: true, corners }).corners, mode));
        if (tools.tool !== 'move') tools.set('move');
      }
      stage.redraw();
    },
  });
  return () => outline;
}
