import { checkModel } from '../embed/index.js';
import { refuseFile } from '../embed/places.js';
import { FailureError, TextFailure, UserError } from '../errors.js';
import { discreetly } from '../options/discreet.js';
import { ALL_OPTIONS, type ClusterOptions, resolveSettings, type Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { TableSource } from '../read/index.js';
import type { NeighborGraph } from '../shapes.js';
import { type Shard, shardRows } from '../store/ids.js';
import type { OpenOptions, Store } from '../store/index.js';
import type { StoreSettings } from '../store/options.js';
import { canonicalOrder, placesOf } from '../themes/order.js';
import { readStopWords, withoutSharedWording } from '../topics/index.js';
import { analyse } from './analysis.js';
import { analysisOfDocuments, describedDocuments, spaceInOrder } from './canonical.js';
import { Clock } from './clock.js';
import { type Corpus, idColumn, readCorpus, storedCorpus } from './corpus.js';
import { describe } from './describe.js';
import type { Documents } from './documents.js';
import { factsOf } from './facts.js';
import { givenVectors } from './given-vectors.js';
import { ClusterResult } from './result.js';
import { embedInMemory, fillStore, type Space, spaceOfStore } from './vectors.js';

/**
 * Clusters texts: reads them, embeds them, searches neighbours, builds and cuts the tree, lays out the map, names topics.
 *
 * @param source a path, a folder, an `https://` address, `{ files: [...] }`, or an array or async iterable of strings or
 * objects
 * @param options each is described in docs/options.md
 * @returns labels, topics, themes and the map's points by rows of the input, with methods that write them to files
 * @throws UserError for what the caller can mend: a wrong option, file or column
 * @throws FailureError for what failed outside: a download, a server, a disk
 * @throws the reason of `options.signal` when aborted
 * @example
 * const result = await cluster('news.csv', { text: ['title', 'description'], model: 'minilm' });
 * for (const { name, size } of result.topics) console.log(size, name);
 * await result.writeMap('map.html');
 */
export function cluster(source: TableSource, options: ClusterOptions = {}): Promise<ClusterResult> {
  return decided(options, (settings) => clusterFile(source, settings));
}

/** Keeps a result, such as in files. */
type Keep = (result: ClusterResult) => Promise<void>;

/**
 * As `cluster()`, or `clusterCollection()` without a source; the result is kept before labels are written back into
 * Milvus, so that a failure of that doesn't lose it.
 */
export function clusterAndKeep(
  source: TableSource | undefined,
  options: ClusterOptions,
  keep: Keep,
): Promise<ClusterResult> {
  return decided(options, (settings) =>
    source === undefined ? clusterStored(settings, keep) : clusterFile(source, settings, keep),
  );
}

async function clusterFile(source: TableSource, settings: Settings, keep?: Keep): Promise<ClusterResult> {
  if (settings.store) refuseIdle(settings.store, ['filter', 'fields'], 'a file is clustered');
  const { watch } = settings;
  const clock = new Clock();
  const { graph } = settings.neighbors;
  const corpus = await clock.time('read', () =>
    readCorpus(source, settings.read, { ...watch, offline: settings.embed.offline }, graph !== undefined),
  );
  const { documents } = corpus;
  refuseTooMany(settings.tree.clusters, documents.tableRows.length);
  const texts = documents.gather(corpus.texts);
  if (!settings.store) {
    const space = await clock.time('embed', () => spaceInMemory(corpus, texts, settings));
    const result = await finish(corpus, space, settings, clock);
    await keep?.(result);
    return result;
  }
  const givenIds = idColumn(corpus, settings.store);
  const store = await openStore(settings.store, watch);
  try {
    const { ids, ...made } = await clock.time('embed', () =>
      atLine(corpus, fillStore(store, texts, settings.embed, watch, givenIds)),
    );
    const space = await clock.time('store', () => spaceOfStore(store, ids, watch));
    const result = await finish(corpus, { ...space, ...made }, settings, clock);
    await keep?.(result);
    await writeBack(store, ids, corpus.documents, result, settings.store, watch);
    return result;
  } finally {
    await store.close();
  }
}

/** Neighbours or vectors that the caller has, or the texts embedded here. */
async function spaceInMemory(corpus: Corpus, texts: string[], settings: Settings): Promise<Space> {
  const { watch } = settings;
  const { graph } = settings.neighbors;
  const { vectors } = settings.read;
  const given = { rows: texts.length, place: 'memory', truncated: 0 };
  if (graph) {
    checkGraph(graph, texts.length);
    return { ...given, graph };
  }
  if (vectors) return { ...given, vectors: await givenVectors(vectors, corpus, watch) };
  const drops = settings.topics.boilerplate === 'drop';
  const embedded = drops ? await withoutSharedWording(texts, watch.signal) : texts;
  return atLine(corpus, embedInMemory(embedded, settings.embed, watch));
}

function checkGraph({ rows }: NeighborGraph, wanted: number): void {
  if (rows === wanted) return;
  throw new UserError(`graph must have a row for each of the ${wanted} rows of the input; got ${rows}`, {
    code: 'VECTORS_INVALID',
    option: 'graph',
  });
}

/**
 * Clusters what a Milvus collection already holds; nothing is embedded, and nothing is altered but the field that
 * `store.writeBack` names.
 *
 * @param options as for `cluster`; `store` is required
 * @returns as `cluster`
 * @throws UserError and FailureError as `cluster` does
 */
export function clusterCollection(options: ClusterOptions): Promise<ClusterResult> {
  return decided(options, (settings) => clusterStored(settings));
}

async function clusterStored(settings: Settings, keep?: Keep): Promise<ClusterResult> {
  if (!settings.store) throw noStore('which Milvus holds the collection');
  const { watch } = settings;
  const clock = new Clock();
  const store = await openStore(settings.store, watch, { mustExist: true });
  try {
    const stored = await clock.time('read', () => store.readCollection({}, watch));
    refuseTooMany(settings.tree.clusters, stored.ids.length);
    const space = await clock.time('store', () => spaceOfStore(store, stored.ids, watch, stored.vectors));
    const corpus = storedCorpus(stored, settings.store);
    const result = await finish(corpus, space, settings, clock);
    await keep?.(result);
    await writeBack(store, stored.ids, corpus.documents, result, settings.store, watch);
    return result;
  } finally {
    await store.close();
  }
}

const noStore = (what: string) =>
  new UserError(`store must say ${what}; got nothing`, { code: 'OPTION_MISSING', option: 'store.uri' });

/**
 * Embeds a file's texts into a Milvus collection, as `cluster()` would, and stops there.
 *
 * @param source as for `cluster`
 * @param options as for `cluster`; `store` is required
 * @param shard a part of the rows, for several writers
 * @returns numbers of rows with a text, of new rows, and of texts that were longer than the model reads
 * @throws UserError and FailureError as `cluster` does
 */
export function embedFile(
  source: TableSource,
  options: ClusterOptions,
  shard: Shard = { part: 1, of: 1 },
): Promise<Filled> {
  return decided(options, (settings) => fill(source, settings, shard));
}

/** What `embedFile` did: rows with a text, rows that were new, texts that lost their end. */
interface Filled {
  rows: number;
  written: number;
  truncated: number;
}

async function fill(source: TableSource, settings: Settings, shard: Shard): Promise<Filled> {
  if (!settings.store) throw noStore('which Milvus receives the vectors');
  refuseIdle(settings.store, ['filter', 'fields', 'writeBack'], 'embed only fills a collection');
  const { watch } = settings;
  const corpus = await readCorpus(source, settings.read, { ...watch, offline: settings.embed.offline });
  const ids = idColumn(corpus, settings.store);
  // Rows of a shard are chosen before their ids, which count equal texts: shards split rows, not texts.
  const texts = corpus.documents.gather(corpus.texts);
  const store = await openStore(settings.store, watch);
  try {
    const rows = shardRows(texts.length, shard);
    const filling = fillStore(store, texts, settings.embed, watch, ids, rows);
    const { written, truncated } = await atLine(corpus, filling);
    return { rows: texts.length, written, truncated };
  } finally {
    await store.close();
  }
}

/** Decides the options and refuses early, then runs. */
const decided = <T>(options: ClusterOptions, run: (settings: Settings) => Promise<T>): Promise<T> =>
  discreetly(Object.fromEntries(ALL_OPTIONS), options, async (safe) => {
    const settings = resolveSettings(safe);
    await refuseEarly(settings);
    return run(settings);
  });

/** Milvus' client takes a while to load, so it is imported only when it is used. */
async function openStore(settings: StoreSettings, watch: Watch, place?: OpenOptions): Promise<Store> {
  const { openStore: open } = await import('../store/index.js');
  const store = await open(settings, watch, place);
  try {
    if (settings.writeBack !== undefined) store.checkWriteBack(settings.writeBack);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Refuses options of the store that would have no effect. */
function refuseIdle(
  settings: StoreSettings,
  names: readonly ('filter' | 'fields' | 'writeBack')[],
  why: string,
): void {
  const given = names.find((name) => settings[name] !== undefined);
  if (given === undefined) return;
  const option = `store.${given}`;
  throw new UserError(`${option} is for what a collection holds already, and ${why}; leave it out`, {
    code: 'OPTION_UNKNOWN',
    option,
  });
}

/** Embedding of a corpus' documents; the failure of one text names its line. */
async function atLine<T>({ table, documents }: Corpus, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TextFailure)) throw error;
    throw error.at(`${table.source} line ${table.lines[documents.rowOf(error.text)]}`);
  }
}

