/** Where one looks: the map's point at the middle of the stage, and pixels per unit. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export const isSameView = (one: View, other: View) =>
  one.scale === other.scale && one.x === other.x && one.y === other.y;

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A box widened at each side by a share of its size, but not beyond `most`. */
export function widened({ left, top, right, bottom }: Box, share: number, most: Box): Box {
  const [x, y] = [share * (right - left), share * (bottom - top)];
  return {
    left: Math.max(most.left, left - x),
    top: Math.max(most.top, top - y),
    right: Math.min(most.right, right + x),
    bottom: Math.min(most.bottom, bottom + y),
  };
}

export const toScreenX = (view: View, width: number, x: number) => (x - view.x) * view.scale + width / 2;
export const toScreenY = (view: View, height: number, y: number) => (y - view.y) * view.scale + height / 2;
export const toMapX = (view: View, width: number, x: number) => (x - width / 2) / view.scale + view.x;
export const toMapY = (view: View, height: number, y: number) => (y - height / 2) / view.scale + view.y;

/** The view that shows `box` inside a stage with these margins in pixels. */
export function viewOf(box: Box, width: number, height: number, margin: Box, most = Infinity): View {
  const w = Math.max(40, width - margin.left - margin.right);
  const h = Math.max(40, height - margin.top - margin.bottom);
  const wide = Math.max(box.right - box.left, 1e-6);
  const high = Math.max(box.bottom - box.top, 1e-6);
  const scale = Math.min(w / wide, h / high, most);
  return {
    scale,
    x: (box.left + box.right) / 2 - (margin.left - margin.right) / 2 / scale,
    y: (box.top + box.bottom) / 2 - (margin.top - margin.bottom) / 2 / scale,
  };
}

/** Zooms by `factor`, keeping the map's point under (px, py) where it is. */
export function zoomAt(
  view: View,
  width: number,
  height: number,
  px: number,
  py: number,
  factor: number,
  limits: [number, number],
): View {
  const scale = Math.min(limits[1], Math.max(limits[0], view.scale * factor));
  const x = toMapX(view, width, px);
  const y = toMapY(view, height, py);
  return { scale, x: x - (px - width / 2) / scale, y: y - (py - height / 2) / scale };
}

/** Between two views, `t` from 0 to 1; the scale moves by ratios, as zooming feels. */
export function between(from: View, to: View, t: number): View {
  const eased = t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2;
  const scale = from.scale * (to.scale / from.scale) ** eased;
  // Move in step with the zoom, so that the target doesn't swing out of sight.
  const ratio = to.scale / from.scale;
  const share = Math.abs(ratio - 1) < 1e-3 ? eased : (1 - from.scale / scale) / (1 - 1 / ratio);
  return { scale, x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
