import type { OnnxNode, OnnxParts, OnnxTensor } from './onnx-parts.js';

/** A constant matrix or list of numbers, and what the graph does to it before it is used. */
export interface Constant {
  tensor: OnnxTensor;
  /** Stored numbers are multiplied by these, and have `zero` taken off before; one number, or one for each of an axis. */
  scale: OnnxTensor | undefined;
  zero: OnnxTensor | undefined;
  /** Whether rows and columns are exchanged. */
  isTransposed: boolean;
}

/** `output = input × weight + bias`; weight is inputs × outputs. */
export interface Linear {
  input: string;
  output: string;
  weight: Constant;
  bias: Constant;
}

export interface Norm {
  input: string;
  output: string;
  scale: Constant;
  shift: Constant;
  epsilon: number;
}

/** The graph is of another kind; the message is a clause that says where. */
export class NotEncoder extends Error {}

/** The most nodes looked at on the way to an ancestor. */
const MOST_STEPS = 60;

/** The nodes of a graph by what they produce, and the forms of an encoder's parts: products, normalizations, look-ups, constants. */
export class EncoderGraph {
  readonly #producers = new Map<string, OnnxNode>();

  constructor(readonly parts: OnnxParts) {
    for (const node of parts.nodes) for (const output of node.outputs) this.#producers.set(output, node);
  }

  /** The value before operators that change nothing. */
  plain(name: string): string {
    const node = this.#producers.get(name);
    return node && (node.operator === 'Identity' || node.operator === 'Cast')
      ? this.plain(node.inputs[0])
      : name;
  }

  /** A value that doesn't depend on the input, if it is of a form that is known. */
  constant(name: string): Constant | undefined {
    const tensor = this.parts.initializers.get(name);
    if (tensor) return { tensor, scale: undefined, zero: undefined, isTransposed: false };
    const node = this.#producers.get(name);
    if (!node) return undefined;
    const inner = node.attributes.get('value')?.tensor;
    if (node.operator === 'Constant' && inner) {
      return { tensor: inner, scale: undefined, zero: undefined, isTransposed: false };
    }
    if (node.operator === 'Identity' || node.operator === 'Cast') return this.constant(node.inputs[0]);
    if (node.operator === 'Transpose') {
      const of = this.constant(node.inputs[0]);
      return of?.tensor.dimensions.length === 2 ? { ...of, isTransposed: !of.isTransposed } : undefined;
    }
    if (node.operator === 'DequantizeLinear') {
      const of = this.constant(node.inputs[0]);
      const scale = this.parts.initializers.get(node.inputs[1]);
      const zero = node.inputs[2] ? this.parts.initializers.get(node.inputs[2]) : undefined;
      return of && scale && !of.scale ? { ...of, scale: alongAxis(scale, node, of.tensor), zero } : undefined;
    }
    if (node.operator === 'Mul') {
      const [of, scale] = node.inputs.map((one) => this.constant(one));
      return of && scale && !of.scale && !scale.scale ? { ...of, scale: scale.tensor } : undefined;
    }
    return undefined;
  }

  /** From the shape of rows × tokens × heads × width that queries are brought into. */
  heads({ output, bias }: Linear): number | undefined {
    const reshape = this.parts.nodes.find(
      ({ operator, inputs }) => operator === 'Reshape' && inputs[0] === output,
    );
    const shape = reshape && this.#integers(reshape.inputs[1]);
    if (shape?.length !== 4) return undefined;
    const [, , heads, width] = shape;
    if (heads !== undefined && heads > 0) return heads;
    return width !== undefined && width > 0 ? bias.tensor.dimensions[0] / width : undefined;
  }

  /** A list of integers, undefined where one depends on the input. */
  #integers(name: string): (number | undefined)[] | undefined {
    const node = this.#producers.get(name);
    if (node?.operator === 'Concat')
      return node.inputs.flatMap((input) => this.#integers(input) ?? [undefined]);
    if (node?.operator === 'Unsqueeze') return this.#integers(node.inputs[0]);
    const values = this.constant(name)?.tensor.values;
    if (Array.isArray(values)) return values;
    if (values === undefined) return undefined;
    return Array.from({ length: values.length / 8 }, (_, at) => Number(values.readBigInt64LE(at * 8)));
  }

  isProduct(node: OnnxNode): boolean {
    return node.operator === 'MatMul' && node.inputs.every((input) => !this.constant(input));
  }

