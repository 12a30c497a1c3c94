import type { Theme } from './colors.js';

/** What the reader chose: the system's theme, or one of the two. */
export type ThemeChoice = 'system' | Theme;

const KEY = 'denscape-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners: (() => void)[] = [];
let choice: ThemeChoice = stored();

/** A page in a sandbox may have no storage. */
function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

export const themeChoice = (): ThemeChoice => choice;

const theme = (): Theme => (choice === 'dark' || (choice === 'system' && dark.matches) ? 'dark' : 'light');

/** Whether a page to print is made now: it is light whatever is on the screen, since paper is white. */
let isPrinting = false;
export const shownTheme = (): Theme => (isPrinting ? 'light' : theme());

function apply(): void {
  document.documentElement.dataset.theme = shownTheme();
  for (const listener of listeners) listener();
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // It lasts as long as the page then.
  }
  apply();
}

/** Calls `listener` when the page turns light or dark. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

document.documentElement.dataset.theme = theme();
dark.addEventListener('change', apply);

/** Runs `make` in the light theme. */
export function inLight(make: () => void): void {
  const wasLight = shownTheme() === 'light';
  isPrinting = true;
  if (!wasLight) apply();
  make();
  isPrinting = false;
  if (!wasLight) apply();
}
