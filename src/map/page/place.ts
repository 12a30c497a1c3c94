import type { Box } from './view.js';

/** Points in map units: both axes by the same factor into 0..1, y downwards. */
export interface Placed {
  points: Float32Array;
  /** x and y of a row as the file has them. */
  original(row: number): [number, number];
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
  const placed = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const here = Number.isFinite(points[i]) && Number.isFinite(points[i + 1]);
    placed[i] = here ? (points[i] - left) / span : Number.NaN;
    placed[i + 1] = here ? (high - points[i + 1]) / span : Number.NaN;
  }
  return {
    points: placed,
    original: (row) => [points[2 * row], points[2 * row + 1]],
    unplaced,
    box: {
      left: 0,
      top: 0,
      right: Math.max(0, (right - left) / span) || 0,
      bottom: Math.max(0, (high - low) / span) || 0,
    },
  };
}
