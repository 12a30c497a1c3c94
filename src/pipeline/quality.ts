import type { Watch } from '../progress.js';
import { type FitMeasures, measureQuality } from '../statistics/quality.js';
import type { Analysis } from './analysis.js';
import type { Described } from './describe.js';

/** What was found, in canonical order, and how good it is; all but the map, which may still be drawn. */
export interface Rated {
  /** Adds the map, and with it the card of measures. */
  withMap(map: Pick<Analysis, 'points' | 'trustworthiness'>): { analysis: Analysis; described: Described };
}

/**
 * Measures what was found, in canonical order: the whole, and each topic.
 *
 * @param measures of the fit, where it was measured already
 */
export async function rate(
  texts: string[],
  analysis: Omit<Analysis, 'points' | 'trustworthiness' | 'quality'>,
  found: Described,
  { signal }: Watch,
  measures?: FitMeasures,
): Promise<Rated> {
  const { fit, graph, grouping } = analysis;
  const { topics } = found;
  const labels = grouping.topics.labels;
  const { cardWith, foundAgain } = await measureQuality(
    { fit, graph, texts, topics, labels, measures },
    { signal },
  );
  const described = foundAgain
    ? { ...found, topics: topics.map((topic) => ({ ...topic, foundAgain: foundAgain[topic.id] })) }
    : found;
  return {
    withMap: (map) => ({
      analysis: { ...analysis, ...map, quality: cardWith(map.trustworthiness) },
      described,
    }),
  };
}
