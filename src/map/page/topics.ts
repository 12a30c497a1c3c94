import type { TopicInfo } from '../format.js';
import { palette, spreadColors } from './colors.js';
import type { Box } from './view.js';

/** A topic on the map. */
export interface MapTopic extends TopicInfo {
  /** Where its name stands: the densest part of its texts. */
  x: number;
  y: number;
  /** Where nearly all of its texts lie. */
  box: Box;
  /** Index into the palette. */
  color: number;
}

/** A clustering to show: the original one, or one re-cut from the tree. */
export interface Cut {
  labels: Int32Array;
  probabilities: Float32Array;
  topics: MapTopic[];
  /** Index into `topics` by label. */
  byId: Map<number, MapTopic>;
  noise: number;
}

const SAMPLE = 4000;
const SIDE = 14;

/** The mode of some points on a coarse grid, and the box without the outermost 2 % on each side. */
function place(points: Float32Array, rows: ArrayLike<number>): { x: number; y: number; box: Box } {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < rows.length; i += step) {
    const x = points[2 * rows[i]];
    if (Number.isNaN(x)) continue;
    xs.push(x);
    ys.push(points[2 * rows[i] + 1]);
  }
  if (xs.length === 0) return { x: Number.NaN, y: Number.NaN, box: { left: 0, top: 0, right: 1, bottom: 1 } };
  const sortedX = Float32Array.from(xs).sort();
  const sortedY = Float32Array.from(ys).sort();
  const low = Math.floor(0.02 * (xs.length - 1));
  const high = Math.ceil(0.98 * (xs.length - 1));
  const box = { left: sortedX[low], right: sortedX[high], top: sortedY[low], bottom: sortedY[high] };
  const width = Math.max(box.right - box.left, 1e-9);
  const height = Math.max(box.bottom - box.top, 1e-9);
  const cell = (value: number, from: number, length: number) =>
    Math.min(SIDE - 1, Math.max(0, Math.floor(((value - from) / length) * SIDE)));
  const counts = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < xs.length; i++)
    counts[cell(ys[i], box.top, height) * SIDE + cell(xs[i], box.left, width)]++;
  // Smoothed over a wide window: a name belongs in the body of its topic, not on a chance clump.
  let best = -1;
  let bestX = 0;
  let bestY = 0;
  for (let cy = 0; cy < SIDE; cy++)
    for (let cx = 0; cx < SIDE; cx++) {
      let sum = 0;
      for (let dy = -3; dy <= 3; dy++)
        for (let dx = -3; dx <= 3; dx++) {
          const x = cx + dx;
          const y = cy + dy;
          if (x < 0 || y < 0 || x >= SIDE || y >= SIDE) continue;
          sum += counts[y * SIDE + x] / (1 + 0.25 * (dx * dx + dy * dy));
        }
      if (sum > best) {
        best = sum;
        bestX = cx;
        bestY = cy;
      }
    }
  return {
    x: box.left + ((bestX + 0.5) / SIDE) * width,
    y: box.top + ((bestY + 0.5) / SIDE) * height,
    box,
  };
}

/** Rows of every topic id, ascending. */
export function rowsByTopic(labels: Int32Array): Map<number, Int32Array> {
  const sizes = new Map<number, number>();
  for (const label of labels) if (label >= 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const rows = new Map([...sizes].map(([id, size]) => [id, new Int32Array(size)]));
  const filled = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] < 0) continue;
    const at = filled.get(labels[i]) ?? 0;
    rows.get(labels[i])![at] = i;
    filled.set(labels[i], at + 1);
  }
  return rows;
}

/** Puts topics on the map: places, boxes and colours. */
export function makeCut(
  points: Float32Array,
  labels: Int32Array,
  probabilities: Float32Array,
  infos: readonly TopicInfo[],
): Cut {
  const rows = rowsByTopic(labels);
  const topics = infos
    .map((info): MapTopic => ({ ...info, ...place(points, rows.get(info.id) ?? []), color: 0 }))
    .sort((a, b) => b.size - a.size || a.id - b.id);
  const colors = spreadColors(
    Float32Array.from(topics, (topic) => topic.x),
    Float32Array.from(topics, (topic) => topic.y),
    palette('light').length,
  );
  for (let i = 0; i < topics.length; i++) topics[i].color = colors[i];
  let noise = 0;
  for (const label of labels) if (label < 0) noise++;
  return { labels, probabilities, topics, byId: new Map(topics.map((topic) => [topic.id, topic])), noise };
}
