import { TextFailure, UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import type { Table, TableSource } from '../read/index.js';
import { isNpy, npyShape } from '../read/npy.js';
import type { NeighborGraph } from '../shapes.js';
import type { Detector } from '../topics/detector.js';
import { withoutSharedWording } from '../topics/index.js';
import { spread } from '../topics/spread.js';
import type { Clock } from './clock.js';
import { type Corpus, readCorpus } from './corpus.js';
import { checkSizes } from './decide.js';
import type { Documents } from './documents.js';
import { answeredTable, withAnswers } from './facet.js';
import { givenVectors } from './given-vectors.js';
import { foreignAhead, isEnglishOnly } from './languages.js';
import { loadOf, memoryLimit, stateMemory } from './memory.js';
import type { ClusterResult } from './result.js';
import { embedInMemory, modelAhead, type Space } from './vectors.js';

/** Where the texts and their vectors come from, and where labels may be written back to. */
export interface Input {
  read(clock: Clock): Promise<Corpus>;
  /**
   * Vectors of the corpus' documents, or another way to their neighbours.
   * @param detector by which a model that doesn't know the texts' language is found early
   */
  embed(corpus: Corpus, clock: Clock, detector?: Detector): Promise<Space>;
  /** Writes the labels into the collection that the texts are in, if an option says so. */
  writeBack?(result: ClusterResult, documents: Documents): Promise<void>;
  close?(): Promise<void>;
}

/** Throws for a table that lacks what is needed later. It is called before texts are sent anywhere or embedded. */
export type CheckTable = (table: Table) => void;

/** A file, a folder, an address or rows; vectors are kept in this process. */
export function tableInput(source: TableSource, settings: Settings, check?: CheckTable): Input {
  let opening: ReturnType<typeof modelAhead>;
  return {
    read(clock) {
      opening = modelAhead(settings);
      return readDocuments(source, settings, clock, check);
    },
    embed: (corpus, clock, detector) =>
      clock.timeEmbedding(() => spaceInMemory(corpus, settings, opening, detector)),
    async close() {
      await opening?.stop();
      // Nothing failed where it wasn't needed.
      await opening?.result().then(
        (model) => model.close(),
        () => {},
      );
    },
  };
}

/** Reads the texts. @throws UserError where there are fewer of them than `clusters`. */
export async function readDocuments(
  source: TableSource,
  settings: Settings,
  clock: Clock,
  check?: CheckTable,
): Promise<Corpus> {
  const { read, split, embed, neighbors, watch } = settings;
  const corpus = await clock.time('read', () =>
    readCorpus(source, read, { ...watch, offline: embed.offline }, neighbors.graph !== undefined),
  );
  // Of parts there may be more than of texts.
  if (split.split === undefined) checkSizes(settings, corpus.documents.tableRows.length);
  check?.(settings.facet ? answeredTable(corpus).table : corpus.table);
  return clock.time('embed', () => withAnswers(corpus, settings));
}

/** Neighbours or vectors that the caller has, or the texts embedded here. */
async function spaceInMemory(
  corpus: Corpus,
  settings: Settings,
  opening: ReturnType<typeof modelAhead>,
  detector: Detector | undefined,
): Promise<Space> {
  const { watch } = settings;
  const { graph } = settings.neighbors;
  const limit = memoryLimit(settings);
  const { vectors } = settings.read;
  const texts = corpus.documents.gather(corpus.embedded ?? corpus.texts);
  const given = { rows: texts.length, place: 'memory', truncated: 0, averaged: 0 };
  if (graph) {
    checkGraph(graph, texts.length);
    return { ...given, graph };
  }
  if (vectors) {
    const shape = typeof vectors === 'string' && isNpy(vectors) ? await npyShape(vectors) : undefined;
    if (shape) stateMemory(loadOf(texts, shape.cols, settings), limit, watch);
    const found = await givenVectors(vectors, corpus, watch);
    if (!shape) stateMemory(loadOf(texts, found.cols, settings), limit, watch);
    return { ...given, vectors: found };
  }
  const drops = settings.topics.boilerplate === 'drop';
  const embedded = drops ? await withoutSharedWording(texts, watch.signal) : texts;
  const [space] = await Promise.all([
    atLine(corpus, embedInMemory(embedded, settings, watch, opening)),
    sayForeign(texts, settings, detector),
  ]);
  return space;
}

/** A warning while the texts are embedded where none of their languages is one that the model knows; mixed ones are counted later. */
async function sayForeign(
  texts: readonly string[],
  { embed: { model }, watch }: Settings,
  detector: Detector | undefined,
): Promise<void> {
  if (!detector || typeof model !== 'string' || texts.length < WORTH_WARNING || !isEnglishOnly(model)) return;
  const message = foreignAhead(model, await detector.ofAll(spread(texts, SAMPLED)));
  if (message) watch.onProgress?.({ stage: 'embed', level: 'warning', message });
}

/** Texts from which embedding takes so long that a warning before its end helps, and how many are looked at. */
const WORTH_WARNING = 300;
const SAMPLED = 200;

function checkGraph({ rows }: NeighborGraph, wanted: number): void {
  if (rows === wanted) return;
  throw new UserError(`graph must have a row for each of the ${wanted} rows of the input; got ${rows}`, {
    code: 'VECTORS_INVALID',
    option: 'graph',
  });
}

/** Embedding of a corpus' documents; the failure of one text names its line. */
export async function atLine<T>({ table, documents }: Corpus, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TextFailure)) throw error;
    const line = table.lines[documents.rowOf(error.text)];
    throw error.at(table.source, line);
  }
}
