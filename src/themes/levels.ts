import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';
import type { Cut, Hierarchy } from './hierarchy.js';

/** Numbers of groups that are tried: close together where they are few. */
const STEPS = [
  2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 22, 25, 28, 32, 36, 40, 45, 50, 60, 70, 80, 95, 110,
  130, 150, 175, 200,
];
/** No theme has a larger share of the rows, where another level is there. */
const LARGEST = 0.5;
/** Levels with fewer rows to a group, on average, are not looked at. */
const LEAST_ROWS = 5;
/** Fewer rows than this to a group, on average, are no theme. */
const THEME_ROWS = 8;

/** The most themes that so many rows can have. */
export const mostThemes = (rows: number): number => Math.max(2, Math.floor(rows / THEME_ROWS));

/** The most themes in parts of the topics, up to `FEW_ROWS` rows; with n rows, times √(FEW_ROWS / n). */
const OF_TOPICS = 2;
const FEW_ROWS = 1500;

/**
 * The most themes above so many topics of so many rows. Of few rows, density finds only the larger groups: 51 topics in 1,000 rows of 150
 * labels, which 95 themes fit better. Of many it finds finer groups than a reader wants to begin with: 95 topics of 12,000 package
 * summaries have at most 67 themes, those of 100,000 rows at most a quarter as many. Where scores hardly differ between levels, as there, the finest
 * would be taken otherwise.
 */
export const mostOfTopics = (topics: number, rows: number): number =>
  Math.max(3, Math.floor(OF_TOPICS * topics * Math.sqrt(Math.min(1, FEW_ROWS / rows))));

/**
 * How much silhouette counts, and the neighbours of a row that modularity looks at. Both are the same for any number of rows, and nothing is
 * taken off for more groups, as it was when silhouettes were those of rows that count in their own means: few rows then had many themes
 * (600 news 32, 735 of them 4, now 6 and 4). Chosen on growing samples of ten sets (300 to 4,000 rows): between one size and the next the number of
 * themes changes by a factor of 2^0.30 on the mean, 2^0.37 before, and its largest jump is a factor of 2^0.66 on the mean, not 2^1.32. Weights of 1.5 to 3 and 6
 * or √n / 4 neighbours choose much the same.
 */
const SILHOUETTE = 2;
const NEIGHBORS = 8;
/**
 * How much the agreement of halves counts, and what a doubling of the groups adds, since of levels that are alike the finer one says more,
 * and halves agree less in more groups. With `ALIKE` and `FINER` chosen on 300 to 5,000 rows of 17 sets and their parts, and confirmed on
 * other samples of these: see bench/QUALITY.md, What was tried and left out.
 */
const AGREEMENT = 0.4;
const PER_DOUBLING = 0.01;
/**
 * Levels whose scores differ by this are nearly alike: the score of one level differs by half as much when a tenth of 1,000 rows is
 * missing. A level counts by e^(−its distance from the best score / this).
 */
const ALIKE = 0.02;
/** The level taken is the first with at least this share of the total weight of levels up to it. */
const FINER = 0.6;
/** No agreement makes up for a score that is so much lower. */
const FAR_BELOW = 0.3;
/**
 * So much less is enough for the themes that a run had before rows were added. The score of a level changes by as much when a quarter more
 * rows of the same kind come (texts of five sets, 600 to 1,050 rows).
 */
const KEPT = 0.03;

/** Levels that are offered: the best of each of these ranges. */
const RANGES = [
  [3, 5],
  [6, 10],
  [11, 20],
  [22, 45],
  [50, 95],
  [110, 200],
];

export interface ScoredLevel {
  count: number;
  /** Share of neighbours in the same group, less what chance would give (Newman 2006). */
  modularity: number;
  silhouette: number;
  /** Share of the rows in the largest group. */
  largest: number;
  /** How far groups made from halves of the rows agree, where that was measured. */
  agreement?: number;
}

/**
 * Scores the hierarchy's levels; `graph` holds the neighbours of the hierarchy's rows. Of numbers above `most`, which are no themes and take
 * longest, every other one is tried.
 */
