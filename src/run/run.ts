import { ClusterResult } from '../pipeline/result.js';
import { type ExportOptions, exportRun } from './export.js';
import type { RunRecord } from './format.js';
import { type OpenedRun, readRun } from './open.js';

/** A run that was opened: what `cluster()` returned, with what goes on from there. */
export class Run extends ClusterResult {
  /** The folder that it was opened from. */
  readonly folder: string;
  readonly #opened: OpenedRun;

  /** Use `openRun`. */
  constructor(folder: string, opened: OpenedRun) {
    super(opened.parts);
    this.folder = folder;
    this.#opened = opened;
  }

  /** What was done to the run, oldest first. */
  get history(): RunRecord['history'] {
    return this.#opened.record.history;
  }

  /** Names of the files for people that were written together with the run. */
  get outputs(): string[] {
    return this.#opened.record.outputs.files;
  }

  /**
   * Writes the map, the tables, the summary and the report into a folder, all or none.
   *
   * @param folder the run's own where it is left out
   * @returns the paths of the files
   */
  export(folder: string = this.folder, options: ExportOptions = {}): Promise<string[]> {
    return exportRun(this, this.#opened.record.outputs, this.folder, folder, options);
  }
}

/**
 * Opens what `result.save(folder)` or `denscape cluster --out folder` kept. Every file is compared with its checksum.
 *
 * @param folder as it was saved; it may have been moved, also to another machine
 * @returns the result, with methods to add rows, to predict, to cut anew
 * @throws UserError for a folder that holds no run, or one of another format
 * @throws FailureError for a file that is missing or damaged, by its name
 * @example
 * const run = await openRun('topics');
 * console.log(run.topics.length, run.texts.length);
 */
export async function openRun(folder: string): Promise<Run> {
  return new Run(folder, await readRun(folder));
}
