import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElementType, graph, model, node, tensor, valueInfo } from '../binary/onnx.js';
import { hostSession } from './session-host.js';

let isSaturating: Promise<boolean> | undefined;

/**
 * Whether this processor's products of unsigned with signed numbers overflow, found by one whose result is known; asked once in a
 * process.
 */
export function saturates(signal?: AbortSignal): Promise<boolean> {
  isSaturating ??= trySaturation(signal).catch((error: unknown) => {
    isSaturating = undefined;
    throw error;
  });
  return isSaturating;
}

/** Tokens of the product, which are 255 each. */
const PRODUCT_TOKENS = 64;

async function trySaturation(signal?: AbortSignal): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'denscape-int8-'));
  try {
    const file = join(folder, 'product.onnx');
    await writeFile(file, productGraph());
    const session = await hostSession(
      { file, provider: 'cpu', threads: 1, pooling: 'none', padId: 0 },
      signal,
    );
    try {
      const ids = new Int32Array(2 * PRODUCT_TOKENS).fill(255);
      const { vectors } = await session.run({ ids, lengths: Int32Array.of(PRODUCT_TOKENS, PRODUCT_TOKENS) });
      // Columns of 127 and of 1; the former would be half as large if pairs of 255 × 127 were cut to 16 bits.
      return Math.abs(vectors[0] / vectors[1] - 127) > 0.01;
    } finally {
      await session.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `sentence_embedding = input_ids × weights`: unsigned with signed numbers of 8 bits. */
function productGraph(): Buffer {
  const { uint8, int8, int64, float } = ElementType;
  const weights = Int8Array.from({ length: PRODUCT_TOKENS * 16 }, (_, at) => (at % 2 === 0 ? 127 : 1));
  const content = graph({
    name: 'product',
    nodes: [
      node('Cast', ['input_ids'], ['bytes'], { to: uint8 }),
      node('MatMulInteger', ['bytes', 'weights'], ['sums']),
      node('Cast', ['sums'], ['sentence_embedding'], { to: float }),
    ],
    initializers: [tensor('weights', int8, [PRODUCT_TOKENS, 16], new Uint8Array(weights.buffer))],
    inputs: [valueInfo('input_ids', int64, ['rows', PRODUCT_TOKENS])],
    outputs: [valueInfo('sentence_embedding', float, ['rows', 16])],
  });
  return model(content, { '': 17 });
}
