import { basename, isAbsolute } from 'node:path';
import { fingerprintOf } from '../files/manifest.js';
import { writeWhole } from '../files/replace.js';
import type { Hdbscan } from '../hdbscan/index.js';
import { typeOf } from '../output/parquet.js';
import type { Grouping } from '../pipeline/grouping-result.js';
import { newLife } from '../pipeline/life.js';
import type { ResultParts } from '../pipeline/result-parts.js';
import type { Watch } from '../progress.js';
import type { Table } from '../read/index.js';
import type { Matrix } from '../shapes.js';
import { packageVersion } from '../version.js';
import { type Column, writeColumns } from './columns.js';
import { DATA_FILES, type DataFile, RUN_FILE, RUN_FORMAT, type RunRecord } from './format.js';
import { hybridColumn } from './hybrid.js';
import { type NpyArray, npyPieces } from './npy.js';
import { savedSettings } from './settings.js';

export interface SaveOptions extends Watch {
  /** The folder that the files will be in. */
  folder: string;
  /** Files for people that are written together with the run, so that they can be written anew when it changes. */
  outputs?: RunRecord['outputs'];
}

/** Writes the files of a run to the paths that `pathOf` gives by name; run.json last. */
export async function saveRun(
  parts: ResultParts,
  pathOf: (name: string) => string,
  { folder, outputs = { files: [], excel: false }, signal }: SaveOptions,
): Promise<void> {
  const { corpus, analysis, vectors } = parts;
  const { fit, graph } = analysis;
  const { neighbors: cols, rows } = graph;
  const { columns, mixed } = tableColumns(corpus.table);
  const put = async (file: DataFile, written: readonly Column[] | NpyArray) => {
    const path = pathOf(DATA_FILES[file]);
    if ('data' in written) await writeWhole(path, npyPieces(written), { signal });
    else await writeColumns(path, written, { signal });
  };
  await put('table', columns);
  await put('rows', rowColumns(parts));
  await put('merges', mergeColumns(fit));
  await put('condensed', condensedColumns(fit));
  await put('clusters', clusterColumns(fit));
  await put('vectors', ownVectors(parts) ?? NOTHING);
  await put('neighbors', { data: graph.indices, rows, cols });
  await put('distances', { data: graph.distances, rows, cols });
  await put('space', fit.points && fit.points !== vectors && isReduced(parts) ? fit.points : NOTHING);
  const files: RunRecord['files'] = {};
  for (const name of Object.values(DATA_FILES)) files[name] = await fingerprintOf(pathOf(name));
  const record = await recordOf(parts, mixed, folder, outputs, files);
  await writeWhole(pathOf(RUN_FILE), [`${JSON.stringify(record, null, 1)}\n`], { signal });
}

const NOTHING: Matrix = { data: new Float32Array(0), rows: 0, cols: 0 };

const isReduced = ({ analysis }: ResultParts): boolean => analysis.grouping.choice.space === 'reduced';

/** The vectors that the run keeps itself: those of a collection stay there. */
const ownVectors = ({ vectors, space }: ResultParts): Matrix | undefined =>
  space.ids === undefined ? vectors : undefined;

