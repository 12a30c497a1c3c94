import { breathe } from '../breathe.js';
import { counted } from '../counted.js';
import { UserError } from '../errors.js';
import type { Hdbscan } from '../hdbscan/index.js';
import { insertInvalid } from '../hdbscan/invalid-rows.js';
import type { Settings } from '../options/table.js';
import type { Matrix, NeighborGraph, TopicShare } from '../shapes.js';
import { type PartKind, partsOf } from '../split/parts.js';
import { takeMatrix, takeRows } from '../themes/order.js';
import type { Analysis } from './analysis.js';
import { type Findings, takeGrouping } from './canonical.js';
import type { Corpus } from './corpus.js';
import { checkSizes } from './decide.js';
import { type DocumentNumber, Documents } from './documents.js';
import type { Grouping } from './grouping-result.js';
import type { Parts, SplitFindings, TextParts } from './split-findings.js';
import type { Space } from './vectors.js';

/** The parts by rows of the table. */
export const textParts = (
  { kind, corpus, documentOf, topics, probabilities }: NonNullable<SplitFindings['parts']>,
  documents: Documents,
): TextParts => ({
  kind,
  rows: documentOf.map((document) => documents.rowOf(document)),
  texts: corpus.texts,
  topics,
  probabilities,
});

/** The parts of a corpus, where the settings divide texts; undefined where each is clustered as a whole. */
export async function divided(
  whole: Corpus,
  { split: { split: kind }, tree, watch }: Pick<Settings, 'split' | 'tree' | 'watch'>,
): Promise<Parts | undefined> {
  if (kind === undefined) return undefined;
  const { documents, table } = whole;
  const pause = breathe(watch.signal);
  const texts: string[] = [];
  const documentOf: DocumentNumber[] = [];
  for (const [document, text] of documents.gather(whole.texts).entries()) {
    await pause();
    for (const part of partsOf(text, kind)) {
      texts.push(part);
      documentOf.push(document);
    }
  }
  checkSizes({ tree, watch }, texts.length, kind);
  const rows = Int32Array.from(documentOf, (document) => documents.rowOf(document));
  const message = `${countedParts(kind, texts.length)} of ${counted(documents.tableRows.length, 'text')} are clustered`;
  watch.onProgress?.({ stage: 'read', message });
  return {
    kind,
    corpus: {
      table: {
        ...table,
        rows: rows.length,
        values: table.values.map((cells) => Array.from(rows, (row) => cells[row])),
        lines: takeRows(table.lines, rows),
      },
      textColumns: whole.textColumns,
      texts,
      documents: new Documents(Int32Array.from(rows.keys()), rows.length),
    },
    documentOf: Int32Array.from(documentOf),
  };
}

/** `1 sentence`, `1,204 sentences`. */
const countedParts = (kind: PartKind, count: number): string => counted(count, kind.slice(0, -1), kind);

/** First and last part of each document, the last one excluded. */
function* spans(documentOf: Int32Array): Generator<[from: number, to: number]> {
  for (let from = 0, to = 0; from < documentOf.length; from = to) {
    while (to < documentOf.length && documentOf[to] === documentOf[from]) to++;
    yield [from, to];
  }
}

/**
 * Topics of each document with their shares of its characters, largest first, equal shares in the order of the text; −1, for
 * parts in no topic, comes last.
 *
 * @param topics topic of each part
 */
function sharesOf({ corpus, documentOf }: Parts, topics: Int32Array): TopicShare[][] {
  return Array.from(spans(documentOf), ([from, to]) => {
    const lengths = new Map<number, number>();
    let whole = 0;
    for (let part = from; part < to; part++) {
      const { length } = corpus.texts[part];
      lengths.set(topics[part], (lengths.get(topics[part]) ?? 0) + length);
      whole += length;
    }
    return Array.from(lengths, ([topic, length]) => ({ topic, share: length / whole })).sort(
      (a, b) => Number(a.topic < 0) - Number(b.topic < 0) || b.share - a.share,
    );
  });
}

/**
 * The part of each document that stands for it: of the topic with the largest share the most probable one; the longest part
 * where none is in a topic.
 *
 * @param topics topic of each part
 * @param probabilities how deep each part is in it
 */
