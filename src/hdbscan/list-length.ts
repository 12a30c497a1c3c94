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
/**
 * How many times as far as the neighbour before it the next one is where a cluster ends, at least: the largest such step behind a list of
 * the usual length, the median of the sample. In clusters of 60 rows it is 1.035 of 100,000 rows and 1.055 to 1.073 of 30,000; of texts
 * at most 1.009, of random directions 1.001.
 */
const STEP = 1.02;

/** The length of the lists, from how distances grow along long lists of a few rows: where a cluster ends in them, they are worth it. */
export async function chooseLength(
  searcher: Searcher,
  { usual, long }: ListLengths,
  { rows }: Pick<Matrix, 'rows'>,
  { signal }: Watch,
): Promise<number> {
  // On a device long lists cost next to nothing, and a sample would be searched here; an approximate search proves nothing.
  if (searcher.device || !searcher.exact) return long;
  // A tree that is ended by one comparison gains less from long lists than they cost.
  if (searcher.lighterEdges || long <= usual || rows <= 2 * long) return usual;
  const { distances } = await searcher.widen(spreadRows(rows, SAMPLE), long, { signal });
  const steps = new Float32Array(SAMPLE);
  for (let row = 0; row < SAMPLE; row++) {
    for (let at = row * long + usual; at < (row + 1) * long; at++) {
      const near = distances[at - 1];
      const step = near > 0 ? distances[at] / near : Number.POSITIVE_INFINITY;
      if (step > steps[row]) steps[row] = step;
    }
  }
  return steps.sort()[SAMPLE / 2] > STEP ? long : usual;
}
