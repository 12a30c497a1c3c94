import { percent } from '../counted.js';
import type { Hdbscan, RecutOptions } from '../hdbscan/index.js';
import { recutWeighed } from '../hdbscan/recut.js';
import { sizesOf } from './groups.js';

/**
 * The smallest topic that is looked for first among so many rows: a topic of at least √n / 4 rows, so that topics grow in size and number; 5 from a few hundred rows down, a tenth of the rows
 * below 50.
 */
export function smallestTopic(rows: number): number {
  const least = Math.max(2, Math.min(5, Math.round(rows / 10)));
  return Math.max(least, Math.round(Math.sqrt(rows) / 4));
}

/** In few rows, and in the vectors themselves, where density is of near-duplicates. */
export const LEAST_SAMPLES = 3;
/** Reached at 14,400 rows. Longer lists of neighbours take time and memory, and were not tried. */
const MOST_SAMPLES = 30;

/**
 * From 0 for 2,000 rows and fewer to 1 for 6,000 and more: how far the tree is cut by the rules for many rows. Few rows need more of
 * them in topics (60 % at least) and fewer topics; many have rows enough for density to be smoothed over.
 */
const largeness = (rows: number): number => Math.min(1, Math.max(0, (rows - 2000) / 4000));

/**
 * Which nearest other row the core distance is, in the reduced space: √n · 3/16 up to 2,000 rows, which is ¾ of the smallest topic, and
 * √n / 4 from 6,000 on, as many as the smallest topic has; 3 to 30. Density is then smoothed over a topic's rows, and small dips don't
 * divide one. Topics change less when rows do: without a tenth of 2,000 rows, the others are in the same topics (adjusted Rand index,
 * means of five sets, three samples) to 0.690 with 3 at any size and to 0.711 so; of five sets on which it was not chosen, to 0.616 and
 * 0.660. AMI rises by up to 0.04, and 78 % of the rows are in topics, not 83 %. Of many rows see `partsMarginFor`.
 */
export const samplesFor = (rows: number): number =>
  Math.min(MOST_SAMPLES, Math.max(LEAST_SAMPLES, Math.round((Math.sqrt(rows) * (3 + largeness(rows))) / 16)));

/** See `partsMarginFor`. */
export const MOST_MARGIN = 2;

/**
 * A cluster's parts are topics only where they are more than so many times as stable as it: twice up to 2,000 rows, 1¼ times from
 * 6,000 on. As excess of mass is published, with 1, many small parts of few rows win by a little, other rows decide otherwise, and what
 * lies between them is in no topic. Means of ten sets of 1,000 or 2,000 rows, samples that were not looked at before: AMI of topics 0.479
 * with 1, 0.487 with 1.5, 0.498 with 2; rows in topics 78, 80 and 83 %, 59 % at least, 61, 65; topics 46, 45 and 42; the same rows
 * together without a tenth (adjusted Rand index) 0.664, 0.661, 0.677.
 *
 * Of many rows there are enough in topics, and a cluster that is nearly twice as stable as its parts is one topic today and several
 * when rows are added. Clustered with and without 1,000 rows, four sets of 6,500 to 8,600 rows, four draws: 92.7 % of the rows in a
 * topic either way stay in theirs with 2 and 15 samples, 94.0 with 1.5 and √n / 4, 95.3 with 1.25; three sets that were not looked at (7,988
 * tweets, 10,000 and 12,000 package summaries): 92.7, 93.7 and 94.8 %. AMI of topics 0.656, 0.658 and 0.657; rows in topics 84, 81
 * and 80 %, of the other three 73, 67 and 66, 64 at least.
 */
export const partsMarginFor = (rows: number): number => MOST_MARGIN - 0.75 * largeness(rows);

/** No cluster of the tree above this share is a topic: its parts are. */
const LARGEST_SHARE = 0.2;
/** In small files a fifth is few rows. */
const LARGEST_ROWS = 15;
/** A size that puts a smaller share of the rows into topics is refused for the next. */
export const LEAST_IN_TOPICS = 0.6;
/** A smallest topic in parts of the one that was tried first. */
const SMALLER = [1, 0.7, 0.5, 0.35];

export interface SizeStep {
  minClusterSize: number;
  topics: number;
  /** Shares of the rows. */
  inTopics: number;
  largest: number;
  /** The largest topic holds most of the rows, while a smaller minimum size doesn't have one that large. */
  isCliff: boolean;
}

export interface TopicChoice {
  fit: Hdbscan;
  /** Share of the rows in its topics. */
  inTopics: number;
  /** One line: which sizes, and why. */
  why: string;
}

