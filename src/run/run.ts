import type { ClusterOptions } from '../options/table.js';
import { ClusterResult } from '../pipeline/result.js';
import { refuseSplit } from '../pipeline/split.js';
import type { Watch } from '../progress.js';
import type { TableSource } from '../read/index.js';
import type { Added, AddOptions } from './add.js';
import type { Changes } from './changes.js';
import type { ExportOptions } from './export.js';
import type { Step } from './format.js';
import { type OpenedRun, readRun } from './open.js';
import type { Predicted } from './predict.js';
import type { Names } from './rename.js';
import type { OptionsInRun } from './run-options.js';

// What changes a run is loaded when it is called: opening one takes a fraction of that.

/** Whether a change is written into the run's folder, and over which files. */
export interface ChangeOptions extends Watch {
  /** Default true: the folder then holds the run that is returned. */
  save?: boolean;
  /** Replace files that were changed since denscape wrote them. Default false. */
  force?: boolean;
}

/** A run that was opened: what `cluster()` returned, with what goes on from there. Changes give a new run. */
export class Run extends ClusterResult {
  /** The folder that it was opened from. */
  readonly folder: string;
  /** What the last change did; undefined for a run as it was opened. */
  readonly changes?: Changes;
  /** Paths of the files for people that the last change wrote. */
  readonly written: readonly string[];
  readonly #opened: OpenedRun;

  /** Use `openRun`. */
  constructor(folder: string, opened: OpenedRun, changes?: Changes, written: readonly string[] = []) {
    super(opened.parts);
    this.folder = folder;
    this.#opened = opened;
    this.changes = changes;
    this.written = written;
  }

  /** What was done to the run, oldest first. */
  get history(): readonly Step[] {
    return this.#opened.parts.life.history;
  }

  /** Names of the files for people that are written together with the run. */
  get outputs(): string[] {
    return this.#opened.record.outputs.files;
  }

  /**
   * Adds rows: they are embedded by the run's model, and all rows are clustered together. Topics and themes that are still the
   * same keep their ids and names, old rows keep their places on the map. In the raw space the result is that of clustering all
   * rows at once, and is certified; in the reduced space new rows are placed on the run's layout, which `changes.how` says.
   *
   * @param source as for `cluster`; rows that the run has are left out. Undefined: what the Milvus collection of the run received
   * since
   * @param options how the source is read, and what the machine has; other options are those of the run
   * @returns the run with the rows; its `changes` say what changed. The folder holds it, unless `save` is false
   * @throws UserError for options that differ from the run's, and for another model
   * @example
   * const run = await openRun('topics');
   * const grown = await run.add('more.csv');
   * console.log(grown.changes?.topics.filter(({ kind }) => kind === 'born'));
   */
  async add(
    source: TableSource | undefined,
    { save, force, ...options }: AddOptions & ChangeOptions = {},
  ): Promise<Run> {
    const { parts, record } = this.#opened;
    refuseSplit(this.facts.parameters, "rows can't be added to");
    const { addRows } = await import('./add.js');
    const added = await addRows(parts, record, this.folder, source, options);
    // Nothing to add: the folder holds the run already, unless an earlier change wasn't saved.
    if (added.parts === parts && !this.#opened.isUnsaved)
      return new Run(this.folder, this.#opened, added.changes);
    const { signal, onProgress } = options;
    return this.#changed(added, { save, force, signal, onProgress });
  }

  /**
   * Cuts the tree anew, with other sizes, another number of topics, or another rule for rows without one. Nothing is embedded,
   * searched or laid out.
   *
   * @param options those of a cut, such as `clusters` or `minClusterSize`; others are those that the run was made with, whatever
   * earlier cuts had, so that no options give the first cut again
   * @returns the run with other topics; those that are still the same keep their ids and names
   * @throws UserError for an option that needs a new tree
   */
  async recut({ save, force, ...options }: ClusterOptions & ChangeOptions = {}): Promise<Run> {
    const { parts, record } = this.#opened;
    refuseSplit(this.facts.parameters, 'no other cut can be made of');
    const { recutRun } = await import('./recut.js');
    const cut = await recutRun(parts, record, this.folder, options);
    const { signal, onProgress } = options;
    return this.#changed(cut, { save, force, signal, onProgress });
  }

  /**
   * Topics of new rows in the tree as it is, which doesn't change. A row that equals one of the run gets its topic.
   *
   * @param source as for `cluster`, such as an array of texts
   * @param options how the source is read, and what the machine has; other options are those of the run
   * @returns topic, probability, theme, nearest topic and its strength by row of the source
   * @throws UserError for options that differ from the run's, and for another model
   * @example
   * const { topics, nearestTopics } = await run.predict(['a new text', 'another']);
   */
  async predict(source: TableSource, options: OptionsInRun = {}): Promise<Predicted> {
    const { parts, record } = this.#opened;
    refuseSplit(this.facts.parameters, "topics of new rows can't be found with");
    const { predictRows } = await import('./predict.js');
    return predictRows(parts, record, this.folder, source, options);
  }

  /**
   * Writes the map, the tables, the summary and the report into a folder, all or none.
   *
   * @param folder the run's own where it is left out
   * @param options which files, and how; `force` also replaces files that denscape did not write
   * @returns the paths of the files
   * @throws UserError where the folder holds files of these names that denscape did not write
   */
  async export(folder: string = this.folder, options: ExportOptions = {}): Promise<string[]> {
    const { exportRun } = await import('./export.js');
    return exportRun(this, this.#opened.record.outputs, this.folder, folder, options);
  }

  /**
   * Gives topics and themes names of your own, which stay with their ids through every later change.
   *
   * @param names `{ topics: { 3: 'Oil' } }`, by id
   * @returns the run with these names
   * @throws UserError for an id that the run does not have
   */
  async rename(names: Names, options: ChangeOptions = {}): Promise<Run> {
    const { renameRun } = await import('./rename.js');
    return this.#changed({ parts: renameRun(this.#opened.parts, names) }, options);
  }

  async #changed(
    { parts, changes }: Pick<Added, 'parts'> & Partial<Added>,
    { save = true, ...options }: ChangeOptions,
  ): Promise<Run> {
    const { folder } = this;
    const { record, seal } = this.#opened;
    if (!save) return new Run(folder, { record, parts, seal, isUnsaved: true }, changes);
    const { writeChangedRun } = await import('./write.js');
    const changed = new ClusterResult(parts);
    const written = await writeChangedRun(changed, changes, folder, record.outputs, seal, options);
    return new Run(folder, await readRun(folder), changes, written);
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
