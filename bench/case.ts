import type { Matrix, NeighborGraph } from '../src/shapes.js';

/** Size of the input; printed in the table and used to fit how time grows with it. */
export interface Size {
  rows: number;
  cols?: number;
  /** Neighbours. */
  k?: number;
}

/** Another package that does the same work on the same data; peers/peers.py lists the jobs. */
export interface PeerJob {
  /** As printed: `faiss-cpu`, `fast_hdbscan`. */
  name: string;
  /** Job of the script in peers/ that has it: peer.ts says which. */
  job:
    | 'faiss'
    | 'usearch'
    | 'pynndescent'
    | 'labels-and-places'
    | 'hdbscan'
    | 'fast'
    | 'fast-exact'
    | 'fast-graph'
    | 'rs'
    | 'sklearn'
    | 'umap'
    | 'embed'
    | 'embed-gpu'
    | 'neighbors-gpu'
    | 'layout'
    | 'layout-umap-js'
    | 'bertopic'
    | 'evoc'
    | 'plscan'
    | 'hdbscan-ts';
  /** Data handed over as files; points or a graph. */
  points?: Matrix;
  graph?: NeighborGraph;
  /** What people called each row. */
  labels?: Int32Array;
  /** The rows' texts. */
  texts?: readonly string[];
  /** Turns what it found into figures for the table; left out, it found figures. */
  describe?(found: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Further numbers and texts, by the names in peers.py. */
  options?: Record<string, number | string>;
  /** Required speed-up over this peer; the page shows whether it was reached. */
  atLeast?: number;
  /** Runs at most; 1 for peers that take half a minute. Default: as often as the case itself. */
  runs?: number;
  /** Seconds after which it is ended: starting it, with all that it does before it is warm, or one of its runs. */
  atMostSeconds?: number;
}

/** A case, opened: its data is made and everything that is loaded once is loaded. */
export interface Opened {
  /** The timed work. What it returns is checked, every time. */
  run(): unknown;
  /** Throws if the result is wrong. */
  check(result: never): void | Promise<void>;
  /** What the checked result was, for the table. */
  found?(): Record<string, unknown> | undefined;
  /** Most memory that the work had, where it is a process of its own. */
  peakMiB?(): number | undefined;
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
  /** Run a single time, without warming up: what counts is the result. Peers as well. */
  once?: boolean;
}

/** A function, warmed up, timed by tinybench. */
export interface FunctionCase extends Common {
  kind: 'function';
  open(): Opened | Promise<Opened>;
  /** Why the case can't run on this machine; undefined where it can. The table then says so instead of a time. */
  unavailable?(): Promise<string | undefined>;
}

/**
 * A whole process, from its start to its end: start-up, compilation and peak memory count. One that prints
 * `took-seconds S` on its error stream is timed by that.
 */
export interface ProcessCase extends Common {
  kind: 'process';
  /** `file` runs under Node when it ends with .ts, over the built package; else as a command. */
  command(): Command | Promise<Command>;
  /** Upper bounds; the page shows whether they were kept. */
  atMost?: { seconds?: number; peakMiB?: number };
  /** Throws if the printed output is wrong. */
  check(printed: string): void | Promise<void>;
}

interface Command {
  file: string;
  args: string[];
  env?: Record<string, string>;
}

/** bench/cases/<stage>.ts exports `cases: BenchCase[]`; run.ts finds every file there. */
export type BenchCase = FunctionCase | ProcessCase;
