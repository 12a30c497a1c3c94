import { noiseColor, type Theme } from './colors.js';
import type { Painting } from './paint.js';
import type { PointLayer } from './renderer.js';
import type { State } from './store.js';
import type { Cut } from './topics.js';

/** What is drawn: which rows, in which colours. */
export interface Scene {
  /** 1 where the row is drawn. */
  visible: Uint8Array;
  shown: number;
  /** Rows drawn per topic, and lit ones where some are. */
  perTopic: Map<number, { shown: number; lit: number }>;
  layers: PointLayer[];
}

/** Which rows the switches, the noise switch and the brush leave on the map. */
export function visibleRows(
  points: Float32Array,
  cut: Cut,
  state: Pick<State, 'noise' | 'off' | 'span'>,
  times: Float64Array | undefined,
): Uint8Array {
  const rows = cut.labels.length;
  const visible = new Uint8Array(rows);
  const { noise, off, span } = state;
  for (let i = 0; i < rows; i++) {
    const label = cut.labels[i];
    if (Number.isNaN(points[2 * i]) || (label < 0 ? !noise : off.has(label))) continue;
    if (span && times && !(times[i] >= span[0] && times[i] < span[1])) continue;
    visible[i] = 1;
  }
  return visible;
}

/** Rows of each label that are drawn, and those of them that are lit. */
export function countLit(
  labels: Int32Array,
  visible: Uint8Array,
  lit: Uint8Array | null,
): Map<number, { shown: number; lit: number }> {
  const counted = new Map<number, { shown: number; lit: number }>();
  for (let i = 0; i < visible.length; i++) {
    if (!visible[i]) continue;
    const counts = counted.get(labels[i]);
    if (counts) {
      counts.shown++;
      counts.lit += lit?.[i] ?? 0;
    } else counted.set(labels[i], { shown: 1, lit: lit?.[i] ?? 0 });
  }
  return counted;
}

/** Alpha of points: see-through where many lie on each other. */
const alphaFor = (rows: number) =>
  Math.round(255 * Math.min(0.9, Math.max(0.42, 1.15 - 0.13 * Math.log10(rows + 1))));

/**
 * Layers of points: dimmed ones below, lit ones above. `lit` marks what a search or a selection picked; null
 * lights everything.
 */
export function compose(
  points: Float32Array,
  visible: Uint8Array,
  lit: Uint8Array | null,
  cut: Cut,
  paint: Painting,
  theme: Theme,
): Scene {
  const perTopic = countLit(cut.labels, visible, lit);
  let shown = 0;
  let bright = 0;
  for (const counts of perTopic.values()) {
    shown += counts.shown;
    bright += counts.lit;
  }
  const base: PointLayer = {
    id: 'points',
    positions: new Float32Array(2 * (shown - bright)),
    colors: new Uint8Array(4 * (shown - bright)),
    count: shown - bright,
    grow: 1,
  };
  const top: PointLayer = {
    id: 'lit',
    positions: new Float32Array(2 * bright),
    colors: new Uint8Array(4 * bright),
    count: bright,
    grow: 1.5,
  };
  const alpha = alphaFor(shown);
  const quiet = noiseColor(theme);
  let atBase = 0;
  let atTop = 0;
  const add = (i: number) => {
    const on = lit?.[i] === 1;
    const layer = on ? top : base;
    const at = on ? atTop++ : atBase++;
    layer.positions[2 * at] = points[2 * i];
    layer.positions[2 * at + 1] = points[2 * i + 1];
    const dim = lit !== null && !on;
    const color = dim ? quiet : paint.colorOf(i);
    layer.colors[4 * at] = color[0];
    layer.colors[4 * at + 1] = color[1];
    layer.colors[4 * at + 2] = color[2];
    // Noise is there to be seen through.
    layer.colors[4 * at + 3] = on ? 245 : dim ? 55 : cut.labels[i] < 0 ? alpha * 0.55 : alpha;
  };
  // Noise first, so that topics lie above it.
  for (let i = 0; i < visible.length; i++) if (visible[i] && cut.labels[i] < 0) add(i);
  for (let i = 0; i < visible.length; i++) if (visible[i] && cut.labels[i] >= 0) add(i);
  return { visible, shown, perTopic, layers: bright > 0 || lit ? [base, top] : [base] };
}
