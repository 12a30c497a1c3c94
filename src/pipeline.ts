import { type Analysis, analyse } from './analysis.js';
import { Clock } from './clock.js';
import { type Corpus, idColumn, readCorpus, storedCorpus } from './corpus.js';
import { cacheFolder } from './embed/places.js';
import { TextFailure, UserError } from './errors.js';
import { factsOf } from './facts.js';
import { type ClusterOptions, checkOptions } from './options.js';
import type { Watch } from './progress.js';
import type { TableSource } from './read/index.js';
import { ClusterResult } from './result.js';
import { cleanError, keepAddress, keepSecret, withoutSecrets } from './secrets.js';
import { type Shard, shardRows } from './store/ids.js';
import type { Store, StoreOptions } from './store/index.js';
import { describeTopics, nameTopics, type TopicAnswer } from './topics/index.js';
import { embedInMemory, fillStore, type Space, spaceOfStore } from './vectors.js';

/**
 * Clusters texts: reads, embeds, finds neighbours, cuts the tree, lays out, names.
 *
 * `source` is a path (CSV, TSV, JSON Lines, each also gzipped; Parquet), an array of strings or objects, or an async
 * iterable of them. Throws a UserError for what the caller can mend, a FailureError for what gave way.
 */
export function cluster(source: TableSource, options: ClusterOptions = {}): Promise<ClusterResult> {
  return discreetly(options, (safe) => clusterFile(source, safe));
}

async function clusterFile(source: TableSource, options: ClusterOptions): Promise<ClusterResult> {
  const clock = new Clock();
  const corpus = await clock.time('read', () => readCorpus(source, options));
  const texts = Array.from(corpus.filledRows, (row) => corpus.texts[row]);
  if (!options.store) {
    const space = await clock.time('embed', () => atLine(corpus, embedInMemory(texts, options)));
    return finish(corpus, space, options, clock);
  }
  const watch = watchOf(options);
  const store = await openStore(options.store, watch);
  try {
    const { ids, ...made } = await clock.time('embed', () =>
      atLine(corpus, fillStore(store, texts, options, idColumn(corpus, options))),
    );
    const space = await clock.time('store', () => spaceOfStore(store, ids, watch));
    const result = await finish(corpus, { ...space, ...made }, options, clock);
    await writeBack(store, ids, result, options);
    return result;
  } finally {
    await store.close();
  }
}

/**
 * Clusters what a Milvus collection already holds; nothing is embedded, and nothing is altered but the field that
 * `store.writeBack` names.
 */
export function clusterCollection(options: ClusterOptions): Promise<ClusterResult> {
  return discreetly(options, clusterStored);
}

async function clusterStored(options: ClusterOptions): Promise<ClusterResult> {
  if (!options.store) throw new UserError('store must say which Milvus holds the collection; got nothing');
  const watch = watchOf(options);
  const clock = new Clock();
  const store = await openStore(options.store, watch);
  try {
    const stored = await clock.time('read', () => store.readCollection({}, watch));
    const space = await clock.time('store', () => spaceOfStore(store, stored.ids, watch, stored.vectors));
    const result = await finish(storedCorpus(stored, options.store), space, options, clock);
    await writeBack(store, stored.ids, result, options);
    return result;
  } finally {
    await store.close();
  }
}

/** Embeds a file's texts into a Milvus collection, as `cluster()` would, and stops there. */
export function embedFile(
  source: TableSource,
  options: ClusterOptions,
  shard: Shard = { part: 1, of: 1 },
): Promise<Filled> {
  return discreetly(options, (safe) => fill(source, safe, shard));
}

/** What `embedFile` did: rows with a text, rows that were new, texts that lost their end. */
interface Filled {
  rows: number;
  written: number;
  truncated: number;
}

async function fill(source: TableSource, options: ClusterOptions, shard: Shard): Promise<Filled> {
  if (!options.store) throw new UserError('store must say which Milvus receives the vectors; got nothing');
  const corpus = await readCorpus(source, options);
  const ids = idColumn(corpus, options);
  // Rows of a shard are chosen before their ids, which count equal texts: shards split rows, not texts.
  const texts = Array.from(corpus.filledRows, (row) => corpus.texts[row]);
  const store = await openStore(options.store, watchOf(options));
  try {
    const rows = shardRows(texts.length, shard);
    const { written, truncated } = await atLine(corpus, fillStore(store, texts, options, ids, rows));
    return { rows: texts.length, written, truncated };
  } finally {
    await store.close();
  }
}

