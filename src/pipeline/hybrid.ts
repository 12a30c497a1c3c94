import { grouped } from '../counted.js';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { Space } from './vectors.js';

/** Rows listed as nearest to a row, on the map. */
const FEW = 6;
/** Each row is a search of two lists by the server: some thousands take as long as a minute. */
const MOST_ROWS = 50_000;

/**
 * The few rows nearest to each document by vectors and weights of words, by the server's search; undefined where the collection has
 * no weights or the server no such search. Topics are made of neighbours by vectors alone.
 */
export async function hybridFew({ hybrid, rows }: Space, watch: Watch): Promise<NeighborGraph | undefined> {
  if (!hybrid || rows < 2) return undefined;
  const without = (why: string, level?: 'warning') =>
    watch.onProgress?.({
      stage: 'neighbors',
      level,
      message: `The map lists nearest texts by meaning alone: ${why}`,
    });
  if (rows > MOST_ROWS) {
    without(`searching by words as well is done up to ${grouped(MOST_ROWS)} rows`);
    return undefined;
  }
  try {
    return await hybrid(Math.min(FEW, rows - 1), watch);
  } catch (error) {
    watch.signal?.throwIfAborted();
    // Such as weights that the server makes itself and doesn't give out: a list on the map is not worth the run.
    if (!(error instanceof UserError || error instanceof FailureError)) throw error;
    without(error.message, 'warning');
    return undefined;
  }
}