function mainParts(parts: Parts, topics: Int32Array, probabilities: Float64Array): Int32Array {
  const shares = sharesOf(parts, topics);
  const { texts } = parts.corpus;
  return Int32Array.from(spans(parts.documentOf), ([from, to], document) => {
    const { topic } = shares[document][0];
    const weight = (part: number) => (topic < 0 ? texts[part].length : probabilities[part]);
    let main = -1;
    for (let part = from; part < to; part++) {
      if (topics[part] !== topic) continue;
      if (main < 0 || weight(part) > weight(main)) main = part;
    }
    return main;
  });
}

/** As `mainParts`, from what was found by places in canonical order. */
export function mainPartsOf(
  parts: Parts,
  { fit, grouping }: Pick<Analysis, 'fit' | 'grouping'>,
  places: Int32Array,
): Int32Array {
  const topics = takeRows(grouping.topics.labels, places);
  return mainParts(parts, topics, takeRows(fit.probabilities, places));
}

/** How many documents each place of the parts' order stands for: those whose main part is there. */
export function documentsAt(main: Int32Array, places: Int32Array, count: number): Int32Array {
  const counts = new Int32Array(count);
  for (const part of main) counts[places[part]]++;
  return counts;
}

/**
 * What was found in parts as findings about documents: a document has the labels, scores and place of its main part.
 *
 * @param found about the parts; sizes of its groups are numbers of documents
 * @param main the main part of each document
 */
export function ofDocuments(
  { analysis, described, copies }: Findings,
  parts: Parts,
  main: Int32Array,
): Findings {
  const { kind, documentOf } = parts;
  const { grouping, fit } = analysis;
  const topics = grouping.topics.labels;
  const located = <T extends { exemplars: number[] }>(groups: T[]) =>
    groups.map((group) => {
      // Of two parts of one document the better one.
      const firsts = group.exemplars.filter(
        (part, at, all) => all.findIndex((other) => documentOf[other] === documentOf[part]) === at,
      );
      return {
        ...group,
        exemplars: firsts.map((part) => documentOf[part]),
        examples: firsts.map((part) => parts.corpus.texts[part]),
      };
    });
  return {
    copies,
    analysis: {
      ...analysis,
      fit: fitOfDocuments(fit, main),
      points: takeRows(analysis.points, main, 2),
      graph: graphOfDocuments(analysis.graph, main, documentOf),
      grouping: withNote(takeGrouping(grouping, main), kind),
    },
    described: {
      ...described,
      topics: withMentions(located(described.topics), parts, topics),
      themes: located(described.themes),
      levels: described.levels.map((level) => ({
        ...level,
        groups: located(level.groups),
        labels: takeRows(level.labels, main),
      })),
    },
    split: {
      kind,
      count: documentOf.length,
      shares: sharesOf(parts, topics),
      parts: { ...parts, topics, probabilities: fit.probabilities },
    },
  };
}

const withNote = (grouping: Grouping, kind: PartKind): Grouping => ({
  ...grouping,
  choice: { ...grouping.choice, topics: `${grouping.choice.topics}; counted in ${kind}` },
});

/** Topics with the number of documents that have a part in each. */
function withMentions<T extends { id: number }>(groups: T[], { documentOf }: Parts, topics: Int32Array) {
  const mentions = new Int32Array(groups.length);
  for (const [from, to] of spans(documentOf))
    for (const topic of new Set(topics.subarray(from, to))) if (topic >= 0) mentions[topic]++;
  return groups.map((group) => ({ ...group, mentions: mentions[group.id] }));
}

/**
 * The fit of parts as one of documents. A document has the scores of its main part and its line of the condensed tree. It is
 * no part of the merges, which are of parts: as a row without coordinates it is joined at +∞ and has no core distance.
 */
