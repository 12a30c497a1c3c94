import type { Hdbscan } from '../hdbscan/index.js';
import { resolveSettings } from '../options/table.js';
import type { RunFacts } from '../output/index.js';
import type { Analysis } from '../pipeline/analysis.js';
import type { Described } from '../pipeline/describe.js';
import { Documents } from '../pipeline/documents.js';
import { answersOrTexts } from '../pipeline/facet.js';
import type { Grouping } from '../pipeline/grouping.js';
import type { RunLife } from '../pipeline/life.js';
import type { SplitFindings } from '../pipeline/split-findings.js';
import type { UsedModel } from '../pipeline/vectors.js';
import type { Cell, ReadReport, Table } from '../read/index.js';
import type { Matrix, NeighborGraph, Topic } from '../shapes.js';
import { type Groups, sizesOf } from '../themes/groups.js';
import type { Columns } from './columns.js';
import type { LivingParts } from './evolve.js';
import type { DataFile, RunRecord } from './format.js';
import { hybridOf } from './hybrid.js';
import { RunFiles } from './read.js';
import { withSaved } from './settings.js';

/** What a run's folder holds. */
export interface OpenedRun {
  record: RunRecord;
  parts: LivingParts;
  /** Checksum of run.json as it was read. */
  seal: string;
  /** Set where the folder holds the run before a change that wasn't saved. */
  isUnsaved?: boolean;
}

/**
 * Reads a run from its folder, every file compared with its checksum. Nothing but the folder is needed: no model, no server,
 * no network.
 */
export async function readRun(folder: string): Promise<OpenedRun> {
  const files = await RunFiles.open(folder);
  const { record } = files;
  const settings = resolveSettings(withSaved(record.settings, {}, folder));
  const [table, rows, merges, condensed, clusters] = await Promise.all(
    (['table', 'rows', 'merges', 'condensed', 'clusters'] as const).map((file) => files.columns(file)),
  );
  const [vectors, indices, distances, space] = await Promise.all([
    files.floats('vectors'),
    files.integers('neighbors'),
    files.floats('distances'),
    files.floats('space'),
  ]);
  const expect = (file: DataFile, found: number, wanted: number) => {
    if (found !== wanted) throw files.odd(file);
  };
  const count = record.documents;
  expect('table', table.rows, record.rows);
  expect('rows', rows.rows, record.rows);
  expect('merges', merges.rows, Math.max(0, count - 1));
  expect('neighbors', indices.rows, count);
  expect('distances', distances.data.length, indices.data.length);
  if (record.vectors === 'file') expect('vectors', vectors.rows, count);
  if (record.grouping.choice.space === 'reduced') expect('space', space.rows, count);
  const documents = documentsOf(rows, record.rows);
  expect('rows', documents.tableRows.length, count);
  const graph: NeighborGraph = {
    indices: indices.data,
    distances: distances.data,
    rows: count,
    neighbors: indices.cols,
  };
  if (graph.indices.some((other) => other < -1 || other >= count)) throw files.odd('neighbors');
  const own = record.vectors === 'file' ? vectors : undefined;
  const points =
    record.grouping.choice.space === 'reduced'
      ? space
      : settings.tree.squared || count === 0
        ? undefined
        : own;
  const of = gatherer(rows, documents);
  const fit = fitOf(record, of, { merges, condensed, clusters }, points);
  const life = { ...lifeOf(record), earlier: earlierOf(rows, of) };
  const readTable = tableOf(record, table, rows);
  const texts = rows.texts('text');
  const parts: LivingParts = {
    corpus: {
      table: readTable,
      textColumns: record.textColumns,
      texts,
      documents,
      vectorColumn: record.vectorColumn,
      ...answersOf(record, readTable, texts),
    },
    analysis: {
      fit,
      grouping: groupingOf(record, of, life),
      points: placesOf(of),
      graph,
      engine: record.grouping.engine,
      trustworthiness: record.grouping.trustworthiness,
    },
    vectors: own,
    described: describedOf(record, of),
    facts: record.facts as unknown as RunFacts,
    costs: [],
    settings,
    space: {
      model: record.model as unknown as UsedModel | undefined,
      engines: (record.facts as Partial<RunFacts>).engines,
      place: String(record.facts.store ?? 'memory'),
      ids: record.vectors === 'milvus' ? documents.gather(rows.texts('id')) : undefined,
      truncated: record.truncated,
      averaged: record.averaged,
    },
    life,
    split: splitOf(record, rows, documents, life),
    hybrid: hybridOf(rows, documents),
  };
  return { record, parts, seal: files.seal };
}

