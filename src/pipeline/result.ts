import { writeWhole } from '../files/replace.js';
import type { Hdbscan } from '../hdbscan/index.js';
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
} from '../output/index.js';
import type { Watch } from '../progress.js';
import type { Table } from '../read/index.js';
import type { NeighborGraph, Topic } from '../shapes.js';
import type { StageCost } from './clock.js';

/** Everything a run found. Rows are those of the input, in its order, rows without text included. */
export interface ResultParts {
  table: Table;
  /** The document of each row, '' where it has none. */
  texts: string[];
  /** Rows that have a text, ascending; the tree and the neighbours number these. */
  filledRows: Int32Array;
  labels: Int32Array;
  probabilities: Float64Array;
  outlierScores: Float64Array;
  points: Float32Array;
  topics: Topic[];
  fit: Hdbscan;
  neighbors: NeighborGraph;
  facts: RunFacts;
  device?: string;
  costs: StageCost[];
}

/** What `cluster()` answers. */
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
  /** Tree, spanning tree and scores; its row i is row `filledRows[i]`. */
  readonly fit: Hdbscan;
  /** Rows that have a text, ascending. */
  readonly filledRows: Int32Array;
  /** What the run was, for reports. */
  readonly facts: RunFacts;
  /** The provider that embedded: `cpu`, `webgpu` …; `none` where every vector was cached. */
  readonly device?: string;
  /** Seconds and memory of each stage. */
  readonly costs: StageCost[];
  readonly #neighbors: NeighborGraph;

  constructor(parts: ResultParts) {
    this.table = parts.table;
    this.texts = parts.texts;
    this.labels = parts.labels;
    this.probabilities = parts.probabilities;
    this.outlierScores = parts.outlierScores;
    this.points = parts.points;
    this.topics = parts.topics;
    this.fit = parts.fit;
    this.filledRows = parts.filledRows;
    this.facts = parts.facts;
    this.device = parts.device;
    this.costs = parts.costs;
    this.#neighbors = parts.neighbors;
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
    const { filledRows, table } = this;
    const pick = <T>(values: ArrayLike<T>) => Array.from(filledRows, (row) => values[row]);
    const data: MapData = {
      title: this.facts.source,
      rows: filledRows.length,
      points: Float32Array.from(
        { length: filledRows.length * 2 },
        (_, i) => this.points[filledRows[i >> 1] * 2 + (i & 1)],
      ),
      labels: Int32Array.from(filledRows, (row) => this.labels[row]),
      probabilities: Float64Array.from(filledRows, (row) => this.probabilities[row]),
      outlierScores: Float64Array.from(filledRows, (row) => this.outlierScores[row]),
      texts: pick(this.texts),
      columns: table.columns.map((name, column) => ({ name, values: pick(table.values[column]) })),
      topics: this.topics.map((topic) => ({ ...topic, exemplars: this.#filledPositions(topic.exemplars) })),
      tree: this.fit.condensedTree,
      neighbors: this.#neighbors,
      footer: this.#footer(),
    };
    return writeMap(path, data, watch);
  }

  #filledPositions(rows: number[]): number[] {
    const position = new Map(Array.from(this.filledRows, (row, at) => [row, at] as const));
    return rows.map((row) => position.get(row) ?? -1).filter((at) => at >= 0);
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
