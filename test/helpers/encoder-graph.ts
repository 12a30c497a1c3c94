import { copyFile, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floatToHalf } from '../../src/binary/halves.js';
import {
  type Attribute,
  ElementType,
  graph,
  model,
  node,
  tensor,
  tensorElsewhere,
  valueInfo,
} from '../../src/binary/onnx.js';

/** Sizes and kind of a text encoder. */
export interface EncoderShape {
  /** `bert`: positions from a table that is sliced, token types as an input. `roberta`: positions counted from the mask. */
  family: 'bert' | 'roberta';
  width: number;
  layers: number;
  heads: number;
  /** Width between the two layers of the feed-forward network. */
  inner: number;
  tokens: number;
  positions: number;
  pooling: 'cls' | 'mean';
  /** Normalizations as the nodes that they are made of, as exporters wrote them before ONNX 17, and biases first in their sums. */
  isDecomposed?: true;
  /** Scores are divided by less than the square root of a head's width: a graph that looks like BERT's and isn't. */
  isSharp?: true;
}

export const MINILM_SHAPE: EncoderShape = {
  family: 'bert',
  width: 384,
  layers: 6,
  heads: 12,
  inner: 1536,
  tokens: 30_522,
  positions: 512,
  pooling: 'mean',
};
export const BGE_M3_SHAPE: EncoderShape = {
  family: 'roberta',
  width: 1024,
  layers: 24,
  heads: 16,
  inner: 4096,
  tokens: 250_002,
  positions: 8194,
  pooling: 'cls',
};

/** Random numbers that are made once; weights are pieces of them, since 600 million of them would take a minute. */
const POOL = 1 << 20;

/**
 * A model folder with an encoder of this shape and random weights, as an exporter writes it: operators of ONNX alone,
 * weights in a file of their own. `tokenizer` is the path of its tokenizer.json.
 */
export async function writeEncoder(
  folder: string,
  shape: EncoderShape,
  dtype: 'fp32' | 'fp16',
  tokenizer: string = TINY_TOKENIZER,
): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await mkdir(join(folder, '1_Pooling'), { recursive: true });
  await copyFile(tokenizer, join(folder, 'tokenizer.json'));
  const { family, width, layers, heads, inner, positions, pooling } = shape;
  const files: Record<string, unknown> = {
    'config.json': {
      model_type: family === 'bert' ? 'bert' : 'xlm-roberta',
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      intermediate_size: inner,
      max_position_embeddings: positions,
    },
    'tokenizer_config.json': { model_max_length: positions - 2 },
    '1_Pooling/config.json': {
      pooling_mode_cls_token: pooling === 'cls',
      pooling_mode_mean_tokens: pooling === 'mean',
    },
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  const name = dtype === 'fp16' ? 'model_fp16.onnx' : 'model.onnx';
  const builder = new EncoderBuilder(shape, dtype, `${name}_data`);
  await writeFile(join(folder, 'onnx', name), builder.build());
  await builder.writeWeights(join(folder, 'onnx', `${name}_data`));
}

const TINY_TOKENIZER = fileURLToPath(
  new URL('../fixtures/embed/tiny-bge-m3/tokenizer.json', import.meta.url),
);

class EncoderBuilder {
  readonly #nodes: Buffer[] = [];
  readonly #initializers: Buffer[] = [];
  readonly #weights: { numbers: number; spread: number; centre: number }[] = [];
  readonly #bytes: number;
  readonly #type: ElementType;
  #offset = 0;
  #names = 0;

  constructor(
    readonly shape: EncoderShape,
    readonly dtype: 'fp32' | 'fp16',
    readonly location: string,
  ) {
    this.#bytes = dtype === 'fp16' ? 2 : 4;
    this.#type = dtype === 'fp16' ? ElementType.float16 : ElementType.float;
  }

