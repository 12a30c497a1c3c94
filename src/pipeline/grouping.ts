import { counted, percent } from '../counted.js';
import { type Hdbscan, type RecutOptions, recut } from '../hdbscan/index.js';
import { recutWeighed, type Weighing } from '../hdbscan/recut.js';
import type { SettingsOf } from '../options/option.js';
import type { groupOptions } from '../options/tree.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { layoutBeside } from '../themes/beside.js';
import {
  chooseTopics,
  LEAST_IN_TOPICS,
  LEAST_SAMPLES,
  largestShareRows,
  MOST_MARGIN,
  partsMarginFor,
  samplesFor,
  smallestTopic,
  sweepLine,
  sweepSizes,
} from '../themes/choose.js';
import { divideLarge, topicBounds } from '../themes/divide.js';
import { divideInTwo, narrowBounds } from '../themes/divide-clear.js';
import { divideAsBefore, type EarlierGroups, favourEarlier, grewLittle } from '../themes/earlier.js';
import { bySize, type Groups, sizesOf } from '../themes/groups.js';
import { assignAll, type Hierarchy, openHierarchy } from '../themes/hierarchy.js';
import { mostOfTopics, mostThemes, scoreOf, stays } from '../themes/levels.js';
import {
  applyNoise,
  type NearestTopics,
  type NoiseRule,
  nearestByNeighbors,
  nearestTopics,
  parseNoise,
} from '../themes/nearest.js';
import { takeRows } from '../themes/order.js';
import { joinAsBefore } from '../themes/rejoin.js';
import { UnitRows } from '../themes/rows.js';
import type { ThemesTask } from '../themes/task.js';
import {
  exactGroups,
  findThemes,
  ROWS_AS_LEAVES,
  rowsAsLeaves,
  sampleLeaves,
  type Themes,
} from '../themes/themes.js';
import { fitOfAll, type Given, joinGiven } from './given-rows.js';
import type { Choice, Grouping } from './grouping-result.js';

export type { Grouping } from './grouping-result.js';

/** What acts on a tree after it was built. */
export type CutSettings = Omit<SettingsOf<typeof groupOptions>, keyof Watch>;

/** From so few rows down, fewer dimensions hold no more than the vectors. */
export const LEAST_TO_REDUCE = 16;

export interface TreePlan extends Pick<Choice, 'space'> {
  minClusterSize: number;
  /** Which nearest other row is the core distance. */
  minSamples: number;
  /** Whether sizes may be chosen and large topics divided: no option of the cut was given. */
  isGuarded: boolean;
}

/** Where to look for density and from which sizes, for so many rows. */
export function planTree(
  tree: CutSettings & { squared?: boolean; minSamples?: number },
  rows: number,
): TreePlan {
  const minClusterSize = tree.minClusterSize ?? smallestTopic(rows);
  const space =
    tree.space !== 'auto' ? tree.space : tree.squared || rows < LEAST_TO_REDUCE ? 'raw' : 'reduced';
  const isGuarded =
    tree.space === 'auto' &&
    space === 'reduced' &&
    tree.clusterSelectionMethod === 'eom' &&
    tree.clusterSelectionEpsilon === 0 &&
    tree.maxClusterSize === 0 &&
    !tree.allowSingleCluster;
  const chosen = space === 'reduced' ? samplesFor(rows) : LEAST_SAMPLES;
  const minSamples = tree.minSamples ?? tree.minClusterSize ?? chosen;
  return { space, minClusterSize, minSamples, isGuarded };
}

/** The smallest size that the tree is condensed with, so that smaller topics than planned can be chosen. */
export const treeSize = ({ isGuarded, minClusterSize }: TreePlan, tree: CutSettings): number =>
  isGuarded && tree.minClusterSize === undefined ? Math.min(5, minClusterSize) : minClusterSize;

/**
 * The cut that the plan makes of the tree, and why in one line.
 * @param earlier cluster of each row before rows were added
 */
