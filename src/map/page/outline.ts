/** A lasso or a box, in map units: rows inside it are added to the selection, or taken from it. */
export interface Outline {
  adds: boolean;
  /** x0 y0 x1 y1 … of its corners. */
  corners: readonly number[];
}

/** By the even-odd rule. */
export function isInside({ corners }: Outline, x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [corners[i], corners[i + 1], corners[j], corners[j + 1]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

/** Left, top, right and bottom. */
export function boundsOf({ corners }: Outline): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < corners.length; i += 2) {
    bounds[0] = Math.min(bounds[0], corners[i]);
    bounds[1] = Math.min(bounds[1], corners[i + 1]);
    bounds[2] = Math.max(bounds[2], corners[i]);
    bounds[3] = Math.max(bounds[3], corners[i + 1]);
  }
  return bounds;
}

/** Corners that a link holds at most. */
const MOST_CORNERS = 120;
/** Steps that a map unit is divided into in a link. */
const STEPS = 1e5;

/** An outline as a link brings it back: with few enough corners, each on the link's grid. */
export function thinned(outline: Outline): Outline {
  let corners = outline.corners;
  for (let tolerance = 1 / STEPS; ; tolerance *= 2) {
    corners = simplified(outline.corners, tolerance);
    if (corners.length <= 2 * MOST_CORNERS) break;
  }
  return { ...outline, corners: corners.map((value) => Math.round(value * STEPS) / STEPS) };
}

/** Leaves out corners that lie within the tolerance of the line that goes on without them (Douglas and Peucker 1973). */
function simplified(corners: readonly number[], tolerance: number): number[] {
  const count = corners.length / 2;
  const kept = new Uint8Array(count);
  kept[0] = 1;
  if (count > 0) kept[count - 1] = 1;
  const parts: [number, number][] = [[0, count - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part;
    const [ax, ay] = [corners[2 * from], corners[2 * from + 1]];
    const [dx, dy] = [corners[2 * to] - ax, corners[2 * to + 1] - ay];
    const length = dx * dx + dy * dy;
    let farthest = -1;
    let most = tolerance * tolerance;
    for (let i = from + 1; i < to; i++) {
      const [px, py] = [corners[2 * i] - ax, corners[2 * i + 1] - ay];
      const along = length > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
      const off = (px - along * dx) ** 2 + (py - along * dy) ** 2;
      if (off > most) {
        most = off;
        farthest = i;
      }
    }
    if (farthest < 0) continue;
    kept[farthest] = 1;
    parts.push([from, farthest], [farthest, to]);
  }
  return corners.filter((_, i) => kept[i >> 1] === 1);
}

/** Outlines as a link holds them: `+` or `-`, then the corners. */
export const writeOutlines = (outlines: readonly Outline[]): string =>
  outlines
    .map(
      ({ adds, corners }) =>
        (adds ? '+' : '-') + corners.map((value) => Math.round(value * STEPS).toString(36)).join('.'),
    )
    .join(';');

/** Reads what {@link writeOutlines} wrote; what makes no sense is left out. */
export function readOutlines(text: string): Outline[] {
  return text.split(';').flatMap((part) => {
    const corners = part
      .slice(1)
      .split('.')
      .map((value) => (/^-?[0-9a-z]{1,9}$/.test(value) ? Number.parseInt(value, 36) / STEPS : Number.NaN));
    const isWhole = corners.length >= 6 && corners.length % 2 === 0 && corners.every(Number.isFinite);
    return isWhole && /^[+-]/.test(part) ? [{ adds: part[0] === '+', corners }] : [];
  });
}
