import { openModel } from '../embed/index.js';
import { UserError } from '../errors.js';
import { type Hdbscan, predict } from '../hdbscan/index.js';
import { validRowsOf } from '../hdbscan/invalid-rows.js';
import { placeOnto } from '../layout/onto.js';
import { nearestAmong } from '../neighbors/nearest-among.js';
import { layoutLibraryOptions } from '../options/layout.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import { decided } from '../pipeline/decide.js';
import type { Documents } from '../pipeline/documents.js';
import { knownAnswers, requireEndpoint, withAnswers } from '../pipeline/facet.js';
import { assignGiven } from '../pipeline/given.js';
import { givenVectors } from '../pipeline/given-vectors.js';
import { atLine } from '../pipeline/input.js';
import { openStore } from '../pipeline/stored-input.js';
import { reducedOptions } from '../pipeline/tree.js';
import type { Table, TableSource } from '../read/index.js';
import { type Matrix, type NeighborGraph, pickRows, type Topic } from '../shapes.js';
import { placeGiven } from '../themes/given.js';
import { farBeyond, nearestDistances } from './drift.js';
import { type LivingParts, namesOf, refuseUnknownAnswers } from './evolve.js';
import type { RunRecord } from './format.js';
import { refuseUnknownGiven } from './given.js';
import { haveTopicOfNeighbors, placeIndependently } from './in-space.js';
import { knownOf, listsOf } from './known.js';
import { nearestOfRun } from './nearest-groups.js';
import { asTexts, readRows } from './read-rows.js';
import type { OptionsInRun } from './run-options.js';
import { refuseOtherModel, requireWidth, vectorsMissing } from './same-model.js';
import { withSaved } from './settings.js';

/** What a run says of rows that it doesn't hold. Everything is by row of the source. */
export interface Predicted {
  /** The table that was read. */
  table: Table;
  /** Topic of each row; −1 where it is in none, or has no text. */
  topics: Int32Array;
  /** How deep in it, 0 to 1. */
  probabilities: Float64Array;
  /** Theme of each row; −1 where it has no text, or the run has no themes. */
  themes: Int32Array;
  /**
   * Topic of each row, of one in none the nearest, as for rows of the run: by mean places in the reduced space, or mean vectors in the raw
   * space; −1 where there is none.
   */
  nearestTopics: Int32Array;
  /** How near: cosine to that topic's mean vector, 0 to 1. */
  nearestStrengths: Float64Array;
  /** Places on the map, x0 y0 x1 y1 …; NaN for a row without text. */
  points: Float32Array;
  /** 1 where a row is farther from every row of the run than 99 of 100 of these are from their nearest other one. */
  far: Uint8Array;
  /** The run's topics and themes, for their names. */
  named: Topic[];
  namedThemes: Topic[];
}

/** Topics of new rows; the run stays as it is. */
export function predictRows(
  run: LivingParts,
  record: Pick<RunRecord, 'settings' | 'vectors' | 'model'>,
  folder: string,
  source: TableSource,
  options: OptionsInRun,
): Promise<Predicted> {
  // Only what a new row's text is matters here, so its columns may have other names.
  const mayChange = (path: string) => path === 'text';
  return decided(withSaved(record.settings, options, folder, mayChange), async (settings) => {
    const { read, embed, watch } = settings;
    refuseOtherModel(record, embed.model);
    refuseUnknownGiven(run, 'topics of new rows in');
    refuseUnknownAnswers(run);
    requireEndpoint(settings);
    const asked = await readRows(source, run.corpus, settings, asTexts, options.text);
    const corpus = await withAnswers(asked, settings, { known: knownAnswers(run.corpus) });
    const { documents } = corpus;
    const fitted = run.vectors ?? (await storedVectors(run, record, settings));
    const fresh = await (record.model
      ? atLine(corpus, embedded(documents.gather(corpus.embedded ?? corpus.texts), record, settings))
      : vectorsGiven(read.vectors, () => givenVectors(read.vectors ?? '', corpus, watch)));
    const found = await predictVectors(run, fitted, fresh, settings);
    return spread(corpus.table, documents, found, namesOf(run));
  });
}

async function embedded(
  texts: string[],
  { model: known }: Pick<RunRecord, 'model'>,
  { embed, watch }: Settings,
): Promise<Matrix> {
  const model = await openModel({ ...embed, sparse: false, ...watch });
  try {
    if (known?.fingerprint !== undefined && known.fingerprint !== model.fingerprint) {
      throw new UserError(`model must be the one that the run was made with, ${known.id}; got ${model.id}`, {
        code: 'OPTION_INVALID',
        option: 'model',
      });
    }
    return (await model.embed(texts, watch)).vectors;
  } finally {
    await model.close();
  }
}

