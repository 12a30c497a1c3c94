import { type Mixing, packBatch } from './batches.js';
import type { TokenBatch } from './session.js';
import type { HostedSession } from './session-host.js';
import type { TextTokenizer } from './tokenizer.js';

/** Texts of different lengths, some of one length, for trying what a batch does to a vector. */
export const SAMPLES = [
  'Oil rises as storms close ports',
  'A second team of rocketeers has set the date of its launch; the first is still waiting for its licence to fly.',
  'Unions were disappointed after talks with the parent firm',
  'Rain',
];

/**
 * Embeds the samples alone, in company of equal length, and padded; what may be mixed is what gives equal bytes. Without `mayPad`
 * padding isn't tried: in WebAssembly, ONNX Runtime adds up padded rows in another order for some lengths and not for
 * others, so that a few samples prove nothing. With `mayStep`, rows padded to one length are tried instead of rows of equal length.
 */
export async function probeMixing(
  session: HostedSession,
  tokenizer: TextTokenizer,
  { mayPad, mayStep = false }: { mayPad: boolean; mayStep?: boolean },
): Promise<Mixing> {
  const rows = SAMPLES.map((text) => tokenizer.encode(text).ids);
  const run = async (batch: Int32Array[], width?: number): Promise<Float32Array[]> => {
    const packed: TokenBatch = packBatch(
      batch.map((ids) => ({ ids })),
      width,
    );
    const { vectors } = await session.run(packed);
    const cols = vectors.length / batch.length;
    return batch.map((_, row) => vectors.slice(row * cols, (row + 1) * cols));
  };
  const same = (a: Float32Array, b: Float32Array) => a.every((value, index) => Object.is(value, b[index]));
  if (mayPad) {
    const alone: Float32Array[] = [];
    for (const ids of rows) alone.push((await run([ids]))[0]);
    const padded = await run(rows);
    if (padded.every((vector, row) => same(vector, alone[row]))) {
      const twice = await run([...rows, ...rows, ...rows]);
      if (twice.every((vector, row) => same(vector, alone[row % rows.length]))) return 'padded';
    }
  }
  const lengths = rows.map(({ length }) => length);
  const width = mayStep ? Math.max(...lengths) : Math.min(...lengths);
  const equal = mayStep ? rows : rows.map((ids) => ids.slice(0, width));
  const alone: Float32Array[] = [];
  for (const ids of equal) alone.push((await run([ids], width))[0]);
  const together = await run([...equal, ...equal], width);
  const isSame = together.every((vector, row) => same(vector, alone[row % equal.length]));
  if (!isSame) return 'single';
  return mayStep ? 'stepped' : 'equal';
}
