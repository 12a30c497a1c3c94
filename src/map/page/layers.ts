import type { Rgb } from './colors.js';
import { count } from './filtering.js';
import type { PointLayer } from './renderer.js';

/** Alpha of points: see-through where many lie on each other. */
const alphaFor = (rows: number) =>
  Math.round(255 * Math.min(0.9, Math.max(0.42, 1.15 - 0.13 * Math.log10(rows + 1))));
/** Alpha of points that stand out, and of the others then. */
const LIT = 245;
const PALE = 55;

/** Points of the marked rows; those without a group first, so that groups lie above them. */
function layerOf(
  { id, grow, alpha, noiseAlpha }: { id: string; grow: number; alpha: number; noiseAlpha: number },
  points: Float32Array,
  marks: Uint8Array,
  labels: Int32Array,
  rgb: Uint8Array | Rgb,
): PointLayer {
  const marked = count(marks);
  const positions = new Float32Array(2 * marked);
  const colors = new Uint8Array(4 * marked);
  // Colours by row, or one for all.
  const step = rgb.length === 3 * marks.length ? 3 : 0;
  let at = 0;
  for (const isNoise of [true, false])
    for (let i = 0; i < marks.length; i++) {
      if (marks[i] === 0 || labels[i] < 0 !== isNoise) continue;
      positions[2 * at] = points[2 * i];
      positions[2 * at + 1] = points[2 * i + 1];
      colors[4 * at] = rgb[step * i];
      colors[4 * at + 1] = rgb[step * i + 1];
      colors[4 * at + 2] = rgb[step * i + 2];
      colors[4 * at + 3] = isNoise ? noiseAlpha : alpha;
      at++;
    }
  return { id, positions, colors, count: marked, grow };
}

/** The visible points where none stands out; `rgb` holds red, green and blue of each row. */
export function plainLayer(
  points: Float32Array,
  visible: Uint8Array,
  labels: Int32Array,
  rgb: Uint8Array,
): PointLayer {
  const alpha = alphaFor(count(visible));
  // Noise is there to be seen through.
  return layerOf({ id: 'points', grow: 1, alpha, noiseAlpha: alpha * 0.55 }, points, visible, labels, rgb);
}

/** The visible points as they are below those that stand out. */
export function paleLayer(
  points: Float32Array,
  visible: Uint8Array,
  labels: Int32Array,
  pale: Rgb,
): PointLayer {
  return layerOf({ id: 'points', grow: 1, alpha: PALE, noiseAlpha: PALE }, points, visible, labels, pale);
}

/** The points that stand out: those of `lit` that are visible. */
export function litLayer(
  points: Float32Array,
  visible: Uint8Array,
  lit: Uint8Array,
  labels: Int32Array,
  rgb: Uint8Array,
): PointLayer {
  const marks = new Uint8Array(visible.length);
  for (let i = 0; i < marks.length; i++) marks[i] = visible[i] & lit[i];
  // Few of them are drawn larger, so that they are found; many would cover each other.
  const grow = count(marks) > 0.4 * count(visible) ? 1.1 : 1.5;
  return layerOf({ id: 'lit', grow, alpha: LIT, noiseAlpha: LIT }, points, marks, labels, rgb);
}