  /** Products with a constant matrix and what is added to them, in the order of the graph. */
  linears(): Linear[] {
    const found: Linear[] = [];
    for (const node of this.parts.nodes) {
      if (node.operator === 'MatMulInteger') {
        found.push(this.#dynamicLinear(node));
        continue;
      }
      const [from, by, plus] = node.inputs;
      const weight = node.operator === 'MatMul' || node.operator === 'Gemm' ? this.constant(by) : undefined;
      if (weight?.tensor.dimensions.length !== 2 || this.constant(from)) continue;
      if (node.operator === 'Gemm') {
        const bias = plus ? this.constant(plus) : undefined;
        if (!bias) throw new NotEncoder('a product has no bias');
        const isTransposed =
          (node.attributes.get('transB')?.integer ?? 0) === 1 ? !weight.isTransposed : weight.isTransposed;
        found.push({
          input: this.#beforeReshape(from),
          output: node.outputs[0],
          weight: { ...weight, isTransposed },
          bias,
        });
        continue;
      }
      found.push({ input: this.plain(from), weight, ...this.#withBias(node.outputs[0]) });
    }
    return found;
  }

  /** The sum of a product and its bias. */
  #withBias(product: string): Pick<Linear, 'output' | 'bias'> {
    const sum = this.#consumer(product, 'Add');
    const other = sum?.inputs.find((input) => input !== product);
    const bias = other === undefined ? undefined : this.constant(other);
    if (!sum || !bias) throw new NotEncoder('a product has no bias');
    return { output: sum.outputs[0], bias };
  }

  /**
   * A product as ONNX Runtime's dynamic quantization writes it: what is multiplied becomes integers with one scale for the
   * whole batch; the sums are multiplied by that scale and the weight's.
   */
  #dynamicLinear(node: OnnxNode): Linear {
    const [from, by, , zeroName] = node.inputs;
    const quantized = this.#producers.get(from);
    const weight = this.constant(by);
    const floats = this.#consumer(node.outputs[0], 'Cast');
    const scaled = floats && this.#consumer(floats.outputs[0], 'Mul');
    const scales = scaled?.inputs.find((input) => input !== floats?.outputs[0]);
    const both = scales === undefined ? undefined : this.#producers.get(scales);
    const scale = both?.operator === 'Mul' ? this.#withConstant(both)?.constant : undefined;
    if (quantized?.operator !== 'DynamicQuantizeLinear' || !weight || !scaled || !scale) {
      throw new NotEncoder('a product of integers is of another form');
    }
    const zero = zeroName ? this.parts.initializers.get(zeroName) : undefined;
    return {
      input: this.plain(quantized.inputs[0]),
      weight: { ...weight, scale: perColumn(scale.tensor), zero },
      ...this.#withBias(scaled.outputs[0]),
    };
  }

  #consumer(name: string, wanted: string): OnnxNode | undefined {
    return this.parts.nodes.find(({ operator, inputs }) => operator === wanted && inputs.includes(name));
  }

  /** The table that rows are taken from, and by which numbers; also of one in integers, whose rows are scaled afterwards. */
  lookUp(name: string): { table: Constant; index: string } | undefined {
    const node = this.#producers.get(name);
    if (node?.operator === 'Gather') {
      const table = this.constant(node.inputs[0]);
      return table && { table, index: this.plain(node.inputs[1]) };
    }
    if (node?.operator !== 'DequantizeLinear') return undefined;
    const rows = this.lookUp(node.inputs[0]);
    const scale = this.parts.initializers.get(node.inputs[1]);
    const zero = node.inputs[2] ? this.parts.initializers.get(node.inputs[2]) : undefined;
    if (!rows || !scale || rows.table.scale || scale.dimensions.some((size) => size !== 1)) return undefined;
    return { ...rows, table: { ...rows.table, scale, zero } };
  }

