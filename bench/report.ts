import type { Size } from './case.js';
import type { Machine } from './machine.js';

/** One line of the table: program, work and seconds. */
export interface Figure {
  name: string;
  size: Size;
  kind: 'function' | 'process';
  /** `denscape` or the peer's name. */
  by: string;
  median?: number;
  minimum?: number;
  /** Half the range between the quartiles, as a share of the median. */
  spread?: number;
  runs?: number;
  work?: { flops?: number; bytes?: number; by?: 'wasm' | 'onnx' };
  peakMiB?: number;
  /** The peer's result, if it reports one: clusters, share of noise. */
  found?: Record<string, unknown>;
  /** How many times slower than denscape this peer was expected to be at least. */
  atLeast?: number;
  /** Upper bounds for a process. */
  atMost?: { seconds?: number; peakMiB?: number };
  /** Why there is no time. */
  failed?: string;
}

export interface Report {
  date: string;
  machine: Machine;
  figures: Figure[];
}

/** The value below which a share of the sorted numbers lies, between two of them where needed. */
function quantile(sorted: number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

export function summarize(seconds: number[]) {
  const sorted = [...seconds].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 / median;
  return { median, minimum: sorted[0], spread, runs: sorted.length };
}