  build(): Buffer {
    const { family, width, layers } = this.shape;
    let hidden = this.#layerNorm(this.#embeddings());
    const penalty = this.#penalty();
    for (let layer = 0; layer < layers; layer++) hidden = this.#layer(hidden, penalty, layer === layers - 1);
    const inputs = ['input_ids', 'attention_mask', ...(family === 'bert' ? ['token_type_ids'] : [])];
    const content = graph({
      name: 'encoder',
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: inputs.map((name) => valueInfo(name, ElementType.int64, ['batch_size', 'sequence_length'])),
      outputs: [valueInfo('last_hidden_state', this.#type, ['batch_size', 'sequence_length', width])],
    });
    return model(content, { '': 17 });
  }

  async writeWeights(path: string): Promise<void> {
    let state = 12345;
    const pool = Float32Array.from({ length: POOL }, () => {
      // The sum of four uniform numbers of −1 to 1 is near enough to a normal one; 1.15 is its spread.
      let sum = 0;
      for (let one = 0; one < 4; one++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        sum += state / 2 ** 31 - 1;
      }
      return sum / 1.15;
    });
    const file = await open(path, 'w');
    try {
      let shift = 0;
      for (const { numbers, spread, centre } of this.#weights) {
        const encode = (part: Float32Array): Buffer => {
          const values = part.map((value) => value * spread + centre);
          return Buffer.from(
            this.dtype === 'fp16' ? Uint16Array.from(values, floatToHalf).buffer : values.buffer,
          );
        };
        // Of large weights every number is used many times, of small ones a few thousand once.
        const all = numbers > POOL ? encode(pool) : undefined;
        for (let at = 0; at < numbers; ) {
          // Another start for every weight and every turn, so that no two rows are the same.
          shift = (shift + 7919) % (POOL / 2);
          const count = Math.min(numbers - at, POOL - shift);
          await file.write(
            all
              ? all.subarray(shift * this.#bytes, (shift + count) * this.#bytes)
              : encode(pool.subarray(shift, shift + count)),
          );
          at += count;
        }
      }
    } finally {
      await file.close();
    }
  }

  #add(operator: string, inputs: string[], attributes: Record<string, Attribute> = {}, output = ''): string {
    const name = output || `v${this.#names++}`;
    this.#nodes.push(node(operator, inputs, [name], attributes));
    return name;
  }

  #weight(dimensions: number[], spread: number, centre = 0): string {
    const name = `w${this.#names++}`;
    const numbers = dimensions.reduce((product, size) => product * size, 1);
    const place = { location: this.location, offset: this.#offset, length: numbers * this.#bytes };
    this.#initializers.push(tensorElsewhere(name, this.#type, dimensions, place));
    this.#weights.push({ numbers, spread, centre });
    this.#offset += numbers * this.#bytes;
    return name;
  }

  #number(value: number): string {
    const name = `c${this.#names++}`;
    const bytes = this.dtype === 'fp16' ? Uint16Array.of(floatToHalf(value)) : Float32Array.of(value);
    this.#initializers.push(tensor(name, this.#type, [], new Uint8Array(bytes.buffer)));
    return name;
  }

  #integers(values: number[], isScalar = false): string {
    const name = `c${this.#names++}`;
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.push(tensor(name, ElementType.int64, isScalar ? [] : [values.length], bytes));
    return name;
  }

