import { contourDensity } from 'd3-contour';

/** Closed outlines of one density, in map units. */
export interface Contour {
  rings: [number, number][][];
  color: string;
  opacity: number;
}

/** Cells along a map unit that the density is estimated on. */
const GRID = 512;
/** Standard deviation of the kernel, in those cells. */
const BANDWIDTH = 9;
const LEVELS = 7;

/** Lines of equal density of the rows marked 1, the densest most visible. */
export function contoursOf(points: Float32Array, visible: Uint8Array, color: string): Contour[] {
  const rows: number[] = [];
  for (let row = 0; row < visible.length; row++) if (visible[row]) rows.push(row);
  if (rows.length < 3) return [];
  // A margin, so that lines close outside the outermost points.
  const margin = 4 * BANDWIDTH;
  const side = GRID + 2 * margin;
  const density = contourDensity<number>()
    .x((row) => margin + GRID * points[2 * row])
    .y((row) => margin + GRID * points[2 * row + 1])
    .size([side, side])
    .bandwidth(BANDWIDTH)
    .cellSize(2)
    .thresholds(LEVELS);
  return density(rows).map(({ coordinates }, i, all) => ({
    rings: coordinates.flatMap((polygon) =>
      polygon.map((ring) =>
        ring.map(([x, y]): [number, number] => [(x - margin) / GRID, (y - margin) / GRID]),
      ),
    ),
    color,
    opacity: 0.18 + (0.4 * (i + 1)) / all.length,
  }));
}

/** Strokes lines of equal density; the functions give the pixels of a place. */
export function strokeContours(
  context: CanvasRenderingContext2D,
  contours: readonly Contour[],
  screenX: (x: number) => number,
  screenY: (y: number) => number,
): void {
  for (const { rings, color, opacity } of contours) {
    context.beginPath();
    for (const ring of rings) {
      for (const [i, [x, y]] of ring.entries()) {
        if (i === 0) context.moveTo(screenX(x), screenY(y));
        else context.lineTo(screenX(x), screenY(y));
      }
    }
    context.globalAlpha = opacity;
    context.strokeStyle = color;
    context.stroke();
  }
  context.globalAlpha = 1;
}
