import type { Actions } from './actions.js';
import type { App } from './app.js';
import type { Help } from './help.js';
import type { Layout } from './layout.js';
import type { Tools } from './pointer.js';
import type { Steps } from './steps.js';

/** Whether keys write text there. */
const isTyping = (target: EventTarget | null) =>
  (target instanceof HTMLInputElement && !['checkbox', 'range', 'radio'].includes(target.type)) ||
  target instanceof HTMLSelectElement;

/** Keys that work anywhere on the page. */
export function listenForKeys(
  { store }: App,
  { pin }: Actions,
  tools: Tools,
  layout: Layout,
  steps: Steps,
  help: Help,
  searchTexts: () => void,
): void {
  document.addEventListener('keydown', (event) => {
    if (isTyping(event.target) && event.key !== 'Escape') return;
    const isCommand = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (isCommand && key === 'z') {
      event.preventDefault();
      if (event.shiftKey) steps.redo();
      else steps.undo();
    } else if (isCommand && key === 'y') {
      event.preventDefault();
      steps.redo();
    } else if (isCommand || event.altKey) return;
    else if (event.key === '/') {
      event.preventDefault();
      searchTexts();
    } else if (event.key === '?') help.open();
    else if (key === 'p') layout.present();
    else if (event.key === 'Escape' && !event.defaultPrevented) {
      if (tools.tool !== 'move') tools.set('move');
      else if (layout.isPresenting) layout.present(false);
      else if (store.state.pinned >= 0) pin(-1);
    }
  });
}
