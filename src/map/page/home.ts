import { type Box, toMapX, toMapY, toScreenX, toScreenY, type View } from './view.js';

/** A panel over the stage, in pixels from the stage's corner. */
export type Rect = Box;

/** Pixels kept free at the upper and lower edge of the stage. */
const PAD = 14;
/** Those at the sides: a part of the width, since names reach beyond the points. */
const sidePad = (width: number) => Math.min(44, Math.max(PAD, 0.045 * width));
/** Share of the points that panels may cover where there is not enough space to leave all of them free. */
const COVERED = 0.015;
/** Share of the stage that the points keep at least when the map becomes smaller for the sake of its last covered ones. */
const AREA = 0.42;
/** By how much it may become smaller for them in any case, and for names that would be covered. */
const SLIGHTLY = 0.9;
const FOR_NAMES = 0.84;
/** What a covered name counts as, in shares of the points, where places are compared. */
const NAME_SHARE = 0.01;
/** Pixels of half a name's height, and of a letter's width; longer names take a second line. */
const NAME_HALF = 18;
const LETTER = 9;
const LINE = 20;
/** A panel over more than this share of the width leaves the stage above or below it. */
const WIDE = 0.9;
/** Cells along each side of the box of nearly all points that these are counted in. */
const CELLS = 256;
/** Positions that are tried along each axis. */
const POSITIONS = 9;
/** A smaller scale that is tried next, until nothing is covered. */
const SMALLER = 0.96;
const LEAST = 0.35;

/** A name and its place in map units. */
export interface Named {
  name: string;
  x: number;
  y: number;
}

/** What panels may cover, and the stage that all of it is on. */
interface Drawn {
  spread: Spread;
  names: readonly Named[];
  /** Pixels of a letter's width and of half a name's height. */
  letter: number;
  width: number;
  height: number;
  panels: readonly Rect[];
}

/** A view with the share of the points and the number of names that panels cover in it. */
interface Placing {
  view: View;
  covered: number;
  hidden: number;
}

/** How many points lie in which part of a box. */
export class Spread {
  /** Points above and left of each corner of the cells. */
  readonly #sums = new Float64Array((CELLS + 1) * (CELLS + 1));

