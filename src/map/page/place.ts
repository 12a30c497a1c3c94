import type { Box } from './view.js';

/** Points in map units: both axes by the same factor into 0..1, y downwards. */
export interface Placed {
  points: Float32Array;
  /** x0 y0 x1 y1 … as the file has them. */
  original: Float32Array;
  /** A place in the file's units in map units. */
  mapX(x: number): number;
  mapY(y: number): number;
  /** Rows without a finite place. */
  unplaced: number;
  /** Where all points lie. */
  box: Box;
  /** Where all but the outermost 0.5 % at each side lie. */
  core: Box;
}

/** Share of the points at each end of an axis that the core leaves out. */
const OUTER = 0.005;

/** The values at the ends of the core: among `values`, those that are numbers. */
function coreOf(values: Float32Array): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const last = sorted.length - 1;
  return last < 0 ? [0, 0] : [sorted[Math.floor(OUTER * last)], sorted[Math.ceil((1 - OUTER) * last)]];
}

export function placePoints(points: Float32Array): Placed {
  let left = Infinity;
  let right = -Infinity;
  let low = Infinity;
  let high = -Infinity;
  let unplaced = 0;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i];
    const y = points[i + 1];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      unplaced++;
      continue;
    }
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  const span = Math.max(right - left, high - low) || 1;
  const mapX = (x: number) => (x - left) / span;
  const mapY = (y: number) => (high - y) / span;
  const placed = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const here = Number.isFinite(points[i]) && Number.isFinite(points[i + 1]);
    placed[i] = here ? mapX(points[i]) : Number.NaN;
    placed[i + 1] = here ? mapY(points[i + 1]) : Number.NaN;
  }
  const [coreLeft, coreRight] = coreOf(placed.filter((_, i) => i % 2 === 0));
  const [coreTop, coreBottom] = coreOf(placed.filter((_, i) => i % 2 === 1));
  return {
    points: placed,
    core: { left: coreLeft, right: coreRight, top: coreTop, bottom: coreBottom },
    original: points,
    mapX,
    mapY,
    unplaced,
    box: {
      left: 0,
      top: 0,
      right: Math.max(0, (right - left) / span) || 0,
      bottom: Math.max(0, (high - low) / span) || 0,
    },
  };
}
