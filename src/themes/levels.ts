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
/** Fewer rows than this to a group, on average, are no theme: tiny groups have a high silhouette whatever is in them. */
const THEME_ROWS = 8;

/** The most themes that so many rows can have. */
export const mostThemes = (rows: number): number => Math.max(2, Math.floor(rows / THEME_ROWS));

/** The most themes in parts of the topics, where a topic may not be as small as a theme. */
const OF_TOPICS = 1.5;

/**
 * The most themes above so many topics: no more than these where the smallest topic has fewer rows than a theme must have. Where it must
 * have more, density finds only the larger groups of many: 51 topics in 1,000 rows of 150 labels, which 70 themes fit better.
 */
export const mostOfTopics = (topics: number, smallestTopic: number): number =>
  Math.max(3, smallestTopic < THEME_ROWS ? topics : Math.floor(OF_TOPICS * topics));

/**
 * What a doubling of the number of groups must add to the score, and how much silhouette counts. Searched on three samples of five sets
 * (bank, stackoverflow, AG News, clinc, gnad) of 300, 1,000 and 2,000 rows, so figures on these don't confirm them: mean AMI of the level
 * taken is 0.606 at 1,000 rows and 0.700 at 2,000, 0.598 and 0.689 with ¾ of the silhouette. On five other sets (BBC, SIB-200,
 * tickets, search snippets, PubMed titles) it is 0.511 and 0.485, and 0.507 and 0.482.
 */
const PER_DOUBLING = 0.04;
const SILHOUETTE = 1.25;
/** Scores closer than this are equal: the finer level is taken. */
const ALIKE = 0.002;
/**
 * So much less is enough for the themes that a run had before rows were added. The score of a level changes by as much when a quarter more
 * rows of the same kind come (texts of five sets, 600 to 1,050 rows).
 */
const KEPT = 0.03;

/**
 * Neighbours of a row that modularity looks at: √n / 6, 3 to 15. With 15 of 1,000 rows, most would lie outside any group of
 * ten, and no level of 100 groups could ever be chosen.
 */
const neighborsLooked = (rows: number): number => Math.max(3, Math.min(15, Math.round(Math.sqrt(rows) / 6)));

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
}

/** Scores the hierarchy's levels; `graph` holds the neighbours of the hierarchy's rows. */
export async function scoreLevels(
  hierarchy: Hierarchy,
  graph: NeighborGraph,
  watch: Watch = {},
): Promise<ScoredLevel[]> {
  const most = Math.min(hierarchy.finest, Math.floor(graph.rows / LEAST_ROWS));
  const levels: ScoredLevel[] = [];
  for (const count of STEPS.filter((step) => step <= most)) {
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
  const looked = Math.min(neighborsLooked(rows), neighbors);
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

/** The level that themes are: the best score, less a little for each doubling of groups; none above half of the rows. */
export function bestLevel(levels: ScoredLevel[]): ScoredLevel | undefined {
  const allowed = levels.filter(({ largest }) => largest <= LARGEST);
  const candidates = allowed.length > 0 ? allowed : levels;
  const most = Math.max(...candidates.map(worthOf));
  return candidates.findLast((level) => worthOf(level) >= most - ALIKE);
}

/** Themes of before may be so many times the most that would be taken anew, since topics, which bound them, come and go. */
const SURPLUS = 1.25;

/** Whether themes of before are good enough to stay where `best`, of at most `most` themes, could replace them. */
export const stays = (before: ScoredLevel, best: ScoredLevel, most: number): boolean =>
  before.count <= SURPLUS * most && worthOf(before) >= worthOf(best) - KEPT;

/** modularity + 1¼ silhouette, less a price for every doubling of groups. */
export const worthOf = ({ modularity, silhouette, count }: ScoredLevel): number =>
  modularity + SILHOUETTE * silhouette - PER_DOUBLING * Math.log2(count);

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