  #beforeReshape(name: string): string {
    const plain = this.plain(name);
    const node = this.#producers.get(plain);
    return node?.operator === 'Reshape' ? this.#beforeReshape(node.inputs[0]) : plain;
  }

  /** Normalizations over the width, as one node or as the nodes that it is made of, in the order of the graph. */
  norms(): Norm[] {
    const found: Norm[] = [];
    for (const node of this.parts.nodes) {
      if (node.operator === 'LayerNormalization') {
        const [input, first, second] = node.inputs;
        const [scale, shift] = [this.constant(first), second ? this.constant(second) : undefined];
        if (!scale || !shift) throw new NotEncoder('a normalization has no constant scale and shift');
        const epsilon = node.attributes.get('epsilon')?.float ?? 1e-5;
        found.push({ input: this.plain(input), output: node.outputs[0], scale, shift, epsilon });
      } else if (node.operator === 'Add') {
        const norm = this.#normOfNodes(node);
        if (norm) found.push(norm);
      }
    }
    return found;
  }

  /** `(x − mean) / sqrt(mean of squares + epsilon) × scale + shift`, whose last node is this. */
  #normOfNodes(add: OnnxNode): Norm | undefined {
    const parted = this.#withConstant(add);
    const mul = parted && this.#producers.get(parted.value);
    const scaled = mul?.operator === 'Mul' ? this.#withConstant(mul) : undefined;
    const div = scaled && this.#producers.get(scaled.value);
    if (!parted || !scaled || div?.operator !== 'Div') return undefined;
    const [above, below] = div.inputs.map((input) => this.#producers.get(input));
    if (above?.operator !== 'Sub' || below?.operator !== 'Sqrt') return undefined;
    const plus = this.#producers.get(below.inputs[0]);
    const small = plus?.operator === 'Add' ? this.#withConstant(plus) : undefined;
    const epsilon = small && numberOf(small.constant.tensor);
    if (epsilon === undefined) return undefined;
    return {
      input: this.plain(above.inputs[0]),
      output: add.outputs[0],
      scale: scaled.constant,
      shift: parted.constant,
      epsilon,
    };
  }

  #withConstant(node: OnnxNode): { value: string; constant: Constant } | undefined {
    for (const [at, input] of node.inputs.entries()) {
      const constant = this.constant(input);
      const value = node.inputs[1 - at];
      if (constant && value !== undefined && !this.constant(value)) return { value, constant };
    }
    return undefined;
  }

  isSum(name: string, one: string, other: string): boolean {
    const node = this.#producers.get(this.plain(name));
    const inputs = node?.operator === 'Add' ? node.inputs.map((input) => this.#beforeReshape(input)) : [];
    return inputs.length === 2 && inputs.includes(one) && inputs.includes(other);
  }

  /** What a sum of sums adds up. */
  terms(name: string): string[] {
    const plain = this.plain(name);
    const node = this.#producers.get(plain);
    return node?.operator === 'Add' && !this.constant(plain)
      ? node.inputs.flatMap((input) => this.terms(input))
      : [plain];
  }

  /** The nearest node before `name` that `isIt` accepts. */
  ancestor(name: string, isIt: (node: OnnxNode) => boolean): OnnxNode | undefined {
    const waiting = [name];
    const seen = new Set(waiting);
    for (let step = 0; step < MOST_STEPS && waiting.length > 0; step++) {
      const node = this.#producers.get(waiting.shift() ?? '');
      if (!node) continue;
      if (isIt(node)) return node;
      for (const input of node.inputs) {
        if (seen.has(input) || this.parts.initializers.has(input)) continue;
        seen.add(input);
        waiting.push(input);
      }
    }
    return undefined;
  }

  /** Whether an operator of these kinds is on the way back from `name` to `before`, and no other product. */
  reaches(name: string, before: string, operators: string[]): boolean {
    let found = false;
    const waiting = [name];
    const seen = new Set(waiting);
    for (let step = 0; step < MOST_STEPS && waiting.length > 0; step++) {
      const value = waiting.shift() ?? '';
      if (value === before) continue;
      const node = this.#producers.get(value);
      if (!node) continue;
      if (['Tanh', 'MatMul', 'MatMulInteger'].includes(node.operator)) return false;
      const approximates = node.operator === 'Gelu' && node.attributes.has('approximate');
      if (operators.includes(node.operator) && !approximates) found = true;
      for (const input of node.inputs) {
        if (!seen.has(input)) waiting.push(input);
        seen.add(input);
      }
    }
    return found;
  }

  /** The one of these products that a value comes from, by way of its shape, scale and masks. */
  source(name: string, three: Map<string, Linear>): Linear | undefined {
    const waiting = [name];
    const seen = new Set(waiting);
    for (let step = 0; step < MOST_STEPS && waiting.length > 0; step++) {
      const value = waiting.shift() ?? '';
      const found = three.get(value);
      if (found) return found;
      const node = this.#producers.get(value);
      if (!node || node.operator === 'Shape') continue;
      for (const input of node.inputs) {
        if (!seen.has(input)) waiting.push(input);
        seen.add(input);
      }
    }
    return undefined;
  }
}

/** A scale per row or column, as `axis` of the node says, as a tensor that can be spread over the matrix. */
function alongAxis(scale: OnnxTensor, node: OnnxNode, of: OnnxTensor): OnnxTensor {
  if (scale.dimensions.length !== 1 || scale.dimensions[0] === 1) return scale;
  const axis = node.attributes.get('axis')?.integer ?? 1;
  const dimensions = of.dimensions.map((_, at) => (at === axis ? scale.dimensions[0] : 1));
  return { ...scale, dimensions };
}

/** Scales of a matrix's columns as a tensor that can be spread over it. */
const perColumn = (scale: OnnxTensor): OnnxTensor =>
  scale.dimensions.length === 1 && scale.dimensions[0] > 1
    ? { ...scale, dimensions: [1, scale.dimensions[0]] }
    : scale;

/** The only number of a tensor, where it is read along. */
function numberOf({ values, type }: OnnxTensor): number | undefined {
  if (Array.isArray(values)) return values[0];
  if (values === undefined) return undefined;
  if (type === 1 && values.length === 4) return values.readFloatLE();
  if (type === 11 && values.length === 8) return values.readDoubleLE();
  // float16: an epsilon of 1e-12 would be 0 in it; graphs keep it in float32.
  return undefined;
}
