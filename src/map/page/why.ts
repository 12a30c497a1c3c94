import { type App, topicName } from './app.js';
import type { Neighbor } from './blocks.js';
import { percent, short } from './dom.js';
import type { ClusterTree } from './tree.js';

/** The topic with the largest share of a row's neighbours after its own; nearer neighbours count more. */
interface RunnerUp {
  topic: number;
  share: number;
}

function runnerUp(own: number, neighbors: readonly Neighbor[], labels: Int32Array): RunnerUp | null {
  const votes = new Map<number, number>();
  let sum = 0;
  for (const { row, distance } of neighbors) {
    const vote = 1 / (distance + 1e-6);
    sum += vote;
    if (labels[row] >= 0 && labels[row] !== own) votes.set(labels[row], (votes.get(labels[row]) ?? 0) + vote);
  }
  let best: RunnerUp | null = null;
  for (const [topic, vote] of votes)
    if (!best || vote / sum > best.share) best = { topic, share: vote / sum };
  return best;
}

/** The topic next to it in the tree: the largest that shares its nearest ancestor with another topic. */
function sibling(app: App, tree: ClusterTree, row: number): number | null {
  const { labels } = app.cut;
  const owners = new Map<number, number>();
  const size = (label: number) => app.cut.byId.get(label)?.size ?? 0;
  // Topic of every cluster at or below which rows carry it.
  for (let i = 0; i < labels.length; i++) {
    const home = tree.home[i];
    if (labels[i] < 0 || home < 0 || owners.get(home) === labels[i]) continue;
    owners.set(home, labels[i]);
  }
  const above = new Map<number, Set<number>>();
  for (const [home, label] of owners)
    for (let c = home; c >= 0; c = tree.parent[c]) {
      const held = above.get(c);
      if (!held) above.set(c, new Set([label]));
      else if (held.has(label)) break;
      else held.add(label);
    }
  for (let c = tree.home[row]; c >= 0; c = tree.parent[c]) {
    const others = [...(above.get(c) ?? [])].filter((label) => label !== labels[row]);
    if (others.length > 0) return others.sort((a, b) => size(b) - size(a) || a - b)[0];
  }
  return null;
}

/** A name in quotation marks; isolated, so that one from right to left doesn't reorder the sentence around it. */
const quoted = (name: string) => `“\u2068${name}\u2069”`;

function strengthSentence(strength: number): string {
  if (strength > 0.9) return 'It lies in the core of its topic.';
  return strength > 0.4
    ? `It lies away from the core of its topic (${percent(strength)}).`
    : `It lies at the edge of its topic (${percent(strength)}).`;
}

/** Why a row is where it is, in plain sentences. */
export function explain(
  app: App,
  row: number,
  neighbors: readonly Neighbor[],
  tree: ClusterTree | null,
  /** Whether other texts are listed as nearest, by words as well. */
  isHybrid = false,
): string[] {
  const nearest = isHybrid ? 'nearest texts by meaning' : 'nearest texts';
  const { labels, byId, kind } = app.cut;
  const own = labels[row];
  const sentences: string[] = [];
  const second = runnerUp(own, neighbors, labels);
  const named = (topic: number) => quoted(byId.get(topic)?.name ?? String(topic));
  if (own >= 0) {
    const agree = neighbors.filter((neighbor) => labels[neighbor.row] === own).length;
    if (neighbors.length > 0)
      sentences.push(
        `${agree} of its ${neighbors.length} ${nearest} are in ${quoted(topicName(app, row))} too.`,
      );
    // HDBSCAN's probability is that of a row in its topic, not in a theme or another group.
    if (kind === 'topic') sentences.push(strengthSentence(app.probabilities[row]));
    const near = tree ? sibling(app, tree, row) : null;
    if (second)
      sentences.push(
        `Runner-up: ${named(second.topic)}, with ${percent(second.share)} of its neighbours’ votes.`,
      );
    else if (near !== null) sentences.push(`Runner-up: ${named(near)}, the closest topic in the tree.`);
    return sentences;
  }
  if (tree && tree.home[row] >= 0 && tree.level[row] > 0) {
    const reach = 1 / tree.level[row];
    sentences.push(
      reach === 0
        ? 'Noise: it equals other texts, but too few to make a topic.'
        : `Noise: it lets go of its surroundings at distance ${short(reach)}, where no topic has formed yet.`,
    );
    if (second) {
      let loosest = 0;
      for (let i = 0; i < labels.length; i++)
        if (labels[i] === second.topic && tree.level[i] > 0) loosest = Math.max(loosest, 1 / tree.level[i]);
      if (loosest > 0 && loosest < reach)
        sentences.push(`The loosest texts of ${named(second.topic)} hold on until ${short(loosest)}.`);
    }
  } else sentences.push('Noise: it is not close enough to enough texts to belong to a topic.');
  const noise = neighbors.filter((neighbor) => labels[neighbor.row] < 0).length;
  if (neighbors.length > 0 && noise > 0)
    sentences.push(`${noise} of its ${neighbors.length} ${nearest} are noise too.`);
  const near = second?.topic ?? (tree ? sibling(app, tree, row) : null);
  if (near !== null && near !== undefined)
    sentences.push(
      second
        ? `Nearest topic: ${named(near)}, with ${percent(second.share)} of its neighbours’ votes.`
        : `Nearest topic in the tree: ${named(near)}.`,
    );
  return sentences;
}