function cutTree(
  fit: Hdbscan,
  plan: TreePlan,
  tree: CutSettings,
  earlier?: Int32Array,
): { fit: Hdbscan; why: string } {
  const { minClusterSize, minSamples } = plan;
  const margin = plan.isGuarded ? partsMarginFor(fit.labels.length) : 1;
  const cut = cutterOf(fit, plan, earlier);
  if (!plan.isGuarded)
    return { fit: earlier ? cut({}, margin) : fit, why: `smallest topic ${minClusterSize} rows` };
  if (tree.minClusterSize === undefined) {
    const { fit: chosen, why } = chooseSize(fit, plan, earlier);
    const used = fit.settings.minSamples;
    if (used >= minSamples) return { fit: chosen, why };
    const few = `density over ${used} neighbours, since over ${minSamples} fewer rows are in topics, less than ${percent(LEAST_IN_TOPICS)}`;
    return { fit: chosen, why: `${few}; ${why}` };
  }
  return {
    fit: cut({ maxClusterSize: largestShareRows(fit.labels.length) }, margin),
    why: `smallest topic ${minClusterSize} rows, as given`,
  };
}

/** Cuts a tree with a margin for parts; clusters of before are kept with the largest margin, at any number of rows. */
const cutterOf =
  (fit: Hdbscan, { isGuarded }: TreePlan, earlier?: Int32Array) =>
  (options: RecutOptions, partsMargin: number): Hdbscan => {
    const kept = isGuarded ? MOST_MARGIN / partsMargin : 1;
    const factors: Weighing['factors'] = earlier && ((whole) => favourEarlier(whole, earlier, kept));
    return recutWeighed(fit, options, { factors, partsMargin });
  };

const chooseSize = (fit: Hdbscan, plan: TreePlan, earlier?: Int32Array) =>
  chooseTopics(fit, plan.minClusterSize, partsMarginFor(fit.labels.length), cutterOf(fit, plan, earlier));

/** Share of the rows that the plan's cut of a tree puts into topics. */
export const shareInTopics = (fit: Hdbscan, plan: TreePlan): number => chooseSize(fit, plan).inTopics;

/** Rows above which the sweep takes too long to be worth its result. */
const SWEPT_ROWS = 200_000;

interface GroupingInput {
  fit: Hdbscan;
  /** The tree before the cut. */
  whole: Hdbscan;
  plan: TreePlan;
  why: string;
  graph: NeighborGraph;
  vectors?: Matrix;
  /** Rows that have a topic already; `fit` has them outside its tree, and `whole` is of the others alone. */
  given?: Given;
  earlier?: EarlierGroups;
}

/** What rows are grouped by. */
interface RowsToGroup {
  graph: NeighborGraph;
  vectors?: Matrix;
  /** Rows that have a topic already. */
  given?: Given;
  /** What rows were in before others were added; clusters that they still are, and divisions of these, are kept. */
  earlier?: EarlierGroups;
}

/** A cut of the tree and its groups. */
export interface Grouped {
  fit: Hdbscan;
  grouping: Grouping;
}

/** What goes on while themes are looked for. */
export interface Meanwhile {
  /** Called once topics are known; levels and themes above them aren't there yet. */
  onTopics(found: Grouped): void;
  /** Has another thread find the themes; undefined where it doesn't. */
  findThemes(task: ThemesTask): Promise<Themes | undefined>;
}

/**
 * Cuts the tree as the plan says: topics from the cut, themes above them, the nearest topic of every row.
 * @param whole the tree before the cut, made with the smallest size that may be chosen; of the rows without a given topic
 * @param meanwhile what goes on while themes are looked for
 * @returns the cut and the groups
 */
export async function groupRows(
  whole: Hdbscan,
  rows: RowsToGroup,
  plan: TreePlan,
  tree: CutSettings,
  watch: Watch = {},
  meanwhile?: Meanwhile,
): Promise<Grouped> {
  const { given, earlier } = rows;
  const before = given && earlier ? takeRows(earlier.clusters, given.rest) : earlier?.clusters;
  const { fit: cut, why } = cutTree(whole, plan, tree, before);
  const fit = given ? fitOfAll(cut, given) : cut;
  const grouping = await groupsOf({ ...rows, fit, whole, plan, why }, tree, watch, meanwhile);
  return { fit, grouping };
}

