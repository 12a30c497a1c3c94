import { isDeepStrictEqual } from 'node:util';
import { type Hdbscan, recut } from '../hdbscan/index.js';
import { withoutInvalid } from '../hdbscan/invalid-rows.js';
import { givenAt, pickOptions } from '../options/resolve.js';
import type { ClusterOptions, Settings } from '../options/table.js';
import { cutOptions } from '../options/tree.js';
import { inCanonicalOrder } from '../pipeline/canonical.js';
import { Clock } from '../pipeline/clock.js';
import { decided } from '../pipeline/decide.js';
import { planTree, treeSize } from '../pipeline/grouping.js';
import type { Space } from '../pipeline/vectors.js';
import type { EarlierGroups } from '../themes/earlier.js';
import { takeFit, takeGraph, takeMatrix, takeRows } from '../themes/order.js';
import type { Added } from './add.js';
import { changesOf, movedRows } from './changes.js';
import { evolve, idsOf, type LivingParts, namesOf } from './evolve.js';
import type { RunRecord } from './format.js';
import { copiesOf, givenInOrder, refuseUnknownGiven } from './given.js';
import { plannedRows } from './lasting.js';
import { RECUT_OPTIONS } from './run-options.js';
import { withSaved } from './settings.js';

/**
 * Least Jaccard overlap with which a computed name stays with its topic: more than half of the rows are the same. Below it, a
 * topic can keep its id and be three times as large, so that the old name says little of it.
 */
const SAME_NAME = 0.5;

/** Other topics from the same tree, by the options that the run was made with and those of this call: nothing is embedded, searched or laid out. */
export function recutRun(
  before: LivingParts,
  record: Pick<RunRecord, 'settings'>,
  folder: string,
  options: ClusterOptions,
): Promise<Added> {
  const firstCut = before.life.firstCut ?? cutPart(record.settings);
  const isOwnNow = isDeepStrictEqual(cutPart(record.settings), firstCut);
  const ownIds = before.life.ownIds ?? (isOwnNow ? before.life.ids : undefined);
  const isOwn =
    ownIds !== undefined && [...RECUT_OPTIONS].every((path) => givenAt(options, path) === undefined);
  // The tree was made with these, and stays.
  const { minSamples } = before.analysis.fit.settings;
  const original = { ...withoutCut(record.settings), ...firstCut, minSamples };
  const saved = withSaved(original, options, folder, (path) => RECUT_OPTIONS.has(path));
  return decided(saved, (settings) =>
    cutAgain({ ...before, life: { ...before.life, firstCut, ownIds } }, settings, isOwn),
  );
}

const cutPart = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([path]) => RECUT_OPTIONS.has(path)));

const withoutCut = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([path]) => !RECUT_OPTIONS.has(path)));

