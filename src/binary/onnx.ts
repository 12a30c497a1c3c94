import { viewBytes } from './bytes.js';
import { bytesField, floatField, integerField, lengthPrefix } from './protobuf.js';

/*
 * Messages of ONNX models, written field by field; numbers of fields as in onnx.proto.
 */

/** TensorProto.DataType. */
export const ElementType = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;
export type ElementType = (typeof ElementType)[keyof typeof ElementType];

/** AttributeProto.AttributeType. */
const AttributeType = { float: 1, integer: 2, text: 3, graph: 5, integers: 7 } as const;

/** A dimension: its size, or a name where it differs from run to run. */
export type Dimension = number | string;

/** An attribute of a node; `{ float }` where a whole number could be meant otherwise, `{ graph }` a GraphProto. */
export type Attribute = number | string | number[] | { float: number } | { graph: Buffer };

/** ValueInfoProto: an input or output of a graph. */
export function valueInfo(name: string, type: ElementType, dimensions: Dimension[]): Buffer {
  const shape = dimensions.map((one) =>
    bytesField(1, typeof one === 'number' ? integerField(1, one) : bytesField(2, one)),
  );
  const tensor = [integerField(1, type), bytesField(2, Buffer.concat(shape))];
  return Buffer.concat([bytesField(1, name), bytesField(2, bytesField(1, Buffer.concat(tensor)))]);
}

/** NodeProto. */
export function node(
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, Attribute> = {},
  domain = '',
): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => bytesField(1, name)),
    ...outputs.map((name) => bytesField(2, name)),
    bytesField(4, operator),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, attribute(name, value))),
    ...(domain === '' ? [] : [bytesField(7, domain)]),
  ]);
}

function attribute(name: string, value: Attribute): Buffer {
  const [content, type] = attributeContent(value);
  return Buffer.concat([bytesField(1, name), ...content, integerField(20, type)]);
}

function attributeContent(value: Attribute): [content: Buffer[], type: number] {
  if (typeof value === 'number') return [[integerField(3, value)], AttributeType.integer];
  if (typeof value === 'string') return [[bytesField(4, value)], AttributeType.text];
  if (Array.isArray(value)) return [value.map((one) => integerField(8, one)), AttributeType.integers];
  if ('graph' in value) return [[bytesField(6, value.graph)], AttributeType.graph];
  return [[floatField(2, value.float)], AttributeType.float];
}

/** TensorProto with its numbers inside, little-endian. */
export function tensor(name: string, type: ElementType, dimensions: number[], numbers: Uint8Array): Buffer {
  return Buffer.concat([...tensorHead(name, type, dimensions), bytesField(9, numbers)]);
}

/** A TensorProto up to its numbers, `length` bytes little-endian, that follow it. */
export const tensorPrefix = (name: string, type: ElementType, dimensions: number[], length: number): Buffer =>
  Buffer.concat([...tensorHead(name, type, dimensions), lengthPrefix(9, length)]);

/** TensorProto whose numbers are `length` bytes of another file, from `offset` on; `location` is relative to the graph's folder. */
export function tensorElsewhere(
  name: string,
  type: ElementType,
  dimensions: number[],
  place: { location: string; offset: number; length: number },
): Buffer {
  const entries = Object.entries(place).map(([key, value]) =>
    bytesField(13, Buffer.concat([bytesField(1, key), bytesField(2, String(value))])),
  );
  return Buffer.concat([...tensorHead(name, type, dimensions), ...entries, integerField(14, 1)]);
}

const tensorHead = (name: string, type: ElementType, dimensions: number[]): Buffer[] => [
  ...dimensions.map((size) => integerField(1, size)),
  integerField(2, type),
  bytesField(8, name),
];

export const floatTensor = (name: string, dimensions: number[], values: ArrayLike<number>): Buffer =>
  tensor(name, ElementType.float, dimensions, viewBytes(Float32Array.from(values)));

/** A list of 64-bit integers, as shapes and axes are given. */
export const integersTensor = (name: string, values: number[]): Buffer =>
  tensor(name, ElementType.int64, [values.length], viewBytes(BigInt64Array.from(values, BigInt)));

interface GraphContent {
  name: string;
  nodes: Buffer[];
  inputs: Buffer[];
  outputs: Buffer[];
  initializers?: Buffer[];
}

/** GraphProto. */
export function graph({ name, nodes, inputs, outputs, initializers = [] }: GraphContent): Buffer {
  return Buffer.concat([
    ...nodes.map((one) => bytesField(1, one)),
    bytesField(2, name),
    ...initializers.map((one) => bytesField(5, one)),
    ...inputs.map((one) => bytesField(11, one)),
    ...outputs.map((one) => bytesField(12, one)),
  ]);
}

/** ModelProto. `operators`: the version of each set of operators that the graph uses, '' for ONNX's own. */
export const model = (content: Buffer, operators: Record<string, number>): Buffer =>
  Buffer.concat(modelPieces([content], operators));

/** ModelProto as pieces to be joined; `content`: those of its graph, which may be large. */
export function modelPieces(content: Uint8Array[], operators: Record<string, number>): Uint8Array[] {
  const sets = Object.entries(operators).map(([domain, version]) =>
    bytesField(8, Buffer.concat([bytesField(1, domain), integerField(2, version)])),
  );
  const length = content.reduce((sum, piece) => sum + piece.length, 0);
  return [integerField(1, IR_VERSION), lengthPrefix(7, length), ...content, ...sets];
}
/** Version of the format itself. */
const IR_VERSION = 8;