export async function scoreLevels(
  hierarchy: Hierarchy,
  graph: NeighborGraph,
  most: number,
  watch: Watch = {},
): Promise<ScoredLevel[]> {
  const finest = Math.min(hierarchy.finest, Math.floor(graph.rows / LEAST_ROWS));
  const levels: ScoredLevel[] = [];
  const isTried = (step: number, at: number) => step <= finest && (step <= most || at % 2 === 1);
  for (const count of STEPS.filter(isTried)) {
    levels.push({ ...scoreOf(await hierarchy.cut(count, watch), graph), count });
  }
  return levels;
}

/** Scores one level. */
export const scoreOf = (cut: Cut, graph: NeighborGraph): ScoredLevel => ({
  count: cut.count,
  modularity: modularityOf(cut, graph),
  silhouette: cut.silhouette,
  largest: cut.size[0] / graph.rows,
});

function modularityOf({ labels, size }: Cut, { indices, neighbors, rows }: NeighborGraph): number {
  const looked = Math.min(NEIGHBORS, neighbors);
  let same = 0;
  let all = 0;
  for (let row = 0; row < rows; row++) {
    for (let at = row * neighbors; at < row * neighbors + looked; at++) {
      if (indices[at] < 0) break;
      all++;
      if (labels[indices[at]] === labels[row]) same++;
    }
  }
  const chance = size.reduce((sum, count) => sum + (count / rows) ** 2, 0);
  return all > 0 ? same / all - chance : 0;
}

/** Levels that themes may be: up to `most` groups, none of them above half of the rows, and not far below the best score. */
export function contenders(levels: ScoredLevel[], most: number): ScoredLevel[] {
  const inReach = levels.filter(({ count }) => count <= most);
  const allowed = inReach.filter(({ largest }) => largest <= LARGEST);
  const candidates = allowed.length > 0 ? allowed : inReach;
  const best = Math.max(...candidates.map(worthOf));
  return candidates.filter((level) => worthOf(level) >= best - FAR_BELOW);
}

/**
 * The level that themes are. Where one scores best by far, it is that one. Where many score nearly alike, which is best depends on a
 * few rows; therefore it is one of these a little past their middle, on a scale of doublings, since the finer of two that are alike says more.
 * @param levels ascending by their number of groups
 */
export function bestLevel(levels: readonly ScoredLevel[]): ScoredLevel | undefined {
  const worth = levels.map(judgedOf);
  const best = Math.max(...worth);
  const share = worth.map((value, at) => Math.exp((value - best) / ALIKE) * widthOf(levels, at));
  let left = FINER * share.reduce((sum, one) => sum + one, 0);
  return levels.find((_, at) => {
    left -= share[at];
    return left <= 0;
  });
}

/** How far apart the levels next to one are, in doublings, so that many levels close together don't count more than few. */
function widthOf(levels: readonly ScoredLevel[], at: number): number {
  const [before, after] = [levels[at - 1], levels[at + 1]];
  const { count } = levels[at];
  if (!before || !after) {
    const other = before ?? after;
    return other ? Math.abs(Math.log2(other.count / count)) : 1;
  }
  return Math.log2(after.count / before.count) / 2;
}

/** Themes of before may be so many times the most that would be taken anew, since topics, which bound them, come and go. */
const SURPLUS = 1.25;

/** Whether themes of before are good enough to stay where `best`, of at most `most` themes, could replace them. */
export const stays = (before: ScoredLevel, best: ScoredLevel, most: number): boolean =>
  before.count <= SURPLUS * most && worthOf(before) >= worthOf(best) - KEPT;

/** modularity + 2 · silhouette */
export const worthOf = ({ modularity, silhouette }: ScoredLevel): number =>
  modularity + SILHOUETTE * silhouette;

/** The same, the agreement of halves and the number of groups. */
export const judgedOf = (level: ScoredLevel): number =>
  worthOf(level) + AGREEMENT * (level.agreement ?? 0) + PER_DOUBLING * Math.log2(level.count);

/** Up to six levels: the best of each range, `theme` in its own. */
export function chooseLevels(levels: ScoredLevel[], theme: ScoredLevel): ScoredLevel[] {
  const chosen = new Set([theme]);
  for (const [least, most] of RANGES) {
    if (theme.count >= least && theme.count <= most) continue;
    const inside = levels.filter(({ count }) => count >= least && count <= most);
    if (inside.length === 0) continue;
    chosen.add(inside.reduce((best, level) => (worthOf(level) > worthOf(best) ? level : best)));
  }
  return [...chosen].slice(0, 6);
}
