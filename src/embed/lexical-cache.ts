import { viewBytes } from '../binary/bytes.js';
import type { SparseRow } from '../sparse-rows.js';
import { type BlockKind, blocksOf, encodeBlock, hitsOf, SegmentWriter, segmentsIn } from './cache-blocks.js';
import { type CachedModel, describeCache } from './vector-cache.js';

/*
 * Lexical weights on disk, next to the vectors of the same texts. The size of a block is how many weights it holds:
 * | how many of each row: rows × u32 | token ids: size × u32 | weights: size × f32 |
 */
const weightsOf = (maker: string): BlockKind => ({
  magic: 0x31_4c_53_44, // "DSL1"
  extension: `.${maker}.lex`,
  bytesAfterKeys: (rows, size) => (rows + 2 * size) * 4,
});

export interface LexicalCache {
  /** Gives the known weights of `wanted` (key of a text → its row) to `found`, and removes them from `wanted`. */
  take(
    wanted: Map<string, number>,
    found: (row: number, weights: SparseRow) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Appends a batch: when it resolves, a killed process no longer loses it. */
  append(keys: string[], weights: SparseRow[], provider?: string): Promise<void>;
  close(): Promise<void>;
}

/** @param maker names what makes the weights of these vectors */
export function openLexicalCache(home: string, maker: string, model: CachedModel): LexicalCache {
  const kind = weightsOf(maker);
  const writer = new SegmentWriter(home, kind, () => describeCache(home, model));
  return {
    async take(wanted, found, signal) {
      for (const segment of wanted.size === 0 ? [] : await segmentsIn(home, kind)) {
        for await (const block of blocksOf(segment, kind)) {
          signal?.throwIfAborted();
          const hits = await hitsOf(block, wanted);
          const rest = hits.length > 0 ? await block.rest() : undefined;
          if (!rest) continue;
          const rowAt = decode(rest, block.rows, block.size);
          for (const [place, key] of hits) {
            const row = wanted.get(key);
            if (row === undefined) continue; // twice in one block
            found(row, rowAt(place));
            wanted.delete(key);
          }
        }
      }
    },
    append(keys, weights, provider = '') {
      if (keys.length === 0) return Promise.resolve();
      const size = weights.reduce((sum, { ids }) => sum + ids.length, 0);
      const counts = Uint32Array.from(weights, ({ ids }) => ids.length);
      const parts = [counts, ...weights.map(({ ids }) => ids), ...weights.map((row) => row.weights)];
      return writer.append(encodeBlock(kind, keys, size, parts.map(viewBytes)), provider);
    },
    close: () => writer.close(),
  };
}

function decode(rest: Buffer, rows: number, size: number): (place: number) => SparseRow {
  const starts = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) starts[row + 1] = starts[row] + rest.readUInt32LE(row * 4);
  return (place) => {
    const [from, to] = [starts[place], starts[place + 1]];
    const of = <T>(read: (at: number) => T) => Array.from({ length: to - from }, (_, i) => read(from + i));
    return {
      ids: Uint32Array.from(of((at) => rest.readUInt32LE((rows + at) * 4))),
      weights: Float32Array.from(of((at) => rest.readFloatLE((rows + size + at) * 4))),
    };
  };
}