function vectorsGiven(given: unknown, read: () => Promise<Matrix>): Promise<Matrix> {
  if (given !== undefined) return read();
  throw vectorsMissing();
}

/** The vectors of a run whose collection holds them. */
async function storedVectors(
  { space }: LivingParts,
  { vectors }: Pick<RunRecord, 'vectors'>,
  { store: place, watch }: Settings,
): Promise<Matrix> {
  if (vectors !== 'milvus' || !place || !space.ids) {
    throw new UserError('predict needs vectors; this run was made from neighbours alone', {
      code: 'FIT_INVALID',
      option: 'graph',
    });
  }
  const store = await openStore(place, watch, { mustExist: true });
  try {
    return await store.readVectors(space.ids, watch);
  } finally {
    await store.close();
  }
}

type Found = Omit<Predicted, 'table' | 'named' | 'namedThemes'>;

/** Fewest rows of the run that a new one is compared with for its place on the map. */
const LEAST_NEIGHBORS = 15;

async function predictVectors(
  { analysis, life }: LivingParts,
  fitted: Matrix,
  fresh: Matrix,
  settings: Settings,
): Promise<Found> {
  const { tree, layout, watch } = settings;
  const { threads } = tree;
  const { fit, grouping, points } = analysis;
  requireWidth(fitted, fresh);
  const count = Math.max(LEAST_NEIGHBORS, fit.settings.minSamples * 2, layout.neighbors);
  const near = await nearestAmong(fitted, fresh, Math.min(count, fitted.rows), { ...watch, threads });
  const rows = fitted.rows;
  const mapOptions = { ...pickOptions(layout, layoutLibraryOptions), init: 'random' as const, components: 2 };
  const onMap = await placeOnto({ points, rows, options: mapOptions }, near, watch);
  const given = await nearTopics(analysis, fitted, fresh, near, settings);
  const reduced = grouping.choice.space === 'reduced' ? fit.points : undefined;
  const placing = reducedOptions(near.neighbors, tree);
  // With given topics, only rows of the tree have places in the reduced space.
  const isPlaced = reduced !== undefined && !given;
  const { fit: known, groups, parts, usual } = await knownOf(analysis, fitted, isPlaced, settings);
  const places =
    reduced && isPlaced
      ? await placeIndependently(reduced, near, placing, watch, known && { fit: known, fresh })
      : undefined;
  const inTree = async (points: Matrix | undefined, lists: NeighborGraph) =>
    points
      ? nearestFitted(points, await placeIndependently(points, lists, placing, watch), fit, settings)
      : lists;
  const input = given
    ? await amongMembers(fit, fitted, fresh, near.neighbors, settings, (lists, members) =>
        inTree(reduced && pickRows(reduced, members), lists),
      )
    : places && reduced
      ? await nearestFitted(reduced, places, fit, settings)
      : near;
  const among = participating(fit, input);
  const { labels, probabilities } = await predict(fit, among, watch);
  const nearest = await nearestOfRun(groups, fresh, places, threads, watch);
  try {
    const topics = new Int32Array(fresh.rows).fill(-1);
    const twins = twinsOf(near);
    const own = await nearest.topicsIn(labels, parts);
    for (let row = 0; row < fresh.rows; row++) {
      const twin = twins[row];
      if (twin >= 0) {
        topics[row] = grouping.topics.labels[twin];
        probabilities[row] = fit.probabilities[twin];
      } else if (given && given.topic[row] >= 0) {
        topics[row] = given.place[given.topic[row]];
        probabilities[row] = given.sure[row];
      } else if (labels[row] >= 0) {
        topics[row] = own[row];
      }
    }
    if (known && !isAssigning(tree)) {
      const have = haveTopicOfNeighbors(topics, among, grouping.topics.labels, fit.settings.minSamples);
      for (let row = 0; row < fresh.rows; row++) {
        if (twins[row] >= 0 || topics[row] < 0 || have[row] === 1) continue;
        topics[row] = -1;
        probabilities[row] = 0;
      }
    }
    for (let row = 0; row < fresh.rows; row++) {
      if (topics[row] < 0 && isAssigning(tree)) topics[row] = nearest.topic[row];
    }
    // A row of a topic has its own.
    const nearestTopics = topics.map((topic, row) => {
      const other = twins[row] < 0 ? nearest.topic[row] : grouping.nearest.topic[twins[row]];
      return topic < 0 ? other : topic;
    });
    const strengths = await nearest.strengthOf(nearestTopics);
    const strength = strengths.map((own, row) =>
      twins[row] < 0 ? own : grouping.nearest.strength[twins[row]],
    );
    const themes = nearest.theme.map((own, row) =>
      twins[row] < 0 ? own : grouping.themes.labels[twins[row]],
    );
    const idOf = (ids: Int32Array) => (place: number) => (place < 0 ? -1 : ids[place]);
    return {
      topics: topics.map(idOf(life.ids.topics)),
      probabilities,
      themes: themes.map(idOf(life.ids.themes)),
      nearestTopics: nearestTopics.map(idOf(life.ids.topics)),
      nearestStrengths: strength,
      points: onMap,
      far: farBeyond(usual, nearestDistances(near, [...twins.keys()])),
    };
  } finally {
    nearest.close();
  }
}