function fitOfDocuments(fit: Hdbscan, main: Int32Array): Hdbscan {
  const [parts, rows] = [fit.labels.length, main.length];
  if (parts === rows) return fit;
  const { condensedTree: tree, points } = fit;
  const renumbered = (cluster: number) => cluster - parts + rows;
  // Lines of parts come first, in their order, then those of clusters; a single row has no tree.
  const clusters = rows < 2 ? 0 : Math.max(0, tree.child.length - parts);
  const lines = new Int32Array(rows < 2 ? 0 : rows + clusters);
  lines.set(rows < 2 ? [] : main);
  for (let at = 0; at < clusters; at++) lines[rows + at] = parts + at;
  return {
    ...insertInvalid(withoutTree(fit), new Int32Array(0), rows),
    labels: takeRows(fit.labels, main),
    probabilities: takeRows(fit.probabilities, main),
    outlierScores: takeRows(fit.outlierScores, main),
    clusters: fit.clusters,
    selectedClusters: fit.selectedClusters.map(renumbered),
    condensedTree: {
      parent: takeRows(tree.parent, lines).map(renumbered),
      child: takeRows(tree.child, lines).map((child, line) => (line < rows ? line : renumbered(child))),
      lambda: takeRows(tree.lambda, lines),
      size: takeRows(tree.size, lines),
    },
    points: points && takeMatrix(points, main),
  };
}

/** A fit of no rows, with the settings and the exactness of one. */
function withoutTree(fit: Hdbscan): Hdbscan {
  const [none, nothing] = [new Int32Array(0), new Float64Array(0)];
  return {
    ...fit,
    ...{ labels: none, selectedClusters: none },
    ...{ probabilities: nothing, outlierScores: nothing, coreDistances: nothing },
    minimumSpanningTree: { from: none, to: none, weight: nothing },
    singleLinkage: { left: none, right: none, distance: nothing, size: none },
    condensedTree: { parent: none, child: none, lambda: nothing, size: none },
    clusters: { count: 0, parent: none, birth: nothing, size: none, stability: nothing, death: nothing },
  };
}

/** Neighbours of each document: the documents of its main part's nearest parts, each once, at the distance of that part. */
function graphOfDocuments(graph: NeighborGraph, main: Int32Array, documentOf: Int32Array): NeighborGraph {
  const { neighbors } = graph;
  const indices = new Int32Array(main.length * neighbors).fill(-1);
  const distances = new Float32Array(indices.length).fill(Number.POSITIVE_INFINITY);
  for (const [document, part] of main.entries()) {
    const known = new Set([document]);
    let slot = document * neighbors;
    for (let at = part * neighbors; at < (part + 1) * neighbors; at++) {
      const near = graph.indices[at] < 0 ? -1 : documentOf[graph.indices[at]];
      if (near < 0 || known.has(near)) continue;
      known.add(near);
      indices[slot] = near;
      distances[slot++] = graph.distances[at];
    }
  }
  return { ...graph, rows: main.length, indices, distances };
}

/** The space of documents: vectors are means of their parts', weighted by length, of unit length again. */
export function spaceOfDocuments(space: Space, { corpus, documentOf }: Parts): Space {
  const { vectors } = space;
  const rows = documentOf.length === 0 ? 0 : documentOf[documentOf.length - 1] + 1;
  return { ...space, rows, vectors: vectors && meansOf(vectors, corpus.texts, documentOf, rows) };
}

function meansOf(
  { data, cols }: Matrix,
  texts: readonly string[],
  documentOf: Int32Array,
  rows: number,
): Matrix {
  const means = new Float32Array(rows * cols);
  const sum = new Float64Array(cols);
  for (const [from, to] of spans(documentOf)) {
    sum.fill(0);
    for (let part = from; part < to; part++)
      for (let t = 0; t < cols; t++) sum[t] += texts[part].length * data[part * cols + t];
    const norm = Math.sqrt(sum.reduce((all, value) => all + value * value, 0)) || 1;
    for (let t = 0; t < cols; t++) means[documentOf[from] * cols + t] = sum[t] / norm;
  }
  return { data: means, rows, cols };
}

/** Refuses a change of a run of parts, which it doesn't keep. */
export function refuseSplit(parameters: Readonly<Record<string, unknown>>, what: string): void {
  if (parameters.split == null) return;
  throw new UserError(
    `${what} a run of ${parameters.split} (split), which keeps what was found of whole rows only; cluster all rows again with --split ${parameters.split}`,
    { code: 'OPTION_INVALID', option: 'split' },
  );
}