/** What can be refused without reading, embedding or connecting, beyond the options' own rules. */
async function refuseEarly({ store, embed, topics, naming }: Settings): Promise<void> {
  await checkModel(embed);
  if (typeof naming?.cacheFolder === 'string') refuseFile(naming.cacheFolder, 'nameWith.cacheFolder');
  await readStopWords(topics.stopWords);
  if (!store) return;
  const { readAddress } = await import('../store/address.js');
  readAddress(store);
}

function refuseTooMany(clusters: number | undefined, rows: number): void {
  if (clusters === undefined || clusters <= rows) return;
  throw new UserError(`clusters must be at most the number of rows with text, ${rows}; got ${clusters}`, {
    code: 'OPTION_INVALID',
    option: 'clusters',
  });
}

/** Everything after the vectors, in the documents' canonical order, and back into their own. */
async function finish(
  corpus: Corpus,
  space: Space,
  settings: Settings,
  clock: Clock,
): Promise<ClusterResult> {
  const { watch } = settings;
  const { table, documents } = corpus;
  const texts = documents.gather(corpus.texts);
  const cells = (document: number) =>
    JSON.stringify(table.values.map((column) => column[documents.rowOf(document)]));
  const order = canonicalOrder(texts, space.vectors, cells);
  const places = placesOf(order);
  const inOrder = spaceInOrder(space, order, places);
  const orderedTexts = Array.from(order, (document) => texts[document]);
  const ordered = await analyse(inOrder, settings, clock, watch);
  const named = await clock.time('topics', () => describe(orderedTexts, inOrder, ordered, settings, watch));
  const analysis = analysisOfDocuments(ordered, order, places);
  const described = describedDocuments(named, order, places);
  return new ClusterResult({
    corpus,
    analysis,
    vectors: space.vectors,
    described,
    facts: factsOf(corpus, space, analysis, described, settings),
    device: space.provider,
    costs: clock.costs,
  });
}

async function writeBack(
  store: Store,
  ids: string[],
  documents: Documents,
  result: ClusterResult,
  { writeBack: field }: StoreSettings,
  watch: Watch,
): Promise<void> {
  if (field === undefined) return;
  const labels = Int32Array.from(documents.gather(result.labels));
  try {
    await store.writeBack(field, ids, labels, watch);
  } catch (error) {
    watch.signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new FailureError(`labels are not all written back into ${field}: ${why}`, { cause: error });
  }
}
