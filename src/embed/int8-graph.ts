import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { viewBytes } from '../binary/bytes.js';
import {
  type Attribute,
  ElementType,
  floatTensor,
  graph,
  integersTensor,
  model,
  node,
  tensor,
  tensorElsewhere,
  valueInfo,
} from '../binary/onnx.js';
import { turn } from '../breathe.js';
import type { Constant, Encoder, EncoderLayer, Linear, Norm } from './encoder-match.js';
import { hostSession } from './session-host.js';
import { countOf, TensorReader } from './tensor-reader.js';

/*
 * An encoder again, its products in 8-bit integers: weights with a scale per output column, what they are multiplied with a scale
 * per row, so a token's vector depends on nothing else in the batch. (ONNX Runtime's dynamic quantization takes one scale for
 * the whole batch.) Sums of integers are exact, so any batch and any kernel gives the same.
 */

const MICROSOFT = 'com.microsoft';
/** Rows of a table that are read at a time. */
const TABLE_ROWS = 4096;

export interface Int8Choices {
  heads: number;
  /** Id of padding, after which positions begin in models that count them so. */
  padId: number;
  /**
   * Whether weights are stored with 128 added, as unsigned numbers. Processors without VNNI add pairs of products of unsigned and
   * signed numbers in 16 bits, which overflow; products of unsigned ones they add in 32. The result is the same.
   */
  isUnsigned: boolean;
}

/** Writes the graph to `path` and its weights to `path` + `_data`; at most one matrix is in memory. */
export async function writeInt8Encoder(
  source: string,
  encoder: Encoder,
  path: string,
  choices: Int8Choices,
  signal?: AbortSignal,
): Promise<void> {
  const reader = new TensorReader(source);
  const data = await open(`${path}_data`, 'w');
  try {
    const writer = new Int8Writer(reader, data, `${basename(path)}_data`, choices, signal);
    await writeFile(path, await writer.write(encoder));
    await data.sync();
  } finally {
    await Promise.all([reader.close(), data.close()]);
  }
}

/** A matrix in 8 bits and the scale of each row, or column. */
interface Quantized {
  values: string;
  scales: string;
}

interface QuantizedRows extends Quantized {
  /** Which of the 256 numbers stands for zero. */
  zero: string;
}

/** GELU's numbers are at least −0.16998. */
const GELU_DEPTH = 0.17;
/** The number that stands for zero in 8 bits of what GELU gives. */
const GELU_ZERO = 16;

class Int8Writer {
  readonly #nodes: Buffer[] = [];
  readonly #initializers: Buffer[] = [];
  #offset = 0;
  #names = 0;

  constructor(
    readonly reader: TensorReader,
    readonly data: FileHandle,
    readonly location: string,
    readonly choices: Int8Choices,
    readonly signal?: AbortSignal,
  ) {}