async function groupsOf(
  input: GroupingInput,
  tree: CutSettings,
  watch: Watch,
  meanwhile?: Meanwhile,
): Promise<Grouping> {
  const { plan, graph, vectors } = input;
  const sweep = sweepOf(input);
  const choice = { space: plan.space, topics: input.why, themes: 'themes need vectors', sweep };
  if (!vectors || vectors.rows === 0) {
    const grouping = withoutVectors(input, tree, choice);
    meanwhile?.onTopics({ fit: input.fit, grouping });
    return grouping;
  }
  const further = layoutOf(input, vectors);
  const rows = await UnitRows.open(vectors, vectors.rows * 1000, tree.threads, further);
  try {
    // `clusters` may ask for more groups than the tree has clusters.
    const wanted = tree.clusters ?? 0;
    const sampled = once(() => sampleLeaves(rows, MOST_LEAVES / 2, watch));
    const leavesOf = (least: number) => leavesFor(input, rows.rows, least, sampled);
    let leaves = await leavesOf(wanted);
    if (leaves.count < wanted) leaves = await sampleLeaves(rows, Math.max(leaves.count, MOST_LEAVES), watch);
    const opened = { vectors, further };
    const before = input.earlier?.themes;
    const forThemes = { threads: tree.threads, before, ...watch };
    const hierarchy = once(() => openHierarchy(rows, leaves, watch));
    const own = await findTopics({ ...input, further }, rows, leavesOf, hierarchy, tree, watch);
    const found = input.given ? joinGiven(own, input.given) : own;
    const noise = noiseOf(tree);
    const nearest = await nearestTopics(rows, found.topics, { places: further, ...watch });
    const settled = settleNoise(found, nearest, noise);
    const ofTopics = plan.isGuarded
      ? mostOfTopics(settled.topics.count, vectors.rows)
      : Number.POSITIVE_INFINITY;
    const most = Math.min(mostThemes(vectors.rows), tree.clusters ?? ofTopics);
    const ofAllRows = bySize(settled.nearest.topic);
    const grouping = {
      ...{ ...settled, given: found.given, themes: ofAllRows, levels: [] },
      choice: { ...choice, topics: `${choice.topics}${found.note}` },
    };
    meanwhile?.onTopics({ fit: input.fit, grouping });
    const { levels, themes, why } =
      (await meanwhile?.findThemes({ ...opened, graph, leaves, most, before })) ??
      (await findThemes(await hierarchy(), opened, graph, most, forThemes));
    return {
      ...grouping,
      themes: themes ?? ofAllRows,
      levels,
      choice: { ...grouping.choice, themes: why },
    };
  } finally {
    rows.close();
  }
}

/** The same work whenever it is asked for, done the first time. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

/** The layout that the tree was built over, as groups of the vectors use it; nothing where the tree was built over the vectors themselves. */
function layoutOf({ whole: { points } }: GroupingInput, vectors: Matrix): Matrix | undefined {
  if (!points || points.rows !== vectors.rows || points.cols >= vectors.cols) return undefined;
  return layoutBeside(points, vectors);
}

const noiseOf = (tree: CutSettings): NoiseRule =>
  (tree.noise === undefined ? undefined : parseNoise(tree.noise)) ??
  (tree.clusters === undefined ? 'keep' : 'nearest');

function sweepOf({ whole, fit, plan }: GroupingInput): string | undefined {
  const rows = whole.labels.length;
  if (rows > SWEPT_ROWS || whole.condensedTree.child.length === 0) return undefined;
  const chosen = fit.settings.minClusterSize;
  const steps = sweepSizes(
    whole,
    chosen,
    plan.isGuarded ? largestShareRows(rows) : fit.settings.maxClusterSize,
    fit.settings.partsMargin,
  );
  return sweepLine(steps, chosen);
}

/** Merging so many groups takes a second or two. */
const MOST_LEAVES = 1500;