/** @param isOwn whether this is the cut that the run had before others were made: its groups have the ids that they had then */
async function cutAgain(before: LivingParts, settings: Settings, isOwn: boolean): Promise<Added> {
  refuseUnknownGiven(before, 'no other cut can be made of');
  const { corpus, analysis, vectors, space: source } = before;
  const { fit, graph, points, trustworthiness, engine, grouping } = analysis;
  const { tree } = settings;
  const rows = corpus.documents.tableRows.length;
  const space: Space = { ...source, rows, vectors, graph };
  // Copies take part as they did when the tree was made.
  const copies = copiesOf(analysis) > 0 ? 'once' : 'each';
  const ordered = await inCanonicalOrder(corpus, space, { ...tree, copies }, settings.watch);
  const { order, places } = ordered;
  const given = givenInOrder(analysis, order);
  const members = given ? given.rest.map((place) => order[place]) : order;
  const numberOf = given ? placesIn(given.rest, places) : places;
  const earlier = isOwn ? earlierInOrder(before.life, order) : undefined;
  const planned = earlier
    ? plannedRows(members.length, before.life.history, corpus.table.rows)
    : members.length;
  const plan = { ...planTree(tree, planned), space: grouping.choice.space };
  const whole = recut(participants(fit, members, numberOf), {
    ...pickOptions(tree, cutOptions),
    minClusterSize: treeSize(plan, tree),
  });
  const map = { points: takeRows(points, order, 2), trustworthiness };
  const regrown = {
    ...{ corpus, ordered, given, engine, whole, plan, map },
    space: { ...source, rows, vectors },
    graph: takeGraph(graph, order, places),
    sameName: SAME_NAME,
    ...(isOwn && { known: before.life.ownIds, earlier }),
  };
  const { parts, topics, themes } = await evolve(before, regrown, settings, new Clock());
  const step = {
    did: 'recut' as const,
    rows: corpus.table.rows,
    topics: topics.ids.length,
    themes: themes.ids.length,
  };
  parts.life.history = [...parts.life.history, step];
  const [was, is] = [namesOf(before), namesOf(parts)];
  return {
    parts,
    changes: {
      did: 'recut',
      rowsBefore: corpus.table.rows,
      rows: corpus.table.rows,
      skipped: 0,
      changedTexts: 0,
      how: `the tree of ${rows.toLocaleString('en-US')} rows cut anew: ${parts.analysis.grouping.choice.topics}`,
      topics: changesOf(topics.events, was.topics, is.topics),
      themes: changesOf(themes.events, was.themes, is.themes),
      growing: [],
      fading: [],
      moved: movedRows(idsOf(before), idsOf(parts), (document) => corpus.documents.rowOf(document)),
    },
  };
}

/** Groups that the cut favours, in another order of the documents. */
const earlierInOrder = (
  { earlier, history }: LivingParts['life'],
  order: Int32Array,
): EarlierGroups | undefined =>
  earlier && {
    isPlacedAnew: history.findLast(({ did }) => did === 'add')?.laidOut,
    clusters: takeRows(earlier.clusters, order),
    topics: takeRows(earlier.topics, order),
    themes: takeRows(earlier.themes, order),
  };

/** By document: where its place stands in an ascending list of places; −1 where it doesn't. */
function placesIn(list: Int32Array, places: Int32Array): Int32Array {
  const at = new Map(Array.from(list, (place, number) => [place, number] as const));
  return places.map((place) => at.get(place) ?? -1);
}

/**
 * The tree of the rows that take part, in another order; it has to be cut before its labels mean anything.
 * @param members document at each place of the order
 * @param numberOf place of each document
 */
function participants(fit: Hdbscan, members: Int32Array, numberOf: Int32Array): Hdbscan {
  if (members.length === numberOf.length) return takeFit(fit, numberOf, members);
  const { linkage, validRows } = withoutInvalid(fit);
  const rows = validRows.length;
  const number = Int32Array.from(validRows, (document) => numberOf[document]);
  const node = (old: number) => (old < rows ? number[old] : old);
  const blank = new Float64Array(rows);
  const coreDistances = new Float64Array(rows);
  for (const [at, document] of validRows.entries()) coreDistances[number[at]] = fit.coreDistances[document];
  const edges = Math.max(0, rows - 1);
  const ends = (rowsOf: Int32Array) => rowsOf.slice(0, edges).map((document) => numberOf[document]);
  const { from, to } = fit.minimumSpanningTree;
  return {
    ...fit,
    ...{ labels: new Int32Array(rows).fill(-1), probabilities: blank, outlierScores: blank, coreDistances },
    minimumSpanningTree: { from: ends(from), to: ends(to), weight: linkage.distance },
    singleLinkage: { ...linkage, left: linkage.left.map(node), right: linkage.right.map(node) },
    invalidRows: 0,
    // No size: the linkage is condensed again; the plan of the new cut decides on the margin.
    settings: { ...fit.settings, minClusterSize: 0, partsMargin: undefined },
    points: fit.points && takeMatrix(fit.points, members),
  };
}
