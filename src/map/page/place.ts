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
  box: Box;
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
  return {
    points: placed,
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
