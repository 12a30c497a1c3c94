import type { App } from './app.js';
import { saveCsv } from './csv.js';
import { h, icon } from './dom.js';
import { savePng, saveSvg } from './export.js';
import { ICONS } from './icons.js';

/** The button that offers pictures, tables and the link. */
export function saveMenu(app: App): HTMLElement {
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
