import { UserError } from '../errors.js';
import { openSearcher } from '../neighbors/open.js';
import type { Watch } from '../progress.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import { bySize, type Groups, parentsOf } from './groups.js';
import { agreementOfHalves } from './halves.js';
import type { Cut, Hierarchy } from './hierarchy.js';
import {
  bestLevel,
  chooseLevels,
  contenders,
  judgedOf,
  type ScoredLevel,
  scoreLevels,
  scoreOf,
  stays,
} from './levels.js';
import { UnitRows } from './rows.js';

/** Up to so many rows each is a fine group of its own; beyond, the tree's smallest clusters are. */
export const ROWS_AS_LEAVES = 2000;
/** Levels are scored on so many rows at most: the first in canonical order, which is a random order. */
const SCORED_ROWS = 5000;
const NEIGHBORS = 15;
/** Below, neighbours are together as if groups had been drawn at random; texts with themes have 0.3 and more. */
const LEAST_MODULARITY = 0.01;

export interface Level extends Groups {
  /** Group of the next coarser level that most rows of each group are in; -1 at the coarsest. */
  parents: Int32Array;
  modularity: number;
  silhouette: number;
  /** The level whose groups are the themes. */
  isTheme: boolean;
}

export interface Themes {
  /** Finest first, at most six. */
  levels: Level[];
  /** The level that themes are; undefined for too few rows. */
  themes?: Level;
  /** One line: how many, and why. */
  why: string;
}

/** Each row a group of its own. */
export const rowsAsLeaves = (rows: number): Groups => ({
  labels: Int32Array.from({ length: rows }, (_, row) => row),
  count: rows,
  size: new Int32Array(rows).fill(1),
});

/** Groups around the first rows in canonical order, which are a random sample: each row to the nearest of them. */
export async function sampleLeaves(rows: UnitRows, count: number, watch: Watch = {}): Promise<Groups> {
  const sums = await rows.sums(rowsAsLeaves(count).labels, count, watch);
  return bySize((await rows.nearestMean(sums, watch)).labels);
}

/** Exactly `count` groups of the hierarchy. Throws a UserError where it has fewer. */
export async function exactGroups(hierarchy: Hierarchy, count: number, watch: Watch = {}): Promise<Cut> {
  if (count > hierarchy.finest) {
    throw new UserError(
      `clusters must be at most ${hierarchy.finest}, the finest groups that these rows have; got ${count}`,
      { code: 'OPTION_INVALID', option: 'clusters' },
    );
  }
  return hierarchy.cut(count, watch);
}

/** What the rows of a hierarchy were opened from. */
export interface RowsOpened {
  vectors: Matrix;
  /** Columns that follow the vectors' own. */
  further?: Matrix;
}

/**
 * Scores levels, chooses up to six, and the one that themes are: none finer than `most` groups.
 * @param options `before`: theme of each row before others were added, −1 for none; these themes stay where no level is clearly better
 */
export async function findThemes(
  hierarchy: Hierarchy,
  opened: RowsOpened,
  graph: NeighborGraph,
  most: number,
  options: Watch & { threads?: number; before?: Int32Array },
): Promise<Themes> {
  const before = options.before?.some((theme) => theme >= 0)
    ? await hierarchy.keep(options.before, options)
    : undefined;
  const { scores, kept } = await scoreSample(hierarchy, opened, graph, most, { ...options, before });
  const judged = await judge(contenders(scores, most), opened, options);
  const best = bestLevel(judged);
  const isKept = best && kept && stays(kept, best, most);
  const theme = isKept ? kept : best;
  if (!theme) return { levels: [], why: 'too few rows for themes' };
  // Equal rows, for example: every division of them is as good as chance.
  if (theme.modularity < LEAST_MODULARITY)
    return { levels: [], why: 'no division into themes is better than chance' };
  const chosen = chooseLevels(scores, theme).sort((a, b) => b.count - a.count);
  const levels: Level[] = [];
  for (const { count, modularity, silhouette } of chosen) {
    const isTheme = count === theme.count;
    const { labels, size } = isTheme && isKept && before ? before : await hierarchy.cut(count, options);
    levels.push({
      ...{ labels, size, count: size.length, modularity, silhouette, isTheme },
      parents: new Int32Array(size.length).fill(-1),
    });
  }
  for (const [at, level] of levels.entries()) {
    if (at + 1 < levels.length) level.parents = parentsOf(level, levels[at + 1]);
  }
  return {
    levels,
    themes: levels.find(({ isTheme }) => isTheme),
    why: `${whyLine(theme, judged)}${isKept ? '; those of before stay' : ''}`,
  };
}

