import { counted, grouped, percentOf } from '../counted.js';
import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import type { Topic } from '../shapes.js';
import type { LeftOutColumn } from '../statistics/columns.js';
import type { GroupTable } from '../statistics/groups.js';
import type { QualityLine } from '../statistics/quality-card.js';
import type { Timeline } from '../statistics/timeline.js';
import { withoutSharedWording } from '../topics/boilerplate.js';
import { escapeMarkdown } from './escape.js';
import { markdownTable } from './markdown.js';
import { examplesOf } from './rows.js';
import { type RunFacts, recallText, secondsOf, type TimingOptions, withoutThemes } from './run-facts.js';

const TOPICS_SHOWN = 50;
const TOPICS_OF_A_THEME = 5;
const EXAMPLE_CHARACTERS = 120;
const COLUMNS_SHOWN = 20;

/** What a report shows besides the topics. */
export interface ReportOptions extends TimingOptions, Watch {
  themes?: Topic[];
  /** Rows that were added to those of the run's source, in so many steps. */
  added?: { rows: number; steps: number };
  /** What sets the values of columns apart; a chart of the first is in groups.svg. */
  groups?: readonly GroupTable[];
  /** Columns that are not in `groups`, and why. */
  leftOut?: readonly LeftOutColumn[];
  /** Topics over time; a chart is in timeline.svg. */
  timeline?: Timeline;
}

/** Writes one page of Markdown: what was read and found, whether the result is proven, parameters and versions. */
export async function writeReport(
  path: string,
  run: RunFacts,
  topics: Topic[],
  texts: string[],
  { themes = [], added, timings, groups = [], leftOut = [], timeline, ...watch }: ReportOptions = {},
): Promise<void> {
  const parts = [
    `# Topics of ${escapeMarkdown(run.source)}\n`,
    markdownTable(['', ''], summary(run, added)),
    ...(run.findings && run.findings.length > 0
      ? [
          '## What the input showed\n',
          `${run.findings.map((line) => `- ${escapeMarkdown(line)}`).join('\n')}\n`,
        ]
      : []),
    ...(themes.length > 0 ? ['## Themes\n', themeSection(themes, topics, run.rows)] : []),
    ...(run.given ? ['## Given topics\n', givenTable(run.given, run.rows)] : []),
    `## Topics\n`,
    topicTable(topics, await centralTexts(topics, texts, watch.signal), run.rows),
    ...(run.choice?.sweep ? [`Topics by smallest size: ${run.choice.sweep}\n`] : []),
    ...(run.quality ? ['## Quality\n', qualityTable(run.quality), ...unstable(topics)] : []),
    ...groups.flatMap((table, at) => groupSection(table, at === 0)),
    ...leftOutSection(leftOut),
    ...(timeline ? timelineSection(timeline) : []),
    `## How it was made\n`,
    markdownTable(
      ['option', 'value'],
      Object.entries(run.parameters)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, String(value)]),
    ),
    ...(run.versions ? [markdownTable(['part', 'version'], Object.entries(run.versions))] : []),
    ...(timings ? ['## Time\n', timeTable(timings)] : []),
    ...(run.command ? [`Command:\n\n${fenced(run.command)}\n`] : []),
  ];
  await writeWhole(path, [parts.join('\n')], watch);
}