async function recordOf(
  parts: ResultParts,
  mixedColumns: string[],
  folder: string,
  outputs: RunRecord['outputs'],
  files: RunRecord['files'],
): Promise<RunRecord> {
  const { corpus, analysis, described, facts, settings, space, split } = parts;
  const { table, documents } = corpus;
  const { fit, grouping } = analysis;
  const life = parts.life ?? newLife(grouping.topics.count, grouping.themes.count, table.rows);
  const { ids, nextTopic, nextTheme, edits, history, firstCut, ownIds, colors } = life;
  const model = space.model && { ...space.model, id: withoutFolder(space.model.id) };
  const { levels } = described;
  return {
    format: RUN_FORMAT,
    denscape: packageVersion(),
    source: table.source,
    rows: table.rows,
    documents: documents.tableRows.length,
    textColumns: corpus.textColumns,
    vectorColumn: corpus.vectorColumn,
    answerColumn: corpus.answerColumn,
    mixedColumns,
    // Guessed columns too, so that new rows are read alike.
    settings: { ...(await savedSettings(settings, folder)), text: corpus.textColumns },
    model,
    vectors: space.ids ? 'milvus' : parts.vectors ? 'file' : 'none',
    truncated: space.truncated,
    averaged: space.averaged,
    split: split && { kind: split.kind, parts: split.count },
    facts: { ...facts, model: model && facts.model && `${model.id}@${model.revision} ${model.dtype}` },
    fit: { settings: { ...fit.settings }, exactness: { ...fit.exactness }, invalidRows: fit.invalidRows },
    grouping: {
      choice: { ...grouping.choice },
      engine: analysis.engine,
      trustworthiness: analysis.trustworthiness,
      topics: described.topics.map((topic) => ({ ...topic })),
      persistence: [...grouping.persistence],
      themes: described.themes.map((theme) => ({ ...theme })),
      levels: levels.map(({ groups, modularity, silhouette, isTheme }, at) => ({
        groups: groups.map((group) => ({ ...group })),
        parents: [...grouping.levels[at].parents],
        modularity,
        silhouette,
        isTheme,
      })),
      given: givenIds(grouping, ids.topics),
      languages: described.languages,
      boilerplate: described.boilerplate,
    },
    ids: { topics: [...ids.topics], themes: [...ids.themes], nextTopic, nextTheme },
    edits,
    colors,
    firstCut,
    ownIds: ownIds && { topics: [...ownIds.topics], themes: [...ownIds.themes] },
    report: { ...table.report },
    history,
    outputs,
    files,
  };
}

/** Given topics with the ids that their rows have. */
function givenIds({ given, topics }: Grouping, ids: Int32Array): RunRecord['grouping']['given'] {
  if (!given) return undefined;
  const places = given.names.map((_, at) => topics.labels[given.topic.indexOf(at)] ?? -1);
  return given.names.map((name, at) => ({ name, id: places[at] < 0 ? -1 : ids[places[at]] }));
}

/** A model that is a folder of this machine keeps its name. */
const withoutFolder = (id: string): string => (isAbsolute(id) ? basename(id) : id);

/** The table as it was read, column by column. */
function tableColumns({ columns, values }: Table): { columns: Column[]; mixed: string[] } {
  const mixed: string[] = [];
  const written = columns.map((name, at): Column => {
    const type = typeOf(values[at]);
    const isMixed = type === 'STRING' && values[at].some((cell) => cell !== null && typeof cell !== 'string');
    if (!isMixed) return { name, type, data: values[at] };
    mixed.push(name);
    return { name, type, data: values[at].map((cell) => (cell === null ? null : JSON.stringify(cell))) };
  });
  return { columns: written, mixed };
}

