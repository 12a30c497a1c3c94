import { grouped } from '../counted.js';
import { UserError } from '../errors.js';
import { writeWhole } from '../files/replace.js';
import { replaceRunFiles } from '../files/run-folder.js';
import type { Hdbscan } from '../hdbscan/index.js';
import { type MapData, writeMap } from '../map/map.js';
import type { Clustering, CsvOptions, RunFacts, TimingOptions } from '../output/index.js';
import {
  toSvg,
  writeCsv,
  writeJson,
  writeParquet,
  writePng,
  writeReport,
  writeTopicsCsv,
  writeVectors,
} from '../output/index.js';
import type { ReportOptions } from '../output/report.js';
import { namedShares } from '../output/rows.js';
import { proven } from '../output/run-facts.js';
import type { Watch } from '../progress.js';
import { withFields } from '../read/fields.js';
import type { Table } from '../read/index.js';
import { runDataNames } from '../run/format.js';
import { type SaveOptions, saveRun } from '../run/save.js';
import type { Matrix, Topic, TopicLevel, TopicShare } from '../shapes.js';
import type { GroupTable } from '../statistics/groups.js';
import type { Period } from '../statistics/periods.js';
import type { Timeline } from '../statistics/timeline.js';
import type { StageCost } from './clock.js';
import type { Documents } from './documents.js';
import { editedFacts, withEdits } from './edited.js';
import { fitOfRows } from './fit-of-rows.js';
import { type ShownGroups, showIds } from './group-ids.js';
import { frequentLanguages } from './languages.js';
import { addedRows } from './life.js';
import type { ResultParts } from './result-parts.js';
import { textParts } from './split.js';
import type { TextParts } from './split-findings.js';
import { Statistics } from './statistics.js';

/** What `cluster()` returns. Rows are those of the table, in its order, rows without text included. */
export class ClusterResult implements Clustering {
  /** The table that was read. */
  readonly table: Table;
  /** The document of each row, '' where it has none. */
  readonly texts: string[];
  /** Topic of each row; -1 is noise, 0 the largest topic. */
  readonly labels: Int32Array;
  /** How deep each row is in its topic, 0 to 1; 0 for noise. */
  readonly probabilities: Float64Array;
  /** GLOSH: how far outside each row is of the nearest dense place, 0 to 1. */
  readonly outlierScores: Float64Array;
  /** x0 y0 x1 y1 …; NaN for a row without text. */
  readonly points: Float32Array;
  /** The topics, by id; `labels` holds their ids. */
  readonly topics: Topic[];
  /** Theme of each row; -1 for a row without text. */
  readonly themes: Int32Array;
  /** The themes, largest first; `themes` holds their ids. */
  readonly themeTopics: Topic[];
  /** Up to six levels of the hierarchy above topics, from the finest to a handful; one of them is the themes. */
  readonly levels: TopicLevel[];
  /** The topic nearest to each row, in a topic or not; -1 where there is none. */
  readonly nearestTopics: Int32Array;
  /** How near: cosine to that topic's mean, 0 to 1. */
  readonly nearestStrengths: Float64Array;
  /** 1 for a row whose topic `noise` or `clusters` gave it. */
  readonly assigned: Uint8Array;
  /** Topics of each row with their shares of its text, where `split` divided texts; none for a row without text. */
  readonly topicShares?: TopicShare[][];
  /** The parts of texts that were clustered, with `split`; undefined for a run that was opened, which keeps `topicShares`. */
  readonly parts?: TextParts;
  /** HDBSCAN's tree, cut and scores of all rows; `labels` also divide its clusters that are too large; those without text are noise in it. */
  readonly fit: Hdbscan;
  /** Rows that have a text, ascending. */
  readonly filledRows: Int32Array;
  /** What the run was, for reports. */
  readonly facts: RunFacts;
  /** The provider that embedded: `cpu`, `webgpu` …; `none` where every vector was cached. */
  readonly device?: string;
  /** Seconds and memory of each stage. */
  readonly costs: StageCost[];
  /** Unit vectors of all rows, NaN where a row has no text; undefined where they are elsewhere. */
  readonly vectors?: Matrix;
  readonly #parts: ResultParts;
  /** @internal Topics by values of columns and over time. */
  readonly statistics: Statistics;
  /** Groups of documents under their ids. */
  readonly #shown: ShownGroups;

