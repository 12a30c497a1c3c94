import { counted } from '../counted.js';
import { FailureError } from '../errors.js';
import { addedColumns } from '../output/rows.js';
import type { Watch } from '../progress.js';
import { RESULT_COLUMNS, readTargets } from '../result-columns.js';
import type { Store } from '../store/index.js';
import type { StoreSettings } from '../store/options.js';
import type { FieldValues, Receiver } from '../store/write-back.js';
import type { Documents } from './documents.js';
import type { ClusterResult } from './result.js';
import { topicRows } from './topic-rows.js';

/**
 * Labels could not all be written back into a Milvus collection, after everything else was done. `code` is
 * `WRITE_BACK_FAILED`.
 */
export class WriteBackError extends FailureError {
  constructor(
    message: string,
    /** What `cluster()` would have returned. */
    readonly result: ClusterResult,
    cause: unknown,
  ) {
    super(message, { code: 'WRITE_BACK_FAILED', option: 'store.writeBack', cause });
  }
}

/** The fields that the option names, each with the kind of its results. */
export const receiversOf = ({ writeBack = [] }: StoreSettings): Receiver[] =>
  (readTargets(writeBack) ?? []).map(({ field, column }) => ({ field, kind: RESULT_COLUMNS[column] }));

/**
 * Writes results of every document into the fields that `writeBack` names, and says how many rows of the collection
 * were not part of the run.
 * @param ids of the documents in the store
 * @throws WriteBackError, which holds the result
 */
export async function writeBack(
  store: Store,
  ids: string[],
  result: ClusterResult,
  documents: Documents,
  settings: StoreSettings,
  watch: Watch,
): Promise<void> {
  const { writeBack: given, topicsCollection } = settings;
  if (topicsCollection !== undefined) await writeTopics(store, result, topicsCollection, watch);
  if (given === undefined) return;
  const table = { columns: [], rows: result.labels.length, values: [] };
  const columns = new Map(addedColumns(table, result).map((column) => [column.name, column]));
  const results: FieldValues[] = (readTargets(given) ?? []).map(({ field, column }) => ({
    field,
    kind: RESULT_COLUMNS[column],
    key: column,
    values: Array.from(documents.tableRows, (row) => columns.get(column)?.at(row) ?? null),
  }));
  const fields = results.map(({ field }) => field).join(', ');
  const say = (message: string) => watch.onProgress?.({ stage: 'write', level: 'warning', message });
  try {
    const { untouched, cut } = await store.writeBack(results, ids, watch);
    if (cut > 0) say(`${counted(cut, 'name was', 'names were')} longer than the field and cut`);
    if (untouched > 0) {
      const kept =
        untouched === 1 ? 'was not part of this run and keeps' : 'were not part of this run and keep';
      say(`${counted(untouched, 'row')} of the collection ${kept} what ${fields} held before`);
    }
  } catch (error) {
    watch.signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new WriteBackError(`labels are not all written back into ${fields}: ${why}`, result, error);
  }
}

/** Writes topics and themes into a collection of their own. */
async function writeTopics(store: Store, result: ClusterResult, name: string, watch: Watch): Promise<void> {
  try {
    if (!result.vectors) {
      throw new FailureError('the vectors are not in this process, so topics have no centres', {
        code: 'STORE_FAILED',
      });
    }
    const { rows, centres } = topicRows(result, result.vectors);
    await store.writeTopics(name, rows, centres);
  } catch (error) {
    watch.signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new WriteBackError(`topics are not written into ${name}: ${why}`, result, error);
  }
}