function summary(run: RunFacts, added: ReportOptions['added']): [string, string][] {
  const { rows, exactness } = run;
  const lines: [string, string | undefined][] = [
    ['Rows read', grouped(rows)],
    [
      'Rows added',
      added &&
        `${grouped(added.rows)} in ${counted(added.steps, 'step')}, to the ${grouped(rows - added.rows)} of ${run.source}`,
    ],
    ['Text', run.textColumns.join(' + ')],
    [
      'Parts clustered',
      run.split &&
        `${grouped(run.split.parts)} ${run.split.kind}; a row has the topic of most of its text, and model, languages, keywords and quality are of parts`,
    ],
    ['Rows without text', grouped(run.blankTexts)],
    ['Repeated texts', run.duplicateTexts === undefined ? undefined : grouped(run.duplicateTexts)],
    [
      `Languages of ${languagesOf(run)} in topics`,
      run.languages?.map(({ language, rows }) => `${language || 'unknown'} (${grouped(rows)})`).join(', '),
    ],
    ['Themes', run.themes === undefined ? undefined : grouped(run.themes)],
    ['Topics', grouped(run.topics)],
    ['Rows in no topic', `${grouped(run.noise)} (${percentOf(run.noise, rows, 1)})`],
    [
      'Rows given a topic',
      run.assigned ? `${grouped(run.assigned)} (${percentOf(run.assigned, rows, 1)})` : undefined,
    ],
    ['Topics chosen', run.choice && `${SPACES[run.choice.space]}, ${run.choice.topics}`],
    ['Themes chosen', run.choice?.themes],
    ['Model', run.model],
    ['Embedded by', run.engines?.join('; ')],
    ['Vectors kept in', run.store],
    ['Exactness', exactness && exactnessLine(exactness)],
    ['Recall of the neighbours', exactness && recallText(exactness, 3)],
    ['Trustworthiness of the map', run.trustworthiness?.toFixed(3)],
    ['denscape', run.denscape],
  ];
  return lines.filter((line): line is [string, string] => line[1] !== undefined && line[1] !== '');
}

/** What languages are counted of: of fewer texts than there are rows in topics where repeated texts count once. */
function languagesOf({ languages = [], rows, noise, split }: RunFacts): string {
  if (split) return split.kind;
  const counted = languages.reduce((sum, { rows: own }) => sum + own, 0);
  return counted < rows - noise ? 'different texts' : 'texts';
}

const SPACES = {
  raw: 'density in the vectors themselves',
  reduced: 'density in few dimensions made from their neighbours',
};

function exactnessLine({
  of,
  certified,
  approximate,
  scannedRows,
  rounds,
}: NonNullable<RunFacts['exactness']>): string {
  if (certified) {
    const scans =
      scannedRows === 0
        ? 'no row scanned again'
        : `${counted(scannedRows, 'row')} scanned again, ${counted(rounds, 'round')}`;
    return of === 'layout'
      ? `proven: the tree is that of all distances between the few coordinates that were made of the rows (${scans}); these are an approximation of the vectors`
      : `proven: the clusters are those of all distances (${scans})`;
  }
  return approximate
    ? 'not proven: the neighbours come from an approximate index'
    : 'not proven: the clusters are those of the nearest neighbours alone';
}

function timeTable(timings: NonNullable<TimingOptions['timings']>): string {
  const rows = timings
    .map(secondsOf)
    .map(({ stage, seconds, threads }) => [
      threads === undefined ? stage : `${stage} (${counted(threads, 'thread')})`,
      seconds.toFixed(3),
    ]);
  return markdownTable(['stage', 'seconds'], rows);
}

/** The most central text of each topic, without the wording that many central texts share, such as a signature. */
async function centralTexts(topics: Topic[], texts: string[], signal?: AbortSignal): Promise<string[]> {
  const examples = topics.map((topic) => examplesOf(topic, texts));
  const read = await withoutSharedWording(examples.flat(), signal);
  let next = 0;
  return examples.map(({ length }) => {
    const first = length > 0 ? read[next] : '';
    next += length;
    return first;
  });
}

