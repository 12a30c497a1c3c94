import { counted, percent } from '../counted.js';
import { reportedOptions } from '../options/report.js';
import type { Settings } from '../options/table.js';
import type { RunFacts } from '../output/index.js';
import type { ReadReport } from '../read/index.js';
import type { NeighborGraph } from '../shapes.js';
import { type QualityLine, SHARE_IN_TOPICS } from '../statistics/quality-card.js';
import type { TopicAnswer } from '../topics/index.js';
import { packageVersion } from '../version.js';
import type { Findings } from './canonical.js';
import type { StageCost } from './clock.js';
import type { Corpus } from './corpus.js';
import { foreignTexts } from './languages.js';
import { ClusterResult } from './result.js';
import type { ResultParts } from './result-parts.js';
import type { Space } from './vectors.js';

/** The result of a run, with the facts about it. */
export const resultOf = (...found: Parameters<typeof partsOf>): ClusterResult =>
  new ClusterResult(partsOf(...found));

/** What a result is made from; texts in languages that the model doesn't know are a warning. */
export function partsOf(
  corpus: Corpus,
  space: Space,
  findings: Findings,
  settings: Settings,
  costs: StageCost[],
  hybrid?: NeighborGraph,
  words?: ResultParts['words'],
): ResultParts {
  const foreign = foreignTexts(space.model?.id, findings.described.languages);
  if (foreign) settings.watch.onProgress?.({ stage: 'topics', level: 'warning', message: foreign });
  const facts = factsOf(corpus, space, findings, settings, foreign === undefined ? [] : [foreign]);
  return {
    ...{ corpus, analysis: findings.analysis, described: findings.described, facts, costs },
    vectors: space.vectors,
    device: space.provider,
    ...{ settings, space, words },
    split: findings.split,
    hybrid,
  };
}

/**
 * What a run was, without times, so that the same run writes the same files.
 * @param more findings beyond those of the texts
 */
function factsOf(
  { table, texts, textColumns, documents }: Corpus,
  space: Space,
  { analysis, described, copies, split }: Findings,
  settings: Settings,
  more: string[],
): RunFacts {
  const { fit, engine, grouping, trustworthiness, quality } = analysis;
  const { languages, topics, themes, boilerplate } = described;
  const leftOut = table.rows - documents.tableRows.length;
  const noise = grouping.topics.labels.reduce((count, label) => count + (label < 0 ? 1 : 0), 0) + leftOut;
  const isDocument = new Set(documents.tableRows);
  const isBlank = (text: string, row: number) => text === '' && !isDocument.has(row);
  const blankTexts = texts.reduce((count, text, row) => count + (isBlank(text, row) ? 1 : 0), 0);
  const different = new Set(texts);
  different.delete('');
  return {
    denscape: packageVersion(),
    source: table.source,
    rows: table.rows,
    textColumns,
    ...(split && { split: { kind: split.kind, parts: split.count } }),
    blankTexts,
    duplicateTexts: documents.tableRows.length - different.size,
    topics: topics.length,
    themes: themes.length,
    noise,
    assigned: grouping.assigned.reduce((count, flag) => count + flag, 0),
    given: givenFacts(analysis),
    choice: grouping.choice,
    model: space.model && `${space.model.id}@${space.model.revision} ${space.model.dtype}`,
    ...(space.engines && space.engines.length > 0 && { engines: space.engines }),
    store: space.place,
    parameters: {
      ...reportedOptions(settings),
      minClusterSize: fit.settings.minClusterSize,
      minSamples: fit.settings.minSamples,
      engine,
    },
    exactness: {
      of: grouping.choice.space === 'reduced' ? 'layout' : 'vectors',
      certified: fit.exactness.certified,
      scannedRows: fit.exactness.scannedRows,
      rounds: fit.exactness.rounds,
      approximate: fit.exactness.approximate,
      recall: fit.exactness.recall ?? null,
      ...(fit.exactness.recallInterval && { recallInterval: fit.exactness.recallInterval }),
    },
    trustworthiness,
    quality: quality && ofAllRows(quality, table.rows, noise),
    versions: { node: process.versions.node },
    findings: [...findingsOf(table.report, copies, space, boilerplate, split), ...more],
    languages,
  };
}