/** The row of the run that each new row equals; −1 for none. */
const twinsOf = ({ distances, indices, rows, neighbors }: NeighborGraph): Int32Array =>
  Int32Array.from({ length: rows }, (_, row) =>
    distances[row * neighbors] === 0 ? indices[row * neighbors] : -1,
  );

/** Whether every row without a topic was given the nearest one. */
const isAssigning = ({ clusters, noise }: Settings['tree']): boolean =>
  noise === 'nearest' || (clusters !== undefined && noise === undefined);

/** Given topics of new rows, with the place of each topic among those of the run; undefined where the run has none. */
async function nearTopics(
  { graph, grouping: { given, topics } }: LivingParts['analysis'],
  fitted: Matrix,
  fresh: Matrix,
  near: NeighborGraph,
  settings: Settings,
) {
  const found = given && (await assignGiven(settings, fitted, graph, settings.watch));
  if (!given || !found) return undefined;
  const rows = await placeGiven(found.rule, fitted, fresh, near, given.topic, settings.watch);
  const place = given.names.map((_, at) => topics.labels[given.topic.indexOf(at)] ?? -1);
  return { ...rows, place };
}

/**
 * Lists of the rows of the tree alone: those with a given topic are no part of it, and could be all neighbours of a new row.
 * @param then is given the lists, whose indices count the rows of the tree, and these rows
 * @returns what it returns, with indices of all rows of the run
 */
async function amongMembers(
  fit: Hdbscan,
  fitted: Matrix,
  fresh: Matrix,
  count: number,
  { tree: { threads }, watch }: Pick<Settings, 'tree' | 'watch'>,
  then: (lists: NeighborGraph, members: Int32Array) => Promise<NeighborGraph>,
): Promise<NeighborGraph> {
  const members = validRowsOf(fit);
  if (members.length === 0) {
    const none = { indices: new Int32Array(fresh.rows).fill(-1), rows: fresh.rows, neighbors: 1 };
    return { ...none, distances: new Float32Array(fresh.rows).fill(Number.POSITIVE_INFINITY) };
  }
  const lists = await nearestAmong(pickRows(fitted, members), fresh, Math.min(count, members.length), {
    ...watch,
    threads,
  });
  const found = await then(lists, members);
  return { ...found, indices: found.indices.map((at) => (at < 0 ? -1 : members[at])) };
}

/** Neighbours in the reduced space of new rows that have places in them. */
const nearestFitted = (
  reduced: Matrix,
  fresh: Matrix,
  fit: Hdbscan,
  { tree: { threads }, watch }: Pick<Settings, 'tree' | 'watch'>,
): Promise<NeighborGraph> =>
  nearestAmong(reduced, fresh, Math.min(reduced.rows, fit.settings.minSamples * 4), { ...watch, threads });

/** The lists without rows that have no part in the tree, such as copies that counted with their original. */
function participating(fit: Hdbscan, graph: NeighborGraph): NeighborGraph {
  if (fit.invalidRows === 0) return graph;
  return listsOf(graph, (row) => !Number.isNaN(fit.coreDistances[row]));
}

/** Values of documents as those of all rows of the source. */
function spread(
  table: Table,
  documents: Documents,
  found: Found,
  { topics: named, themes: namedThemes }: ReturnType<typeof namesOf>,
): Predicted {
  const { count } = documents;
  const labels = (values: Int32Array) => documents.spread(values, new Int32Array(count).fill(-1));
  return {
    table,
    topics: labels(found.topics),
    probabilities: documents.spread(found.probabilities, new Float64Array(count)),
    themes: labels(found.themes),
    nearestTopics: labels(found.nearestTopics),
    nearestStrengths: documents.spread(found.nearestStrengths, new Float64Array(count)),
    points: documents.spread(found.points, new Float32Array(2 * count).fill(Number.NaN), 2),
    far: documents.spread(found.far, new Uint8Array(count)),
    named,
    namedThemes,
  };
}
