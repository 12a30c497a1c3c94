type Attributes = Record<string, string | number | boolean | undefined>;

/**
 * An element with attributes and children. Strings become text nodes, never markup: this is the only way in
 * which the page makes elements, so no text of the data can turn into one.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A line icon of 20 × 20 from one path. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({
    viewBox: '0 0 20 20',
    width: '18',
    height: '18',
    'aria-hidden': 'true',
  }))
    svg.setAttribute(name, value);
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** A button with an icon; `label` is its accessible name and its tooltip. */
export function iconButton(
  label: string,
  path: string,
  onClick: () => void,
  extra: Attributes = {},
): HTMLButtonElement {
  const button = h(
    'button',
    { type: 'button', class: 'icon', title: label, 'aria-label': label, ...extra },
    icon(path),
  );
  button.addEventListener('click', onClick);
  return button;
}

/** Has the browser save a file. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = h('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

const COUNT = new Intl.NumberFormat('en');

/** 12345 as 12,345. */
export const count = (value: number) => COUNT.format(value);

/** `1 topic`, `2 topics`. */
export const plural = (value: number, noun: string) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** A number as people read it: at most four digits that matter. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e9)
    return Math.abs(value) >= 10_000 ? count(value) : String(value);
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-3) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

export { percent } from '../../counted.js';
