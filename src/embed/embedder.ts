import { join } from 'node:path';
import { counted } from '../counted.js';
import { FailureError, renumbered, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { type Matrix, pickRows } from '../shapes.js';
import { joinSparse, pickSparse, type SparseRow, sparseRow } from '../sparse-rows.js';
import { CHARACTERS_PER_TOKEN, type Pending } from './batches.js';
import type { BatchDone } from './engine.js';
import { combined } from './file-sums.js';
import {
  joinUnits,
  LONG_VERSION,
  lexicalOfTexts,
  longOf,
  textsDone,
  type Units,
  unitsOf,
} from './long-texts.js';
import type { EmbeddedModel, Embedding, Long, Model } from './options.js';
import type { SplitText } from './split-text.js';
import { UnitCache } from './unit-cache.js';

/** A source of vectors: ONNX Runtime, an endpoint, a function of the caller. Its vectors have unit length. */
export interface VectorSource {
  id: string;
  fingerprint: string;
  /** Names what makes lexical weights, where it does. */
  lexical?: string;
  /** undefined until the first vector, where only that shows it. */
  dimensions(): number | undefined;
  about(): EmbeddedModel;
  /** What really ran; undefined before anything did. */
  provider(): string | undefined;
  /** What a provider is, for people. */
  engineOf(provider: string): string;
  /** Threads that compute, of all processes together; undefined where that isn't known here. */
  threads?(): number | undefined;
  /** Starts to open what `run` needs, where that takes time. */
  warm?(): void;
  run(texts: Pending[], onBatch: (batch: BatchDone) => Promise<void>, watch: Watch): Promise<void>;
  /** Whether a text is longer than the model's limit; called only for texts whose vector came from the cache. */
  isTruncated(text: string): boolean;
  /** Splits a text that is longer than the limit; missing where the limit isn't known here. */
  split?: SplitText;
  close(): Promise<void>;
}

/**
 * A model over a source: equal texts once, known vectors from the cache, new ones into it.
 * @throws UserError for `long` "mean" with a source whose limit isn't known
 */
export function embedderOf(source: VectorSource, cacheFolder: string | undefined, long: Long = 'cut'): Model {
  if (long === 'mean' && !source.split) {
    throw new UserError(
      `long is "mean", but how many tokens ${source.id} reads is not known; take a model that runs here, or cut`,
      { code: 'OPTION_INVALID', option: 'long' },
    );
  }
  const split = long === 'mean' ? source.split : undefined;
  return {
    id: source.id,
    fingerprint: split ? combined([source.fingerprint, LONG_VERSION]).slice(0, 32) : source.fingerprint,
    get dimensions() {
      return source.dimensions();
    },
    about: () => source.about(),
    warm: () => source.warm?.(),
    isTruncated: (text) => source.isTruncated(text),
    embed: (texts, watch = {}) => embedAll(source, cacheFolder, split, texts, watch),
    close: () => source.close(),
  };
}

async function embedAll(
  source: VectorSource,
  cacheFolder: string | undefined,
  split: SplitText | undefined,
  texts: string[],
  watch: Watch,
): Promise<Embedding> {
  watch.signal?.throwIfAborted();
  const { unique, uniqueOf, copies } = foldEqual(texts);
  const units = await unitsOf(unique, split, watch.signal);
  const long = longOf(units);
  const averaged = long.reduce((sum, row) => sum + copies[row], 0);
  if (averaged > 0) sayAveraged(averaged, units, long, source, watch);
  const isDone = textsDone(units, copies);
  let rowsDone = 0;
  let truncated = 0;
  // Kept under the fingerprint of the source: a text that is read whole has the same vector whatever is done with longer ones.
  const { vectors, lexical, ...made } = await embedUnits(source, cacheFolder, units.texts, {
    ...watch,
    onUnits(done, share) {
      for (const { unit, isTruncated } of done) {
        const rows = isDone(unit);
        rowsDone += rows;
        if (isTruncated) truncated += rows;
      }
      watch.onProgress?.({ stage: 'embed', done: rowsDone, total: texts.length, unit: 'rows', share });
    },
    // With pieces there is nothing left to be longer.
    isTruncated: (text) => split === undefined && source.isTruncated(text),
  }).catch((error: unknown) => {
    throw renumbered(error, (unit) => uniqueOf.indexOf(firstWith(units, unit)));
  });
  if (truncated > 0) {
    const them = counted(truncated, 'text was', 'texts were');
    const message = `${them} longer than the ${limitOf(source)} tokens that the model reads, and their end left out; --long mean reads all of a text`;
    watch.onProgress?.({ stage: 'embed', message });
  }
  return {
    ...made,
    vectors: spread(joinUnits(units, vectors), uniqueOf),
    lexical: lexical && pickSparse(joinSparse(lexicalOfTexts(units, lexical)), uniqueOf),
    truncated,
    averaged,
  };
}

interface UnitWatch extends Watch {
  /** `share` of the work that is done; undefined where there is none. */
  onUnits(done: { unit: number; isTruncated: boolean }[], share: number | undefined): void;
  isTruncated(text: string): boolean;
}

/** Vectors of texts of which none comes twice. */
async function embedUnits(
  source: VectorSource,
  cacheFolder: string | undefined,
  texts: string[],
  watch: UnitWatch,
): Promise<Omit<Embedding, 'truncated' | 'averaged' | 'lexical'> & { lexical?: SparseRow[] }> {
  const vectors = new Rows(texts.length, source.dimensions());
  const lexical: SparseRow[] | undefined = source.lexical !== undefined ? new Array(texts.length) : undefined;
  const setLexical =
    lexical &&
    ((row: number, weights: SparseRow) => {
      lexical[row] = weights;
    });
  const cache = cacheFolder === undefined ? undefined : await openCache(source, cacheFolder, texts, watch);
  try {
    const providers = new Set<string>();
    const onUnusable = (segment: string, why: string) =>
      warn(watch, `${segment} holds ${why}; their texts are embedded again`);
    const options = {
      cols: source.dimensions(),
      onProvider: (provider: string) => providers.add(provider),
      onUnusable,
      signal: watch.signal,
    };
    const pending =
      (await cache?.take({ vectors, lexical: setLexical }, options)) ?? texts.map((_, row) => row);
    const cached = texts.length - pending.length;
    const cachedCols = vectors.isBegun ? vectors.cols : 0;
    // Texts are embedded longest first, so rows would say too long at first.
    const most = source.about().maxTokens;
    const sizes = new Map(pending.map((row) => [row, workOf(texts[row], most)]));
    const work = { done: 0, total: pending.reduce((sum, row) => sum + (sizes.get(row) ?? 0), 0) };
    const share = () => (work.total > 0 ? work.done / work.total : undefined);
    if (cached > 0) {
      const isPending = new Set(pending);
      const found = [...texts.keys()].filter((row) => !isPending.has(row));
      const done = found.map((unit) => ({ unit, isTruncated: watch.isTruncated(texts[unit]) }));
      watch.onUnits(done, share());
    }
    let open = cache;
    const start = performance.now();
    await source.run(
      pending.map((row) => ({ row, text: texts[row] })),
      async (batch) => {
        const cols = batch.vectors.length / batch.rows.length;
        if (cachedCols > 0 && cols !== cachedCols) {
          throw new FailureError(
            `${source.id} now gives ${cols} numbers a text, and ${join(cacheFolder ?? '', source.fingerprint)} holds vectors of ${cachedCols}; delete that folder, or run with --no-cache`,
            { code: 'CACHE_INVALID', option: 'model' },
          );
        }
        batch.rows.forEach((row, place) => {
          vectors.set(row, batch.vectors.subarray(place * cols, (place + 1) * cols));
          if (batch.lexical) setLexical?.(row, sparseRow(batch.lexical, place));
        });
        try {
          await open?.append(batch, source.provider());
        } catch (error) {
          // A full disk costs the next run its shortcut, not this run its result.
          open = undefined;
          warn(watch, `New vectors are not cached: ${(error as Error).message}`);
        }
        for (const row of batch.rows) work.done += sizes.get(row) ?? 0;
        const done = batch.rows.map((unit, place) => ({ unit, isTruncated: batch.truncated[place] }));
        watch.onUnits(done, share());
      },
      watch,
    );
    const seconds = (performance.now() - start) / 1000;
    const provider = pending.length === 0 ? undefined : source.provider();
    if (provider !== undefined) providers.add(provider);
    return {
      vectors: vectors.matrix,
      lexical,
      model: source.about(),
      provider: provider ?? 'none',
      engines: [...new Set(Array.from(providers, (one) => source.engineOf(one)))].sort(),
      threads: pending.length === 0 ? undefined : source.threads?.(),
      cached,
      computed: pending.length,
      rowsPerSecond: pending.length === 0 ? 0 : pending.length / Math.max(seconds, 1e-3),
    };
  } finally {
    await cache?.close();
  }
}

/** The first text that a unit belongs to. */
const firstWith = ({ of }: Units, unit: number): number =>
  of.findIndex((one) => (typeof one === 'number' ? one === unit : one.some((part) => part.unit === unit)));

const limitOf = (source: VectorSource): string => source.about().maxTokens.toLocaleString('en-US');

function sayAveraged(rows: number, units: Units, long: number[], source: VectorSource, watch: Watch): void {
  const pieces = new Set(
    long.flatMap((row) => {
      const unit = units.of[row];
      return typeof unit === 'number' ? [] : unit.map((part) => part.unit);
    }),
  ).size;
  watch.onProgress?.({
    stage: 'embed',
    message: `${counted(rows, 'text is', 'texts are')} longer than the ${limitOf(source)} tokens that the model reads: split at ends of sentences into ${counted(pieces, 'piece')}, whose means are taken`,
  });
}

/** About how many tokens a text is read as, counted by its characters. `most`: the model's limit, 0 where it isn't known. */
function workOf(text: string, most: number): number {
  const tokens = 2 + text.length / CHARACTERS_PER_TOKEN;
  return most > 0 ? Math.min(most, tokens) : tokens;
}

async function openCache(
  source: VectorSource,
  folder: string,
  texts: string[],
  watch: Watch,
): Promise<UnitCache | undefined> {
  const { fingerprint, lexical } = source;
  const { id, revision, dtype } = source.about();
  try {
    return await UnitCache.open(texts, { folder, fingerprint, model: { id, revision, dtype }, lexical });
  } catch (error) {
    warn(watch, `The vector cache can't be used: ${(error as Error).message}`);
    return undefined;
  }
}

const warn = (watch: Watch, message: string) =>
  watch.onProgress?.({ stage: 'embed', level: 'warning', message });

/** Unique texts in order of first appearance, each text's place among them, and how often each stands. */
function foldEqual(texts: string[]): { unique: string[]; uniqueOf: Int32Array; copies: Int32Array } {
  const places = new Map<string, number>();
  const uniqueOf = Int32Array.from(texts, (text) => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  const copies = new Int32Array(places.size);
  for (const place of uniqueOf) copies[place]++;
  return { unique: [...places.keys()], uniqueOf, copies };
}

/** A matrix that may learn its width from the first vector. */
class Rows {
  #matrix: Matrix;
  /** Whether a row was set. */
  isBegun = false;

  constructor(rows: number, cols: number | undefined) {
    this.#matrix = { data: new Float32Array(rows * (cols ?? 0)), rows, cols: cols ?? 0 };
  }

  /** 0 until the first vector, where the width was not given. */
  get cols(): number {
    return this.#matrix.cols;
  }

  set(row: number, vector: Float32Array): void {
    this.isBegun = true;
    if (this.#matrix.cols === 0) {
      const { rows } = this.#matrix;
      this.#matrix = { data: new Float32Array(rows * vector.length), rows, cols: vector.length };
    }
    const { data, cols } = this.#matrix;
    if (vector.length !== cols)
      throw new FailureError(`the model gave a vector of ${vector.length} numbers among vectors of ${cols}`, {
        code: 'MODEL_FAILED',
      });
    data.set(vector, row * cols);
  }

  get matrix(): Matrix {
    return this.#matrix;
  }
}

/** A matrix whose row i is row `places[i]` of the given one; where there are as many, every text is unique and in its own place. */
const spread = (matrix: Matrix, places: Int32Array): Matrix =>
  places.length === matrix.rows ? matrix : pickRows(matrix, places);
