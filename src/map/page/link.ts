import type { App } from './app.js';
import { readHash, writeHash } from './hash.js';
import type { SearchBox } from './search-box.js';

/** Milliseconds without a change after which the link is written. */
const STILL = 250;

/** Keeps the reader's choices and the view in the address, so that a link brings back the same picture. */
export class Link {
  #timer = 0;
  #written = '';

  constructor(
    private readonly app: App,
    private readonly search: SearchBox,
  ) {
    app.stage.onView(() => this.shareSoon());
    window.addEventListener('hashchange', () => {
      if (location.hash.slice(1) !== this.#written) this.read();
    });
  }

  shareSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#share(), STILL);
  }

  /** A view is shared in parts of the stage's smaller side, so that it fits other windows too. */
  get #side(): number {
    return Math.min(this.app.stage.width, this.app.stage.height);
  }

  #share(): void {
    const { stage, store, opened } = this.app;
    const view = stage.isHome() ? null : { ...stage.view, scale: stage.view.scale / this.#side };
    const hash = writeHash(store.state, view, opened);
    if (hash === this.#written) return;
    this.#written = hash;
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  }

  /** Takes over what the address holds. */
  read(): void {
    const { app } = this;
    const { manifest, opened, store, stage } = app;
    const { view, query = '', ...shared } = readHash(location.hash, app.rows);
    if (shared.color?.startsWith('column:')) {
      const kind = manifest.columns[Number(shared.color.slice(7))]?.kind;
      if (!kind || kind === 'text') delete shared.color;
    }
    if (shared.time !== undefined && !app.dateColumns.includes(shared.time)) delete shared.time;
    if (view) stage.moveTo({ ...view, scale: view.scale * this.#side });
    const { selection, matches, query: wanted, ...rest } = opened;
    store.change({ ...rest, ...shared });
    if (query !== store.state.query) this.search.set(query);
  }
}
