import { UserError } from '../errors.js';
import { writeWhole } from '../files/replace.js';
import type { Hdbscan } from '../hdbscan/index.js';
import { insertInvalid } from '../hdbscan/invalid-rows.js';
import { type MapData, writeMap } from '../map/map.js';
import type { Clustering, CsvOptions, RunFacts } from '../output/index.js';
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
import type { Watch } from '../progress.js';
import type { Table } from '../read/index.js';
import type { Matrix, Topic } from '../shapes.js';
import type { Analysis } from './analysis.js';
import type { StageCost } from './clock.js';
import type { Corpus } from './corpus.js';
import type { Documents } from './documents.js';

/** Everything a run found; stages count documents, this class makes them table rows. */
export interface ResultParts {
  corpus: Corpus;
  analysis: Analysis;
  /** Of the documents, where they are in this process. */
  vectors?: Matrix;
  /** Their exemplars are documents. */
  topics: Topic[];
  facts: RunFacts;
  device?: string;
  costs: StageCost[];
}

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
  readonly topics: Topic[];
  /** Tree, spanning tree and scores of all rows; those without text are noise in it. */
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

  constructor(parts: ResultParts) {
    const { corpus, analysis } = parts;
    const { table, texts, documents } = corpus;
    const { fit, points } = analysis;
    const { count } = documents;
    this.#parts = parts;
    this.table = table;
    this.texts = texts;
    this.filledRows = documents.tableRows;
    this.labels = documents.spread(fit.labels, new Int32Array(count).fill(-1));
    this.probabilities = documents.spread(fit.probabilities, new Float64Array(count));
    this.outlierScores = documents.spread(fit.outlierScores, new Float64Array(count));
    this.points = documents.spread(points, new Float32Array(count * 2).fill(Number.NaN), 2);
    this.vectors = parts.vectors && documents.spreadMatrix(parts.vectors);
    this.fit = fitOfRows(fit, documents);
    this.topics = parts.topics.map((topic) => ({
      ...topic,
      exemplars: topic.exemplars.map((document) => documents.rowOf(document)),
    }));
    this.facts = parts.facts;
    this.device = parts.device;
    this.costs = parts.costs;
  }

  /** The input's columns untouched, then topic, topic_name, probability, x, y, outlier_score; a line a row. */
  writeCsv(path: string, options: CsvOptions & Watch = {}): Promise<void> {
    return writeCsv(path, this.table, this, options);
  }

  /** A line a topic: size, keywords, examples. */
  writeTopicsCsv(path: string, options: CsvOptions & Watch = {}): Promise<void> {
    return writeTopicsCsv(path, this.topics, this.texts, options);
  }

  /** Facts, topics and a number a row, as docs/schema describes it. */
  writeJson(path: string, watch: Watch = {}): Promise<void> {
    return writeJson(path, this.facts, this, watch);
  }

  /**
   * The table with a column `embedding` that holds the vectors, in Parquet: `vectors: 'embedding'` reads it back.
   * @throws UserError where the vectors are elsewhere.
   */
  writeVectors(path: string, watch: Watch = {}): Promise<void> {
    const { vectors } = this;
    if (!vectors)
      throw new UserError('there are no vectors to write: they are in Milvus, or only neighbours were given');
    return writeVectors(path, this.#shownTable(), vectors, watch);
  }

  /** As `writeCsv`, in Parquet. */
  writeParquet(path: string, watch: Watch = {}): Promise<void> {
    return writeParquet(path, this.table, this, watch);
  }

  /** One page, in Markdown: what was read, found and proven. */
  writeReport(path: string, watch: Watch = {}): Promise<void> {
    return writeReport(path, this.facts, this.topics, this.texts, watch);
  }

  /** The picture for a report, without a browser. */
  toSvg(): string {
    return toSvg(this);
  }

  async writeSvg(path: string, watch: Watch = {}): Promise<void> {
    await writeWhole(path, [this.toSvg()], watch);
  }

  /** The same as pixels. */
  writePng(path: string, watch: Watch = {}): Promise<void> {
    return writePng(path, this.toSvg(), watch);
  }

  /** The interactive map: one file that opens from disk, without a network. */
  writeMap(path: string, watch: Watch = {}): Promise<void> {
    const { corpus, analysis, topics } = this.#parts;
    const { documents } = corpus;
    const table = this.#shownTable();
    const data: MapData = {
      title: this.facts.source,
      rows: documents.tableRows.length,
      points: analysis.points,
      labels: analysis.fit.labels,
      probabilities: analysis.fit.probabilities,
      outlierScores: analysis.fit.outlierScores,
      texts: documents.gather(this.texts),
      columns: table.columns.map((name, column) => ({
        name,
        values: documents.gather(table.values[column]),
      })),
      topics,
      tree: analysis.fit.condensedTree,
      neighbors: analysis.graph,
      footer: this.#footer(),
    };
    return writeMap(path, data, watch);
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
      { label: 'Rows', value: facts.rows.toLocaleString('en-US') },
      { label: 'In topics', value: share(facts.rows - facts.noise, facts.rows) },
      { label: 'Model', value: facts.model ?? 'the caller’s own' },
      { label: 'Exact', value: facts.exactness?.certified ? 'yes, proven' : 'not proven' },
      { label: 'Seed', value: String(facts.parameters.seed) },
      { label: 'denscape', value: facts.denscape },
    ];
    return lines;
  }
}

const share = (part: number, whole: number) =>
  whole === 0 ? '0 %' : `${Math.round((100 * part) / whole)} %`;

/** A fit of the documents as one of all table rows. */
function fitOfRows(fit: Hdbscan, documents: Documents): Hdbscan {
  if (documents.isWhole) return fit;
  const { points } = fit;
  const whole = insertInvalid(fit, documents.tableRows, documents.count);
  return points ? { ...whole, points: documents.spreadMatrix(points) } : whole;
}
