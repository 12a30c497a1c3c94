import type { Cells as layout } from '../../build/wasm/cells.js';
import type { Struct } from '../wasm/struct.js';

/** Numbers and pointers of a search in cells, see assembly/cells/cells.ts. */
export type CellsJob = Partial<Struct<typeof layout>>;

/** What a comparison of all rows with cells near them is given. */
export interface Comparing {
  job: CellsJob;
  /** How far the cells may be that a row is compared with, see `nearestTo`. */
  reach: number;
  putJob: (job: CellsJob) => number;
  onShare: (share: number) => void;
  signal?: AbortSignal;
}

/** Rows divided into cells, and a way of comparing rows with the cells nearest to them. */
export interface Division {
  /** Row at each place: those of one cell follow each other. */
  readonly order: Int32Array;
  /** First place of each cell, and the number of rows. */
  readonly starts: Int32Array;
  /** Share of the true neighbours that the cells of a row should hold before lists are improved otherwise. */
  readonly wanted: number;
  /** Candidates that are kept for k neighbours. */
  keepFor(k: number): number;
  /** The cells that a row can be compared with, nearest first, and how far each is: any number that grows. */
  nearestTo(row: number): { cells: Int32Array; far: Float64Array };
  /** Writes the list of each row. */
  compare(comparing: Comparing): Promise<void>;
}
