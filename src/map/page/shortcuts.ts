import type { Actions } from './actions.js';
import type { App } from './app.js';
import type { Tools } from './pointer.js';

/** Keys that work anywhere on the page: `/` searches, Escape puts away what was opened last. */
export function listenForKeys({ store }: App, { pin }: Actions, tools: Tools, searchTexts: () => void): void {
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === 'search';
    if (event.key === '/' && !typing) {
      event.preventDefault();
      searchTexts();
    } else if (event.key === 'Escape' && !event.defaultPrevented) {
      if (tools.tool !== 'move') tools.set('move');
      else if (store.state.pinned >= 0) pin(-1);
      else if (store.state.selection) store.change({ selection: null });
    }
  });
}
