import { type FileHandle, open } from 'node:fs/promises';
import { ElementType, floatTensor, integersTensor, node, valueInfo } from '../binary/onnx.js';
import { bytesField, lengthPrefix } from '../binary/protobuf.js';
import { NotOnnx } from './onnx-file.js';
import { type OnnxParts, readParts, type Span } from './onnx-parts.js';
import type { Pooling } from './options.js';
import { chooseOutput } from './outputs.js';

/*
 * The graph of a model with pooling behind it, so that a graphics card sends back one vector a row instead of one a
 * token. Only nodes are appended and outputs replaced: everything else is copied byte by byte, and weights in files of
 * their own stay there. Unit length is left to the caller, since a sum over the width could depend on the batch there.
 *
 * What a row's vector may not depend on is how far it is padded. Picking a token and a maximum don't. A sum of
 * float32 does, since devices add in an order that follows from the length: `sumNodes` adds whole numbers instead, which
 * are exact in any order.
 */

/** Inputs that the appended nodes have in addition to the model's. */
const TOKEN = 'denscape_token';
const MASK = 'denscape_mask';
const STEPS = 'denscape_steps';
/** The new graph's only output: rows × width, float32. */
export const POOLED = 'denscape_pooled';
const PREFIX = 'denscape_';

/** A whole file must fit into one message of protocol buffers. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of the graph with pooling, for a session that is opened from memory; undefined where it can't be had: the graph
 * pools itself, or is of a form that isn't known here.
 */
export async function pooledGraph(
  file: string,
  pooling: Pooling,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  if (pooling === 'none') return undefined;
  const parts = await readParts(file, signal).catch((error: unknown) => {
    if (error instanceof NotOnnx) return undefined; // ONNX Runtime says what is wrong with it
    throw error;
  });
  const tokens = parts && chooseOutput(parts.outputs, pooling);
  if (!parts || tokens?.rank !== 3 || parts.opset < OLDEST || parts.opset > NEWEST || isTaken(parts))
    return undefined;
  return copyWith(file, parts, appendix(tokens.name, pooling, parts.opset));
}

/** Versions of ONNX's operators whose reductions and selections are written here. */
const [OLDEST, NEWEST] = [9, 25];

const isTaken = ({ nodes, inputs }: OnnxParts): boolean =>
  [...nodes.flatMap(({ outputs }) => outputs), ...inputs.map(({ name }) => name)].some((name) =>
    name.startsWith(PREFIX),
  );

/** Fields to append to the graph: nodes, their constants, inputs, the output. */
function appendix(tokens: string, pooling: Pooling, opset: number): Buffer[] {
  const { float, int64 } = ElementType;
  const output = bytesField(12, valueInfo(POOLED, float, ['denscape_rows', 'denscape_width']));
  if (pooling === 'cls' || pooling === 'last') {
    const nodes = [
      node('Flatten', [tokens], [`${PREFIX}rows`], { axis: 2 }),
      node('Gather', [`${PREFIX}rows`, TOKEN], [`${PREFIX}picked`], { axis: 0 }),
      node('Cast', [`${PREFIX}picked`], [POOLED], { to: float }),
    ];
    const input = valueInfo(TOKEN, int64, ['denscape_rows']);
    return [...nodes.map((one) => bytesField(1, one)), bytesField(11, input), output];
  }
  const constants: Buffer[] = [];
  /** A reduction over `axes`, given as an attribute or, from version `since` on, as an input. */
  const reduce = (
    operator: string,
    since: number,
    from: string,
    to: string,
    axes: number[],
    keeps: 0 | 1,
  ) => {
    if (opset < since) return node(operator, [from], [to], { axes, keepdims: keeps });
    const name = `${to}_axes`;
    constants.push(integersTensor(name, axes));
    return node(operator, [from, name], [to], { keepdims: keeps });
  };
  const fill = pooling === 'max' ? -3e38 : 0;
  constants.push(floatTensor(`${PREFIX}fill`, [], [fill]));
  const masked = [
    node('Cast', [tokens], [`${PREFIX}float`], { to: float }),
    node('Cast', [MASK], [`${PREFIX}real`], { to: ElementType.bool }),
    // A selection, since padding may hold anything.
    node('Where', [`${PREFIX}real`, `${PREFIX}float`, `${PREFIX}fill`], [`${PREFIX}masked`]),
  ];
  const inputs = [valueInfo(MASK, float, ['denscape_rows', 'denscape_tokens', 1])];
  let nodes: Buffer[];
  if (pooling === 'max') nodes = [...masked, reduce('ReduceMax', 18, `${PREFIX}masked`, POOLED, [1], 0)];
  else {
    inputs.push(valueInfo(STEPS, float, ['denscape_rows', 1, 1]));
    constants.push(floatTensor(`${PREFIX}least`, [], [1e-30]));
    nodes = [...masked, ...sumNodes(reduce)];
  }
  return [
    ...nodes.map((one) => bytesField(1, one)),
    ...constants.map((one) => bytesField(5, one)),
    ...inputs.map((one) => bytesField(11, one)),
    output,
  ];
}