/** What was embedded of each row, where that is a language model's answers. */
function answersOf({ answerColumn }: RunRecord, table: Table, texts: string[]) {
  if (answerColumn === undefined) return {};
  return { answerColumn, embedded: answersOrTexts(table, texts, answerColumn) };
}

/** Columns of run-rows.parquet, of the rows with a text only. */
interface Gatherer {
  integers(name: string): Int32Array;
  doubles(name: string): Float64Array;
}

const gatherer = (rows: Columns, documents: Documents): Gatherer => ({
  integers: (name) => Int32Array.from(documents.gather(rows.integers(name))),
  doubles: (name) => Float64Array.from(documents.gather(rows.doubles(name))),
});

function documentsOf(rows: Columns, count: number): Documents {
  const hasText = rows.flags('has_text');
  return new Documents(
    Int32Array.from(hasText.keys()).filter((row) => hasText[row] === 1),
    count,
  );
}

function tableOf(record: RunRecord, table: Columns, rows: Columns): Table {
  const mixed = new Set(record.mixedColumns);
  const columns = table.names;
  const values = columns.map((name): Cell[] => {
    const cells = table.values(name);
    return mixed.has(name) ? cells.map((cell) => (cell === null ? null : JSON.parse(String(cell)))) : cells;
  });
  return {
    columns,
    rows: record.rows,
    values,
    lines: rows.integers('line'),
    source: record.source,
    report: record.report as unknown as ReadReport,
  };
}

function fitOf(
  { fit, documents }: RunRecord,
  of: Gatherer,
  files: { merges: Columns; condensed: Columns; clusters: Columns },
  points: Matrix | undefined,
): Hdbscan {
  const { merges, condensed, clusters } = files;
  const distance = merges.doubles('distance');
  const label = clusters.integers('label');
  const ofCluster = clusters.doubles('persistence');
  const chosen = Int32Array.from(label.keys())
    .filter((cluster) => label[cluster] >= 0)
    .sort((a, b) => label[a] - label[b]);
  return {
    labels: of.integers('cluster'),
    probabilities: of.doubles('probability'),
    outlierScores: of.doubles('outlier_score'),
    coreDistances: of.doubles('core_distance'),
    persistence: Float64Array.from(chosen, (cluster) => ofCluster[cluster]),
    clusterCount: chosen.length,
    selectedClusters: chosen.map((cluster) => cluster + documents),
    minimumSpanningTree: { from: merges.integers('from'), to: merges.integers('to'), weight: distance },
    singleLinkage: {
      left: merges.integers('left'),
      right: merges.integers('right'),
      distance,
      size: merges.integers('size'),
    },
    condensedTree: {
      parent: condensed.integers('parent'),
      child: condensed.integers('child'),
      lambda: condensed.doubles('lambda'),
      size: condensed.integers('size'),
    },
    clusters: {
      count: clusters.rows,
      parent: clusters.integers('parent'),
      birth: clusters.doubles('birth'),
      size: clusters.integers('size'),
      stability: clusters.doubles('stability'),
      death: clusters.doubles('death'),
    },
    exactness: fit.exactness as unknown as Hdbscan['exactness'],
    invalidRows: fit.invalidRows,
    settings: fit.settings as unknown as Hdbscan['settings'],
    ...(points && { points }),
  };
}

