import { grouped, percent } from '../counted.js';
import { type Hdbscan, validity } from '../hdbscan/index.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph, Topic } from '../shapes.js';
import { coherence, diversity } from './coherence.js';
import { type QualityLine, SHARE_IN_TOPICS } from './quality-card.js';
import { clusterStability, FOUND_OVERLAP, SUBSAMPLES } from './stability.js';

export interface QualityInput {
  /** The cut; rows in an order without meaning. */
  fit: Hdbscan;
  graph: NeighborGraph;
  /** From `measureFit`, where the fit was measured already. */
  measures?: FitMeasures;
  texts: readonly string[];
  topics: readonly Topic[];
  /** Topic of each row by its place in `topics`; −1 for none. */
  labels: Int32Array;
}

/** What of a result's quality depends on its fit alone. */
export interface FitMeasures {
  /** DBCV, −1 to 1; undefined where it isn't measured. */
  density?: number;
  /** Of each cluster of the fit: in how many of ten subsamples it is found again; undefined where that isn't measured. */
  found?: Int32Array;
}

/** How good a result is. */
export interface Quality {
  /** All measures, with the trustworthiness of the map, which is measured with it; undefined where it isn't. */
  cardWith(trustworthiness: number | undefined): QualityLine[];
  /** Of each topic: in how many of ten subsamples its cluster is found again; undefined where that isn't measured. */
  foundAgain?: Int32Array;
}

/** Rows above which the tree is not taken ten times more: that takes about a second for so many on two cores. */
const MOST_ROWS = 100_000;
/** Products of all pairs of rows in clusters above which DBCV takes more than a few seconds. */
const MOST_PRODUCTS = 2e9;

/**
 * Measures a fit: all that names and the map have no part in.
 *
 * @param graph neighbours of the rows, where `needsGraph` says so
 */
export async function measureFit(
  fit: Hdbscan,
  graph: NeighborGraph | undefined,
  watch: Watch = {},
): Promise<FitMeasures> {
  const clustered = clusteredRows(fit);
  const products = clustered ** 2 * (fit.points?.cols ?? 0);
  const isSmall = fit.points && fit.clusterCount > 1 && products <= MOST_PRODUCTS;
  const density = isSmall ? (await validity(fit, watch)).index : undefined;
  const isMeasured = fit.labels.length <= MOST_ROWS && fit.clusterCount > 0;
  return { density, found: isMeasured ? await clusterStability(fit, graph, watch) : undefined };
}

const clusteredRows = ({ labels }: Hdbscan): number =>
  labels.reduce((count, label) => count + (label >= 0 ? 1 : 0), 0);

/** Measures a result; each number comes with a sentence on how to read it. */
export async function measureQuality(input: QualityInput, watch: Watch = {}): Promise<Quality> {
  const { fit, graph, texts, topics, labels, measures } = input;
  const rows = labels.length;
  const inside = labels.reduce((count, label) => count + (label >= 0 ? 1 : 0), 0);
  const clustered = clusteredRows(fit);
  const strength = fit.probabilities.reduce(
    (sum, value, row) => (fit.labels[row] >= 0 ? sum + value : sum),
    0,
  );
  const { density, found } = measures ?? (await measureFit(fit, graph, watch));
  const unmeasured = rows > MOST_ROWS ? `not measured above ${grouped(MOST_ROWS)} rows` : 'not measured';
  const foundAgain = found && ofTopics(found, fit.labels, labels, topics.length);
  const mean = foundAgain && foundAgain.length > 0 ? average(foundAgain) / SUBSAMPLES : undefined;
  const number = (value: number | undefined) => (value === undefined ? 'not measured' : value.toFixed(2));
  const line = (name: string, value: number | undefined, shown: string, meaning: string): QualityLine => ({
    name,
    value: value ?? null,
    shown,
    meaning,
  });
  const together = await coherence(texts, topics, watch);
  const different = diversity(topics);
  const cardWith = (trustworthiness: number | undefined) => [
    line(
      SHARE_IN_TOPICS,
      rows > 0 ? inside / rows : undefined,
      rows > 0 ? percent(inside / rows) : 'no rows',
      'Rows that are in some topic; the others are like too few texts, or have no text. 60 to 90 % is usual.',
    ),
    line(
      'Separation (DBCV)',
      density,
      number(density),
      'How much denser clusters are inside than between them, −1 to 1; rows in none count against it. Above 0 they are separated.',
    ),
    line(
      'Mean strength',
      clustered > 0 ? strength / clustered : undefined,
      number(clustered > 0 ? strength / clustered : undefined),
      'How near the core of their cluster rows are, 0 to 1. Low values mean clusters with wide fringes.',
    ),
    line(
      'Trustworthiness',
      trustworthiness,
      number(trustworthiness),
      'How far neighbours on the map are neighbours in truth, 0 to 1. Above 0.85 nearness on the map can be read.',
    ),
    line(
      'Coherence (NPMI)',
      together,
      number(together),
      'How often keywords of a topic stand in the same texts, −1 to 1; 0 is chance. Above 0.1 most topics read as one thing.',
    ),
    line(
      'Diversity',
      different,
      different === undefined ? 'not measured' : percent(different),
      'Different words among all keywords. Low values mean topics that repeat each other.',
    ),
    line(
      'Stability',
      mean,
      mean === undefined ? unmeasured : `${(mean * SUBSAMPLES).toFixed(1)} of ${SUBSAMPLES}`,
      `In how many of ${SUBSAMPLES} subsamples of 90 % of the rows a topic's cluster is found again, with an overlap of ${FOUND_OVERLAP} or more; the mean over topics. Below 7, look at topics one by one before you rely on them.`,
    ),
  ];
  return { cardWith, foundAgain };
}

const average = (values: Int32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A topic's figure is that of the cluster that most of its rows are in: parts of a divided cluster share it. */
function ofTopics(found: Int32Array, clusters: Int32Array, labels: Int32Array, count: number): Int32Array {
  const votes = Array.from({ length: count }, () => new Map<number, number>());
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] < 0 || clusters[row] < 0) continue;
    const own = votes[labels[row]];
    own.set(clusters[row], (own.get(clusters[row]) ?? 0) + 1);
  }
  return Int32Array.from(votes, (own) => {
    const [most] = [...own].sort(([a, x], [b, y]) => y - x || a - b);
    return most ? found[most[0]] : 0;
  });
}
