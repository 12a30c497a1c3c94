import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { Groups } from './groups.js';
import type { UnitRows } from './rows.js';

/** For every row, in a topic or not: the topic nearest to it. */
export interface NearestTopics {
  /** -1 where there is no topic. A row of a topic has its own. */
  topic: Int32Array;
  /** 0 to 1: cosine to the topic's mean; without vectors, the share of neighbours in it. */
  strength: Float64Array;
}

/**
 * The nearest topic by the topics' means, for rows without one; for the others, how near their own is. Of rows held without a topic on nine samples of five
 * labelled sets, the nearest mean has the right label as often as the nearest in five dimensions (41 and 41 %) and more often than a vote of neighbours
 * (36 %); cosine separates right from wrong labels better than the share of neighbours (area under the ROC curve 0.62 and 0.59).
 */
export async function nearestTopics(
  rows: UnitRows,
  topics: Groups,
  watch: Watch = {},
): Promise<NearestTopics> {
  const count = topics.labels.length;
  if (topics.count === 0) return noTopics(count);
  const { total } = await rows.sums(topics.labels, topics.count, watch);
  const near = await rows.nearest(total, topics.count, watch);
  const topic = topics.labels.map((label, row) => (label < 0 ? near.labels[row] : label));
  const own = rows.cosines(total, topic);
  return { topic, strength: own.map((cosine) => Math.min(1, Math.max(0, cosine))) };
}

/** The same without vectors: the topic that most neighbours are in; equal numbers: the nearer neighbour's. */
export function nearestByNeighbors(graph: NeighborGraph, topics: Groups): NearestTopics {
  const { rows, neighbors, indices } = graph;
  if (topics.count === 0) return noTopics(rows);
  const topic = topics.labels.slice();
  const strength = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const votes = new Map<number, number>();
    let listed = 0;
    for (let at = row * neighbors; at < row * neighbors + Math.min(15, neighbors); at++) {
      if (indices[at] < 0) break;
      listed++;
      const label = topics.labels[indices[at]];
      if (label >= 0) votes.set(label, (votes.get(label) ?? 0) + 1);
    }
    if (topic[row] < 0) {
      for (const [label, count] of votes) if (count > (votes.get(topic[row]) ?? 0)) topic[row] = label;
      // No neighbour is in a topic: the largest.
      if (topic[row] < 0) topic[row] = 0;
    }
    strength[row] = listed > 0 ? (votes.get(topic[row]) ?? 0) / listed : 0;
  }
  return { topic, strength };
}

const noTopics = (rows: number): NearestTopics => ({
  topic: new Int32Array(rows).fill(-1),
  strength: new Float64Array(rows),
});

/** What the topic of a row without one is: `keep` -1, `nearest` topic, or as many of them, surest first, as leave at most a share without. */
export type NoiseRule = 'keep' | 'nearest' | { atMost: number };

/** Labels after the rule, and which rows got theirs by it. */
export function applyNoise(
  labels: Int32Array,
  { topic, strength }: NearestTopics,
  rule: NoiseRule,
): { labels: Int32Array; assigned: Uint8Array } {
  const assigned = new Uint8Array(labels.length);
  const without = Array.from(labels.keys()).filter((row) => labels[row] < 0 && topic[row] >= 0);
  const kept =
    rule === 'keep' ? without.length : rule === 'nearest' ? 0 : Math.floor(rule.atMost * labels.length);
  if (without.length <= kept) return { labels, assigned };
  without.sort((a, b) => strength[b] - strength[a] || a - b);
  const given = labels.slice();
  for (const row of without.slice(0, without.length - kept)) {
    given[row] = topic[row];
    assigned[row] = 1;
  }
  return { labels: given, assigned };
}

/** `keep`, `nearest`, or `at-most:5%` (also `at-most:0.05`); undefined for anything else. */
export function parseNoise(text: string): NoiseRule | undefined {
  if (text === 'keep' || text === 'nearest') return text;
  const found = /^at-most:(\d+(?:\.\d+)?)(%?)$/.exec(text);
  if (!found) return undefined;
  const share = Number(found[1]) / (found[2] ? 100 : 1);
  return share <= 1 ? { atMost: share } : undefined;
}
