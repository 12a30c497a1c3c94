import { type Box, toScreenX, toScreenY, type View } from './view.js';

/** The view of everything, the size of its stage, and the panels over it, in pixels of the stage. */
export interface Around {
  view: View;
  width: number;
  height: number;
  panels: readonly Box[];
}

/** A name's size and the offset of its middle from its topic's place, in pixels. */
interface Name {
  width: number;
  height: number;
  dx: number;
  dy: number;
}

/** Pixels between a name and the edge of the stage. */
const EDGE = 4;
/**
 * Most pixels between the middle of a name that was moved and its topic's place. The name keeps that distance when the map
 * is zoomed: at a zoom step of 10 % it moves by a tenth of it against the points.
 */
const FAR = 90;

/**
 * The offset at which a name can be read in the view of everything, inside the stage and under no panel: the nearest to
 * its own. Null where there is none near by. A name whose topic lies outside the stage keeps its offset.
 */
export function readableAt(
  around: Around,
  place: { x: number; y: number },
  name: Name,
): [number, number] | null {
  const { view, width, height, panels } = around;
  const x = toScreenX(view, width, place.x);
  const y = toScreenY(view, height, place.y);
  if (x < 0 || y < 0 || x > width || y > height) return [name.dx, name.dy];
  const half = name.width / 2;
  const halfHeight = name.height / 2;
  const inside = (value: number, least: number, most: number) =>
    least <= most ? Math.min(most, Math.max(least, value)) : value;
  // Middles at which the name is inside the stage, then those at which it just clears a panel.
  const middle = {
    x: inside(x + name.dx, EDGE + half, width - EDGE - half),
    y: inside(y + name.dy, EDGE + halfHeight, height - EDGE - halfHeight),
  };
  const isUnder =
    (at: { x: number; y: number }) =>
    ({ left, top, right, bottom }: Box) =>
      at.x + half > left && at.x - half < right && at.y + halfHeight > top && at.y - halfHeight < bottom;
  const covering = panels.filter(isUnder(middle));
  const middles = covering.flatMap(({ left, top, right, bottom }) => [
    { x: left - half, y: middle.y },
    { x: right + half, y: middle.y },
    { x: middle.x, y: top - halfHeight },
    { x: middle.x, y: bottom + halfHeight },
  ]);
  let best: [number, number] | null = null;
  let least = Infinity;
  for (const at of [middle, ...middles]) {
    const offset: [number, number] = [at.x - x, at.y - y];
    const moved = Math.hypot(offset[0] - name.dx, offset[1] - name.dy);
    const isInside =
      at.x - half >= 0 && at.x + half <= width && at.y - halfHeight >= 0 && at.y + halfHeight <= height;
    const isFar = moved > 0 && Math.hypot(...offset) > FAR;
    if (!isInside || isFar || moved >= least || panels.some(isUnder(at))) continue;
    best = offset;
    least = moved;
  }
  return best;
}
