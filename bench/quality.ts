import type { ClusterResult } from '../src/index.js';
import type { Figure, Report } from './report.js';

/**
 * What was found in labelled texts. AMI is the adjusted mutual information with the labels over all rows, a row without a topic
 * counting to the nearest one; shares are of all rows.
 */
export interface Quality {
  topics: number;
  inTopics: number;
  largest: number;
  /** The largest topic's rows divided by the largest label's. */
  timesLargestLabel: number;
  topicsAmi: number;
  themes?: number;
  largestTheme?: number;
  themesAmi?: number;
  /** Of the levels offered. */
  bestLevelAmi?: number;
  /** Different labels in the rows: the number that `clusters` and k-means are given. */
  labels?: number;
  exactAmi?: number;
  /** Of samples: agreement (adjusted Rand index) with what is found without a tenth of the rows, on the others; the mean of three times. */
  topicsKeptAri?: number;
  themesKeptAri?: number;
  kmeansAmi?: number;
  /** Of topics' first ten keywords: how far they stand in the same texts (NPMI), and the share of different ones among all. */
  npmi?: number;
  diversity?: number;
}

/** Bounds for every set, and by how much the means over sets should lie above others'. */
const MOST_OF_LABEL = 1.5;
const LEAST_IN_TOPICS = 0.6;
const LARGEST_THEME = 0.5;
const ABOVE_PEERS = 0.05;
const MOST_LEVELS = 6;

export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Throws where a result contradicts what is documented, whatever the texts. Scores have targets, see `renderQuality`. */
export function checkResult(result: ClusterResult, quality: Quality): void {
  for (const [name, value] of Object.entries(quality)) {
    if (!Number.isFinite(value)) throw new Error(`${name} is ${value}`);
  }
  for (const numbers of [result.probabilities, result.nearestStrengths, result.points]) {
    if (numbers.some(Number.isNaN)) throw new Error('a row has a number that is NaN');
  }
  if (quality.largestTheme !== undefined && quality.largestTheme > LARGEST_THEME)
    throw new Error(
      `a theme holds ${quality.largestTheme} of the rows; at most ${LARGEST_THEME} are allowed`,
    );
  checkLevels(result);
}

