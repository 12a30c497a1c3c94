import type { App } from './app.js';
import { saveCsv } from './csv.js';
import { h, icon } from './dom.js';
import type { PictureSize } from './drawing.js';
import { savePng, saveSvg } from './export.js';
import { ICONS } from './icons.js';
import { roving } from './roving.js';
import { chooseTheme, type ThemeChoice, themeChoice } from './theme.js';

/** Sizes that a picture can be saved in; the first is the window's. */
const SIZES = [
  ['', 'as the window'],
  ['1200x900', '1200 × 900'],
  ['1920x1080', '1920 × 1080'],
  ['1754x1240', 'A4 across, 150 dpi'],
  ['1080x1080', '1080 × 1080'],
];

/** The button that offers pictures, tables and the link, and what the page looks like. */
export function saveMenu(app: App, present: () => void, help: () => void): HTMLElement {
  const item = (label: string, action: () => void | Promise<void>) => {
    const button = h('button', { type: 'button' }, label);
    button.addEventListener('click', async () => {
      menu.open = false;
      await action();
    });
    return button;
  };
  const sizes = h('select', {});
  for (const [value, label] of SIZES) sizes.append(h('option', { value }, label));
  const scales = h('select', {});
  for (const scale of [1, 2, 3, 4]) scales.append(h('option', { value: scale }, `× ${scale}`));
  scales.value = '2';
  const size = (): PictureSize => {
    const [width, height] = sizes.value.split('x').map(Number);
    const { stage } = app;
    return {
      width: width || stage.width,
      height: height || stage.height,
      scale: Number(scales.value),
    };
  };
  const onMap = () => app.scene.chosen.filter((row) => app.scene.visible[row] === 1);
  const summary = h(
    'summary',
    { class: 'icon', title: 'Save or share', 'aria-label': 'Save or share' },
    icon(ICONS.save),
  );
  const items = h(
    'div',
    { class: 'panel menu-items' },
    item('Picture (PNG)', () => savePng(app, size())),
    item('Drawing (SVG)', () => saveSvg(app, size())),
    h('label', { class: 'theme' }, 'Size ', sizes),
    h('label', { class: 'theme' }, 'Scale of the PNG ', scales),
    item('Texts on the map (CSV)', () => saveCsv(app, onMap(), 'texts')),
    item('Copy link to this view', async () => {
      try {
        await navigator.clipboard.writeText(location.href);
        app.announce('Link copied');
      } catch {
        prompt('Copy this link:', location.href);
      }
    }),
    h('hr'),
    item('Presentation view', present),
    item('Help and shortcuts', help),
    h('label', { class: 'theme' }, 'Theme ', themeSwitch()),
  );
  const menu = h('details', { class: 'menu' }, summary, items);
  roving(items, 'button, select');
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

function themeSwitch(): HTMLElement {
  const choice = h('select', {});
  for (const [value, label] of [
    ['system', 'as the system'],
    ['light', 'light'],
    ['dark', 'dark'],
  ])
    choice.append(h('option', { value }, label));
  choice.value = themeChoice();
  choice.addEventListener('change', () => chooseTheme(choice.value as ThemeChoice));
  return choice;
}
