import { extendAveraged } from '../layout/among-averaged.js';
import { isAveraged } from '../layout/averaged-columns.js';
import { type AveragedFit, averagedFit } from '../layout/averaged-fit.js';
import { layout } from '../layout/index.js';
import { extendOnto } from '../layout/onto.js';
import type { LayoutOptions } from '../layout/options.js';
import { layoutLibraryOptions } from '../options/layout.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import type { inCanonicalOrder } from '../pipeline/canonical.js';
import { reducedOptions, reducedSpace } from '../pipeline/tree.js';
import { type Matrix, type NeighborGraph, pickRows } from '../shapes.js';
import { takeGraph } from '../themes/order.js';
import type { LivingParts } from './evolve.js';
import { extendLayout, heldFirst } from './extend-layout.js';

type Ordered = Awaited<ReturnType<typeof inCanonicalOrder>>;

/** Places of the canonical order where an old row stands, alone or with copies, and the others. */
export interface PlacesBefore {
  /** Ascending. */
  held: Int32Array;
  /** An old document at each of them. */
  documents: Int32Array;
  /** Ascending. */
  fresh: Int32Array;
  /** By place: 1 where an old row stands. */
  isHeld: Uint8Array;
  /** By place: an old document that stands there, −1 for none. */
  documentAt: Int32Array;
}

/** @param old number of documents before */
export function splitPlaces({ order, places }: Pick<Ordered, 'order' | 'places'>, old: number): PlacesBefore {
  const oldAt = new Int32Array(order.length).fill(-1);
  for (let document = old - 1; document >= 0; document--) oldAt[places[document]] = document;
  const isHeld = Uint8Array.from(oldAt, (document) => (document >= 0 ? 1 : 0));
  const held = Int32Array.from(order.keys()).filter((place) => isHeld[place] === 1);
  return {
    held,
    documents: held.map((place) => oldAt[place]),
    fresh: Int32Array.from(order.keys()).filter((place) => isHeld[place] === 0),
    isHeld,
    documentAt: oldAt,
  };
}

/** Places on the map by place of the canonical order: old rows where they were, new ones among them. */
export function placeOnMap(
  { analysis: { points } }: LivingParts,
  graph: NeighborGraph,
  parts: PlacesBefore,
  { layout: settings, watch }: Settings,
): Promise<Float32Array> {
  const whole: Matrix = { data: points, rows: points.length / 2, cols: 2 };
  // Given start positions are those of other rows, and nothing starts here.
  const options: LayoutOptions = { ...pickOptions(settings, layoutLibraryOptions), init: 'random' };
  return extendLayout(pickRows(whole, parts.documents), parts, graph, ({ data, rows, cols }, lists) =>
    extendOnto({ points: data, rows, options: { ...options, components: cols } }, lists, watch),
  );
}

/**
 * Places in the reduced space: new rows among the old ones, which stay, or all of them anew. Anew a layout starts at these places; averaged
 * vectors don't.
 *
 * @param old places of the held rows, in the order of `held`
 * @param rows ascending numbers of rows of the graph, which both lists together are
 * @returns rows of the graph × columns
 */
export async function placeInSpace(
  old: Matrix,
  rows: Pick<PlacesBefore, 'held' | 'fresh'>,
  { graph, vectors }: { graph: NeighborGraph; vectors: Matrix | undefined },
  isAnew: boolean,
  { tree, watch }: Pick<Settings, 'tree' | 'watch'>,
): Promise<Matrix> {
  if (isAnew && vectors) return reducedSpace(graph, vectors, tree, watch);
  const options = { ...reducedOptions(graph.neighbors, tree), components: old.cols };
  const known =
    vectors && isAveraged(old) ? await knownOf(old, rows, graph, vectors, { tree, watch }) : undefined;
  const placed = await extendLayout(old, rows, graph, (places, lists) =>
    isAveraged(places)
      ? extendAveraged(places, lists, { ...watch, threads: tree.threads }, known)
      : extendOnto({ points: places.data, rows: places.rows, options }, lists, watch),
  );
  const shape = { rows: graph.rows, cols: old.cols };
  if (!isAnew) return { data: placed, ...shape };
  const { points } = await layout(graph, { ...options, init: Float32Array.from(placed), ...watch });
  return { data: points, ...shape };
}

/** What new rows of an averaged space start and are attracted by, as `predict` does it; rows are numbered held ones first, then fresh ones. */
async function knownOf(
  old: Matrix,
  { held, fresh }: Pick<PlacesBefore, 'held' | 'fresh'>,
  graph: NeighborGraph,
  vectors: Matrix,
  { tree, watch }: Pick<Settings, 'tree' | 'watch'>,
): Promise<{ fit: AveragedFit; fresh: Matrix }> {
  const { order, number } = heldFirst(held, fresh);
  const numbered = takeGraph(graph, order, number);
  const members = Int32Array.from(held.keys());
  const fit = await averagedFit(old, numbered, pickRows(vectors, order), members, {
    threads: tree.threads,
    ...watch,
  });
  return { fit, fresh: pickRows(vectors, fresh) };
}