function topicTable(topics: Topic[], centralTexts: string[], rows: number): string {
  if (topics.length === 0)
    return 'None: no group of texts was dense enough. A smaller `minClusterSize` finds more.\n';
  const hasSummaries = topics.some(({ summary }) => summary !== undefined);
  const hasMentions = topics.some(({ mentions }) => mentions !== undefined);
  const shown = topics.slice(0, TOPICS_SHOWN).map((topic, at) => {
    const { id, name, size, keywords, summary, mentions = 0 } = topic;
    const example = centralTexts[at].replace(/\s+/g, ' ').trim();
    const cut = [...example];
    return [
      String(id),
      name,
      `${grouped(size)} (${percentOf(size, rows, 1)})`,
      ...(hasMentions ? [grouped(mentions)] : []),
      ...(hasSummaries ? [summary ?? ''] : []),
      keywords.slice(0, 8).join(', '),
      cut.length > EXAMPLE_CHARACTERS ? `${cut.slice(0, EXAMPLE_CHARACTERS).join('')}…` : example,
    ];
  });
  const rest = topics.length - TOPICS_SHOWN;
  const more =
    rest > 0 ? `\n${counted(rest, 'smaller topic is', 'smaller topics are')} in topics.csv.\n` : '';
  const columns = [
    'topic',
    'name',
    'rows',
    ...(hasMentions ? ['mentioned in'] : []),
    ...(hasSummaries ? ['summary'] : []),
    'keywords',
    'most central text',
  ];
  return markdownTable(columns, shown) + more;
}

/** Given topics with how sure their rows are of them. */
function givenTable(given: NonNullable<RunFacts['given']>, rows: number): string {
  const lines = given.map(({ name, rows: own, sure, leastSure }) => [
    name,
    own === 0 ? 'none: no row is near enough' : `${grouped(own)} (${percentOf(own, rows, 1)})`,
    own === 0 ? '' : sure.toFixed(2),
    own === 0 ? '' : leastSure.toFixed(2),
  ]);
  const note =
    'How sure a row is of its topic is the share of its 15 nearest rows that got the same one: `probability` in clusters.csv.\n';
  return `${markdownTable(['topic', 'rows', 'how sure, median', 'least sure tenth, up to'], lines)}\n${note}`;
}

/** Themes with their largest topics, unless there are nearly as many: the table of topics then says the same. */
function themeSection(themes: Topic[], topics: Topic[], rows: number): string {
  const why = withoutThemes(themes.length, topics.length);
  return why
    ? `Only topics are listed here: ${why}. topics.csv lists both.\n`
    : themeTable(themes, topics, rows);
}

/** Themes with their largest topics. */
function themeTable(themes: Topic[], topics: Topic[], rows: number): string {
  const lines = themes.map(({ id, name, size }) => {
    const below = topics.filter(({ parent }) => parent === id);
    const shown = below
      .slice(0, TOPICS_OF_A_THEME)
      .map(({ id: own, name: of, size: rowsOf }) => `${own} ${of} (${grouped(rowsOf)})`);
    const rest = below.length - shown.length;
    return [
      String(id),
      name,
      `${grouped(size)} (${percentOf(size, rows, 1)})`,
      shown.join('; ') + (rest > 0 ? `; ${grouped(rest)} more` : ''),
    ];
  });
  const note =
    'A row is in the theme with the nearest mean, so some rows of a topic can be in another theme than their topic is listed under.\n';
  return `${markdownTable(['theme', 'name', 'rows', 'largest topics'], lines)}\n${note}`;
}

function qualityTable(lines: readonly QualityLine[]): string {
  return markdownTable(
    ['measure', 'value', 'how to read it'],
    lines.map(({ name, shown, meaning }) => [name, shown, meaning]),
  );
}

/** Topics found again in fewer of ten subsamples are named. */
const STABLE = 7;