  #embeddings(): string {
    const { family, width, tokens, positions } = this.shape;
    const words = this.#add('Gather', [this.#weight([tokens, width], 0.02), 'input_ids']);
    const table = this.#weight([positions, width], 0.02);
    if (family === 'roberta') {
      const axis = this.#integers([1], true);
      const counted = this.#add('Mul', [this.#add('CumSum', ['attention_mask', axis]), 'attention_mask']);
      const places = this.#add('Add', [counted, this.#integers([1], true)]);
      const sum = this.#add('Add', [words, this.#add('Gather', [table, places])]);
      return this.#add('Add', [sum, this.#weight([width], 0.02)]);
    }
    const types = this.#add('Gather', [this.#weight([2, width], 0.02), 'token_type_ids']);
    const all = this.#integers(Array.from({ length: positions }, (_, at) => at));
    const row = this.#add('Unsqueeze', [all, this.#integers([0])]);
    const length = this.#add('Gather', [this.#add('Shape', ['input_ids']), this.#integers([1])]);
    const places = this.#add('Slice', [row, this.#integers([0]), length, this.#integers([1])]);
    const sum = this.#add('Add', [words, types]);
    return this.#add('Add', [sum, this.#add('Gather', [table, places])]);
  }

  /** What is added to the scores: nothing for a token, a large negative number for padding. */
  #penalty(): string {
    const mask = this.#add('Unsqueeze', ['attention_mask', this.#integers([1, 2])]);
    const absent = this.#add('Sub', [this.#number(1), this.#add('Cast', [mask], { to: this.#type })]);
    return this.#add('Mul', [absent, this.#number(-10_000)]);
  }

  #layerNorm(from: string, output = ''): string {
    const { width, family } = this.shape;
    const scale = this.#weight([width], 0.05, 1);
    const shift = this.#weight([width], 0.05);
    const epsilon = { float: family === 'bert' ? 1e-12 : 1e-5 };
    if (this.shape.isDecomposed) {
      const mean = this.#add('ReduceMean', [from], { axes: [-1], keepdims: 1 });
      const centred = this.#add('Sub', [from, mean]);
      const squares = this.#add('Pow', [centred, this.#number(2)]);
      const variance = this.#add('ReduceMean', [squares], { axes: [-1], keepdims: 1 });
      const spread = this.#add('Sqrt', [this.#add('Add', [variance, this.#number(epsilon.float)])]);
      const scaled = this.#add('Mul', [this.#add('Div', [centred, spread]), scale]);
      return this.#add('Add', [scaled, shift], {}, output);
    }
    return this.#add('LayerNormalization', [from, scale, shift], { axis: -1, epsilon }, output);
  }

  #linear(from: string, columns: number, rows: number): string {
    const product = this.#add('MatMul', [from, this.#weight([columns, rows], 1 / Math.sqrt(columns))]);
    return this.#add('Add', [this.#weight([rows], 0.02), product]);
  }

  #layer(hidden: string, penalty: string, isLast: boolean): string {
    const { width, heads, inner } = this.shape;
    const split = this.#integers([0, 0, heads, width / heads]);
    const part = (perm: number[]) => {
      const reshaped = this.#add('Reshape', [this.#linear(hidden, width, width), split]);
      return this.#add('Transpose', [reshaped], { perm });
    };
    const [query, key, value] = [part([0, 2, 1, 3]), part([0, 2, 3, 1]), part([0, 2, 1, 3])];
    const raw = this.#add('MatMul', [query, key]);
    const divisor = Math.sqrt(width / heads) / (this.shape.isSharp ? 200 : 1);
    const scores = this.#add('Div', [raw, this.#number(divisor)]);
    const shares = this.#add('Softmax', [this.#add('Add', [scores, penalty])], { axis: -1 });
    const mixed = this.#add('Transpose', [this.#add('MatMul', [shares, value])], { perm: [0, 2, 1, 3] });
    const joined = this.#add('Reshape', [mixed, this.#integers([0, 0, width])]);
    const attended = this.#layerNorm(this.#add('Add', [this.#linear(joined, width, width), hidden]));
    const wide = this.#linear(attended, width, inner);
    const erf = this.#add('Erf', [this.#add('Div', [wide, this.#number(Math.SQRT2)])]);
    const gate = this.#add('Mul', [wide, this.#add('Add', [erf, this.#number(1)])]);
    const active = this.#add('Mul', [gate, this.#number(0.5)]);
    const sum = this.#add('Add', [this.#linear(active, inner, width), attended]);
    return this.#layerNorm(sum, isLast ? 'last_hidden_state' : '');
  }
}
