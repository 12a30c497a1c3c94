import type { Hdbscan } from '../hdbscan/index.js';
import type { Settings } from '../options/table.js';
import { fitRest, searchRest } from '../pipeline/given.js';
import type { Given } from '../pipeline/given-rows.js';
import { planTree } from '../pipeline/grouping.js';
import { fitReduced } from '../pipeline/tree.js';
import { type Matrix, pickRows } from '../shapes.js';
import type { LivingParts } from './evolve.js';
import { placeInSpace } from './place-rows.js';

/**
 * The tree over the rows without a given topic, after rows were added. In the reduced space those that had a place
 * keep it; the others, new rows and those that were near a given topic before, are placed among them.
 *
 * @param vectors of all rows
 * @param options `documentAt`: an old document at each row, −1 for a new row; `isPlacedAnew`: whether all of them are laid out anew, from
 * these places
 */
export async function fitGrownRest(
  before: LivingParts,
  vectors: Matrix,
  given: Given,
  { documentAt, isPlacedAnew }: { documentAt: Int32Array; isPlacedAnew: boolean },
  settings: Settings,
): Promise<Hdbscan> {
  const { tree, watch } = settings;
  const { fit, grouping } = before.analysis;
  const { rest } = given;
  const plan = planTree(tree, rest.length);
  const old = fit.points;
  const hasPlace = (at: number) => {
    const document = documentAt[rest[at]];
    return old !== undefined && document >= 0 && Number.isFinite(old.data[document * old.cols]);
  };
  const held = Int32Array.from(rest.keys()).filter(hasPlace);
  if (plan.space !== 'reduced' || grouping.choice.space !== 'reduced' || !old || held.length === 0)
    return fitRest(vectors, given, settings, watch);
  const fresh = Int32Array.from(rest.keys()).filter((at) => !hasPlace(at));
  return searchRest(vectors, given, settings, watch, async ({ graph }, own) => {
    const places = pickRows(
      old,
      held.map((at) => documentAt[rest[at]]),
    );
    const space = await placeInSpace(
      places,
      { held, fresh },
      { graph, vectors: own },
      isPlacedAnew,
      settings,
    );
    return fitReduced(space, plan, tree, watch);
  });
}
