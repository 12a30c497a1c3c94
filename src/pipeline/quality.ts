import type { Watch } from '../progress.js';
import { measureQuality } from '../statistics/quality.js';
import type { Analysis } from './analysis.js';
import type { Described } from './describe.js';

/** What was found, in canonical order, with how good it is: of the whole, and of each topic. */
export async function withQuality(
  texts: string[],
  analysis: Analysis,
  described: Described,
  watch: Watch,
): Promise<{ analysis: Analysis; described: Described }> {
  const { fit, graph, grouping, trustworthiness } = analysis;
  const { topics } = described;
  const labels = grouping.topics.labels;
  const { signal } = watch;
  const input = { fit, graph, texts, topics, labels, trustworthiness };
  const { card, foundAgain } = await measureQuality(input, { signal });
  return {
    analysis: { ...analysis, quality: card },
    described: foundAgain
      ? { ...described, topics: topics.map((topic) => ({ ...topic, foundAgain: foundAgain[topic.id] })) }
      : described,
  };
}