/** Up to so many groups the agreement of halves is measured at every level; beyond it hardly differs from one to the next. */
const EACH_MEASURED = 12;

/**
 * Adds to levels how far halves of the rows agree. Of fine levels every other one is measured, and those between have the mean of both next to
 * them. A level without others is left as it is.
 */
async function judge(
  levels: ScoredLevel[],
  { vectors, further }: RowsOpened,
  watch: Watch,
): Promise<ScoredLevel[]> {
  if (levels.length < 2) return levels;
  const last = levels.length - 1;
  const isMeasured = levels.map(({ count }, at) => count <= EACH_MEASURED || (last - at) % 2 === 0);
  const counts = levels.filter((_, at) => isMeasured[at]).map(({ count }) => count);
  const measured = await agreementOfHalves(vectors, further, counts, watch);
  let next = 0;
  return levels.map((level, at) => {
    if (isMeasured[at]) return { ...level, agreement: measured[next++] };
    // The first level that isn't measured may have none before it.
    return { ...level, agreement: (measured[Math.max(0, next - 1)] + measured[next]) / 2 };
  });
}

interface Scores {
  scores: ScoredLevel[];
  /** Of the groups of before. */
  kept?: ScoredLevel;
}

/** On many rows a sample is scored, with neighbours of its own. */
async function scoreSample(
  hierarchy: Hierarchy,
  { vectors, further }: RowsOpened,
  graph: NeighborGraph,
  most: number,
  { before, ...options }: Watch & { threads?: number; before?: Cut },
): Promise<Scores> {
  if (graph.rows <= SCORED_ROWS) {
    const scores = await scoreLevels(hierarchy, graph, most, options);
    return { scores, kept: before && scoreOf(before, graph) };
  }
  const sample = takeFirst(vectors, SCORED_ROWS);
  const among = neighborsAmongFirst(graph, SCORED_ROWS, NEIGHBORS) ?? (await searchSample(sample, options));
  const beside = further && takeFirst(further, SCORED_ROWS);
  const rows = await UnitRows.open(sample, SCORED_ROWS * 1000, options.threads, beside);
  try {
    const sampled = await hierarchy.over(rows, options);
    const scores = await scoreLevels(sampled, among, most, options);
    if (!before) return { scores };
    const first = await sampled.keep(before.labels.slice(0, SCORED_ROWS), options);
    return { scores, kept: { ...scoreOf(first, among), count: before.count } };
  } finally {
    rows.close();
  }
}

async function searchSample(sample: Matrix, options: Watch & { threads?: number }): Promise<NeighborGraph> {
  const searcher = await openSearcher(sample, options);
  try {
    return await searcher.search(NEIGHBORS, options);
  } finally {
    searcher.close();
  }
}

/**
 * The nearest others of each of the first rows among these rows, as a search would find them, from the lists of all rows; undefined
 * where a list names fewer than `neighbors` of them.
 */
export function neighborsAmongFirst(
  graph: NeighborGraph,
  rows: number,
  neighbors: number,
): NeighborGraph | undefined {
  const indices = new Int32Array(rows * neighbors);
  const distances = new Float32Array(rows * neighbors);
  for (let row = 0; row < rows; row++) {
    let to = row * neighbors;
    const full = to + neighbors;
    for (let at = row * graph.neighbors; at < (row + 1) * graph.neighbors && to < full; at++) {
      if (graph.indices[at] < 0 || graph.indices[at] >= rows) continue;
      indices[to] = graph.indices[at];
      distances[to++] = graph.distances[at];
    }
    if (to < full) return undefined;
  }
  return { indices, distances, rows, neighbors };
}

const takeFirst = ({ data, cols }: Matrix, rows: number): Matrix => ({
  data: data.slice(0, rows * cols),
  rows,
  cols,
});

function whyLine(theme: ScoredLevel, levels: ScoredLevel[]): string {
  const figure = (value: number) => value.toFixed(2);
  const { count, modularity, silhouette, agreement } = theme;
  const rivals = levels
    .filter((level) => level !== theme)
    .sort((a, b) => judgedOf(b) - judgedOf(a))
    .slice(0, 3)
    .map((level) => level.count)
    .sort((a, b) => a - b);
  const next = rivals.length > 0 ? `; next best: ${rivals.join(', ')}` : '';
  const halves = agreement === undefined ? '' : `, agreement of halves ${figure(agreement)}`;
  return `${count} themes: modularity ${figure(modularity)} over the nearest neighbours, silhouette ${figure(silhouette)}${halves}${next}`;
}