/** Checks the options and runs; no progress message and no error holds a key, a token or a password. */
async function discreetly<T>(
  options: ClusterOptions,
  run: (options: ClusterOptions) => Promise<T>,
): Promise<T> {
  keepSecretsOf(options);
  const { onProgress } = options;
  try {
    checkOptions(options);
    return await run({
      ...options,
      onProgress:
        onProgress &&
        ((progress) =>
          onProgress(
            progress.message ? { ...progress, message: withoutSecrets(progress.message) } : progress,
          )),
    });
  } catch (error) {
    throw cleanError(error);
  }
}

/** From here on these are taken out of every text, those of the environment anyway. Options may still be unchecked. */
function keepSecretsOf({ apiKey, baseUrl, store, nameWith }: ClusterOptions): void {
  for (const secret of [apiKey, store?.token, nameWith?.apiKey])
    if (typeof secret === 'string') keepSecret(secret);
  for (const address of [baseUrl, store?.uri, nameWith?.baseUrl]) {
    if (typeof address === 'string') keepAddress(address);
  }
}

/** Milvus' client takes a while to load: only who wants it waits for it. */
async function openStore(options: StoreOptions, watch: Watch): Promise<Store> {
  const { openStore: open } = await import('./store/index.js');
  return open(options, watch);
}

/** Embedding of a corpus' filled rows; the failure of one text names its line. */
async function atLine<T>({ table, filledRows }: Corpus, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TextFailure)) throw error;
    throw error.at(`${table.source} line ${table.lines[filledRows[error.text]]}`);
  }
}

const watchOf = ({ signal, onProgress }: ClusterOptions): Watch => ({ signal, onProgress });

async function finish(
  corpus: Corpus,
  space: Space,
  options: ClusterOptions,
  clock: Clock,
): Promise<ClusterResult> {
  const watch = watchOf(options);
  const analysis = await analyse(space, options, clock);
  const { fit } = analysis;
  const described = await clock.time('topics', () => describe(corpus, space, analysis, options, watch));
  const { table, texts, filledRows } = corpus;
  const spread = <T extends Int32Array | Float64Array>(values: ArrayLike<number>, all: T): T => {
    for (let at = 0; at < filledRows.length; at++) all[filledRows[at]] = values[at];
    return all;
  };
  const points = new Float32Array(table.rows * 2).fill(Number.NaN);
  for (let at = 0; at < filledRows.length; at++) {
    points.set(analysis.points.subarray(at * 2, at * 2 + 2), filledRows[at] * 2);
  }
  const labels = spread(fit.labels, new Int32Array(table.rows).fill(-1));
  return new ClusterResult({
    table,
    texts,
    filledRows,
    labels,
    probabilities: spread(fit.probabilities, new Float64Array(table.rows)),
    outlierScores: spread(fit.outlierScores, new Float64Array(table.rows)),
    points,
    topics: described.topics.map((topic) => ({
      ...topic,
      exemplars: topic.exemplars.map((at) => filledRows[at]),
    })),
    fit,
    neighbors: analysis.graph,
    facts: factsOf(corpus, space, analysis, described, options),
    device: space.provider,
    costs: clock.costs,
  });
}

async function describe(
  { texts, filledRows }: Corpus,
  space: Space,
  { fit }: Analysis,
  options: ClusterOptions,
  watch: Watch,
): Promise<TopicAnswer> {
  const filled = Array.from(filledRows, (row) => texts[row]);
  const described = await describeTopics({
    texts: filled,
    labels: fit.labels,
    probabilities: fit.probabilities,
    clusterCount: fit.clusterCount,
    persistence: fit.persistence,
    vectors: space.vectors,
    language: options.language,
    keywords: options.keywords,
    ...watch,
  });
  if (!options.nameWith) return described;
  const topics = await nameTopics(described.topics, filled, {
    ...options.nameWith,
    cacheFolder: options.nameWith.cacheFolder ?? (options.cache === false ? undefined : cacheFolder()),
    ...watch,
  });
  return { ...described, topics };
}

async function writeBack(
  store: Store,
  ids: string[],
  result: ClusterResult,
  options: ClusterOptions,
): Promise<void> {
  const field = options.store?.writeBack;
  if (field === undefined) return;
  const labels = Int32Array.from(result.filledRows, (row) => result.labels[row]);
  await store.writeBack(field, ids, labels, watchOf(options));
}
