import type { ClusterOptions, Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { TableSource } from '../read/index.js';
import { digestOf } from '../stages/kept.js';
import { needsGraph } from '../statistics/stability.js';
import { startDetector } from '../topics/detector.js';
import type { TopicAnswer } from '../topics/index.js';
import { cores } from '../wasm/thread.js';
import { type Ahead, ahead, later } from './ahead.js';
import { neighborsFor, sayCut } from './analysis.js';
import { openAside } from './aside.js';
import { type Findings, inCanonicalOrder } from './canonical.js';
import { Clock } from './clock.js';
import { countCopies } from './copies.js';
import { type Corpus, embeddedTexts } from './corpus.js';
import { decided } from './decide.js';
import { describe, describeTopics, openTexts } from './describe.js';
import { drawMap } from './draw-map.js';
import { requireEndpoint } from './facet.js';
import { resultOf } from './facts.js';
import { freeMemory } from './free-memory.js';
import { assignGiven, fitRest } from './given.js';
import { type Grouped, groupRows, type Meanwhile, planTree } from './grouping.js';
import { hybridFew } from './hybrid.js';
import { type CheckTable, type Input, tableInput } from './input.js';
import { ROWS_AT_ONCE } from './memory.js';
import { rate } from './quality.js';
import type { ClusterResult } from './result.js';
import { type Search, searchKept } from './search.js';
import { divided, documentsAt, mainPartsOf, ofDocuments, spaceOfDocuments } from './split.js';
import { stagesOf } from './stages.js';
import { collectionInput, refuseSparse, storedTableInput } from './stored-input.js';
import { fitTree } from './tree.js';

/**
 * Clusters texts: reads them, embeds them, searches neighbours, builds and cuts the tree, lays out the map, names topics.
 *
 * @param source a path, a folder, an `https://` address, `{ files: [...] }`, or an array or async iterable of strings or
 * objects
 * @param options each is described in docs/options.md
 * @returns labels, topics, themes and the map's points by rows of the input, with methods that write them to files
 * @throws UserError for what the caller can mend: a wrong option, file or column
 * @throws FailureError for what failed outside: a download, a server, a disk
 * @throws WriteBackError where labels could not be written back with `store.writeBack`; its `result` holds what was found
 * @throws the reason of `options.signal` when aborted
 * @example
 * const result = await cluster('news.csv', { text: ['title', 'description'], model: 'minilm' });
 * for (const { name, size } of result.topics) console.log(size, name);
 * await result.writeMap('map.html');
 */
export const cluster = (source: TableSource, options: ClusterOptions = {}): Promise<ClusterResult> =>
  clusterFile(source, options);

/**
 * Clusters what a Milvus collection already holds; nothing is embedded, and nothing is altered but the field that
 * `store.writeBack` names.
 *
 * @param options as for `cluster`; `store` is required
 * @returns as `cluster`
 * @throws UserError, FailureError and WriteBackError as `cluster` does
 * @example
 * const result = await clusterCollection({ store: { uri: 'http://localhost:19530', collection: 'news' } });
 */
export const clusterCollection = (options: ClusterOptions): Promise<ClusterResult> => clusterStored(options);

/** What a caller does in the middle of a run. */
interface Hooks {
  /** Refuses a table that lacks what is needed after the run, as soon as it is read. */
  check?: CheckTable;
  /** Whether `keep` writes statistics: the words of the texts are then kept for them. */
  hasStatistics?: boolean;
  /** May name what was found otherwise, such as by an earlier run. */
  rename?(corpus: Corpus, findings: Findings, settings: Settings): Promise<Findings>;
  /** Keeps a result, such as in files, before labels are written back into Milvus: a run that ends there lost nothing. */
  keep?(result: ClusterResult): Promise<void>;
}

/** Threads for themes while another thread names topics: more hardly take less time. */
const MOST_ASIDE = 4;

/** `cluster()`, with functions that check the table and keep the result. */
export const clusterFile = (source: TableSource, options: ClusterOptions, hooks: Hooks = {}) =>
  decided(options, async (settings) => {
    requireEndpoint(settings);
    if (!settings.store) refuseSparse(settings, 'no collection is named (store.uri, --milvus)');
    const open = settings.store ? storedTableInput : tableInput;
    return runStages(open(source, settings, hooks.check), settings, hooks);
  });

/** `clusterCollection()`, with functions that check the table and keep the result. */
export const clusterStored = (options: ClusterOptions, hooks: Hooks = {}) =>
  decided(options, (settings) => runStages(collectionInput(settings, hooks.check), settings, hooks));

/** Rows from which stages that need nothing of each other run at the same time, up to `ROWS_AT_ONCE`: fewer take no time. */
const LEAST_AT_ONCE = 1000;

/**
 * All stages; each is given its own settings and nothing else. They follow each other, but texts are divided into words from the
 * start on, and the map is drawn and themes are found while groups are cut and described, where there are neither few nor very many rows.
 */
async function runStages(input: Input, settings: Settings, hooks: Hooks): Promise<ClusterResult> {
  const { rename, keep, hasStatistics } = hooks;
  const { neighbors, tree, layout, topics, naming, watch } = settings;
  const clock = new Clock();
  const started: { stop(): Promise<unknown> }[] = [];
  try {
    const read = await input.read(clock);
    const parts = await clock.time('read', () => divided(read, settings));
    const corpus = parts?.corpus ?? read;
    const detector =
      topics.language === undefined ? startDetector(corpus.texts.length, tree.threads) : undefined;
    if (detector) started.push(detector);
    // Vectors in the order of the documents have no name here, so that they are freed while those in canonical order are used.
    const { order, places, texts, space, counts, toDocuments, documentSpace } = await inCanonicalOrder(
      corpus,
      await input.embed(corpus, clock, detector),
      tree,
      watch,
    );
    const { vectors, rows } = space;
    const isAhead = rows >= LEAST_AT_ONCE && rows <= ROWS_AT_ONCE;
    /** Work of a stage that may run at the same time as others. */
    const start = <T>(stage: 'layout' | 'topics', work: (watch: Watch) => Promise<T>): Ahead<T> => {
      const timed = (own: Watch) => clock.time(stage, () => work(own));
      const running = isAhead ? ahead(timed, watch) : later(timed, watch);
      started.push(running);
      return running;
    };

    const named = embeddedTexts(corpus, order) ?? texts;
    const stages = stagesOf(space, settings);
    const count = neighborsFor(settings, rows);
    sayCut(settings, rows);
    const { search, graph } = await clock.time('neighbors', () =>
      searchKept(space, count, { ...neighbors, device: settings.embed.device }, stages, watch),
    );
    const threads = tree.threads ?? cores();
    const aside = openAside(rows, { threads, signal: watch.signal });
    started.push(aside);
    const searched = { count, approximate: neighbors.approximate };
    const { given, plan, whole, describing } = await closing(search, async () => {
      const given = await clock.time('topics', () => assignGiven(settings, vectors, graph, watch));
      const plan = planTree(tree, given ? given.rest.length : rows);
      const describing = start('topics', (own) =>
        openTexts({ texts: named, vectors, counts }, topics, own, detector),
      );
      const { threads: _, ...about } = tree;
      const rest = given && digestOf(given.rest);
      const whole = await clock.time('tree', () =>
        stages.of('tree', { ...searched, layout: layout.neighbors, plan, about, rest }, () =>
          given && vectors
            ? fitRest(vectors, given, settings, watch)
            : fitTree(graph, vectors, search, plan, tree, watch),
        ),
      );
      return { given, plan, whole, describing };
    });
    await freeMemory(vectors);
    const { threads: _, ...drawing } = layout;
    const drawn = start('layout', (own) =>
      stages.of('layout', { ...searched, layout: drawing }, () => drawMap({ graph, vectors, layout }, own)),
    );
    const mainOf = (found: Grouped) => parts && mainPartsOf(parts, found, places);
    const counted = (found: Grouped, main: Int32Array | undefined) =>
      countCopies(found, counts, main && documentsAt(main, places, rows));
    let topicsNamed: Ahead<TopicAnswer> | undefined;
    const meanwhile: Meanwhile = {
      onTopics(found) {
        const own = counted(found, mainOf(found));
        topicsNamed = start('topics', async (watching) =>
          describeTopics(await describing.result(), own, watching),
        );
      },
      async findThemes(task) {
        const found = await aside.run('themes', { ...task, threads: Math.min(MOST_ASIDE, threads - 1) });
        watch.signal?.throwIfAborted();
        return found;
      },
    };
    const grouped = await clock.time('topics', () =>
      groupRows(whole, { graph, vectors, given }, plan, tree, watch, isAhead ? meanwhile : undefined),
    );
    await freeMemory(vectors);
    const measured = needsGraph(grouped.fit) ? undefined : aside.run('measures', grouped.fit);
    const main = mainOf(grouped);
    const groups = counted(grouped, main);
    if (!isAhead) {
      await drawn.result();
      await freeMemory(vectors);
    }
    const describer = await describing.result();
    const described = await clock.time('topics', () =>
      describe(describer, named, vectors, groups, naming, watch, topicsNamed?.result()),
    );
    const analysis = { ...groups, graph, engine: search.engine };
    const rated = await clock.time('topics', async () =>
      rate(texts, analysis, described, watch, await measured),
    );
    const mapped = rated.withMap(await drawn.result());

    const findings = toDocuments(mapped.analysis, mapped.described);
    const found = documentSpace();
    const [foundIn, about] =
      parts && main
        ? [spaceOfDocuments(found, parts), ofDocuments(findings, parts, main)]
        : [found, findings];
    const renamed = rename ? await rename(read, about, settings) : about;
    const hybrid = parts ? undefined : await clock.time('neighbors', () => hybridFew(found, watch));
    const words = hasStatistics ? describer.words : undefined;
    const result = resultOf(read, foundIn, renamed, settings, clock.costs, hybrid, words);
    await keep?.(result);
    await stages.done();
    await input.writeBack?.(result, read.documents);
    return result;
  } finally {
    for (const running of started) await running.stop();
    await input.close?.();
  }
}

async function closing<T>(search: Search, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    search.close();
  }
}
