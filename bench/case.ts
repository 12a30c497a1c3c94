import type { Matrix, NeighborGraph } from '../src/shapes.js';

/** What grows; printed in the table and used for the growth of cost. */
export interface Size {
  rows: number;
  cols?: number;
  /** Neighbours. */
  k?: number;
}

/** A peer that does the same work on the same data: see peers/peers.py for the jobs it knows. */
export interface PeerJob {
  /** As printed: `faiss-cpu`, `fast_hdbscan`. */
  name: string;
  /** Job of peers.py, `embed` for embed.py, or `hdbscan-ts` for the one from npm. */
  job:
    | 'faiss'
    | 'hdbscan'
    | 'fast'
    | 'fast-exact'
    | 'fast-graph'
    | 'rs'
    | 'sklearn'
    | 'umap'
    | 'embed'
    | 'layout'
    | 'layout-umap-js'
    | 'hdbscan-ts';
  /** Data handed over as files; points or a graph. */
  points?: Matrix;
  graph?: NeighborGraph;
  /** Further numbers and texts, by the names that peers.py knows. */
  options?: Record<string, number | string>;
  /** How many times faster denscape is asked to be; the page says whether it was. */
  atLeast?: number;
  /** Runs at most; 1 for peers that take half a minute. Default: as often as the case itself. */
  runs?: number;
}

/** A case, opened: its data is made and everything that is loaded once is loaded. */
export interface Opened {
  /** The timed work. What it returns is checked, every time. */
  run(): unknown;
  /** Throws where an answer is wrong. */
  check(answer: never): void | Promise<void>;
  close?(): void | Promise<void>;
  /** What the machine has to do at least, for the distance from its limit. */
  work?: {
    /** Floating-point operations. */
    flops?: number;
    /** Bytes read and written. */
    bytes?: number;
    /** Which multiplier the limit is measured with. */
    by?: 'wasm' | 'onnx';
  };
  peers?: PeerJob[];
}

interface Common {
  /** `stage/what`, the first column; `--filter` looks in it. */
  name: string;
  size: Size;
  /** Part of `--quick`. */
  quick?: boolean;
  /** Only with `--peers` or an explicit `--filter`: takes minutes. */
  slow?: boolean;
  /** Times to run at least. Default 5; tinybench adds more while half a second hasn't passed. */
  runs?: number;
}

/** A function, warmed up, timed by tinybench. */
export interface FunctionCase extends Common {
  kind: 'function';
  open(): Opened | Promise<Opened>;
}

/**
 * A whole process, from its start to its end: start-up, compilation and peak memory count. One that prints
 * `took-seconds S` on its error stream is timed by that.
 */
export interface ProcessCase extends Common {
  kind: 'process';
  /** `file` runs under Node when it ends with .ts, over the built package; else as a command. */
  command(): Command | Promise<Command>;
  /** What it is asked to stay under; the page says whether it did. */
  atMost?: { seconds?: number; peakMiB?: number };
  /** Throws where what it printed is wrong. */
  check(printed: string): void | Promise<void>;
}

interface Command {
  file: string;
  args: string[];
  env?: Record<string, string>;
}

/** bench/cases/<stage>.ts exports `cases: BenchCase[]`; run.ts finds every file there. */
export type BenchCase = FunctionCase | ProcessCase;
