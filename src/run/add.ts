import { counted, grouped } from '../counted.js';
import { openModel } from '../embed/index.js';
import { UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import { neighborsFor } from '../pipeline/analysis.js';
import { inCanonicalOrder } from '../pipeline/canonical.js';
import { Clock } from '../pipeline/clock.js';
import type { Corpus } from '../pipeline/corpus.js';
import { decided } from '../pipeline/decide.js';
import { trusted } from '../pipeline/draw-map.js';
import { knownAnswers, requireEndpoint, withAnswers } from '../pipeline/facet.js';
import { assignGiven } from '../pipeline/given.js';
import { givenVectors } from '../pipeline/given-vectors.js';
import { planTree } from '../pipeline/grouping.js';
import { atLine } from '../pipeline/input.js';
import type { RunLife } from '../pipeline/life.js';
import { openSearch } from '../pipeline/search.js';
import { fitReduced, fitTree } from '../pipeline/tree.js';
import type { Space } from '../pipeline/vectors.js';
import type { Watch } from '../progress.js';
import type { TableSource } from '../read/index.js';
import { type Matrix, pickRows, type Topic } from '../shapes.js';
import type { EarlierGroups } from '../themes/earlier.js';
import { takeGraph, takeRows } from '../themes/order.js';
import { clustersByTopic } from '../themes/rejoin.js';
import { withoutSharedWording } from '../topics/index.js';
import { type Changes, changesOf, movedRows, trendsOf } from './changes.js';
import { openCollection } from './collection.js';
import { driftOf } from './drift.js';
import { evolve, idsOf, type LivingParts, namesOf, refuseUnknownAnswers } from './evolve.js';
import type { RunRecord } from './format.js';
import { copiesOf, refuseUnknownGiven } from './given.js';
import { growNeighbors } from './grow.js';
import { fitGrownRest } from './grow-rest.js';
import { type Joined, type JoinOptions, joinRows } from './join.js';
import { isOutgrown, laidOutRows, OUTGROWN, plannedRows } from './lasting.js';
import { type PlacesBefore, placeInSpace, placeOnMap, splitPlaces } from './place-rows.js';
import { asRunNames, readRows } from './read-rows.js';
import type { OptionsInRun } from './run-options.js';
import { refuseOtherModel, requireWidth, vectorsMissing } from './same-model.js';
import { withSaved } from './settings.js';

/** Options of `run.add`: how the rows are read, and what the machine has; others are those of the run. */
export type AddOptions = OptionsInRun & JoinOptions;

export interface Added {
  parts: LivingParts;
  changes: Changes;
}

/**
 * A run with rows added, and what changed. Nothing is written but new vectors into the run's collection, if it has one.
 * @param source undefined: what the collection of the run received since
 */
export function addRows(
  before: LivingParts,
  record: Pick<RunRecord, 'settings' | 'vectors' | 'model'>,
  folder: string,
  source: TableSource | undefined,
  { id, duplicates, ...options }: AddOptions,
): Promise<Added> {
  return decided(withSaved(record.settings, options, folder), async (settings) => {
    refuseUnknownGiven(before, "rows can't be added to");
    refuseUnknownAnswers(before);
    requireEndpoint(settings);
    refuseOtherModel(record, settings.embed.model);
    const clock = new Clock();
    const readFresh = (given: TableSource) =>
      clock.time('read', () =>
        readRows(given, before.corpus, settings, asRunNames(before.corpus.textColumns)),
      );
    if (record.vectors === 'milvus') {
      const open = await openCollection(before, settings);
      try {
        const fresh = source === undefined ? await open.receivedSince(clock) : await readFresh(source);
        // What the collection received was chosen by its ids.
        const rule = source === undefined ? { duplicates: 'add' as const } : { id, duplicates };
        const joined = joinRows(before.corpus, fresh, rule);
        if (joined.taken.length === 0) return nothingAdded(before, joined);
        const space = await open.spaceOf(joined, fresh, record.model?.fingerprint, clock);
        return await grow(before, joined, space, settings, clock);
      } finally {
        await open.close();
      }
    }
    if (source === undefined) {
      throw new UserError(
        'only a run from a Milvus collection can add what was received since; name a file',
        { code: 'OPTION_INVALID', option: 'since' },
      );
    }
    const fresh = await readFresh(source);
    const read = joinRows(before.corpus, fresh, { id, duplicates });
    if (read.taken.length === 0) return nothingAdded(before, read);
    const asking = { from: before.corpus.table.rows, known: knownAnswers(before.corpus) };
    const corpus = await clock.time('embed', () => withAnswers(read.corpus, settings, asking));
    const joined = { ...read, corpus };
    const space = await clock.timeEmbedding(() => grownSpace(before, record, fresh, joined, settings));
    return grow(before, joined, space, settings, clock);
  });
}

/** The run as it was, every group of it kept. */
function nothingAdded(before: LivingParts, { skipped, changed }: Joined): Added {
  const { topics, themes } = namesOf(before);
  const kept = (groups: readonly Topic[]) =>
    changesOf(
      groups.map(({ id }) => ({ kind: 'kept' as const, id, overlap: 1 })),
      groups,
      groups,
    );
  const { rows } = before.corpus.table;
  return {
    parts: before,
    changes: {
      ...{ did: 'add', rowsBefore: rows, rows, skipped, changedTexts: changed, how: 'nothing was added' },
      ...{ topics: kept(topics), themes: kept(themes), growing: [], fading: [] },
      moved: { rows: 0, examples: [] },
    },
  };
}

/** The rest, from the vectors of all rows on. */
async function grow(
  before: LivingParts,
  joined: Joined,
  space: Space,
  settings: Settings,
  clock: Clock,
): Promise<Added> {
  const { tree, neighbors, watch } = settings;
  const { corpus } = joined;
  const ordered = await inCanonicalOrder(corpus, space, tree, watch);
  const { vectors, rows } = ordered.space;
  const old = before.corpus.documents.tableRows.length;
  const parts = splitPlaces(ordered, old);
  const count = neighborsFor(settings, rows);
  const search = await clock.time('neighbors', () => openSearch(ordered.space, neighbors, watch));
  try {
    const graph = await clock.time('neighbors', () => {
      const { analysis } = before;
      // Rows that took part before: where copies counted otherwise than now, their lists say nothing.
      const isSame = old - copiesOf(analysis) === parts.held.length;
      if (!vectors || !isSame || analysis.graph.neighbors < Math.min(count, parts.held.length - 1))
        return search.neighbors(count);
      const known = takeGraph(analysis.graph, parts.documents, ordered.places);
      return growNeighbors(known, parts, vectors, search, count, watch);
    });
    const given = await clock.time('topics', () => assignGiven(settings, vectors, graph, watch));
    const taking = given ? given.rest.length : rows;
    const fresh = planTree(tree, taking);
    const { history } = before.life;
    const { fit, grouping } = before.analysis;
    const isReduced = fresh.space === 'reduced' && grouping.choice.space === 'reduced' && hasSpace(before);
    const isPlacedAnew = isReduced && isOutgrown(history, corpus.table.rows);
    const plan = isReduced ? planTree(tree, plannedRows(taking, history, corpus.table.rows)) : fresh;
    const whole = await clock.time('tree', async () => {
      if (given && vectors) return fitGrownRest(before, vectors, given, { ...parts, isPlacedAnew }, settings);
      // With given topics, only a part of the rows has places in the reduced space.
      if (!isReduced || !fit.points || grouping.given)
        return fitTree(graph, vectors, search, plan, tree, watch);
      const places = pickRows(fit.points, parts.documents);
      return fitReduced(
        await placeInSpace(places, parts, { graph, vectors }, isPlacedAnew, settings),
        plan,
        tree,
        watch,
      );
    });
    const map = await clock.time('layout', async () =>
      trusted(await placeOnMap(before, graph, parts, settings), vectors, settings.layout, watch),
    );
    const [added, all] = [space.rows - old, corpus.table.rows];
    const how = `${counted(added, 'row')} ${isReduced ? howPlaced(old, all, history) : onMap(old)}`;
    const note = isReduced && added > 0 ? how : undefined;
    const earlier = isReduced
      ? { ...groupsBefore(before, parts, settings.tree.clusters), isPlacedAnew }
      : undefined;
    const regrown = {
      ...{ corpus, space, ordered, graph, given, whole, plan, map, note },
      engine: search.engine,
      earlier,
    };
    const { parts: after, topics, themes } = await evolve(before, regrown, settings, clock);
    const step = { did: 'add' as const, rows: all, added: joined.taken.length, skipped: joined.skipped };
    const { life } = after;
    life.ownIds = undefined;
    life.earlier = earlier && {
      clusters: takeRows(earlier.clusters, ordered.places),
      topics: takeRows(earlier.topics, ordered.places),
      themes: takeRows(earlier.themes, ordered.places),
    };
    const isLaidOut = isPlacedAnew || (fresh.space === 'reduced' && !isReduced);
    life.history = [
      ...history,
      {
        ...{ ...step, topics: topics.ids.length, themes: themes.ids.length },
        ...(isLaidOut && { laidOut: true }),
      },
    ];
    const changes = describeChanges(before, after, joined, how, { topics, themes });
    return { parts: after, changes: { ...changes, drift: driftOf(graph, parts.isHeld) } };
  } finally {
    search.close();
  }
}

const onMap = (old: number): string =>
  `placed on the map of the ${counted(old, 'row')} before, which stay where they were`;

/** How rows were placed in the reduced space and on the map. */
function howPlaced(old: number, all: number, history: RunLife['history']): string {
  const from = laidOutRows(history);
  if (isOutgrown(history, all))
    return `${onMap(old)}; in the reduced space all rows are placed anew, since there are ${timesAsMany(all / from)} times the ${grouped(from)} that it was made from`;
  return `placed in the reduced space and on the map of the ${counted(old, 'row')} before, which stay where they were; from ${grouped(OUTGROWN * from)} rows on, the reduced space is made anew`;
}

/** With one decimal place, rounded down. */
const timesAsMany = (ratio: number): string => String(Math.floor(10 * ratio) / 10);

/** Clusters, topics and themes of the run before, by place. */
function groupsBefore(
  { analysis: { fit, grouping } }: LivingParts,
  { documentAt }: PlacesBefore,
  wanted: number | undefined,
): EarlierGroups {
  const of = (labels: Int32Array) => documentAt.map((document) => (document < 0 ? -1 : labels[document]));
  const topics = of(grouping.topics.labels);
  // A topic made of several clusters stays one, but where `clusters` asks for so many the clusters are compared.
  const clusters = of(fit.labels);
  return {
    clusters: wanted === undefined ? clustersByTopic(clusters, topics) : clusters,
    topics,
    // Without levels, themes stand for the nearest topics.
    themes: grouping.levels.length > 0 ? of(grouping.themes.labels) : documentAt.map(() => -1),
  };
}

const hasSpace = ({ analysis }: LivingParts): boolean => analysis.fit.points !== undefined;

const identity = (count: number): Int32Array => Int32Array.from({ length: count }, (_, row) => row);

/** Vectors of all documents, old ones first; new texts are embedded by the model of the run. */
async function grownSpace(
  before: LivingParts,
  record: Pick<RunRecord, 'vectors' | 'model'>,
  fresh: Corpus,
  { corpus, taken }: Joined,
  settings: Settings,
): Promise<Space> {
  const { read, watch } = settings;
  const old = before.vectors;
  if (record.vectors === 'none' || !old) {
    throw new UserError(
      'rows can only be added to a run with vectors; this one was made from neighbours alone: cluster again with the new ones',
      { code: 'FIT_INVALID', option: 'graph' },
    );
  }
  // Documents of the source that were taken, by their place among its documents.
  const isTaken = new Uint8Array(fresh.table.rows);
  for (const row of taken) isTaken[row] = 1;
  const chosen = identity(fresh.documents.tableRows.length).filter(
    (document) => isTaken[fresh.documents.rowOf(document)] === 1,
  );
  const base = { rows: corpus.documents.tableRows.length, place: 'memory' };
  const isGiven = record.model === undefined;
  if (isGiven) {
    if (read.vectors === undefined) throw vectorsMissing();
    const given = pickRows(await givenVectors(read.vectors, fresh, watch), chosen);
    return { ...base, vectors: stacked(old, given), truncated: 0, averaged: 0 };
  }
  if (read.vectors !== undefined) {
    throw new UserError(
      `vectors of this run are those of ${record.model?.id}, and others can't be compared with them; leave vectors out`,
      { code: 'OPTION_INVALID', option: 'vectors' },
    );
  }
  const texts = corpus.documents.gather(corpus.embedded ?? corpus.texts).slice(old.rows);
  const made = await atLine(fresh, embedMore(before, record, texts, settings));
  return {
    ...base,
    vectors: stacked(old, made.vectors),
    ...{ model: made.model, provider: made.provider, threads: made.threads },
    // An earlier version noted none.
    engines: before.space.engines && [...new Set([...before.space.engines, ...made.engines])].sort(),
    truncated: before.space.truncated + made.truncated,
    averaged: before.space.averaged + made.averaged,
  };
}

async function embedMore(
  before: LivingParts,
  { model: known }: Pick<RunRecord, 'model'>,
  texts: string[],
  { embed, topics, watch }: Settings,
) {
  const model = await openModel({ ...embed, ...watch });
  try {
    if (known?.fingerprint !== model.fingerprint) {
      throw new UserError(
        `model must be the one that the run was made with, ${known?.id} (fingerprint ${known?.fingerprint}); got ${model.id} (${model.fingerprint})`,
        { code: 'OPTION_INVALID', option: 'model' },
      );
    }
    const embedded = topics.boilerplate === 'drop' ? await withoutSharing(before, texts, watch) : texts;
    const { model: about, ...embedding } = await model.embed(embedded, watch);
    return {
      ...embedding,
      model: { ...about, id: known.id, fingerprint: model.fingerprint },
    };
  } finally {
    await model.close();
  }
}

/** New texts without the wording that many of all texts share. */
async function withoutSharing({ corpus }: LivingParts, texts: string[], watch: Watch): Promise<string[]> {
  const old = corpus.documents.gather(corpus.texts);
  return (await withoutSharedWording([...old, ...texts], watch.signal)).slice(old.length);
}

function stacked(above: Matrix, below: Matrix): Matrix {
  if (below.rows === 0) return above;
  if (above.rows === 0) return below;
  requireWidth(above, below);
  const data = new Float32Array(above.data.length + below.data.length);
  data.set(above.data);
  data.set(below.data, above.data.length);
  return { data, rows: above.rows + below.rows, cols: above.cols };
}

function describeChanges(
  before: LivingParts,
  after: LivingParts,
  { corpus, taken, skipped, changed }: Joined,
  how: string,
  { topics, themes }: Pick<Awaited<ReturnType<typeof evolve>>, 'topics' | 'themes'>,
): Changes {
  const [was, is] = [namesOf(before), namesOf(after)];
  const old = before.corpus.documents.tableRows.length;
  const labels = idsOf(after);
  const earlier = idsOf(before);
  // A new topic is said to be new; that it grows goes without saying.
  const known = new Set(was.topics.map(({ id }) => id));
  const followed = is.topics.filter(({ id }) => known.has(id));
  return {
    did: 'add',
    rowsBefore: corpus.table.rows - taken.length,
    rows: corpus.table.rows,
    skipped,
    changedTexts: changed,
    how,
    topics: changesOf(topics.events, was.topics, is.topics),
    themes: changesOf(themes.events, was.themes, is.themes),
    ...trendsOf(followed, countsOf(labels.subarray(0, old)), countsOf(labels.subarray(old))),
    moved: movedRows(earlier, labels.subarray(0, old), (document) => corpus.documents.rowOf(document)),
  };
}

function countsOf(labels: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
