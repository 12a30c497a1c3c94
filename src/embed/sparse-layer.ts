import { readFile, stat } from 'node:fs/promises';
import { brainToFloat, halvesToFloats } from '../binary/halves.js';
import { UserError } from '../errors.js';

/** BGE-M3's layer for lexical weights, as BAAI publishes it next to the model. */
export const SPARSE_LAYER = 'sparse_linear.pt';
/** Bytes of the file; that of BGE-M3 has 3,516. */
const MOST_BYTES = 1 << 20;

/** A token's number is the product of its vector and these weights, and the bias. */
export interface SparseLayer {
  weight: Float32Array;
  bias: number;
}

/**
 * Reads what `torch.save(sparse_linear.state_dict())` wrote: an archive with the numbers of each tensor in a file `data/N`, and
 * a pickle that names their type. Nothing of the pickle is run: a layer with one output has one number as its bias, and the
 * other tensor is its weight.
 *
 * @throws UserError for a file of another kind
 */
export async function readSparseLayer(file: string): Promise<SparseLayer> {
  const refusal = (why: string, cause?: unknown) =>
    new UserError(
      `${file} is no layer for sparse weights: ${why}; take the file of BAAI/bge-m3, or leave out --sparse`,
      {
        code: 'MODEL_INVALID',
        option: 'sparse',
        file,
        cause,
      },
    );
  if ((await stat(file)).size > MOST_BYTES) throw refusal('it has more than a megabyte');
  const { unzipSync } = await import('fflate');
  let entries: [name: string, bytes: Uint8Array][];
  try {
    entries = Object.entries(unzipSync(await readFile(file)));
  } catch (error) {
    throw refusal('it is no archive of PyTorch', error);
  }
  const pickle = entries.find(([name]) => name.endsWith('/data.pkl'))?.[1] ?? new Uint8Array();
  const kind = /\b(Float|Half|BFloat16)Storage\b/.exec(Buffer.from(pickle).toString('latin1'))?.[1];
  const tensors = entries.filter(([name]) => /\/data\/\d+$/.test(name));
  if (!kind || tensors.length !== 2) throw refusal('a weight and a bias are expected in it');
  const [a, b] = tensors.map(([, bytes]) => numbersOf(kind, bytes));
  const [weight, bias] = a.length > b.length ? [a, b] : [b, a];
  if (bias.length !== 1 || weight.length < 2) throw refusal(`it has ${a.length} and ${b.length} numbers`);
  if (![...weight, ...bias].every(Number.isFinite)) throw refusal('it has numbers that are not finite');
  return { weight, bias: bias[0] };
}

/** Little-endian, as every machine that trains models writes them. */
function numbersOf(kind: string, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'Float')
    return Float32Array.from({ length: bytes.length >> 2 }, (_, at) => view.getFloat32(at * 4, true));
  const halves = Uint16Array.from({ length: bytes.length >> 1 }, (_, at) => view.getUint16(at * 2, true));
  return kind === 'Half' ? halvesToFloats(halves) : Float32Array.from(halves, brainToFloat);
}

/** The layer's number of each token, not below zero. `data`: vectors of tokens, one after the other. */
export function layerNumbers(data: Float32Array, { weight, bias }: SparseLayer): Float32Array {
  const cols = weight.length;
  return Float32Array.from({ length: data.length / cols }, (_, token) => {
    let sum = bias;
    for (let col = 0; col < cols; col++) sum += data[token * cols + col] * weight[col];
    return sum > 0 || Number.isNaN(sum) ? sum : 0;
  });
}
