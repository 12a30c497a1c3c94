import type { Box, View } from './view.js';

/** A panel over the stage, in pixels from the stage's corner. */
export type Rect = Box;

/** Pixels kept free at the upper and lower edge of the stage. */
const PAD = 14;
/** Those at the sides: a part of the width, since names reach beyond the points. */
const sidePad = (width: number) => Math.min(44, Math.max(PAD, 0.045 * width));
/** Share of the points that panels may cover. */
const COVERED = 0.015;
/** What a covered name counts as, in shares of the points, where places are compared. */
const NAME_SHARE = 0.01;
/** Pixels of half a name's height, and of a letter's width; longer names take a second line. */
const NAME_HALF = 18;
const LETTER = 9;
const LINE = 20;
/** A panel over more than this share of the width leaves the stage above or below it. */
const WIDE = 0.9;
/** Points that are looked at. */
const SAMPLE = 1500;
/** Positions that are tried along each axis. */
const POSITIONS = 7;
/** A smaller scale that is tried next, until little is covered. */
const SMALLER = 0.95;
const LEAST = 0.35;

/** A name and its place in map units. */
export interface Named {
  name: string;
  x: number;
  y: number;
}

/** What panels may cover, and the stage that all of it is on. */
interface Drawn {
  sample: Float32Array;
  names: readonly Named[];
  width: number;
  height: number;
  panels: readonly Rect[];
}

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
 * The view of everything: the box of nearly all points as large as the stage above and below wide panels allows, at a
 * place where panels cover hardly any of them and few names. Where there is none, the box is made smaller; if even that
 * doesn't help, the place where least is covered.
 */
export function homeView(
  core: Box,
  sample: Float32Array,
  width: number,
  height: number,
  panels: readonly Rect[],
  names: readonly Named[] = [],
): View {
  const drawn: Drawn = { sample, names, width, height, panels };
  const wide = Math.max(core.right - core.left, 1e-6);
  const high = Math.max(core.bottom - core.top, 1e-6);
  const free = freeBox(width, height, panels);
  const whole = Math.min((free.right - free.left) / wide, (free.bottom - free.top) / high);
  let best: { view: View; covered: number } | null = null;
  for (let share = 1; share >= LEAST; share *= SMALLER) {
    const scale = whole * share;
    const view = leastCovered(core, scale, free, drawn);
    if (!best || view.covered < best.covered) best = view;
    if (best.covered <= COVERED) break;
  }
  return best?.view ?? { x: core.left + wide / 2, y: core.top + high / 2, scale: whole };
}

/** The part of the stage that wide panels leave, less a margin. */
function freeBox(width: number, height: number, panels: readonly Rect[]): Box {
  let [top, bottom] = [0, height];
  for (const panel of panels) {
    if (panel.right - panel.left < WIDE * width) continue;
    if (panel.top + panel.bottom < height) top = Math.max(top, panel.bottom);
    else bottom = Math.min(bottom, panel.top);
  }
  const side = sidePad(width);
  const isEnough = bottom - top > 2 * PAD + 40;
  if (!isEnough) [top, bottom] = [0, height];
  return {
    left: side,
    right: Math.max(side + 40, width - side),
    top: top + PAD,
    bottom: Math.max(top + PAD + 40, bottom - PAD),
  };
}

/** The place of the box inside the stage at which panels cover the fewest points and names; of equal ones the middle. */
function leastCovered(core: Box, scale: number, free: Box, drawn: Drawn): { view: View; covered: number } {
  const { width, height } = drawn;
  const slackX = Math.max(0, free.right - free.left - (core.right - core.left) * scale);
  const slackY = Math.max(0, free.bottom - free.top - (core.bottom - core.top) * scale);
  let best: { view: View; covered: number; cost: number; off: number } | null = null;
  for (let row = 0; row < POSITIONS; row++)
    for (let column = 0; column < POSITIONS; column++) {
      const [shareX, shareY] = [column / (POSITIONS - 1), row / (POSITIONS - 1)];
      const left = free.left + slackX * shareX;
      const top = free.top + slackY * shareY;
      const view = {
        scale,
        x: core.left - (left - width / 2) / scale,
        y: core.top - (top - height / 2) / scale,
      };
      const covered = coveredShare(drawn, view);
      // Names count only where few enough points are covered: they don't make the map smaller.
      const cost = covered <= COVERED ? covered + NAME_SHARE * coveredNames(drawn, view) : 1 + covered;
      const off = Math.hypot(shareX - 0.5, shareY - 0.5);
      if (!best || cost < best.cost - 1e-9 || (cost <= best.cost + 1e-9 && off < best.off))
        best = { view, covered, cost, off };
    }
  return best ?? { view: { x: 0.5, y: 0.5, scale }, covered: 1 };
}

/** The share of the points that panels cover. */
function coveredShare({ sample, width, height, panels }: Drawn, view: View): number {
  let covered = 0;
  for (let i = 0; i < sample.length; i += 2) {
    const x = (sample[i] - view.x) * view.scale + width / 2;
    const y = (sample[i + 1] - view.y) * view.scale + height / 2;
    if (panels.some(({ left, top, right, bottom }) => x > left && x < right && y > top && y < bottom))
      covered++;
  }
  return covered / Math.max(1, sample.length / 2);
}

/** How many names panels cover, at least in part. */
function coveredNames({ names, width, height, panels }: Drawn, view: View): number {
  let hidden = 0;
  for (const { x, y, name } of names) {
    const half = (LETTER * Math.min(name.length, LINE)) / 2;
    const [atX, atY] = [(x - view.x) * view.scale + width / 2, (y - view.y) * view.scale + height / 2];
    const isUnder = ({ left, top, right, bottom }: Rect) =>
      atX + half > left && atX - half < right && atY + NAME_HALF > top && atY - NAME_HALF < bottom;
    if (panels.some(isUnder)) hidden++;
  }
  return hidden;
}
