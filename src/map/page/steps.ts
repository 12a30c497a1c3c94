import type { App } from './app.js';
import { readHash, type Shared, writeHash } from './hash.js';
import { amended, began, type Past, stepped, went } from './past.js';
import { noteWork } from './rest.js';
import type { State } from './store.js';
import type { View } from './view.js';

/** Milliseconds without a change of the view after which the link is written. */
const STILL = 250;
/** Milliseconds within which changes of the same kind are one step, as when a slider is dragged. */
const ONE_STEP = 700;

/** Milliseconds within which the browser follows an undo or a redo: steps that it comes to then are not the reader's. */
const FOLLOWS = 400;

interface Step {
  id: number;
  state: State;
  /** Null shows everything. */
  view: View | null;
}

/**
 * The reader's steps: undo and redo, the browser's Back and Forward, and the address, so that a link brings back the
 * same picture.
 */
export class Steps {
  #past: Past<Step>;
  #last = { keys: '', at: -Infinity };
  #timer = 0;
  #nextId = 1;
  #isRestoring = false;
  /** A sandboxed frame may forbid writing its address: then steps are kept here alone. */
  #isWritable = true;
  #written = '';
  /** When the browser was last made to follow an undo or a redo. */
  #followed = -Infinity;
  readonly #listeners: (() => void)[] = [];

  constructor(private readonly app: App) {
    this.#past = began({ id: 0, state: app.store.state, view: null });
    try {
      history.replaceState({ step: 0 }, '');
    } catch {
      this.#isWritable = false;
    }
    app.store.onChange((changed) => {
      if (!this.#isRestoring) this.#record([...changed].sort().join());
    });
    app.stage.onView(() => this.#shareSoon());
    window.addEventListener('popstate', (event) => this.#onPop(event.state));
  }

  /** Calls `listener` when there are other steps to undo or redo. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  get canUndo(): boolean {
    return this.#past.at > 0;
  }

  get canRedo(): boolean {
    return this.#past.at < this.#past.states.length - 1;
  }

  undo(): void {
    this.#go(-1);
  }

  redo(): void {
    this.#go(1);
  }

  get #step(): Step {
    return this.#past.states[this.#past.at];
  }

  #go(steps: number): void {
    const past = stepped(this.#past, steps);
    if (past === this.#past) return;
    this.#past = past;
    this.#restore();
    // The browser's own list follows; the step that it comes to is shown already.
    if (!this.#isWritable) return;
    this.#followed = performance.now();
    history.go(steps);
  }

  #record(keys: string): void {
    const now = performance.now();
    const isSameStep = keys === this.#last.keys && now - this.#last.at < ONE_STEP && this.#past.at > 0;
    this.#last = { keys, at: now };
    const { state } = this.app.store;
    if (isSameStep) {
      this.#past = amended(this.#past, { ...this.#step, state });
      this.#write('replace');
    } else {
      this.#past = amended(this.#past, { ...this.#step, view: this.#view() });
      this.#past = went(this.#past, { id: this.#nextId++, state, view: this.#view() });
      this.#write('push');
    }
    for (const listener of this.#listeners) listener();
  }

  /** A view is shared in parts of the stage's smaller side, so that it fits other windows too. */
  get #side(): number {
    return Math.min(this.app.stage.width, this.app.stage.height);
  }

  #view(): View | null {
    const { stage } = this.app;
    return stage.isHome() ? null : { ...stage.view, scale: stage.view.scale / this.#side };
  }

  #shareSoon(): void {
    clearTimeout(this.#timer);
    noteWork('link', true);
    this.#timer = window.setTimeout(() => {
      this.#past = amended(this.#past, { ...this.#step, view: this.#view() });
      this.#write('replace');
      noteWork('link', false);
    }, STILL);
  }

  #write(how: 'push' | 'replace'): void {
    const { state, view, id } = this.#step;
    const hash = writeHash(state, view, this.app.opened);
    if (!this.#isWritable || (how === 'replace' && hash === this.#written)) return;
    this.#written = hash;
    const url = hash === '' ? location.pathname + location.search : `#${hash}`;
    try {
      if (how === 'push') history.pushState({ step: id }, '', url);
      else history.replaceState({ step: id }, '', url);
    } catch {
      this.#isWritable = false;
    }
  }

  #onPop(state: unknown): void {
    const id = state && typeof state === 'object' && 'step' in state ? state.step : undefined;
    const at = this.#past.states.findIndex((step) => step.id === id);
    if (at < 0) {
      this.read();
      return;
    }
    if (at === this.#past.at || performance.now() - this.#followed < FOLLOWS) return;
    this.#past = { ...this.#past, at };
    this.#restore();
  }

  #restore(): void {
    const { state, view } = this.#step;
    this.#last = { keys: '', at: -Infinity };
    this.#show(state, view);
    this.#written = writeHash(state, view, this.app.opened);
    for (const listener of this.#listeners) listener();
  }

  #show(state: Partial<State>, view: View | null): void {
    const { stage, store } = this.app;
    this.#isRestoring = true;
    store.change(state);
    this.#isRestoring = false;
    if (view) stage.moveTo({ ...view, scale: view.scale * this.#side });
    else if (!stage.isHome()) stage.flyHome();
  }

  /** Takes over what the address holds: on opening, or where someone changed it by hand. */
  read(): void {
    const { app } = this;
    const { view, ...shared } = checked(app, readHash(location.hash, app.rows));
    const { edits } = app.store.state;
    const state = { ...app.opened, edits, ...shared };
    const step = { id: this.#nextId++, state, view: view ?? null };
    this.#past = this.#past.at === 0 ? began(step) : went(this.#past, step);
    this.#restore();
    this.#written = '';
    this.#write('replace');
  }
}

/** What a link holds, without columns that this map lacks. */
function checked({ manifest, dateColumns }: App, shared: Shared): Shared {
  const kindOf = (column: number) => manifest.columns[column]?.kind;
  const kept = { ...shared };
  if (shared.color?.startsWith('column:')) {
    const kind = kindOf(Number(shared.color.slice('column:'.length)));
    if (!kind || kind === 'text') delete kept.color;
  }
  if (shared.time !== undefined && !dateColumns.includes(shared.time)) delete kept.time;
  if (shared.span && !dateColumns.includes(shared.span[0])) delete kept.span;
  const only = <V>(map: ReadonlyMap<number, V>, kinds: string[]) =>
    new Map([...map].filter(([column]) => kinds.includes(kindOf(column) ?? '')));
  if (shared.picked) kept.picked = only(shared.picked, ['category']);
  if (shared.ranges) kept.ranges = only(shared.ranges, ['number', 'date']);
  return kept;
}