  constructor(parts: ResultParts) {
    const { corpus, analysis, described } = parts;
    const { table, texts, documents } = corpus;
    const { fit, points, grouping } = analysis;
    const { count } = documents;
    this.#parts = parts;
    this.table = table;
    this.texts = texts;
    this.filledRows = documents.tableRows;
    const labelled = (labels: Int32Array) => documents.spread(labels, new Int32Array(count).fill(-1));
    const located = (topics: Topic[]) =>
      topics.map((topic) => ({
        ...topic,
        exemplars: topic.exemplars.map((document) => documents.rowOf(document)),
      }));
    const { edits } = parts.settings.topics;
    const { shown, findings } = withEdits(
      showIds(grouping, described, parts.life?.ids),
      typeof edits === 'string' ? [] : (edits ?? []),
      (document) => texts[documents.rowOf(document)],
    );
    this.#shown = shown;
    this.labels = labelled(shown.labels);
    this.themes = labelled(shown.themes);
    this.themeTopics = located(shown.themeTopics);
    this.levels = shown.levels.map((level) => ({
      ...level,
      groups: located(level.groups),
      labels: labelled(level.labels),
    }));
    this.nearestTopics = labelled(shown.nearest);
    this.nearestStrengths = documents.spread(grouping.nearest.strength, new Float64Array(count));
    this.assigned = documents.spread(grouping.assigned, new Uint8Array(count));
    const { split } = parts;
    if (split) {
      const idOf = (place: number) => (place < 0 ? -1 : (parts.life?.ids.topics[place] ?? place));
      this.topicShares = Array.from({ length: count }, () => []);
      for (const [document, shares] of split.shares.entries())
        this.topicShares[documents.rowOf(document)] = shares.map((one) => ({
          ...one,
          topic: idOf(one.topic),
        }));
      this.parts = split.parts && textParts(split.parts, documents);
    }
    this.probabilities = documents.spread(fit.probabilities, new Float64Array(count));
    this.outlierScores = documents.spread(fit.outlierScores, new Float64Array(count));
    this.points = documents.spread(points, new Float32Array(count * 2).fill(Number.NaN), 2);
    this.vectors = parts.vectors && documents.spreadMatrix(parts.vectors);
    this.fit = fitOfRows(fit, documents);
    this.topics = located(shown.topics);
    this.facts = editedFacts(parts.facts, shown, findings);
    const { textColumns } = corpus;
    const { topics: settings } = parts.settings;
    this.statistics = new Statistics({
      ...{ table: this.#shownTable(), texts, labels: this.labels, topics: this.topics },
      ...{ textColumns, settings, words: parts.words },
    });
    this.device = parts.device;
    this.costs = parts.costs;
  }

  /**
   * Writes the input's columns as they are, then topic, topic_name, theme and the others that denscape adds; a line a row.
   *
   * @param path is replaced as a whole, or not at all
   * @param options `excel` for a file that Excel reads best; `signal`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   */
  writeCsv(path: string, options: CsvOptions & Watch = {}): Promise<void> {
    return writeCsv(path, this.table, this, options);
  }

  /**
   * Writes a line a topic, then a line a theme: size, keywords, parent, examples, as CSV.
   *
   * @param path is replaced as a whole, or not at all
   * @param options `excel` for a file that Excel reads best; `signal`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   */
  writeTopicsCsv(path: string, options: CsvOptions & Watch = {}): Promise<void> {
    return writeTopicsCsv(path, this.topics, this.texts, { ...options, themes: this.themeTopics });
  }

  /**
   * Writes facts, topics, themes and columns of values by row as JSON; docs/schema describes it.
   *
   * @param path is replaced as a whole, or not at all
   * @param options `timings`: `costs`, to be listed; `signal`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   */
  writeJson(path: string, options: TimingOptions & Watch = {}): Promise<void> {
    return writeJson(path, this.facts, this, options);
  }

  /**
   * Writes the table with a column `embedding` that holds the vectors, as Parquet: `vectors: 'embedding'` reads it back.
   *
   * @param path is replaced as a whole, or not at all
   * @param watch `signal` and `onProgress`
   * @returns when the file is on the disk
   * @throws UserError where the vectors are on a server or only neighbours were given
   */
  writeVectors(path: string, watch: Watch = {}): Promise<void> {
    const { vectors } = this;
    if (!vectors)
      throw new UserError(
        'there are no vectors to write: they are in Milvus, or only neighbours were given',
        { code: 'FIT_INVALID' },
      );
    return writeVectors(path, this.#shownTable(), vectors, watch);
  }

  /**
   * Writes what `writeCsv` does, as Parquet.
   *
   * @param path is replaced as a whole, or not at all
   * @param watch `signal`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   */
  writeParquet(path: string, watch: Watch = {}): Promise<void> {
    return writeParquet(path, this.table, this, watch);
  }

  /**
   * What sets the values of a column apart: topics that each has more or fewer of than the others, with intervals, and words.
   *
   * @param column such as `section`; rows without a value are left out
   * @throws UserError for a column that the table does not have
   * @example
   * const { values } = await result.groups('section');
   * for (const { value, topics } of values) console.log(value, topics[0].name, topics[0].share);
   */
  groups(column: string, watch: Watch = {}): Promise<GroupTable> {
    return this.statistics.groups(column, watch);
  }

  /**
   * Topics over time: counts, shares and words of each period, and which topics emerge and fade.
   *
   * @param column a column of dates; rows without one are left out
   * @param period the shortest that leaves at most 60 of them, where it is left out
   * @throws UserError for a column that the table does not have, or that holds no dates
   * @example
   * const { topics } = await result.overTime('date', 'week');
   * console.log(topics.filter(({ trend }) => trend === 'emerging').map(({ name }) => name));
   */
  overTime(column: string, period?: Period, watch: Watch = {}): Promise<Timeline> {
    return this.statistics.overTime(column, period, watch);
  }

  /**
   * Writes one page of Markdown: what was read and found, whether the result is proven, and the parameters.
   *
   * @param path is replaced as a whole, or not at all
   * @param options `timings`: `costs`, to be listed; `groups` and `timeline`, to be shown; `signal`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   */
  writeReport(path: string, options: ReportOptions = {}): Promise<void> {
    const added = addedRows(this.#parts.life?.history);
    const known = { ...options, themes: this.themeTopics, added };
    return writeReport(path, this.facts, this.topics, this.texts, known);
  }

  /**
   * Draws the map without a browser.
   *
   * @returns the text of an SVG picture
   */
  toSvg(): string {
    const { labels, topics, points, levels } = this;
    return toSvg({ labels, topics, points, levels, colors: this.#parts.life?.colors });
  }

  /**
   * Writes the map as an SVG picture.
   *
   * @param path is replaced as a whole, or not at all
   * @param watch `signal`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   */
  async writeSvg(path: string, watch: Watch = {}): Promise<void> {
    await writeWhole(path, [this.toSvg()], watch);
  }

  /**
   * Writes the map as a PNG picture.
   *
   * @param path is replaced as a whole, or not at all
   * @param watch `signal` and `onProgress`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   */
  writePng(path: string, watch: Watch = {}): Promise<void> {
    return writePng(path, this.toSvg(), watch);
  }

  /**
   * Writes the interactive map: one file that opens from disk, without a network.
   *
   * @param path is replaced as a whole, or not at all
   * @param watch `signal`
   * @returns when the file is on the disk
   * @throws UserError where the path can't be written, FailureError where the disk fails; the old file then stays
   * @example
   * await result.writeMap('map.html');
   */
  async writeMap(path: string, watch: Watch = {}): Promise<void> {
    const { wordsOfGrammar } = await import('../topics/stopwords.js');
    const { corpus, analysis } = this.#parts;
    const { documents } = corpus;
    const shown = this.#shown;
    const table = withFields(this.#shownTable());
    const data: MapData = {
      title: this.facts.source,
      rows: documents.tableRows.length,
      points: analysis.points,
      labels: shown.labels,
      probabilities: analysis.fit.probabilities,
      outlierScores: analysis.fit.outlierScores,
      texts: documents.gather(this.texts),
      columns: [
        ...table.columns.map((name, column) => ({ name, values: documents.gather(table.values[column]) })),
        ...this.#sharesColumn(documents),
      ],
      topics: shown.topics,
      levels: shown.levels,
      colors: this.#parts.life?.colors,
      grouping: {
        themes: shown.themes,
        themeTopics: shown.themeTopics,
        nearestTopics: shown.nearest,
        nearestStrengths: analysis.grouping.nearest.strength,
        assigned: analysis.grouping.assigned,
      },
      tree: analysis.fit.condensedTree,
      neighbors: analysis.graph,
      hybrid: this.#parts.hybrid,
      commonWords: wordsOfGrammar(frequentLanguages(this.facts.languages)),
      footer: this.#footer(),
      quality: this.facts.quality,
    };
    return writeMap(path, data, watch);
  }

  /**
   * Keeps everything in a folder: `openRun(folder)` opens it again without a model, and rows can be added. Replaces a run
   * that the folder holds, all of its files or none.
   *
   * @param folder is made where it is missing
   * @param options `force` also replaces files that denscape did not write; `signal`, `onProgress`
   * @returns when all files are on the disk
   * @throws UserError where the folder holds files of these names that denscape did not write
   */
  async save(folder: string, options: { force?: boolean } & Watch = {}): Promise<void> {
    const { force, ...watch } = options;
    const write = (pathOf: (name: string) => string) => this.writeRun(pathOf, { folder, ...watch });
    await replaceRunFiles(folder, runDataNames(), write, { force, ...watch });
  }

  /** @internal Writes the files of a run to the paths that `pathOf` gives by name. */
  writeRun(pathOf: (name: string) => string, options: SaveOptions): Promise<void> {
    return saveRun(this.#parts, pathOf, options);
  }

  /** The topics of each document with their names and shares, for people, where texts were divided. */
  #sharesColumn(documents: Documents): { name: string; values: (string | null)[] }[] {
    const { topicShares } = this;
    if (!topicShares) return [];
    const names = new Map(this.topics.map(({ id, name }) => [id, name]));
    const shares = documents.gather(topicShares);
    return [
      { name: 'topic_shares', values: shares.map((own) => namedShares(own, (topic) => names.get(topic))) },
    ];
  }

  /** The table without a column of vectors. */
  #shownTable(): Table {
    const { table } = this;
    const { vectorColumn } = this.#parts.corpus;
    const isShown = (_: unknown, column: number) => table.columns[column] !== vectorColumn;
    return { ...table, columns: table.columns.filter(isShown), values: table.values.filter(isShown) };
  }

  #footer(): { label: string; value: string }[] {
    const { facts } = this;
    const lines = [
      { label: 'Rows', value: grouped(facts.rows) },
      { label: 'Model', value: facts.model ?? 'the caller’s own' },
      { label: 'Exact', value: proven(facts.exactness) },
      { label: 'Themes', value: String(this.themeTopics.length) },
      { label: 'Seed', value: String(facts.parameters.seed) },
      { label: 'denscape', value: facts.denscape },
    ];
    return lines;
  }
}
