import { type GroupColors, placeHierarchy } from '../output/branches.js';
import { showIds } from '../pipeline/group-ids.js';
import type { RunLife } from '../pipeline/life.js';
import type { ResultParts } from '../pipeline/result-parts.js';

/**
 * Colours on the map of a run's topics and themes by their ids, for the run that it becomes; those of groups that it had once
 * included, since another cut can bring these back.
 */
export function colorsOf(
  { analysis, described }: Pick<ResultParts, 'analysis' | 'described'>,
  life: RunLife,
): GroupColors {
  const { topics, labels, levels } = showIds(analysis.grouping, described, life.ids);
  const grouped = { groups: topics, labels };
  const placed = placeHierarchy(analysis.points, grouped, levels, life.colors);
  const at = levels.findIndex(({ isTheme }) => isTheme);
  const own = (groups: readonly { id: number }[] = [], places: typeof placed.topics = []) =>
    Object.fromEntries(
      groups.map(({ id }, i): [number, [number, number]] => [id, [places[i].color, places[i].shade]]),
    );
  return {
    topics: { ...life.colors?.topics, ...own(topics, placed.topics) },
    themes: { ...life.colors?.themes, ...own(levels[at]?.groups, placed.levels[at]) },
  };
}
