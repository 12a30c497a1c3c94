import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { withLock } from '../files/lock.js';
import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import { packBatch } from './batches.js';
import { NotEncoder } from './encoder-graph.js';
import { type Encoder, matchEncoder } from './encoder-match.js';
import { combined } from './file-sums.js';
import { writeInt8Encoder } from './int8-graph.js';
import { saturates } from './int8-saturation.js';
import { SAMPLES } from './mixing.js';
import { NotOnnx } from './onnx-file.js';
import { readParts } from './onnx-parts.js';
import type { Pooling } from './options.js';
import { int8Folder } from './places.js';
import { hostSession } from './session-host.js';
import type { TextTokenizer } from './tokenizer.js';

/** A model's graph, and what is needed to run and to compare it. */
export interface Int8Source {
  /** The model's id, for listings. */
  id: string;
  /** Path of the graph. */
  graph: string;
  /** sha256 of each file that decides about its vectors. */
  sums: string[];
  /** config.json. */
  config: Record<string, unknown>;
  pooling: Pooling;
  tokenizer: TextTokenizer;
}

/** Changes when the way of rebuilding does, so that earlier files and vectors are not used any more. */
export const INT8_VERSION = 'int8 per row 4';

/** Smallest cosine between vectors of the original and of the rebuilt graph; 8 bits alone give 0.98 and more. */
const LEAST_COSINE = 0.97;

/** Of several lengths, so that wrong positions, heads or masks show. */
const TEXTS = [
  ...SAMPLES,
  'The quick brown fox jumps over the lazy dog while the committee reads its report on the price of wheat, for the third time this year. '.repeat(
    3,
  ),
  'Москва, 東京 and São Paulo: 3 cities, 41.5 million people',
];

/** What `made.json` in its folder says. */
const Made = v.object({ id: v.string(), cosine: v.number() });

/**
 * The encoder again, in 8-bit integers with a scale per token; made once and kept in the cache folder, a quarter of the size of
 * float32. A text says why there is none: the graph is of another kind, or its vectors came out different.
 */
export async function int8Model(
  source: Int8Source,
  watch: Watch,
): Promise<{ file: string; bytes: number } | { why: string }> {
  let encoder: Encoder;
  try {
    encoder = matchEncoder(await readParts(source.graph, watch.signal));
  } catch (error) {
    if (error instanceof NotEncoder || error instanceof NotOnnx) return { why: error.message };
    throw error;
  }
  const heads = encoder.heads ?? source.config.num_attention_heads;
  if (typeof heads !== 'number')
    return { why: 'neither the graph nor config.json states how many heads it has' };
  const isUnsigned = await saturates(watch.signal);
  const padId = source.config.pad_token_id;
  const choices = { heads, padId: typeof padId === 'number' ? padId : 1, isUnsigned };
  const parts = [...source.sums, INT8_VERSION, source.pooling, JSON.stringify(choices)];
  const key = combined(parts).slice(0, 32);
  const home = join(int8Folder(), key);
  const file = join(home, 'model.onnx');
  await withLock(
    `${home}.lock`,
    async () => {
      if ((await readMade(home)) !== undefined) return;
      watch.onProgress?.({ stage: 'embed', message: 'Rebuilding the model in int8, once' });
      const draft = `${home}.part`;
      try {
        // What a run that was killed has left.
        await rm(draft, { recursive: true, force: true });
        await mkdir(draft, { recursive: true });
        await writeInt8Encoder(source.graph, encoder, join(draft, 'model.onnx'), choices, watch.signal);
        const cosine = await leastCosine(source, join(draft, 'model.onnx'), watch.signal);
        // Vectors that came out different are noted as well, so that this is found out once.
        if (cosine < LEAST_COSINE) {
          await Promise.all(['model.onnx', 'model.onnx_data'].map((name) => rm(join(draft, name))));
        }
        await writeWhole(join(draft, 'made.json'), [JSON.stringify({ id: source.id, cosine })]);
        await rm(home, { recursive: true, force: true });
        await rename(draft, home);
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        throw error;
      }
    },
    { signal: watch.signal },
  );
  const cosine = (await readMade(home))?.cosine ?? 0;
  if (cosine < LEAST_COSINE) {
    return { why: `its vectors came out different (cosine ${cosine.toFixed(3)})` };
  }
  const sizes = await Promise.all([file, `${file}_data`].map(async (path) => (await stat(path)).size));
  return { file, bytes: sizes[0] + sizes[1] };
}

/** What a folder below `int8Folder()` holds; undefined where it is not whole. */
export async function readMade(home: string): Promise<{ id: string; cosine: number } | undefined> {
  try {
    const made = v.safeParse(Made, JSON.parse(await readFile(join(home, 'made.json'), 'utf8')));
    return made.success ? made.output : undefined;
  } catch {
    return undefined; // not made yet, or damaged: it is made again
  }
}

/** The smallest cosine of the texts' vectors from both graphs, padded in one batch. */
async function leastCosine(source: Int8Source, rebuilt: string, signal?: AbortSignal): Promise<number> {
  const batch = packBatch(TEXTS.map((text) => source.tokenizer.encode(text)));
  const vectors: Float32Array[] = [];
  for (const file of [source.graph, rebuilt]) {
    const spec = {
      file,
      provider: 'cpu',
      threads: 0,
      pooling: source.pooling,
      padId: source.tokenizer.padId,
    } as const;
    const session = await hostSession(spec, signal);
    try {
      vectors.push((await session.run(batch)).vectors);
    } finally {
      await session.close();
    }
  }
  const [one, other] = vectors;
  if (one.length !== other.length) return 0;
  const cols = one.length / TEXTS.length;
  let least = 1;
  for (let row = 0; row < TEXTS.length; row++) {
    let product = 0;
    for (let at = row * cols; at < (row + 1) * cols; at++) product += one[at] * other[at];
    // A number that isn't finite makes it no cosine at all.
    least = product > least ? least : Number.isFinite(product) ? product : 0;
  }
  return least;
}
