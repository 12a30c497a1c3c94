import type { View } from './view.js';

/** Points to draw in one go: later ones lie on top. */
export interface PointLayer {
  id: string;
  /** x0 y0 x1 y1 … in map units. */
  positions: Float32Array;
  /** r g b a of each. */
  colors: Uint8Array;
  count: number;
  /** Times the common radius. */
  grow: number;
}

/** Draws points, by WebGL or on a canvas. Names, outlines and cards are drawn above it, independent of which. */
export interface PointRenderer {
  readonly kind: 'webgl' | 'canvas';
  resize(width: number, height: number): void;
  /** A layer that stays is the same object. The lowest of several may be kept as a picture for as long as the view stays. */
  setLayers(layers: PointLayer[]): void;
  /** `radius` in pixels. */
  draw(view: View, radius: number): void;
}

/** What the picture of a layer depends on. */
export const pictureKey = (layer: PointLayer, view: View, radius: number, width: number, height: number) => [
  layer,
  view.x,
  view.y,
  view.scale,
  radius,
  width,
  height,
];

/** Marks the first picture with points in it in the browser's timeline; the benchmark reads it there. */
export function markPainted(): void {
  if (performance.getEntriesByName('denscape:painted').length === 0) performance.mark('denscape:painted');
}
