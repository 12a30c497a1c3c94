import { join } from 'node:path';
import { pickRows } from '../shapes.js';
import { type SparseRow, sparseRow } from '../sparse-rows.js';
import { textKey } from './cache-blocks.js';
import type { BatchDone } from './engine.js';
import { type LexicalCache, openLexicalCache } from './lexical-cache.js';
import { type CachedModel, openVectorCache, type TakeOptions, type VectorCache } from './vector-cache.js';

/** Where what is known of texts goes. */
export interface UnitTarget {
  vectors: { set(row: number, vector: Float32Array): void };
  /** Receives lexical weights of a row; missing where they are not wanted. */
  lexical?: (row: number, weights: SparseRow) => void;
}

/**
 * What earlier runs made of texts: vectors, and lexical weights where they are wanted. A model makes both at once, so a text of
 * which either is missing is run again; what is kept already isn't written twice.
 */
export class UnitCache {
  readonly #keys: string[];
  /** Rows whose vectors, or weights, are not in the cache. */
  readonly #missing = { vectors: new Set<number>(), lexical: new Set<number>() };

  private constructor(
    texts: string[],
    private readonly vectors: VectorCache,
    private readonly lexical: LexicalCache | undefined,
  ) {
    this.#keys = texts.map(textKey);
  }

  static async open(
    texts: string[],
    { folder, fingerprint, model, lexical }: UnitCachePlace,
  ): Promise<UnitCache> {
    const vectors = await openVectorCache(folder, fingerprint, model);
    const weights =
      lexical === undefined ? undefined : openLexicalCache(join(folder, fingerprint), lexical, model);
    return new UnitCache(texts, vectors, weights);
  }

  /** Gives what is known to the target. Returns the rows that the model has to run. */
  async take(target: UnitTarget, options: TakeOptions): Promise<number[]> {
    const byKey = new Map(this.#keys.map((key, row) => [key, row]));
    const [vectors, lexical] = [new Map(byKey), new Map(this.lexical ? byKey : [])];
    await this.vectors.take(vectors, target.vectors, options);
    await this.lexical?.take(lexical, (row, weights) => target.lexical?.(row, weights), options.signal);
    for (const row of vectors.values()) this.#missing.vectors.add(row);
    for (const row of lexical.values()) this.#missing.lexical.add(row);
    const { vectors: some, lexical: others } = this.#missing;
    return [...new Set([...some, ...others])].sort((a, b) => a - b);
  }

  /** Keeps a batch: when it resolves, a killed process no longer loses it. */
  async append({ rows, vectors, lexical }: Omit<BatchDone, 'truncated'>, provider?: string): Promise<void> {
    const cols = vectors.length / rows.length;
    const placesOf = (missing: Set<number>) =>
      Int32Array.from(rows.keys()).filter((at) => missing.has(rows[at]));
    const keysOf = (places: Int32Array) => Array.from(places, (at) => this.#keys[rows[at]]);
    const fresh = placesOf(this.#missing.vectors);
    const matrix = { data: vectors, rows: rows.length, cols };
    const own = fresh.length === rows.length ? matrix : pickRows(matrix, fresh);
    await this.vectors.append(keysOf(fresh), own.data, provider);
    if (!lexical || !this.lexical) return;
    const places = placesOf(this.#missing.lexical);
    const weights = Array.from(places, (at) => sparseRow(lexical, at));
    await this.lexical.append(keysOf(places), weights, provider);
  }

  async close(): Promise<void> {
    await Promise.all([this.vectors.close(), this.lexical?.close()]);
  }
}

export interface UnitCachePlace {
  folder: string;
  fingerprint: string;
  model: CachedModel;
  /** Names what makes lexical weights, where they are wanted. */
  lexical: string | undefined;
}
