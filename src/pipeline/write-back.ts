import { FailureError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Store } from '../store/index.js';
import type { StoreSettings } from '../store/options.js';
import type { Documents } from './documents.js';
import type { ClusterResult } from './result.js';

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

/**
 * Writes the label of every document into the field that `writeBack` names, where it names one.
 * @param ids of the documents in the store
 * @throws WriteBackError, which holds the result
 */
export async function writeBack(
  store: Store,
  ids: string[],
  result: ClusterResult,
  documents: Documents,
  { writeBack: field }: StoreSettings,
  watch: Watch,
): Promise<void> {
  if (field === undefined) return;
  const labels = Int32Array.from(documents.gather(result.labels));
  try {
    await store.writeBack(field, ids, labels, watch);
  } catch (error) {
    watch.signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new WriteBackError(`labels are not all written back into ${field}: ${why}`, result, error);
  }
}
