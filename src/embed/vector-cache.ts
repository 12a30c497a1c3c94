import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { viewBytes } from '../binary/bytes.js';
import { floatsOf } from '../binary/little-endian.js';
import { writeWhole } from '../files/replace.js';
import { type BlockKind, blocksOf, encodeBlock, hitsOf, SegmentWriter, segmentsIn } from './cache-blocks.js';

/*
 * Vectors on disk, whatever made them: both builds of ONNX Runtime, and graphics cards, agree to a cosine of 0.9999 and more, so
 * one may go on where another stopped. The size of a block is the width of its vectors, which are rows × width float32.
 */
const VECTORS: BlockKind = {
  magic: 0x31_56_53_44, // "DSV1"
  extension: '.seg',
  bytesAfterKeys: (rows, cols) => rows * cols * 4,
};

export interface VectorCache {
  /**
   * Hands the known vectors of `wanted` (key of a text → its row) to `target`, and removes what it found from `wanted`.
   * Returns how many. `cols` is the vectors' width where the model states it; otherwise all have the width that most rows
   * of the cache have. Vectors of another width, or with a number that isn't finite, don't count as known.
   */
  take(wanted: Map<string, number>, target: VectorTarget, options?: TakeOptions): Promise<number>;
  /**
   * Appends a batch: when it resolves, a killed process no longer loses it. The name of this process's segment tells what
   * made its vectors (`cpu`, `wasm`, …).
   */
  append(keys: string[], vectors: Float32Array, provider?: string): Promise<void>;
  close(): Promise<void>;
}

/** Where found vectors go. */
interface VectorTarget {
  set(row: number, vector: Float32Array): void;
}

export interface TakeOptions {
  cols?: number;
  /** Called for each segment that vectors were taken from, with what made them. */
  onProvider?: (provider: string) => void;
  /** Called once for a segment with vectors that can't be right. */
  onUnusable?: (segment: string, why: string) => void;
  signal?: AbortSignal;
}

/** Contents of `model.json` in the folder of the segments, for people and for `denscape cache`. */
export type CachedModel = v.InferOutput<typeof CachedModelShape>;
const CachedModelShape = v.object({ id: v.string(), revision: v.string(), dtype: v.string() });

export async function openVectorCache(
  folder: string,
  fingerprint: string,
  model: CachedModel,
): Promise<VectorCache> {
  const home = join(folder, fingerprint);
  const writer = new SegmentWriter(home, VECTORS, () => describeCache(home, model));
  return {
    async take(wanted, target, { cols, onProvider, onUnusable, signal } = {}) {
      const segments = await segmentsOf(home);
      if (segments.length === 0 || wanted.size === 0) return 0;
      const width = cols ?? (await commonWidth(segments, signal));
      let found = 0;
      for (const segment of segments) {
        if (wanted.size === 0) break;
        const taken = await takeFrom(segment, width, wanted, target, { onUnusable, signal });
        if (taken > 0) onProvider?.(providerOf(segment));
        found += taken;
      }
      return found;
    },
    append(keys, vectors, provider = '') {
      if (keys.length === 0) return Promise.resolve();
      const cols = vectors.length / keys.length;
      return writer.append(encodeBlock(VECTORS, keys, cols, [viewBytes(vectors)]), provider);
    },
    close: () => writer.close(),
  };
}

/** Notes what the vectors in a folder are of. */
export async function describeCache(home: string, model: CachedModel): Promise<void> {
  await writeWhole(join(home, 'model.json'), [`${JSON.stringify(model, null, 2)}\n`]);
}

/** Paths of the segments of vectors in a folder, oldest first; none where there is no folder. */
export const segmentsOf = (home: string): Promise<string[]> => segmentsIn(home, VECTORS);

/** What made the vectors of a segment, from its name; segments of earlier versions have the native runtime's. */
export const providerOf = (segment: string): string => /\.([a-z0-9-]+)\.seg$/.exec(segment)?.[1] ?? 'native';

/** What `model.json` says; undefined where it is missing or damaged, since only a listing depends on it. */
export async function readCachedModel(home: string): Promise<CachedModel | undefined> {
  try {
    const text = await readFile(join(home, 'model.json'), 'utf8');
    const checked = v.safeParse(CachedModelShape, JSON.parse(text));
    return checked.success ? checked.output : undefined;
  } catch {
    return undefined;
  }
}

/** Rows in a segment, counted from its headers. */
export async function countRows(segment: string): Promise<number> {
  let rows = 0;
  for await (const block of blocksOf(segment, VECTORS)) rows += block.rows;
  return rows;
}

/** The width that most rows in the segments have, read from the blocks' headers; 0 where there are none. */
async function commonWidth(segments: string[], signal?: AbortSignal): Promise<number> {
  const rowsOf = new Map<number, number>();
  for (const segment of segments) {
    for await (const { rows, size } of blocksOf(segment, VECTORS)) {
      signal?.throwIfAborted();
      rowsOf.set(size, (rowsOf.get(size) ?? 0) + rows);
    }
  }
  let [width, most] = [0, 0];
  for (const [cols, rows] of rowsOf) if (rows > most) [width, most] = [cols, rows];
  return width;
}

/** A plain loop: a cache holds millions of numbers. */
function isFiniteVector(vector: Float32Array): boolean {
  for (let col = 0; col < vector.length; col++) if (!Number.isFinite(vector[col])) return false;
  return true;
}

async function takeFrom(
  segment: string,
  width: number,
  wanted: Map<string, number>,
  target: VectorTarget,
  { onUnusable, signal }: TakeOptions,
): Promise<number> {
  let found = 0;
  let why: string | undefined;
  for await (const block of blocksOf(segment, VECTORS)) {
    signal?.throwIfAborted();
    const cols = block.size;
    const hits = await hitsOf(block, wanted);
    if (hits.length === 0) continue;
    const body = await block.rest();
    if (!body) continue;
    if (cols !== width || cols === 0) {
      why ??= `vectors of ${cols} numbers, where the model's have ${width}`;
      continue;
    }
    const vectors = floatsOf(body);
    for (const [place, key] of hits) {
      const row = wanted.get(key);
      if (row === undefined) continue; // twice in one block
      const vector = vectors.subarray(place * cols, (place + 1) * cols);
      if (!isFiniteVector(vector)) {
        why ??= 'vectors with numbers that are not finite';
        continue;
      }
      target.set(row, vector);
      wanted.delete(key);
      found++;
    }
  }
  if (why !== undefined) onUnusable?.(segment, why);
  return found;
}