/** Finest first, at most six, each with every row in a group and fewer groups than the one before; one is the themes. */
function checkLevels({ levels, themes }: ClusterResult): void {
  if (levels.length > MOST_LEVELS) throw new Error(`${levels.length} levels; at most ${MOST_LEVELS}`);
  if (levels.filter(({ isTheme }) => isTheme).length !== 1) throw new Error('not one level is the themes');
  for (const [at, { groups, labels, isTheme }] of levels.entries()) {
    const sizes = new Int32Array(groups.length);
    for (const label of labels) sizes[label]++;
    if (groups.some(({ size }, group) => size !== sizes[group] || size === 0))
      throw new Error(`level ${at}: sizes are not those of its labels`);
    if (labels.some((label) => label < 0)) throw new Error(`level ${at}: a row is in no group`);
    if (isTheme && labels.some((label, row) => label !== themes[row]))
      throw new Error(`level ${at}: its groups are not the themes`);
    const coarser = levels[at + 1];
    if (!coarser) continue;
    if (coarser.groups.length >= groups.length) throw new Error(`level ${at + 1} is not coarser than ${at}`);
    for (const [group, { parent }] of groups.entries()) {
      const shared = new Int32Array(coarser.groups.length);
      for (const [row, label] of labels.entries()) if (label === group) shared[coarser.labels[row]]++;
      const place = coarser.groups.findIndex(({ id }) => id === parent);
      if (place < 0 || shared[place] !== Math.max(...shared))
        throw new Error(
          `level ${at}, group ${group}: its parent is ${parent}, which does not hold most of it`,
        );
    }
  }
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The figures that are qualities: `quality/NAME[, sample N]`. */
function qualitiesOf({ figures }: Report): { figure: Figure; found: Quality }[] {
  return figures.flatMap((figure) =>
    figure.name.startsWith('quality/') && figure.found
      ? [{ figure, found: figure.found as unknown as Quality }]
      : [],
  );
}

/** Tables of what was found in each set, and of targets; nothing where no case was one of quality. */
export function renderQuality(report: Report): string {
  const all = qualitiesOf(report);
  if (all.length === 0) return '';
  return ['', table(all), '', 'Targets, of AMI over all rows:', '', ...targets(all), ''].join('\n');
}

const percent = (value?: number) => (value === undefined ? '' : `${(value * 100).toFixed(0)} %`);
const score = (value?: number) => (value === undefined ? '' : value.toFixed(3));

function table(all: { figure: Figure; found: Quality }[]): string {
  const head = [
    ...['set', 'rows', 'by', 'topics', 'in topics', 'largest', '× largest label', 'AMI'],
    ...['themes', 'largest', 'AMI', 'best level', 'labels', 'clusters: labels', 'k-means'],
    ...['without a tenth: topics', 'themes', 'NPMI of keywords', 'diversity'],
  ];
  const lines = all.map(({ figure: { name, size, by }, found }) => [
    name.replace('quality/', ''),
    size.rows.toLocaleString('en'),
    by,
    `${found.topics}`,
    percent(found.inTopics),
    percent(found.largest),
    found.timesLargestLabel.toFixed(2),
    score(found.topicsAmi),
    `${found.themes ?? ''}`,
    percent(found.largestTheme),
    score(found.themesAmi),
    score(found.bestLevelAmi),
    `${found.labels ?? ''}`,
    score(found.exactAmi),
    score(found.kmeansAmi),
    score(found.topicsKeptAri),
    score(found.themesKeptAri),
    score(found.npmi),
    score(found.diversity),
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A line a target: reached or missed, by how much, and where. */
function targets(all: { figure: Figure; found: Quality }[]): string[] {
  const own = all.filter(({ figure }) => figure.by === 'denscape');
  const where = ({ figure }: { figure: Figure }) =>
    `${figure.name.replace('quality/', '')} ${figure.size.rows}`;
  const line = (what: string, isReached: boolean, found: string) =>
    `- ${what}: ${isReached ? 'reached' : 'missed'} (${found})`;
  const lines: string[] = [];
  const large = own.filter(({ found }) => found.timesLargestLabel > MOST_OF_LABEL);
  lines.push(
    line(
      `no topic above ${MOST_OF_LABEL} times the largest label`,
      large.length === 0,
      large.map((one) => `${where(one)}: ${one.found.timesLargestLabel}`).join(', ') || 'everywhere',
    ),
  );
  const few = own.filter(({ found }) => found.inTopics < LEAST_IN_TOPICS);
  lines.push(
    line(
      `at least ${percent(LEAST_IN_TOPICS)} of the rows in topics`,
      few.length === 0,
      few.map((one) => `${where(one)}: ${percent(one.found.inTopics)}`).join(', ') || 'everywhere',
    ),
  );
  const compare = (what: string, among: typeof own, value: (found: Quality) => number, least: number) => {
    if (among.length === 0) return;
    const mine = mean(among.map(({ found }) => value(found)));
    const theirs = mean(among.map(({ found }) => found.kmeansAmi ?? 0));
    lines.push(line(what, mine >= theirs + least, `means ${score(mine)} and ${score(theirs)}`));
  };
  const few1 = own.filter(({ figure }) => figure.size.rows === 1000 || figure.size.rows === 2000);
  compare('best level at least k-means', own, (found) => found.bestLevelAmi ?? 0, 0);
  compare('clusters: labels at least k-means', own, (found) => found.exactAmi ?? 0, 0);
  compare('themes of 1,000 and 2,000 rows within 0.03 of k-means', few1, (f) => f.themesAmi ?? 0, -0.03);
  for (const peer of new Set(all.map(({ figure }) => figure.by))) {
    if (peer === 'denscape') continue;
    const theirs = all.filter(({ figure }) => figure.by === peer);
    const mine = own.filter((one) => theirs.some((other) => where(other) === where(one)));
    const means = [
      mean(mine.map(({ found }) => found.themesAmi ?? 0)),
      mean(theirs.map(({ found }) => found.topicsAmi)),
    ];
    lines.push(
      line(
        `themes ${ABOVE_PEERS} above ${peer}`,
        means[0] >= means[1] + ABOVE_PEERS,
        `means ${score(means[0])} and ${score(means[1])}`,
      ),
    );
    for (const [what, name] of [
      ['NPMI', 'npmi'],
      ['diversity', 'diversity'],
    ] as const) {
      const pairs = theirs.flatMap((other) => {
        const value = mine.find((one) => where(one) === where(other))?.found[name];
        const least = other.found[name];
        return value === undefined || least === undefined ? [] : [{ other, value, least }];
      });
      if (pairs.length === 0) continue;
      const lower = pairs.filter(({ value, least }) => value < least);
      const list = lower.map(
        ({ other, value, least }) => `${where(other)}: ${score(value)} and ${score(least)}`,
      );
      lines.push(
        line(
          `${what} of keywords no lower than ${peer}'s on any set`,
          lower.length === 0,
          list.join(', ') || 'everywhere',
        ),
      );
    }
    const kept = mine.flatMap((one) => {
      const other = theirs.find((their) => where(their) === where(one))?.found.topicsKeptAri;
      return other === undefined ? [] : [{ found: one.found, other }];
    });
    if (kept.length === 0) continue;
    const others = mean(kept.map(({ other }) => other));
    for (const what of ['topics', 'themes'] as const) {
      const own = mean(kept.map(({ found }) => found[`${what}KeptAri`] ?? 0));
      lines.push(
        line(
          `without a tenth of the rows, ${what} as alike on the rest (ARI) as topics of ${peer}`,
          own >= others,
          `means ${score(own)} and ${score(others)}`,
        ),
      );
    }
  }
  return lines;
}
