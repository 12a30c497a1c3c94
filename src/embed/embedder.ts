import { join } from 'node:path';
import { FailureError, renumbered } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Matrix } from '../shapes.js';
import { CHARACTERS_PER_TOKEN, type Pending } from './batches.js';
import type { BatchDone } from './engine.js';
import type { EmbeddedModel, Embedding, Model } from './options.js';
import { openVectorCache, textKey, type VectorCache } from './vector-cache.js';

/** A source of vectors: ONNX Runtime, an endpoint, a function of the caller. Its vectors have unit length. */
export interface VectorSource {
  id: string;
  fingerprint: string;
  /** undefined until the first vector, where only that shows it. */
  dimensions(): number | undefined;
  about(): EmbeddedModel;
  /** What really ran; undefined before anything did. */
  provider(): string | undefined;
  run(texts: Pending[], onBatch: (batch: BatchDone) => Promise<void>, watch: Watch): Promise<void>;
  /** Whether a text is longer than the model's limit; called only for texts whose vector came from the cache. */
  isTruncated(text: string): boolean;
  close(): Promise<void>;
}

/** A model over a source: equal texts once, known vectors from the cache, new ones into it. */
export function embedderOf(source: VectorSource, cacheFolder: string | undefined): Model {
  return {
    id: source.id,
    fingerprint: source.fingerprint,
    get dimensions() {
      return source.dimensions();
    },
    about: () => source.about(),
    isTruncated: (text) => source.isTruncated(text),
    embed: (texts, watch = {}) => embedAll(source, cacheFolder, texts, watch),
    close: () => source.close(),
  };
}

async function embedAll(
  source: VectorSource,
  cacheFolder: string | undefined,
  texts: string[],
  watch: Watch,
): Promise<Embedding> {
  watch.signal?.throwIfAborted();
  const { unique, uniqueOf, copies } = foldEqual(texts);
  const vectors = new Rows(unique.length, source.dimensions());
  const cache = cacheFolder === undefined ? undefined : await openCache(source, cacheFolder, watch);
  const keys = cache ? unique.map(textKey) : [];
  let rowsDone = 0;
  let truncated = 0;
  let work = { done: 0, total: 0 };
  const report = (rows: number[]) => {
    for (const row of rows) rowsDone += copies[row];
    const share = work.total > 0 ? work.done / work.total : undefined;
    watch.onProgress?.({ stage: 'embed', done: rowsDone, total: texts.length, unit: 'rows', share });
  };
  try {
    const wanted = new Map(keys.map((key, row) => [key, row]));
    const onUnusable = (segment: string, why: string) =>
      warn(watch, `${segment} holds ${why}; their texts are embedded again`);
    const cached = cache
      ? await cache.take(wanted, vectors, { cols: source.dimensions(), onUnusable, signal: watch.signal })
      : 0;
    const cachedCols = vectors.cols;
    const pending = cache ? [...wanted.values()] : unique.map((_, row) => row);
    // Texts are embedded longest first, so rows would say too long at first.
    const most = source.about().maxTokens;
    const sizes = new Map(pending.map((row) => [row, workOf(unique[row], most)]));
    work = { done: 0, total: pending.reduce((sum, row) => sum + (sizes.get(row) ?? 0), 0) };
    if (cached > 0) {
      const isPending = new Set(pending);
      const found = unique.map((_, row) => row).filter((row) => !isPending.has(row));
      for (const row of found) if (source.isTruncated(unique[row])) truncated += copies[row];
      report(found);
    }
    let open = cache;
    const start = performance.now();
    await source
      .run(
        pending.map((row) => ({ row, text: unique[row] })),
        async (batch) => {
          const cols = batch.vectors.length / batch.rows.length;
          if (cached > 0 && cols !== cachedCols) {
            throw new FailureError(
              `${source.id} now gives ${cols} numbers a text, and ${join(cacheFolder ?? '', source.fingerprint)} holds vectors of ${cachedCols}; delete that folder, or run with --no-cache`,
              { code: 'CACHE_INVALID', option: 'model' },
            );
          }
          batch.rows.forEach((row, place) => {
            vectors.set(row, batch.vectors.subarray(place * cols, (place + 1) * cols));
            if (batch.truncated[place]) truncated += copies[row];
          });
          try {
            await open?.append(
              batch.rows.map((row) => keys[row]),
              batch.vectors,
              source.provider(),
            );
          } catch (error) {
            // A full disk costs the next run its shortcut, not this run its result.
            open = undefined;
            warn(watch, `New vectors are not cached: ${(error as Error).message}`);
          }
          for (const row of batch.rows) work.done += sizes.get(row) ?? 0;
          report(batch.rows);
        },
        watch,
      )
      .catch((error: unknown) => {
        throw renumbered(error, (row) => uniqueOf.indexOf(row));
      });
    const seconds = (performance.now() - start) / 1000;
    return {
      vectors: vectors.spread(uniqueOf),
      model: source.about(),
      provider: pending.length === 0 ? 'none' : (source.provider() ?? 'none'),
      cached,
      computed: pending.length,
      truncated,
      rowsPerSecond: pending.length === 0 ? 0 : pending.length / Math.max(seconds, 1e-3),
    };
  } finally {
    await cache?.close();
  }
}

/** About how many tokens a text is read as, counted by its characters. `most`: the model's limit, 0 where it isn't known. */
function workOf(text: string, most: number): number {
  const tokens = 2 + text.length / CHARACTERS_PER_TOKEN;
  return most > 0 ? Math.min(most, tokens) : tokens;
}

async function openCache(
  source: VectorSource,
  folder: string,
  watch: Watch,
): Promise<VectorCache | undefined> {
  const { id, revision, dtype } = source.about();
  try {
    return await openVectorCache(folder, source.fingerprint, { id, revision, dtype });
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

  constructor(rows: number, cols: number | undefined) {
    this.#matrix = { data: new Float32Array(rows * (cols ?? 0)), rows, cols: cols ?? 0 };
  }

  /** 0 until the first vector, where the width was not given. */
  get cols(): number {
    return this.#matrix.cols;
  }

  set(row: number, vector: Float32Array): void {
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

  /** Returns a matrix whose row i is row `places[i]` of this one. */
  spread(places: Int32Array): Matrix {
    const { data, rows, cols } = this.#matrix;
    const isSame = places.length === rows; // then every text is unique and in its own place
    if (isSame) return this.#matrix;
    const out = new Float32Array(places.length * cols);
    for (let row = 0; row < places.length; row++) {
      const place = places[row];
      out.set(data.subarray(place * cols, (place + 1) * cols), row * cols);
    }
    return { data: out, rows: places.length, cols };
  }
}