  async write(encoder: Encoder): Promise<Buffer> {
    const { int64, float } = ElementType;
    this.#initializers.push(
      tensor('one_twenty_eight', ElementType.uint8, [], Uint8Array.of(128)),
      floatTensor('one', [], [1]),
      floatTensor('least', [], [1e-30]),
      floatTensor('largest', [], [127]),
      floatTensor('middle', [], [128]),
      tensor('gelu_zero', ElementType.uint8, [], Uint8Array.of(GELU_ZERO)),
      floatTensor('gelu_middle', [], [GELU_ZERO]),
      floatTensor('gelu_steps', [], [255 - GELU_ZERO]),
      floatTensor('gelu_least', [], [(GELU_DEPTH * (255 - GELU_ZERO)) / GELU_ZERO]),
      integersTensor('last_axis', [-1]),
    );
    if (this.choices.isUnsigned) {
      this.#initializers.push(tensor('weights_zero', ElementType.uint8, [], Uint8Array.of(128)));
    } else this.#initializers.push(tensor('weights_zero', ElementType.int8, [], Uint8Array.of(0)));
    let hidden = await this.#embeddings(encoder);
    const mask = this.#add('Cast', ['attention_mask'], { to: ElementType.int32 });
    for (const [at, layer] of encoder.layers.entries()) {
      this.signal?.throwIfAborted();
      const isLast = at === encoder.layers.length - 1;
      hidden = await this.#layer(layer, hidden, mask, isLast ? 'last_hidden_state' : '');
    }
    const inputs = ['input_ids', 'attention_mask', ...(encoder.types ? ['token_type_ids'] : [])];
    const width = countOf(encoder.norm.scale.tensor);
    const content = graph({
      name: 'int8 encoder',
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: inputs.map((name) => valueInfo(name, int64, ['batch_size', 'sequence_length'])),
      outputs: [valueInfo('last_hidden_state', float, ['batch_size', 'sequence_length', width])],
    });
    return model(content, { '': 21, [MICROSOFT]: 1 });
  }

  async #embeddings({ words, positions, types, added, isOffset, norm }: Encoder): Promise<string> {
    let sum = await this.#lookUp(words, 'input_ids');
    const axis = this.#integer(1);
    const counted = this.#add('CumSum', ['attention_mask', axis]);
    // Padding stands on the right, and its positions don't matter.
    const places = this.#add('Add', [counted, this.#integer(isOffset ? this.choices.padId : -1)]);
    const inTable = this.#add('Max', [places, this.#integer(0)]);
    sum = this.#add('Add', [sum, await this.#lookUp(positions, inTable)]);
    if (types) sum = this.#add('Add', [sum, await this.#lookUp(types, 'token_type_ids')]);
    if (added) sum = this.#add('Add', [sum, await this.#floats(added)]);
    const inputs = [sum, await this.#floats(norm.scale), await this.#floats(norm.shift)];
    return this.#add('LayerNormalization', inputs, { axis: -1, epsilon: { float: norm.epsilon } });
  }

  async #layer(layer: EncoderLayer, hidden: string, mask: string, output: string): Promise<string> {
    const rows = this.#quantize(hidden, inputsOf(layer.query));
    const parts = [layer.query, layer.key, layer.value];
    const products: string[] = [];
    for (const part of parts) products.push(await this.#product(rows, part));
    const biases = await Promise.all(parts.map(({ bias }) => this.reader.whole(bias)));
    const bias = await this.#store(Float32Array.from(biases.flatMap((one) => [...one])));
    const heads = { num_heads: this.choices.heads };
    const mixed = this.#add('MultiHeadAttention', [...products, bias, mask], heads, '', MICROSOFT);
    const attended = await this.#skipNorm(layer.mixed, layer.mixedNorm, mixed, hidden);
    const wide = await this.#product(this.#quantize(attended, inputsOf(layer.wide)), layer.wide);
    const active = this.#add('BiasGelu', [wide, await this.#floats(layer.wide.bias)], {}, '', MICROSOFT);
    return this.#skipNorm(layer.narrow, layer.norm, active, attended, output, true);
  }

  async #skipNorm(
    linear: Linear,
    norm: Norm,
    from: string,
    skip: string,
    output = '',
    isActive = false,
  ): Promise<string> {
    const width = inputsOf(linear);
    const rows = isActive ? this.#quantizeActive(from, width) : this.#quantize(from, width);
    const product = await this.#product(rows, linear);
    const constants = [norm.scale, norm.shift, linear.bias];
    const inputs = [product, skip];
    for (const constant of constants) inputs.push(await this.#floats(constant));
    const epsilon = { float: norm.epsilon };
    return this.#add('SkipLayerNormalization', inputs, { epsilon }, output, MICROSOFT);
  }

  /** Each row in 8 bits, its largest number as 127; 128 stands for zero. */
  #quantize(from: string, width: number): QuantizedRows {
    const size = this.#add('ReduceMax', [this.#add('Abs', [from]), 'last_axis'], { keepdims: 1 });
    const scales = this.#add('Div', [this.#add('Max', [size, 'least']), 'largest']);
    // As many zero points as scales: a block is a row.
    const zeros = this.#add('Cast', [this.#add('Add', [this.#add('Sub', [scales, scales]), 'middle'])], {
      to: ElementType.uint8,
    });
    const values = this.#add('QuantizeLinear', [from, scales, zeros], { axis: -1, block_size: width });
    return { values, scales, zero: 'one_twenty_eight' };
  }

  /**
   * The same for numbers of GELU, which are hardly below zero: most of the 8 bits is for those above, so that steps are half as
   * large.
   */
  #quantizeActive(from: string, width: number): QuantizedRows {
    const size = this.#add('ReduceMax', [from, 'last_axis'], { keepdims: 1 });
    const scales = this.#add('Div', [this.#add('Max', [size, 'gelu_least']), 'gelu_steps']);
    const zeros = this.#add('Cast', [this.#add('Add', [this.#add('Sub', [scales, scales]), 'gelu_middle'])], {
      to: ElementType.uint8,
    });
    const values = this.#add('QuantizeLinear', [from, scales, zeros], { axis: -1, block_size: width });
    return { values, scales, zero: 'gelu_zero' };
  }

  /** rows × weight, without the bias. */
  async #product(rows: QuantizedRows, { weight }: Linear): Promise<string> {
    const { values, scales } = await this.#weight(weight);
    const inputs = [rows.values, values, 'one', scales, rows.zero, 'weights_zero'];
    const product = this.#add('MatMulIntegerToFloat', inputs, {}, '', MICROSOFT);
    return this.#add('Mul', [product, rows.scales]);
  }

  /** A matrix in 8 bits, with a scale per column. */
  async #weight(constant: Constant): Promise<Quantized> {
    const numbers = await this.reader.whole(constant);
    const [first, second] = constant.tensor.dimensions;
    const [rows, cols] = constant.isTransposed ? [second, first] : [first, second];
    const scales = new Float32Array(cols);
    for (let row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++) {
        scales[col] = Math.max(scales[col], Math.abs(numbers[row * cols + col]));
      }
    }
    for (let col = 0; col < cols; col++) scales[col] = scales[col] === 0 ? 1 : scales[col] / 127;
    const { isUnsigned } = this.choices;
    const bytes = new Uint8Array(rows * cols);
    for (let at = 0, row = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++, at++) {
        bytes[at] = Math.round(numbers[at] / scales[col]) + (isUnsigned ? 128 : 0);
      }
    }
    await turn();
    const type = isUnsigned ? ElementType.uint8 : ElementType.int8;
    return {
      values: await this.#put(bytes, type, [rows, cols]),
      scales: await this.#store(scales),
    };
  }

  /** Rows of a table, which is kept in 8 bits with a scale per row. */
  async #lookUp(table: Constant, index: string): Promise<string> {
    const [rows, cols] = table.tensor.dimensions;
    const scales = new Float32Array(rows);
    const name = `w${this.#names++}`;
    const start = await this.#align();
    for (let from = 0; from < rows; from += TABLE_ROWS) {
      this.signal?.throwIfAborted();
      const count = Math.min(TABLE_ROWS, rows - from);
      const numbers = await this.reader.rows(table, from, count);
      const bytes = new Int8Array(count * cols);
      for (let row = 0; row < count; row++) {
        let size = 0;
        for (let at = row * cols; at < (row + 1) * cols; at++) size = Math.max(size, Math.abs(numbers[at]));
        const scale = size === 0 ? 1 : size / 127;
        scales[from + row] = scale;
        for (let at = row * cols; at < (row + 1) * cols; at++) bytes[at] = Math.round(numbers[at] / scale);
      }
      await this.#append(new Uint8Array(bytes.buffer));
      await turn();
    }
    const place = { location: this.location, offset: start, length: rows * cols };
    this.#initializers.push(tensorElsewhere(name, ElementType.int8, [rows, cols], place));
    const scaleTable = await this.#store(scales, [rows, 1]);
    const values = this.#add('Cast', [this.#add('Gather', [name, index])], { to: ElementType.float });
    return this.#add('Mul', [values, this.#add('Gather', [scaleTable, index])]);
  }

  async #floats(constant: Constant): Promise<string> {
    return this.#store(await this.reader.whole(constant));
  }

  #store(numbers: Float32Array, dimensions = [numbers.length]): Promise<string> {
    return this.#put(viewBytes(numbers), ElementType.float, dimensions);
  }

  async #put(bytes: Uint8Array, type: ElementType, dimensions: number[]): Promise<string> {
    const name = `w${this.#names++}`;
    const offset = await this.#align();
    await this.#append(bytes);
    const place = { location: this.location, offset, length: bytes.length };
    this.#initializers.push(tensorElsewhere(name, type, dimensions, place));
    return name;
  }

  /** Starts the next numbers at a multiple of a cache line. */
  async #align(): Promise<number> {
    await this.#append(new Uint8Array((64 - (this.#offset % 64)) % 64));
    return this.#offset;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.data.write(bytes, at);
      at += bytesWritten;
    }
    this.#offset += bytes.length;
  }

  #integer(value: number): string {
    const name = `c${this.#names++}`;
    const bytes = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
    this.#initializers.push(tensor(name, ElementType.int64, [], bytes));
    return name;
  }

  #add(
    operator: string,
    inputs: string[],
    attributes: Record<string, Attribute> = {},
    output = '',
    domain = '',
  ): string {
    const name = output || `v${this.#names++}`;
    this.#nodes.push(node(operator, inputs, [name], attributes, domain));
    return name;
  }
}

/** How many numbers a row has that is multiplied with the matrix. */
const inputsOf = ({ weight: { tensor, isTransposed } }: Linear): number =>
  tensor.dimensions[isTransposed ? 1 : 0];

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
