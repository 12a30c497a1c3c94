import { open, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type Attribute,
  ElementType,
  floatTensor,
  graph,
  integersTensor,
  model,
  node,
  tensor,
  valueInfo,
} from '../binary/onnx.js';
import type { Constant, Linear, Norm } from './encoder-graph.js';
import type { Encoder, EncoderLayer } from './encoder-match.js';
import { type Quantized, WeightFile } from './int8-weights.js';
import { countOf, TensorReader } from './tensor-reader.js';

/*
 * An encoder again, its products in 8-bit integers: weights with a scale per output column, what they are multiplied with a scale
 * per row, so a token's vector depends on nothing else in the batch. (ONNX Runtime's dynamic quantization takes one scale for
 * the whole batch.) Sums of integers are exact, so any batch and any kernel gives the same.
 *
 * A few weights of the feed-forward network's second product are many times as large as the others of their column, whose scale they
 * set; they are divided among copies of their rows (`#spreadProduct`).
 * Two roundings of what is multiplied cost most of the precision, measured product by product (bench/embed-int8.md), and are made finer:
 * - What values are made of. Attention often points at one token of a text whose value is near zero, so that token's error is
 *   added to every other one. The remainder after rounding is rounded as well and multiplied too (`#fineProduct`).
 * - What the feed-forward network reads. A few columns are many times as large as the others and set the scale of the row. They
 *   are added up from several parts, so that the scale follows the others (`#quantizeSplit`).
 */

const MICROSOFT = 'com.microsoft';

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
    const weights = new WeightFile(reader, data, `${basename(path)}_data`, choices.isUnsigned);
    const writer = new Int8Writer(weights, choices, signal);
    await writeFile(path, await writer.write(encoder));
    await data.sync();
  } finally {
    await Promise.all([reader.close(), data.close()]);
  }
}

interface QuantizedRows extends Quantized {
  /** Which of the 256 numbers stands for zero. */
  zero: string;
}

interface SplitRows extends QuantizedRows {
  /** Columns that are in parts, which follow the row's own numbers: `SPLIT_PARTS` times each. */
  split: number[];
}

/** Columns of a row that are added up from parts: so many, or a share of the row. In MiniLM, whose row has 384, more gained little. */
const SPLIT_COLUMNS = 16;
const SPLIT_SHARE = 1 / 24;
/** Parts of such a column: how many times as large as the others it may be. The largest of a row are 3 to 5 times as large. */
const SPLIT_PARTS = 4;
/** Steps of a remainder in one step of what it remains from: it is at most half a step, which is 127 of its own. */
const FINE_STEPS = 254;

/** GELU's numbers are at least −0.16998. */
const GELU_DEPTH = 0.17;
/** The number that stands for zero in 8 bits of what GELU gives. */
const GELU_ZERO = 16;

class Int8Writer {
  readonly #nodes: Buffer[] = [];
  readonly #initializers: Buffer[] = [];
  #names = 0;

  constructor(
    readonly weights: WeightFile,
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
      floatTensor('fine', [], [1 / FINE_STEPS]),
      floatTensor('split_parts', [], [SPLIT_PARTS]),
      tensor('gelu_zero', ElementType.uint8, [], Uint8Array.of(GELU_ZERO)),
      floatTensor('gelu_steps', [], [255 - GELU_ZERO]),
      floatTensor('gelu_least', [], [(GELU_DEPTH * (255 - GELU_ZERO)) / GELU_ZERO]),
      integersTensor('last_axis', [-1]),
    );
    if (this.choices.isUnsigned) {
      this.#initializers.push(tensor('weights_zero', ElementType.uint8, [], Uint8Array.of(128)));
    } else this.#initializers.push(tensor('weights_zero', ElementType.int8, [], Uint8Array.of(0)));
    // QuantizeLinear takes as many zero points as scales: one a token.
    const none = this.#add('Mul', ['attention_mask', this.#integer(0)]);
    for (const [name, value] of [
      ['zeros', 128],
      ['gelu_zeros', GELU_ZERO],
    ] as const) {
      const points = this.#add('Unsqueeze', [this.#add('Add', [none, this.#integer(value)]), 'last_axis']);
      this.#add('Cast', [points], { to: ElementType.uint8 }, name);
    }
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
      initializers: [...this.#initializers, ...this.weights.initializers],
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
    if (types) sum = this.#add('Add', [sum, await this.#exactLookUp(types, 'token_type_ids')]);
    if (added) sum = this.#add('Add', [sum, await this.weights.floats(added)]);
    return this.#norm(norm, sum);
  }

