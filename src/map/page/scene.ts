import type { Mask } from './masks.js';
import type { PointLayer } from './renderer.js';
import type { State } from './store.js';
import type { Cut } from './topics.js';

/** What the switches and filters leave. */
export interface Scene {
  /** 1 where the row is drawn: switched on, and placed. */
  visible: Uint8Array;
  /** Rows that pass all filters and are switched on, with a place or without, ascending. */
  chosen: Int32Array;
  /** Whether a filter is set. */
  isFiltered: boolean;
  /** Rows that pass all filters but are switched off. */
  hidden: number;
  /** Rows of each group that pass all filters, switched on or not. */
  passing: ReadonlyMap<number, number>;
}

/** Which rows the switches of groups and of noise leave. */
export function switchedOn(cut: Cut, { noise, off }: Pick<State, 'noise' | 'off'>): Uint8Array {
  const on = new Uint8Array(cut.labels.length);
  for (let i = 0; i < on.length; i++) on[i] = (cut.labels[i] < 0 ? noise : !off.has(cut.labels[i])) ? 1 : 0;
  return on;
}

export function makeScene(points: Float32Array, cut: Cut, on: Uint8Array, passes: Mask | null): Scene {
  const rows = on.length;
  const visible = new Uint8Array(rows);
  const chosen = new Int32Array(rows);
  const passing = new Map<number, number>();
  let hidden = 0;
  let found = 0;
  for (let i = 0; i < rows; i++) {
    visible[i] = on[i] === 1 && !Number.isNaN(points[2 * i]) ? 1 : 0;
    if (passes && passes[i] === 0) continue;
    passing.set(cut.labels[i], (passing.get(cut.labels[i]) ?? 0) + 1);
    if (on[i]) chosen[found++] = i;
    else hidden++;
  }
  return { visible, chosen: chosen.slice(0, found), isFiltered: passes !== null, hidden, passing };
}

/** Alpha of points: see-through where many lie on each other. */
const alphaFor = (rows: number) =>
  Math.round(255 * Math.min(0.9, Math.max(0.42, 1.15 - 0.13 * Math.log10(rows + 1))));

/**
 * Layers of points: dimmed ones below, lit ones above. `lit` marks what filters leave; null lights everything.
 * @param rgb Red, green and blue of each row.
 */
export function compose(
  points: Float32Array,
  { visible }: Scene,
  lit: Uint8Array | null,
  labels: Int32Array,
  rgb: Uint8Array,
  quiet: readonly [number, number, number],
): PointLayer[] {
  let shown = 0;
  let bright = 0;
  for (let i = 0; i < visible.length; i++) {
    shown += visible[i];
    if (lit) bright += visible[i] & lit[i];
  }
  const layer = (id: string, count: number, grow: number): PointLayer => {
    return { id, positions: new Float32Array(2 * count), colors: new Uint8Array(4 * count), count, grow };
  };
  const base = layer('points', shown - bright, 1);
  // Few lit points are drawn larger, so that they are found; many would cover each other.
  const top = layer('lit', bright, bright > 0.4 * shown ? 1.1 : 1.5);
  const alpha = alphaFor(shown);
  let atBase = 0;
  let atTop = 0;
  // Noise first, so that topics lie above it.
  for (const isNoise of [true, false])
    for (let i = 0; i < visible.length; i++) {
      if (visible[i] === 0 || labels[i] < 0 !== isNoise) continue;
      const on = lit !== null && lit[i] === 1;
      const dim = lit !== null && !on;
      const { positions, colors } = on ? top : base;
      const at = on ? atTop++ : atBase++;
      positions[2 * at] = points[2 * i];
      positions[2 * at + 1] = points[2 * i + 1];
      colors[4 * at] = dim ? quiet[0] : rgb[3 * i];
      colors[4 * at + 1] = dim ? quiet[1] : rgb[3 * i + 1];
      colors[4 * at + 2] = dim ? quiet[2] : rgb[3 * i + 2];
      // Noise is there to be seen through.
      colors[4 * at + 3] = on ? 245 : dim ? 55 : isNoise ? alpha * 0.55 : alpha;
    }
  return lit ? [base, top] : [base];
}
