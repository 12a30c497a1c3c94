import type { Searcher } from '../neighbors/searcher.js';
import { spreadRows } from '../neighbors/spread.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';

// How long lists of neighbours are where no number is given: enough that few rows are uncertain, few enough to be cheap. It changes no
// result, only the time. Where a cluster has more rows than a list names, every list ends inside and all its rows are uncertain.

/** Dimensions up to which a k-d tree searches, for which a longer list costs as much as it saves. */
const FEW_DIMENSIONS = 16;
/** Neighbours with which few rows are uncertain in most data; 30,700 texts: 36 take 1.31, 48 1.23, 64 1.21 and 96 1.45 s. */
const USUAL = 48;
/** The longest lists; 30,000 × 384 in clusters of 60: 48 take 2.9, 64 2.3 and 96 1.9 s. With longer ones memory grows and hardly fewer rows are uncertain. */
const LONG = 96;
/** Slots of all lists up to which they are made longer than needed: 100 MB, and twice as much while they are searched. */
const MANY_SLOTS = 12_800_000;
/** Neighbours by which a list may be longer for each number of all rows, so that the search takes at most a sixth more time. */
const CHEAP_LENGTH = 1e-5;

export interface ListLengths {
  /** Where nothing is known of the data. */
  usual: number;
  /** Where lists of the usual length end inside clusters. */
  long: number;
}

export function listLengths(minSamples: number, { rows, cols }: Pick<Matrix, 'rows' | 'cols'>): ListLengths {
  if (cols <= FEW_DIMENSIONS) return { usual: minSamples + 3, long: minSamples + 3 };
  const needed = Math.max(minSamples * 2, minSamples + 16);
  const cheap = Math.min(LONG, Math.floor(Math.min(rows * cols * CHEAP_LENGTH, MANY_SLOTS / rows)));
  const usual = Math.max(needed, Math.min(USUAL, cheap));
  // With fewer rows a sample costs what it saves.
  const long =
    cheap >= WORTH_A_SAMPLE ? Math.max(usual, Math.min(LONG, Math.floor(MANY_SLOTS / rows))) : usual;
  return { usual, long };
}

/** Neighbours that are cheap, from which the data are looked at: those of 9,400 rows of 384 numbers. */
const WORTH_A_SAMPLE = 36;
/** Rows that are looked at. */
const SAMPLE = 32;
/** The place of a neighbour that is inside nearly every cluster. */
const NEAR = 24;
/**
 * How many times as far as the NEAR-th neighbour the last one of a long list is, where lists of the usual length end inside clusters: with
 * 96, 1.24 of vectors in clusters of 60, 1.10 of texts, 1.01 of random directions, each the median.
 */
const GROWTH = 1.17;

/** The length of the lists, from how distances grow along long lists of a few rows. */
export async function chooseLength(
  searcher: Searcher,
  { usual, long }: ListLengths,
  { rows }: Pick<Matrix, 'rows'>,
  { signal }: Watch,
): Promise<number> {
  // On a device long lists cost next to nothing, and a sample would be searched here; an approximate search proves nothing.
  if (searcher.device || !searcher.exact) return long;
  if (long <= usual || rows <= 2 * long) return usual;
  const { distances } = await searcher.widen(spreadRows(rows, SAMPLE), long, { signal });
  const growths = new Float32Array(SAMPLE);
  for (let at = 0; at < SAMPLE; at++) {
    const [near, far] = [distances[at * long + NEAR - 1], distances[at * long + long - 1]];
    growths[at] = near > 0 ? far / near : Number.POSITIVE_INFINITY;
  }
  return growths.sort()[SAMPLE / 2] > GROWTH ? long : usual;
}