/**
 * What the hierarchy is built on: the rows, or the tree's smallest clusters, or groups around a sample where these are few.
 * Clusters of half the size planned for topics make better levels than the smallest ones of all: on AG News, bank, clinc and
 * stackoverflow (6,500 to 8,600 rows) the mean AMI of themes rises by 0.02.
 *
 * @param least so many leaves are needed, where the tree has them
 * @param sampled groups around a sample
 */
async function leavesFor(
  { whole, plan, given }: GroupingInput,
  rows: number,
  least: number,
  sampled: () => Promise<Groups>,
): Promise<Groups> {
  if (rows <= ROWS_AS_LEAVES) return rowsAsLeaves(rows);
  // The tree has no leaves of rows with a given topic.
  if (given) return sampled();
  const smallest = whole.settings.minClusterSize;
  let size = Math.max(smallest, Math.round(plan.minClusterSize / 2));
  for (let isRising = false; ; ) {
    const leaves = recut(whole, { clusterSelectionMethod: 'leaf', minClusterSize: size, maxClusterSize: 0 });
    const { clusterCount: count, labels } = leaves;
    if (count > MOST_LEAVES) {
      isRising = true;
      size = Math.ceil(size * 1.5);
    } else if (count >= Math.max(least, Math.sqrt(rows))) return bySize(labels);
    else if (isRising || size === smallest) {
      // A tree with few leaves (a chain in raw space) has little information on their inside.
      return count < Math.sqrt(rows) ? sampled() : bySize(labels);
    } else size = Math.max(smallest, Math.floor(size / 1.5));
  }
}

interface Found {
  topics: Groups;
  persistence: Float64Array;
  /** 1 for rows in a topic that density didn't put there. */
  assigned: Uint8Array;
  /** Continues the line on what was chosen. */
  note: string;
  given?: Grouping['given'];
}

async function findTopics(
  input: GroupingInput & { further?: Matrix },
  rows: UnitRows,
  leavesOf: (least: number) => Promise<Groups>,
  hierarchy: () => Promise<Hierarchy>,
  tree: CutSettings,
  watch: Watch,
): Promise<Found> {
  const { fit, whole, plan, graph, vectors, further: places, earlier } = input;
  const count = fit.labels.length;
  const none = new Uint8Array(count);
  if (tree.clusters !== undefined) {
    const topics = await exactTopics(input, await hierarchy(), tree.clusters, watch);
    const isOutside = Uint8Array.from(fit.labels, (label) => (label < 0 ? 1 : 0));
    const note = `; merged into exactly ${tree.clusters}`;
    const persistence = new Float64Array(topics.count);
    if (noiseOf(tree) !== 'keep') return { topics, persistence, assigned: isOutside, note };
    const kept = bySize(topics.labels.map((label, row) => (isOutside[row] ? -1 : label)));
    return { topics: kept, persistence: new Float64Array(kept.count), assigned: none, note };
  }
  const clusters = sized(fit);
  if (!plan.isGuarded || !vectors)
    return { topics: clusters, persistence: fit.persistence, assigned: none, note: '' };
  const one = earlier && !earlier.isPlacedAnew ? joinAsBefore(clusters, earlier.clusters) : undefined;
  const topics = one ?? clusters;
  const bounds = narrowBounds(vectors, topics, topicBounds(topics.size, whole.labels.length));
  const least = fit.settings.minClusterSize;
  const own = { threads: tree.threads, ...watch };
  const kept = earlier && (await divideAsBefore(vectors, topics, earlier, least, own));
  const undivided = kept ?? topics;
  // Bounds fall where new topics are small, which is no reason to divide one of before.
  const isWhole = earlier && grewLittle(undivided, earlier.topics);
  const clear =
    bounds.clear < bounds.most
      ? await divideInTwo({ vectors, places, graph, isWhole }, undivided, bounds, least, watch)
      : undefined;
  const isWholeAfter = isWhole && clear ? takeRows(isWhole, clear.parentOf) : isWhole;
  const most = clear?.most ?? bounds.most;
  const large = clear ?? undivided;
  const hasLarge = large.count > 0 && large.size[0] > most;
  const fine = hasLarge ? await assignAll(rows, await leavesOf(MOST_LEAVES), watch) : new Int32Array();
  const parts = await divideLarge(vectors, large, fine, most, least, {
    isWhole: isWholeAfter,
    ...own,
  });
  const back = (step: { parentOf: Int32Array } | undefined, of: Int32Array): Int32Array =>
    step ? takeRows(step.parentOf, of) : of;
  const topicOf = back(kept, back(clear, parts.parentOf));
  const clusterOf = one ? takeRows(one.largestOf, topicOf) : topicOf;
  const notes = [
    ...(one && one.joined > 0 ? [`${counted(one.joined, 'topic')} kept whole`] : []),
    ...(kept && kept.divided > 0 ? [`${counted(kept.divided, 'topic')} divided as before`] : []),
    ...(clear && clear.divided > 0
      ? [`${counted(clear.divided, 'topic')} over ${bounds.clear} rows divided in two`]
      : []),
    ...(parts.divided > 0 ? [`${counted(parts.divided, 'topic')} over ${most} rows divided`] : []),
  ];
  return {
    topics: parts,
    persistence: Float64Array.from(clusterOf, (cluster) => fit.persistence[cluster]),
    assigned: none,
    note: notes.map((note) => `; ${note}`).join(''),
  };
}

