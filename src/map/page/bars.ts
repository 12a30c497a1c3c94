import { h } from './dom.js';

/** A bar of a share, 0 to 1, and a mark where the share elsewhere would end. */
export function shareBar(share: number, elsewhere?: number): HTMLElement {
  const fill = h('span', { class: 'fill' });
  fill.style.inlineSize = `${100 * Math.min(1, share)}%`;
  const bar = h('span', { class: 'share-bar', 'aria-hidden': 'true' }, fill);
  if (elsewhere !== undefined) {
    const mark = h('span', { class: 'elsewhere' });
    mark.style.insetInlineStart = `${100 * Math.min(1, elsewhere)}%`;
    bar.append(mark);
  }
  return bar;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Columns of a histogram: all rows pale, those that are left on top of them. */
export function histogram(all: ArrayLike<number>, left: ArrayLike<number>, height: number): SVGElement {
  const bins = all.length;
  const most = Math.max(1, ...Array.from(all));
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${bins} ${height}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  for (const [counts, name] of [
    [all, 'all'],
    [left, 'left'],
  ] as const)
    for (let bin = 0; bin < bins; bin++) {
      if (counts[bin] === 0) continue;
      const high = Math.max(1, (counts[bin] / most) * height);
      const rect = document.createElementNS(SVG, 'rect');
      for (const [key, value] of Object.entries({
        x: bin + 0.06,
        y: height - high,
        width: 0.88,
        height: high,
      }))
        rect.setAttribute(key, String(value));
      rect.setAttribute('class', name);
      svg.append(rect);
    }
  return svg;
}