/**
 * The sum of a row's tokens, up to a factor that unit length takes away again, the same in whatever order it is added: numbers
 * are scaled by the row's largest to `steps` at most and cut into a whole part and, times `steps`, a whole rest. Sums of
 * whole numbers below 2 ** 24 are exact in float32.
 */
function sumNodes(
  reduce: (operator: string, since: number, from: string, to: string, axes: number[], keeps: 0 | 1) => Buffer,
): Buffer[] {
  const name = (what: string) => `${PREFIX}${what}`;
  return [
    node('Abs', [name('masked')], [name('size')]),
    reduce('ReduceMax', 18, name('size'), name('largest'), [1, 2], 1),
    node('Max', [name('largest'), name('least')], [name('bound')]),
    node('Div', [STEPS, name('bound')], [name('scale')]),
    node('Mul', [name('masked'), name('scale')], [name('scaled')]),
    node('Floor', [name('scaled')], [name('whole')]),
    node('Sub', [name('scaled'), name('whole')], [name('rest')]),
    node('Mul', [name('rest'), STEPS], [name('fine')]),
    node('Floor', [name('fine')], [name('fines')]),
    reduce('ReduceSum', 13, name('whole'), name('wholes'), [1], 1),
    reduce('ReduceSum', 13, name('fines'), name('rests'), [1], 1),
    node('Div', [name('rests'), STEPS], [name('low')]),
    node('Add', [name('wholes'), name('low')], [name('sum')]),
    node('Flatten', [name('sum')], [POOLED], { axis: 1 }),
  ];
}

/** Values of the additional inputs for rows of so many tokens, padded to `tokens`. */
export function poolInputs(
  pooling: Pooling,
  lengths: Int32Array,
  tokens: number,
): { name: string; data: Float32Array | BigInt64Array; dims: number[] }[] {
  const rows = lengths.length;
  if (pooling === 'cls' || pooling === 'last') {
    const at = (row: number) => row * tokens + (pooling === 'last' ? lengths[row] - 1 : 0);
    const data = BigInt64Array.from({ length: rows }, (_, row) => BigInt(at(row)));
    return [{ name: TOKEN, data, dims: [rows] }];
  }
  const mask = new Float32Array(rows * tokens);
  for (let row = 0; row < rows; row++) mask.fill(1, row * tokens, row * tokens + lengths[row]);
  const masks = { name: MASK, data: mask, dims: [rows, tokens, 1] };
  if (pooling === 'max') return [masks];
  // A power of two, so that multiplying by it loses nothing; the sum of `length` such numbers stays below 2 ** 23.
  const steps = Float32Array.from(lengths, (length) => 2 ** (23 - Math.ceil(Math.log2(length))));
  return [masks, { name: STEPS, data: steps, dims: [rows, 1, 1] }];
}

/** The file's bytes with other outputs and more fields at the graph's end; undefined where they would be too many. */
async function copyWith(file: string, parts: OnnxParts, added: Buffer[]): Promise<Buffer | undefined> {
  const modelFields = joined(parts.modelFields);
  const graphFields = joined(parts.graphFields);
  const sizeOf = (spans: Span[]) => spans.reduce((sum, { start, end }) => sum + end - start, 0);
  const addedBytes = added.reduce((sum, { length }) => sum + length, 0);
  const prefix = lengthPrefix(7, sizeOf(graphFields) + addedBytes);
  const size = sizeOf(modelFields) + prefix.length + sizeOf(graphFields) + addedBytes;
  if (size > MOST_BYTES) return undefined;
  const out = Buffer.allocUnsafeSlow(size);
  const handle = await open(file, 'r');
  try {
    let at = await copySpans(handle, modelFields, out, 0);
    at += prefix.copy(out, at);
    at = await copySpans(handle, graphFields, out, at);
    for (const part of added) at += part.copy(out, at);
  } finally {
    await handle.close();
  }
  return out;
}

/** Neighbouring spans as one. */
function joined(spans: Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last?.end === span.start) last.end = span.end;
    else out.push({ ...span });
  }
  return out;
}

async function copySpans(handle: FileHandle, spans: Span[], out: Buffer, from: number): Promise<number> {
  let at = from;
  for (const { start, end } of spans) {
    for (let position = start; position < end; ) {
      const { bytesRead } = await handle.read(out, at, Math.min(end - position, 1 << 30), position);
      if (bytesRead === 0) throw new NotOnnx('it became shorter while it was read');
      position += bytesRead;
      at += bytesRead;
    }
  }
  return at;
}