/** What was found, a line a row of the table; groups under the ids that people see. */
function rowColumns({ corpus, analysis, described, space, life, split, hybrid }: ResultParts): Column[] {
  const { table, texts, documents } = corpus;
  const { fit, grouping, points } = analysis;
  const { count, tableRows } = documents;
  const ids = life?.ids;
  const isDocument = new Array<boolean>(count).fill(false);
  for (const row of tableRows) isDocument[row] = true;
  const integers = (name: string, values: Int32Array): Column => ({
    name,
    type: 'INT32',
    data: documents.spread(values, new Int32Array(count).fill(-1)),
  });
  const doubles = (name: string, values: Float64Array, blank = 0): Column => ({
    name,
    type: 'DOUBLE',
    data: documents.spread(values, new Float64Array(count).fill(blank)),
  });
  const seen = (labels: Int32Array, of?: Int32Array) =>
    of ? labels.map((place) => (place < 0 ? -1 : of[place])) : labels;
  const axis = (at: number) => Float32Array.from(tableRows, (_, document) => points[2 * document + at]);
  const place = (name: string, at: number): Column => ({
    name,
    type: 'FLOAT',
    data: documents.spread(axis(at), new Float32Array(count).fill(Number.NaN)),
  });
  const columns: Column[] = [
    { name: 'line', type: 'INT32', data: table.lines },
    { name: 'text', type: 'STRING', data: texts },
    { name: 'has_text', type: 'BOOLEAN', data: isDocument },
    integers('topic', seen(grouping.topics.labels, ids?.topics)),
    integers('theme', seen(grouping.themes.labels, ids?.themes)),
    doubles('probability', fit.probabilities),
    doubles('outlier_score', fit.outlierScores),
    integers('nearest_topic', seen(grouping.nearest.topic, ids?.topics)),
    doubles('nearest_strength', grouping.nearest.strength),
    integers('assigned', Int32Array.from(grouping.assigned)),
    place('x', 0),
    place('y', 1),
    integers('cluster', fit.labels),
    doubles('core_distance', fit.coreDistances, Number.NaN),
    ...described.levels.map((level, at) => integers(`level_${at + 1}`, level.labels)),
  ];
  if (life?.earlier) {
    columns.push(integers('earlier_cluster', life.earlier.clusters));
    columns.push(integers('earlier_topic', life.earlier.topics));
    columns.push(integers('earlier_theme', life.earlier.themes));
  }
  if (split) {
    const known = new Array<string | null>(count).fill(null);
    const idOf = (place: number) => (place < 0 ? -1 : (ids?.topics[place] ?? place));
    for (const [document, shares] of split.shares.entries())
      known[tableRows[document]] = JSON.stringify(shares.map(({ topic, share }) => [idOf(topic), share]));
    columns.push({ name: 'topic_shares', type: 'STRING', data: known });
  }
  if (space.ids) {
    const known = new Array<string | null>(count).fill(null);
    for (const [document, row] of tableRows.entries()) known[row] = space.ids[document];
    columns.push({ name: 'id', type: 'STRING', data: known });
  }
  if (hybrid) columns.push(hybridColumn(hybrid, corpus.documents));
  return columns;
}

function mergeColumns({ singleLinkage, minimumSpanningTree }: Hdbscan): Column[] {
  const { left, right, distance, size } = singleLinkage;
  // Its weights are the merges' distances.
  const { from, to } = minimumSpanningTree;
  return [
    { name: 'left', type: 'INT32', data: left },
    { name: 'right', type: 'INT32', data: right },
    { name: 'distance', type: 'DOUBLE', data: distance },
    { name: 'size', type: 'INT32', data: size },
    { name: 'from', type: 'INT32', data: from },
    { name: 'to', type: 'INT32', data: to },
  ];
}

function condensedColumns({ condensedTree: { parent, child, lambda, size } }: Hdbscan): Column[] {
  return [
    { name: 'parent', type: 'INT32', data: parent },
    { name: 'child', type: 'INT32', data: child },
    { name: 'lambda', type: 'DOUBLE', data: lambda },
    { name: 'size', type: 'INT32', data: size },
  ];
}

/** `label` is that of the cut, −1 for a cluster that isn't chosen. */
function clusterColumns({ clusters, selectedClusters, persistence, labels }: Hdbscan): Column[] {
  const label = new Int32Array(clusters.count).fill(-1);
  const ofLabel = new Float64Array(clusters.count);
  for (const [at, cluster] of selectedClusters.entries()) {
    label[cluster - labels.length] = at;
    ofLabel[cluster - labels.length] = persistence[at];
  }
  return [
    { name: 'parent', type: 'INT32', data: clusters.parent },
    { name: 'birth', type: 'DOUBLE', data: clusters.birth },
    { name: 'size', type: 'INT32', data: clusters.size },
    { name: 'stability', type: 'DOUBLE', data: clusters.stability },
    { name: 'death', type: 'DOUBLE', data: clusters.death },
    { name: 'label', type: 'INT32', data: label },
    { name: 'persistence', type: 'DOUBLE', data: ofLabel },
  ];
}