/** Shares of topics by their places. */
function splitOf(
  { split }: RunRecord,
  rows: Columns,
  documents: Documents,
  { ids }: RunLife,
): SplitFindings | undefined {
  if (!split) return undefined;
  const placeOf = new Map(Array.from(ids.topics, (id, place) => [id, place] as const));
  const shares = documents.gather(rows.texts('topic_shares')).map((text) =>
    (JSON.parse(text) as [id: number, share: number][]).map(([id, share]) => ({
      topic: placeOf.get(id) ?? -1,
      share,
    })),
  );
  return { kind: split.kind, count: split.parts, shares };
}

function groupingOf(record: RunRecord, of: Gatherer, { ids }: RunLife): Grouping {
  const { choice, persistence, levels } = record.grouping;
  const placeOf = (of: Int32Array) => new Map(Array.from(of, (id, place) => [id, place] as const));
  const topicPlace = placeOf(ids.topics);
  const themePlace = placeOf(ids.themes);
  const places = (labels: Int32Array, known: Map<number, number>) =>
    labels.map((id) => (id < 0 ? -1 : (known.get(id) ?? -1)));
  const topics = groups(places(of.integers('topic'), topicPlace), ids.topics.length);
  return {
    topics,
    given: givenOf(record, topics.labels, topicPlace),
    persistence: Float64Array.from(persistence),
    assigned: Uint8Array.from(of.integers('assigned')),
    nearest: {
      topic: places(of.integers('nearest_topic'), topicPlace),
      strength: of.doubles('nearest_strength'),
    },
    themes: groups(places(of.integers('theme'), themePlace), ids.themes.length),
    levels: levels.map(({ groups: own, parents, modularity, silhouette, isTheme }, at) => ({
      ...groups(of.integers(`level_${at + 1}`), own.length),
      parents: Int32Array.from(parents),
      modularity,
      silhouette,
      isTheme,
    })),
    choice: choice as unknown as Grouping['choice'],
  };
}

/** Which rows are in a topic that the caller named. */
function givenOf(
  { grouping: { given } }: RunRecord,
  labels: Int32Array,
  placeOf: ReadonlyMap<number, number>,
): Grouping['given'] {
  if (!given) return undefined;
  const own = new Map(given.flatMap(({ id }, at) => (id < 0 ? [] : [[placeOf.get(id) ?? -1, at] as const])));
  return {
    names: given.map(({ name }) => name),
    topic: labels.map((label) => (label < 0 ? -1 : (own.get(label) ?? -1))),
  };
}

const groups = (labels: Int32Array, count: number): Groups => ({
  labels,
  count,
  size: sizesOf(labels, count),
});

function describedOf({ grouping }: RunRecord, of: Gatherer): Described {
  const { topics, themes, levels, languages, boilerplate } = grouping;
  return {
    topics: topics as Topic[],
    themes: themes as Topic[],
    levels: levels.map(({ groups: own, modularity, silhouette, isTheme }, at) => ({
      groups: own as Topic[],
      labels: of.integers(`level_${at + 1}`),
      modularity,
      silhouette,
      isTheme,
    })),
    languages,
    boilerplate,
  };
}

function placesOf(of: Gatherer): Analysis['points'] {
  const [x, y] = [of.doubles('x'), of.doubles('y')];
  const points = new Float32Array(2 * x.length);
  for (let row = 0; row < x.length; row++) {
    points[2 * row] = x[row];
    points[2 * row + 1] = y[row];
  }
  return points;
}

/** Groups before rows were added; files of runs without such have no columns of them. */
const earlierOf = ({ names }: Columns, of: Gatherer): RunLife['earlier'] =>
  names.includes('earlier_theme')
    ? {
        clusters: of.integers('earlier_cluster'),
        topics: of.integers('earlier_topic'),
        themes: of.integers('earlier_theme'),
      }
    : undefined;

function lifeOf({ ids, edits, colors, history, firstCut, ownIds }: RunRecord): RunLife {
  return {
    ids: { topics: Int32Array.from(ids.topics), themes: Int32Array.from(ids.themes) },
    nextTopic: ids.nextTopic,
    nextTheme: ids.nextTheme,
    edits,
    colors,
    history,
    firstCut,
    ownIds: ownIds && { topics: Int32Array.from(ownIds.topics), themes: Int32Array.from(ownIds.themes) },
  };
}