export const largestShareRows = (rows: number): number =>
  Math.max(LARGEST_ROWS, Math.floor(rows * LARGEST_SHARE));

/**
 * Clusters from the tree by the first minimum size that leaves at most a fifth of the rows in one and puts three fifths in some. Where none
 * does, sizes are tried again with the largest margin, see `partsMarginFor`; where none does then, it is the one that has most rows in
 * topics. `fit` was made with the smallest size that may be chosen.
 * @param margin the parts' margin that is tried first
 * @param cutTree cuts `fit`
 */
export function chooseTopics(
  fit: Hdbscan,
  first: number,
  margin: number,
  cutTree: (options: RecutOptions, margin: number) => Hdbscan,
): TopicChoice {
  const rows = fit.labels.length;
  const least = fit.settings.minClusterSize;
  const sizes = [...new Set(SMALLER.map((part) => Math.max(least, Math.round(first * part))))];
  const refused: string[] = [];
  let best: { fit: Hdbscan; step: SizeStep } | undefined;
  for (const partsMargin of new Set([margin, MOST_MARGIN])) {
    for (const minClusterSize of sizes) {
      const cut = cutTree({ minClusterSize, maxClusterSize: largestShareRows(rows) }, partsMargin);
      const step = describeCut(cut);
      const { inTopics } = step;
      if (inTopics >= LEAST_IN_TOPICS) {
        const reason = refused.length > 0 ? `; refused: ${refused.join(', ')}` : '';
        return { fit: cut, inTopics, why: `smallest topic ${minClusterSize} rows${reason}` };
      }
      if (partsMargin === margin) refused.push(`${minClusterSize} (${percent(inTopics)} in topics)`);
      if (!best || inTopics > best.step.inTopics) best = { fit: cut, step };
    }
  }
  if (!best) throw new Error('no size to choose from');
  const { minClusterSize, inTopics } = best.step;
  const why =
    inTopics > 0
      ? `smallest topic ${minClusterSize} rows, which puts most rows into topics (${percent(inTopics)})`
      : `no cluster of ${minClusterSize} rows or more`;
  return { fit: best.fit, inTopics, why };
}

function describeCut({ labels, clusterCount, settings }: Hdbscan): SizeStep {
  const sizes = sizesOf(labels, clusterCount);
  const inside = sizes.reduce((sum, size) => sum + size, 0);
  const rows = Math.max(1, labels.length);
  return {
    minClusterSize: settings.minClusterSize,
    topics: clusterCount,
    inTopics: inside / rows,
    largest: sizes.reduce((most, size) => Math.max(most, size), 0) / rows,
    isCliff: false,
  };
}

/** Minimum sizes that the report shows. */
const SWEEP = [2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500];
/** A topic above this share of the rows holds too much. */
const COLLAPSE = 0.4;

/**
 * What other minimum sizes would give from the same tree, with the same rules as the choice; sizes below the tree's own are left out. A
 * size is a cliff where one topic takes in most of the rows, or where topics fall to less than half of those at the size before.
 */
export function sweepSizes(
  fit: Hdbscan,
  chosen: number,
  maxClusterSize: number,
  partsMargin = 1,
): SizeStep[] {
  const least = fit.settings.minClusterSize;
  const most = Math.max(chosen, fit.labels.length / 10);
  const sizes = [...new Set([...SWEEP, chosen])]
    .filter((size) => size >= least && size <= most)
    .sort((a, b) => a - b);
  const steps = sizes.map((minClusterSize) =>
    describeCut(recutWeighed(fit, { minClusterSize, maxClusterSize }, { partsMargin })),
  );
  return steps.map((step, at) => ({
    ...step,
    isCliff:
      (step.largest > COLLAPSE &&
        steps.some((other) => other.largest <= COLLAPSE && other.topics > step.topics)) ||
      (at > 0 &&
        step.topics * 2 < steps[at - 1].topics &&
        step.minClusterSize < 2 * steps[at - 1].minClusterSize),
  }));
}

/** "5: 293 topics · 10: 142 · **15: 129** · 30: 61 (cliff)". */
export function sweepLine(steps: SizeStep[], chosen: number): string {
  return steps
    .map(({ minClusterSize, topics, isCliff }, at) => {
      const figure = `${minClusterSize}: ${topics}${at === 0 ? ' topics' : ''}`;
      const shown = minClusterSize === chosen ? `**${figure}**` : figure;
      return isCliff ? `${shown} (cliff)` : shown;
    })
    .join(' · ');
}
