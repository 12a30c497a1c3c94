import { UserError } from '../errors.js';
import type { Analysis } from '../pipeline/analysis.js';
import type { Given } from '../pipeline/given-rows.js';
import type { Grouping } from '../pipeline/grouping.js';
import type { ResultParts } from '../pipeline/result-parts.js';

/**
 * Refuses to change a run of given topics that doesn't hold them, since an earlier version of denscape wrote it.
 * @throws UserError, `what` saying what can't be done
 */
export function refuseUnknownGiven(
  { analysis, described }: Pick<ResultParts, 'analysis' | 'described'>,
  what: string,
): void {
  if (analysis.grouping.given || !described.topics.some(({ given }) => given)) return;
  throw new UserError(
    `${what} this run: an earlier version of denscape wrote it without its given topics; cluster all rows again with topics`,
    { code: 'FIT_INVALID', option: 'topics' },
  );
}

/** Places of given topics before and after, of those that have rows in both. */
export function sameGiven(before: Grouping, after: Grouping): { before: number; after: number }[] {
  const placeIn = ({ given, topics }: Grouping, name: string): number => {
    const row = given?.topic.indexOf(given.names.indexOf(name)) ?? -1;
    return row < 0 ? -1 : topics.labels[row];
  };
  return (after.given?.names ?? [])
    .map((name) => ({ before: placeIn(before, name), after: placeIn(after, name) }))
    .filter((pair) => pair.before >= 0 && pair.after >= 0);
}

/** Rows outside the tree that are copies of others: not those with a given topic. */
export function copiesOf({ fit, grouping }: Pick<Analysis, 'fit' | 'grouping'>): number {
  const isOutside = (_: number, row: number) => Number.isNaN(fit.coreDistances[row]);
  const named = grouping.given?.topic.filter((topic, row) => topic >= 0 && isOutside(topic, row)) ?? [];
  return fit.invalidRows - named.length;
}

/** The given topics of a run for its documents in another order; undefined where it has none. */
export function givenInOrder(
  { fit, grouping: { given } }: Pick<Analysis, 'fit' | 'grouping'>,
  order: Int32Array,
): Given | undefined {
  if (!given) return undefined;
  const topic = order.map((document) => given.topic[document]);
  const sure = Float64Array.from(order, (document, place) =>
    topic[place] < 0 ? 0 : fit.probabilities[document],
  );
  const rest = Int32Array.from(topic.keys()).filter((place) => topic[place] < 0);
  return { names: given.names, topic, sure, rest };
}