/** So many groups: those of before, with new rows in the nearest, where there were as many and others are not clearly better. */
async function exactTopics(
  { earlier, graph }: GroupingInput,
  hierarchy: Hierarchy,
  count: number,
  watch: Watch,
): Promise<Groups> {
  const fresh = await exactGroups(hierarchy, count, watch);
  if (!earlier || bySize(earlier.topics).count !== count) return fresh;
  const kept = await hierarchy.keep(earlier.topics, watch);
  return stays(scoreOf(kept, graph), scoreOf(fresh, graph), count) ? kept : fresh;
}

/** The fit's own labels, which are numbered by size already. */
const sized = ({ labels, clusterCount }: Hdbscan): Groups => ({
  labels,
  count: clusterCount,
  size: sizesOf(labels, clusterCount),
});

/** Gives rows without a topic one, as the rule says, and numbers topics by size again where any was given. */
function settleNoise(
  found: Found,
  nearest: NearestTopics,
  rule: NoiseRule,
): Pick<Grouping, 'topics' | 'persistence' | 'assigned' | 'nearest'> {
  const { labels, assigned } = applyNoise(found.topics.labels, nearest, rule);
  const isAssigned = found.assigned.map((flag, row) => flag | assigned[row]);
  if (!assigned.includes(1)) {
    return { topics: found.topics, persistence: found.persistence, assigned: isAssigned, nearest };
  }
  const topics = bySize(labels);
  const numberOf = new Int32Array(found.topics.count);
  for (let row = 0; row < labels.length; row++)
    if (labels[row] >= 0) numberOf[labels[row]] = topics.labels[row];
  const persistence = new Float64Array(topics.count);
  for (let old = 0; old < numberOf.length; old++) persistence[numberOf[old]] = found.persistence[old];
  const renumbered = nearest.topic.map((topic) => (topic < 0 ? -1 : numberOf[topic]));
  return { topics, persistence, assigned: isAssigned, nearest: { ...nearest, topic: renumbered } };
}

/** Without vectors in memory: topics are those of the tree, and the nearest topic is taken from neighbours. */
function withoutVectors({ fit, graph }: GroupingInput, tree: CutSettings, choice: Choice): Grouping {
  const cut = tree.clusters === undefined ? fit : recut(fit, { clusters: tree.clusters });
  const found = {
    topics: sized(cut),
    persistence: cut.persistence,
    assigned: new Uint8Array(cut.labels.length),
    note: '',
  };
  const settled = settleNoise(found, nearestByNeighbors(graph, found.topics), noiseOf(tree));
  return { ...settled, themes: bySize(settled.nearest.topic), levels: [], choice };
}
