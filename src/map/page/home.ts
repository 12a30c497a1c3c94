import type { Box, View } from './view.js';

/** A panel over the stage, in pixels from the stage's corner. */
export type Rect = Box;

/** Pixels kept free at the upper and lower edge of the stage. */
const PAD = 14;
/** Those at the sides: a part of the width, since names reach beyond the points. */
const sidePad = (width: number) => Math.min(44, Math.max(PAD, 0.045 * width));
/** Share of the points that panels may cover. */
const COVERED = 0.015;
/** Points that are looked at. */
const SAMPLE = 1500;
/** Positions that are tried along each axis. */
const POSITIONS = 7;
/** A smaller scale that is tried next, until little is covered. */
const SMALLER = 0.95;
const LEAST = 0.35;

/** Evenly spread places of points, x0 y0 x1 y1 …, for {@link homeView}. */
export function sampleOf(points: Float32Array): Float32Array {
  const rows = points.length / 2;
  const step = Math.max(1, Math.floor(rows / SAMPLE));
  const places: number[] = [];
  for (let i = 0; i < rows; i += step)
    if (!Number.isNaN(points[2 * i])) places.push(points[2 * i], points[2 * i + 1]);
  return Float32Array.from(places);
}

/**
 * The view of everything: the box of nearly all points as large as the stage allows, at a place where panels cover
 * hardly any of them. Where there is none, the box is made smaller; if even that doesn't help, the place where least is
 * covered.
 */
export function homeView(
  core: Box,
  sample: Float32Array,
  width: number,
  height: number,
  panels: readonly Rect[],
): View {
  const wide = Math.max(core.right - core.left, 1e-6);
  const high = Math.max(core.bottom - core.top, 1e-6);
  const [freeWidth, freeHeight] = [Math.max(40, width - 2 * sidePad(width)), Math.max(40, height - 2 * PAD)];
  const whole = Math.min(freeWidth / wide, freeHeight / high);
  let best: { view: View; covered: number } | null = null;
  for (let share = 1; share >= LEAST; share *= SMALLER) {
    const scale = whole * share;
    const view = leastCovered(core, sample, scale, width, height, panels);
    if (!best || view.covered < best.covered) best = view;
    if (best.covered <= COVERED) break;
  }
  return best?.view ?? { x: core.left + wide / 2, y: core.top + high / 2, scale: whole };
}

/** The place of the box inside the stage at which panels cover the fewest points. */
function leastCovered(
  core: Box,
  sample: Float32Array,
  scale: number,
  width: number,
  height: number,
  panels: readonly Rect[],
): { view: View; covered: number } {
  const side = sidePad(width);
  const slackX = Math.max(0, width - 2 * side - (core.right - core.left) * scale);
  const slackY = Math.max(0, height - 2 * PAD - (core.bottom - core.top) * scale);
  let best: { view: View; covered: number; off: number } | null = null;
  for (let row = 0; row < POSITIONS; row++)
    for (let column = 0; column < POSITIONS; column++) {
      const [shareX, shareY] = [column / (POSITIONS - 1), row / (POSITIONS - 1)];
      const left = side + slackX * shareX;
      const top = PAD + slackY * shareY;
      const view = {
        scale,
        x: core.left - (left - width / 2) / scale,
        y: core.top - (top - height / 2) / scale,
      };
      const covered = coveredShare(sample, view, width, height, panels);
      const off = Math.hypot(shareX - 0.5, shareY - 0.5);
      if (!best || covered < best.covered - 1e-9 || (covered <= best.covered + 1e-9 && off < best.off))
        best = { view, covered, off };
    }
  return best ?? { view: { x: 0.5, y: 0.5, scale }, covered: 1 };
}

function coveredShare(
  sample: Float32Array,
  view: View,
  width: number,
  height: number,
  panels: readonly Rect[],
): number {
  let covered = 0;
  for (let i = 0; i < sample.length; i += 2) {
    const x = (sample[i] - view.x) * view.scale + width / 2;
    const y = (sample[i + 1] - view.y) * view.scale + height / 2;
    if (panels.some(({ left, top, right, bottom }) => x > left && x < right && y > top && y < bottom))
      covered++;
  }
  return covered / Math.max(1, sample.length / 2);
}