  /** Counts those of `points`, x0 y0 x1 y1 …, that lie in `box`. */
  constructor(
    points: Float32Array,
    readonly box: Box,
  ) {
    const sums = this.#sums;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i], points[i + 1]];
      if (!(x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)) continue;
      const column = Math.min(CELLS - 1, Math.floor(this.#across(x)));
      const row = Math.min(CELLS - 1, Math.floor(this.#down(y)));
      sums[(row + 1) * (CELLS + 1) + column + 1]++;
    }
    for (let row = 1; row <= CELLS; row++)
      for (let column = 1; column <= CELLS; column++) {
        const at = row * (CELLS + 1) + column;
        sums[at] += sums[at - 1] + sums[at - CELLS - 1] - sums[at - CELLS - 2];
      }
  }

  #across(x: number): number {
    return ((x - this.box.left) / Math.max(1e-9, this.box.right - this.box.left)) * CELLS;
  }

  #down(y: number): number {
    return ((y - this.box.top) / Math.max(1e-9, this.box.bottom - this.box.top)) * CELLS;
  }

  get total(): number {
    return this.#sums[this.#sums.length - 1];
  }

  /** Points in the cells that a rectangle touches. */
  within({ left, top, right, bottom }: Box): number {
    const low = (value: number) => Math.min(CELLS, Math.max(0, Math.floor(value)));
    const high = (value: number) => Math.min(CELLS, Math.max(0, Math.ceil(value)));
    const [x0, x1] = [low(this.#across(left)), high(this.#across(right))];
    const [y0, y1] = [low(this.#down(top)), high(this.#down(bottom))];
    const at = (x: number, y: number) => this.#sums[y * (CELLS + 1) + x];
    return at(x1, y1) - at(x0, y1) - at(x1, y0) + at(x0, y0);
  }
}

/**
 * The view of everything: the box of nearly all points as large as the stage above and below wide panels allows, at a
 * place where panels cover none of them and few names. Where there is none, the box is made smaller; where that would make
 * it much smaller, panels may cover a few, and where there is no space at all, the place where least is covered is taken.
 * @param nameScale Multiplies the size of names.
 */
export function homeView(
  spread: Spread,
  width: number,
  height: number,
  panels: readonly Rect[],
  names: readonly Named[] = [],
  nameScale = 1,
): View {
  const { box } = spread;
  const drawn: Drawn = { spread, names, letter: LETTER * nameScale, width, height, panels };
  const wide = Math.max(box.right - box.left, 1e-6);
  const high = Math.max(box.bottom - box.top, 1e-6);
  const free = freeBox(width, height, panels);
  const whole = Math.min((free.right - free.left) / wide, (free.bottom - free.top) / high);
  let best: Placing | null = null;
  let enough = 0;
  let allFree = 0;
  for (let share = 1; share >= LEAST; share *= SMALLER) {
    const area = (wide * high * (whole * share) ** 2) / (width * height);
    const isSmall = (from: number) => area < AREA && share < SLIGHTLY * from;
    if (enough > 0 && isSmall(enough)) break;
    // With every point free, the map becomes a little smaller for names that panels cover.
    if (allFree > 0 && share < FOR_NAMES * allFree) break;
    const found = leastCovered(whole * share, free, drawn);
    // Once little is covered, only a place without any is better: a larger map with a few covered comes next.
    const isBetter =
      best === null ||
      (best.covered > 0
        ? found.covered === 0 || (enough === 0 && found.covered < best.covered)
        : found.covered === 0 && found.hidden < best.hidden);
    if (isBetter) best = found;
    if (best?.covered === 0 && best.hidden === 0) break;
    if (found.covered === 0 && allFree === 0) allFree = share;
    if (found.covered <= COVERED && enough === 0) enough = share;
  }
  return best?.view ?? { x: box.left + wide / 2, y: box.top + high / 2, scale: whole };
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
function leastCovered(scale: number, free: Box, drawn: Drawn): Placing {
  const { width, height, spread } = drawn;
  const { box } = spread;
  const slackX = Math.max(0, free.right - free.left - (box.right - box.left) * scale);
  const slackY = Math.max(0, free.bottom - free.top - (box.bottom - box.top) * scale);
  let best: (Placing & { cost: number; off: number }) | null = null;
  for (let row = 0; row < POSITIONS; row++)
    for (let column = 0; column < POSITIONS; column++) {
      const [shareX, shareY] = [column / (POSITIONS - 1), row / (POSITIONS - 1)];
      const left = free.left + slackX * shareX;
      const top = free.top + slackY * shareY;
      const view = {
        scale,
        x: box.left - (left - width / 2) / scale,
        y: box.top - (top - height / 2) / scale,
      };
      const covered = coveredShare(drawn, view);
      // Points come before names; these count only where few points are covered, and don't make the map smaller.
      const hidden = covered <= COVERED ? coveredNames(drawn, view) : 0;
      const cost = (covered === 0 ? 0 : covered <= COVERED ? 1 : 2) + covered + NAME_SHARE * hidden;
      const off = Math.hypot(shareX - 0.5, shareY - 0.5);
      if (!best || cost < best.cost - 1e-9 || (cost <= best.cost + 1e-9 && off < best.off))
        best = { view, covered, hidden, cost, off };
    }
  return best ?? { view: { x: 0.5, y: 0.5, scale }, covered: 1, hidden: 0 };
}

/** The share of the points that panels cover. */
function coveredShare({ spread, width, height, panels }: Drawn, view: View): number {
  let covered = 0;
  for (const { left, top, right, bottom } of panels)
    covered += spread.within({
      left: toMapX(view, width, left),
      top: toMapY(view, height, top),
      right: toMapX(view, width, right),
      bottom: toMapY(view, height, bottom),
    });
  return covered / Math.max(1, spread.total);
}

/** How many names panels cover, at least in part. */
function coveredNames({ names, letter, width, height, panels }: Drawn, view: View): number {
  let hidden = 0;
  for (const { x, y, name } of names) {
    const half = (letter * Math.min(name.length, LINE)) / 2;
    const halfHeight = (letter * NAME_HALF) / LETTER;
    const [atX, atY] = [toScreenX(view, width, x), toScreenY(view, height, y)];
    const isUnder = ({ left, top, right, bottom }: Rect) =>
      atX + half > left && atX - half < right && atY + halfHeight > top && atY - halfHeight < bottom;
    if (panels.some(isUnder)) hidden++;
  }
  return hidden;
}
