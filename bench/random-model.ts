import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainModel } from '../src/embed/model-files.js';
import { type EncoderShape, writeEncoder } from '../test/helpers/encoder-graph.js';

/** Whether models have one layer and MiniLM's number of tokens, to try a script. */
export const isSmall = process.env.DENSCAPE_GPU_SMALL === '1';

/** A folder of a model with random weights, made once per checkout. */
export async function randomModel(
  name: string,
  shape: EncoderShape,
  dtype: 'fp32' | 'fp16',
): Promise<string> {
  const home = new URL('../.cache/bench/', import.meta.url).pathname;
  const sizes = isSmall ? { ...shape, layers: 1, tokens: 30_522 } : shape;
  const folder = join(home, `${name}-${sizes.layers}-${dtype}`);
  const marker = join(folder, 'made.txt');
  const isMade = await stat(marker).catch(() => undefined);
  if (isMade) return folder;
  await mkdir(folder, { recursive: true });
  const tokenizer = process.env.DENSCAPE_TOKENIZER ?? (await tokenizerOfMinilm());
  await writeEncoder(folder, sizes, dtype, tokenizer);
  await writeFile(marker, 'whole\n');
  return folder;
}

/** Fetched where it isn't cached; DENSCAPE_TOKENIZER names one for a machine without a network. */
async function tokenizerOfMinilm(): Promise<string | undefined> {
  const { deciding } = await obtainModel('minilm', { dtype: 'auto' });
  return deciding.find((path) => path.endsWith('tokenizer.json'));
}