/** The card with the share in topics of all rows read, as other figures of the run count them, not of different texts. */
const ofAllRows = (card: readonly QualityLine[], rows: number, noise: number): QualityLine[] =>
  card.map((line) => {
    if (line.name !== SHARE_IN_TOPICS || rows === 0) return line;
    const share = (rows - noise) / rows;
    return { ...line, value: share, shown: percent(share, 1) };
  });

/** How many rows each given topic has, and how sure these are. */
function givenFacts({ fit, grouping: { given } }: Findings['analysis']): RunFacts['given'] {
  return given?.names.map((name, at) => {
    const sure = Array.from(fit.probabilities)
      .filter((_, document) => given.topic[document] === at)
      .sort((a, b) => a - b);
    const quantile = (share: number) =>
      Math.round(1000 * (sure[Math.floor(share * sure.length)] ?? 0)) / 1000;
    return { name, rows: sure.length, sure: quantile(0.5), leastSure: quantile(0.1) };
  });
}

/** A line for each kind of oddity. */
function findingsOf(
  report: ReadReport,
  copies: number,
  { truncated, averaged }: Pick<Space, 'truncated' | 'averaged'>,
  boilerplate: TopicAnswer['boilerplate'],
  split: Findings['split'],
): string[] {
  const [one, many] = split ? [split.kind.slice(0, -1), split.kind] : ['text', 'texts'];
  const lines = [...report.warnings];
  const add = (count: number, one: string, many: string) => {
    if (count > 0) lines.push(counted(count, one, many));
  };
  add(
    report.duplicateHeaders.count,
    'header name came twice and got a number',
    'header names came twice and got a number',
  );
  add(report.unnamedHeaders.count, 'header cell had no name', 'header cells had no name');
  add(report.shortRows.count, 'row had fewer cells than the header', 'rows had fewer cells than the header');
  add(report.longRows.count, 'row had more cells than the header', 'rows had more cells than the header');
  add(
    report.replacedBytes.count,
    'piece held bytes that the encoding does not know',
    'pieces held bytes that the encoding does not know',
  );
  add(report.strayQuotes.count, 'row had stray quotes', 'rows had stray quotes');
  add(report.nuls.count, 'zero character was dropped', 'zero characters were dropped');
  add(report.emptyLines, 'empty line was skipped', 'empty lines were skipped');
  add(
    report.placeholders.count,
    'cell held a placeholder and counts as blank',
    'cells held a placeholder and count as blank',
  );
  add(
    report.htmlTexts.count,
    'text was HTML and read as plain text',
    'texts were HTML and read as plain text',
  );
  add(report.blankTexts.count, 'row had no text and is labelled -1', 'rows had no text and are labelled -1');
  add(
    copies,
    `${split ? one : 'row'} repeats an earlier ${one} and counted with it, once, in clustering and keywords`,
    `${split ? many : 'rows'} repeat an earlier ${one} and counted with it, once, in clustering and keywords`,
  );
  add(
    truncated,
    `${one} was longer than the model reads and lost its end; long "mean" would read it whole`,
    `${many} were longer than the model reads and lost their end; long "mean" would read them whole`,
  );
  add(
    averaged,
    `${one} was longer than the model reads and has the mean of its pieces`,
    `${many} were longer than the model reads and have the mean of their pieces`,
  );
  const [commonest] = boilerplate?.examples ?? [];
  const shared = `wording that more than 5 % of the ${many} share, left out of keywords, such as "${commonest}"`;
  add(boilerplate?.texts ?? 0, `${one} holds ${shared}`, `${many} hold ${shared}`);
  return lines;
}