/** Which topics are seldom found again, the least stable first. */
function unstable(topics: readonly Topic[]): string[] {
  const measured = topics.filter(({ foundAgain }) => foundAgain !== undefined);
  if (measured.length === 0) return [];
  const weak = measured
    .filter(({ foundAgain = 0 }) => foundAgain < STABLE)
    .sort((a, b) => (a.foundAgain ?? 0) - (b.foundAgain ?? 0) || a.id - b.id);
  const always = measured.filter(({ foundAgain }) => foundAgain === 10).length;
  const shown = weak
    .slice(0, TOPICS_SHOWN)
    .map(({ name, foundAgain }) => `${escapeMarkdown(name)} (found again in ${foundAgain} of 10)`);
  const seldom = weak.length > 0 ? ` Seldom: ${shown.join('; ')}.` : '';
  return [`${counted(always, 'topic is', 'topics are')} found again in 10 of 10 subsamples.${seldom}\n`];
}

const TELLING = 5;

/** Topics and words that set each value of a column apart. */
function groupSection({ column, values, blank }: GroupTable, isFirst: boolean): string[] {
  const share = (topics: GroupTable['values'][number]['topics'], tells: 'over' | 'under') =>
    (tells === 'over' ? topics : [...topics].reverse())
      .filter((topic) => topic.id >= 0 && topic.tells === tells)
      .slice(0, TELLING)
      .map(
        ({ name, share: own, elsewhere }) =>
          `${name} (${percentOf(own, 1, 1)}, elsewhere ${percentOf(elsewhere, 1, 1)})`,
      )
      .join('; ');
  const lines = values
    .slice(0, TOPICS_SHOWN)
    .map(({ value, rows, topics, words }) => [
      value,
      grouped(rows),
      share(topics, 'over'),
      share(topics, 'under'),
      words.map(({ word }) => word).join(', '),
    ]);
  return [
    `## By ${escapeMarkdown(column)}\n`,
    ...(isFirst ? ['![Share of topics by value](groups.svg)\n'] : []),
    markdownTable([column, 'rows', 'more than elsewhere', 'less than elsewhere', 'words'], lines),
    `Topics whose log-odds, with an informative prior (Monroe et al. 2008), are 1.96 standard deviations or more from those of the other values; words from 2.${blankText(blank, 'value')} All figures are in groups.csv.\n`,
  ];
}

/** What emerges and what fades. */
function timelineSection({ topics, period, periods, blank }: Timeline): string[] {
  const lines = topics
    .filter(({ trend }) => trend !== '')
    .sort((a, b) => b.change - a.change)
    .map(({ name, rows, change, low, high, trend }) => [
      trend,
      name,
      grouped(rows.reduce((sum, count) => sum + count, 0)),
      `${points(change)} (${points(low)} to ${points(high)})`,
    ]);
  return [
    '## Over time\n',
    '![Share of topics by period](timeline.svg)\n',
    ...(lines.length > 0
      ? [markdownTable(['trend', 'topic', 'rows', `points of share a ${period}`], lines)]
      : [`No topic emerges or fades over the ${counted(periods.length, period)}.\n`]),
    `A topic emerges or fades if its share rises or falls from ${period} to ${period}, and the 95 % interval of the slope lies on one side of 0 (Cochran and Armitage's test for trend; not corrected for the number of topics).${blankText(blank, 'date')} All figures are in timeline.csv.\n`,
  ];
}

const blankText = (rows: number, what: string): string =>
  rows > 0 ? ` ${counted(rows, 'row')} without a ${what} left out.` : '';

/** Columns that are not compared by value. */
function leftOutSection(columns: readonly LeftOutColumn[]): string[] {
  if (columns.length === 0) return [];
  const lines = columns.slice(0, COLUMNS_SHOWN).map(({ column, reason }) => [column, reason]);
  const rest = columns.length - COLUMNS_SHOWN;
  return [
    '## Columns not compared\n',
    markdownTable(['column', 'why'], lines),
    `${rest > 0 ? `${counted(rest, 'more column')} not shown. ` : ''}\`--group-by\` compares any column all the same.\n`,
  ];
}

/** A change of a share in percentage points. */
const points = (change: number): string => `${change > 0 ? '+' : ''}${(100 * change).toFixed(2)}`;

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