  async #layer(layer: EncoderLayer, hidden: string, mask: string, output: string): Promise<string> {
    const rows = this.#quantize(hidden, inputsOf(layer.query));
    const parts = [layer.query, layer.key, layer.value];
    const products = [
      await this.#product(rows, layer.query),
      await this.#product(rows, layer.key),
      await this.#fineProduct(hidden, rows, layer.value),
    ];
    const biases = await Promise.all(parts.map(({ bias }) => this.weights.reader.whole(bias)));
    const bias = await this.weights.store(Float32Array.from(biases.flatMap((one) => [...one])));
    const heads = { num_heads: this.choices.heads };
    const mixed = this.#add('MultiHeadAttention', [...products, bias, mask], heads, '', MICROSOFT);
    const attended = await this.#skipNorm(layer.mixed, layer.mixedNorm, mixed, hidden);
    const wide = await this.#product(
      await this.#quantizeSplit(attended, inputsOf(layer.wide), layer.mixedNorm),
      layer.wide,
    );
    const active = this.#add(
      'BiasGelu',
      [wide, await this.weights.floats(layer.wide.bias)],
      {},
      '',
      MICROSOFT,
    );
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
    // Weights that are in 8 bits already have what their scales allow, and keep it.
    const spreads = isActive && linear.weight.scale === undefined;
    const product = spreads ? await this.#spreadProduct(rows, linear) : await this.#product(rows, linear);
    const whole = this.#add('Add', [product, await this.weights.floats(linear.bias)]);
    return this.#norm(norm, this.#add('Add', [whole, skip]), output);
  }

  /**
   * A normalization in parts, which ONNX Runtime computes twice as fast on a CPU as its own operators for it: those add up a row's
   * numbers one by one. With `ReduceSumSquare` its optimizer doesn't join the parts again.
   */
  async #norm({ scale, shift, epsilon }: Norm, from: string, output = ''): Promise<string> {
    const mean = this.#add('ReduceMean', [from, 'last_axis'], { keepdims: 1 });
    const centred = this.#add('Sub', [from, mean]);
    const squares = this.#add('ReduceSumSquare', [centred, 'last_axis'], { keepdims: 1 });
    const count = await this.weights.store(Float32Array.of(1 / countOf(scale.tensor)));
    const variance = this.#add('Mul', [squares, count]);
    const spread = this.#add('Sqrt', [
      this.#add('Add', [variance, await this.weights.store(Float32Array.of(epsilon))]),
    ]);
    const unit = this.#add('Mul', [centred, this.#add('Reciprocal', [spread])]);
    const scaled = this.#add('Mul', [unit, await this.weights.floats(scale)]);
    return this.#add('Add', [scaled, await this.weights.floats(shift)], {}, output);
  }

  /** Each row in 8 bits, its largest number as 127; 128 stands for zero. */
  #quantize(from: string, width: number): QuantizedRows {
    const size = this.#add('ReduceMax', [this.#add('Abs', [from]), 'last_axis'], { keepdims: 1 });
    const scales = this.#add('Div', [this.#add('Max', [size, 'least']), 'largest']);
    return { values: this.#round(from, scales, width), scales, zero: 'one_twenty_eight' };
  }

  /** One step of a row is its scale: a block is a row, or all of one. */
  #round(from: string, scales: string, width: number, zeros = 'zeros'): string {
    return this.#add('QuantizeLinear', [from, scales, zeros], { axis: -1, block_size: width });
  }

  /**
   * The same for numbers of GELU, which are hardly below zero: most of the 8 bits is for those above, so that steps are half as
   * large.
   */
  #quantizeActive(from: string, width: number): QuantizedRows {
    const size = this.#add('ReduceMax', [from, 'last_axis'], { keepdims: 1 });
    const scales = this.#add('Div', [this.#add('Max', [size, 'gelu_least']), 'gelu_steps']);
    return { values: this.#round(from, scales, width, 'gelu_zeros'), scales, zero: 'gelu_zero' };
  }

  /**
   * The same for what a normalization gives, whose largest columns its weights tell. Each of them is left out where it stands
   * (by weights of zero) and follows in parts, added up by the product itself: the sum over `part` of
   * round((x + shift of the part × scale) / (parts × scale)) is round(x / scale), with shifts one apart around 0.
   */
  async #quantizeSplit(from: string, width: number, norm: Norm): Promise<SplitRows> {
    const split = await this.#largestColumns(norm, width);
    const shares = new Float32Array(width).fill(1);
    for (const column of split) shares[column] = 1 / SPLIT_PARTS;
    const shared = this.#add('Abs', [this.#add('Mul', [from, await this.weights.store(shares)])]);
    const size = this.#add('ReduceMax', [shared, 'last_axis'], { keepdims: 1 });
    const scales = this.#add('Div', [this.#add('Max', [size, 'least']), 'largest']);
    const own = this.#round(from, scales, width);
    const places = split.flatMap((column) => new Array<number>(SPLIT_PARTS).fill(column));
    const shifts = places.map((_, at) => (at % SPLIT_PARTS) - (SPLIT_PARTS - 1) / 2);
    const shift = this.#add('Mul', [scales, await this.weights.store(Float32Array.from(shifts))]);
    const taken = this.#add('Gather', [from, this.#integers(places)], { axis: -1 });
    const steps = this.#add('Mul', [scales, 'split_parts']);
    const parts = this.#round(this.#add('Add', [taken, shift]), steps, places.length);
    const values = this.#add('Concat', [own, parts], { axis: -1 });
    return { values, scales, zero: 'one_twenty_eight', split };
  }

  /** Columns that may become largest: by the shift, and three times the spread, that the normalization gives them. */
  async #largestColumns({ scale, shift }: Norm, width: number): Promise<number[]> {
    const [scales, shifts] = await Promise.all([
      this.weights.reader.whole(scale),
      this.weights.reader.whole(shift),
    ]);
    const reach = Float64Array.from(scales, (one, at) => 3 * Math.abs(one) + Math.abs(shifts[at]));
    const order = Array.from(reach.keys()).sort((a, b) => reach[b] - reach[a] || a - b);
    return order.slice(0, Math.min(SPLIT_COLUMNS, Math.ceil(width * SPLIT_SHARE))).sort((a, b) => a - b);
  }

  /** rows × weight, without the bias. */
  async #product(rows: QuantizedRows | SplitRows, { weight }: Linear): Promise<string> {
    const matrix = await this.weights.matrix(weight, 'split' in rows ? rows.split : [], SPLIT_PARTS);
    return this.#add('Mul', [this.#sums(rows.values, rows.zero, 'one', matrix), rows.scales]);
  }

  /** The same, with the largest weights spread over copies of their rows, and so of the columns that they are multiplied with. */
  async #spreadProduct(rows: QuantizedRows, { weight }: Linear): Promise<string> {
    const matrix = await this.weights.spreadMatrix(weight);
    const copies = this.#add('Gather', [rows.values, this.#integers(matrix.copies)], { axis: -1 });
    const values = this.#add('Concat', [rows.values, copies], { axis: -1 });
    return this.#add('Mul', [this.#sums(values, rows.zero, 'one', matrix), rows.scales]);
  }

  /** The same, to which the remainder of `from` after rounding contributes. */
  async #fineProduct(from: string, rows: QuantizedRows, { weight }: Linear): Promise<string> {
    const matrix = await this.weights.matrix(weight);
    const width = inputsOf({ weight });
    const rounded = this.#add('DequantizeLinear', [rows.values, rows.scales, 'zeros'], {
      axis: -1,
      block_size: width,
    });
    const rest = this.#add('Sub', [from, rounded]);
    const fine = this.#round(rest, this.#add('Mul', [rows.scales, 'fine']), width);
    const sums = [
      this.#sums(rows.values, rows.zero, 'one', matrix),
      this.#sums(fine, rows.zero, 'fine', matrix),
    ];
    return this.#add('Mul', [this.#add('Add', sums), rows.scales]);
  }

  /** Products in integers, multiplied by `factor` and the scales of the columns. */
  #sums(values: string, zero: string, factor: string, matrix: Quantized): string {
    const inputs = [values, matrix.values, factor, matrix.scales, zero, 'weights_zero'];
    return this.#add('MatMulIntegerToFloat', inputs, {}, '', MICROSOFT);
  }

  /** Rows of a table, which is kept in 8 bits with a scale per row. */
  async #lookUp(table: Constant, index: string): Promise<string> {
    const rows = await this.weights.table(table, this.signal);
    const values = this.#add('Cast', [this.#add('Gather', [rows.values, index])], { to: ElementType.float });
    return this.#add('Mul', [values, this.#add('Gather', [rows.scales, index])]);
  }

  /** Rows of a small table, kept in float32: the error of a token type's row would be in every token, and adds up. */
  async #exactLookUp(table: Constant, index: string): Promise<string> {
    const numbers = await this.weights.floats(table);
    return this.#add('Gather', [numbers, index]);
  }

  #integer(value: number): string {
    return this.#integers([value], []);
  }

  #integers(values: number[], dimensions = [values.length]): string {
    const name = `c${this.#names++}`;
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.push(tensor(name, ElementType.int64, dimensions, bytes));
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
const inputsOf = ({ weight: { tensor, isTransposed } }: Pick<Linear, 'weight'>): number =>
  tensor.dimensions[isTransposed ? 1 : 0];
