import type { Mask } from './masks.js';
import type { State } from './store.js';
import type { Cut } from './topics.js';

/** What the switches and filters leave. */
export interface Scene {
  /** 1 where the row is drawn: switched on, and placed. */
  visible: Uint8Array;
  /** Rows that pass all filters and are switched on, with a place or without, ascending. */
  chosen: Int32Array;
  /** 1 for the chosen rows. */
  isChosen: Uint8Array;
  /** Whether a filter is set. */
  isFiltered: boolean;
  /** Rows that pass all filters but are switched off. */
  hidden: number;
  /** Rows of each group that pass all filters, switched on or not. */
  passing: ReadonlyMap<number, number>;
}

/** Which rows the switches of groups and of noise leave. */
export interface Switched {
  /** 1 where the row's group is switched on. */
  on: Uint8Array;
  /** 1 where such a row has a place too. */
  visible: Uint8Array;
}

export function switchedOn(
  points: Float32Array,
  { labels }: Pick<Cut, 'labels'>,
  { noise, off }: Pick<State, 'noise' | 'off'>,
): Switched {
  const on = new Uint8Array(labels.length);
  const visible = new Uint8Array(labels.length);
  for (let i = 0; i < on.length; i++) {
    if (!(labels[i] < 0 ? noise : !off.has(labels[i]))) continue;
    on[i] = 1;
    if (!Number.isNaN(points[2 * i])) visible[i] = 1;
  }
  return { on, visible };
}

export function makeScene(
  { labels }: Pick<Cut, 'labels'>,
  { on, visible }: Switched,
  passes: Mask | null,
): Scene {
  const rows = on.length;
  const isChosen = new Uint8Array(rows);
  const chosen = new Int32Array(rows);
  let most = -1;
  for (const label of labels) if (label > most) most = label;
  // Rows in no group, then those of each group by its id.
  const counts = new Int32Array(most + 2);
  let hidden = 0;
  let found = 0;
  for (let i = 0; i < rows; i++) {
    if (passes && passes[i] === 0) continue;
    counts[labels[i] + 1]++;
    if (on[i] === 1) {
      isChosen[i] = 1;
      chosen[found++] = i;
    } else hidden++;
  }
  const passing = new Map<number, number>();
  for (const [at, count] of counts.entries()) if (count > 0) passing.set(at - 1, count);
  return { visible, chosen: chosen.slice(0, found), isChosen, isFiltered: passes !== null, hidden, passing };
}
