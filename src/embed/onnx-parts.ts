import { open } from 'node:fs/promises';
import { type Field, fieldsOf, integersOf, NotProtobuf } from '../binary/protobuf.js';
import { FileBytes, NotOnnx } from './onnx-file.js';

/*
 * Reads an ONNX file into its parts, to build another graph from them. Weights stay where they are: a tensor's part
 * says at which bytes of which file its numbers lie. So a file of 2 GB takes a few megabytes here.
 */

/** Bytes of the file, from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

export interface OnnxParts {
  /** Version of ONNX's own operators that the graph is written for; 0 where it states none. */
  opset: number;
  /** Whole fields of the model but its graph, and whole fields of the graph but its outputs, in order. */
  modelFields: Span[];
  graphFields: Span[];
  inputs: GraphValue[];
  outputs: GraphValue[];
  nodes: OnnxNode[];
  initializers: Map<string, OnnxTensor>;
  /** Whether the graph has what isn't read here: sparse initializers, or functions of its own. */
  hasMore: boolean;
}

/** An input or output. `rank` and `type` are undefined where the file doesn't state them. */
interface GraphValue {
  name: string;
  type: number | undefined;
  rank: number | undefined;
}

export interface OnnxNode {
  operator: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, OnnxAttribute>;
}

interface OnnxAttribute {
  integer: number;
  float: number;
  integers: number[];
  tensor: OnnxTensor | undefined;
}

export interface OnnxTensor {
  type: number;
  dimensions: number[];
  /** Where its numbers are, little-endian; undefined where they are written in another form. */
  place: TensorPlace | undefined;
  /** The numbers themselves, where they are few or written in another form than bytes. */
  values: Buffer | number[] | undefined;
}

interface TensorPlace {
  /** Name of a file next to the graph; undefined for the graph's own. */
  location: string | undefined;
  offset: number;
  length: number;
}

/** Bytes of a node or a small tensor; a constant within a node may hold a table. */
const MOST_PART = 64 << 20;
/** Tensors up to this many bytes are read along: shapes, axes, scalars. */
const FEW_BYTES = 4096;

/** @throws NotOnnx */
export async function readParts(file: string, signal?: AbortSignal): Promise<OnnxParts> {
  const handle = await open(file, 'r');
  try {
    const bytes = new FileBytes(handle, (await handle.stat()).size, signal);
    return await readModel(bytes);
  } catch (error) {
    if (error instanceof NotProtobuf) throw new NotOnnx(error.message);
    throw error;
  } finally {
    await handle.close();
  }
}

/** The head of a field: what follows is `length` bytes, or the number has been read. */
interface Head {
  start: number;
  number: number;
  wire: number;
  length: number;
  value: number;
}

async function readHead(bytes: FileBytes, end: number): Promise<Head> {
  const start = bytes.at;
  await bytes.ready(20);
  const tag = bytes.varint();
  const wire = tag % 8;
  const head = { start, number: Math.floor(tag / 8), wire, length: 0, value: 0 };
  if (wire === 0) head.value = bytes.varint();
  else if (wire === 2) head.length = bytes.varint();
  else if (wire === 5 || wire === 1) head.length = wire === 5 ? 4 : 8;
  else throw new NotOnnx(`byte ${start} has the unknown wire type ${wire}`);
  if (bytes.at + head.length > end) throw new NotOnnx(`the field at byte ${start} is not whole`);
  return head;
}

async function content(bytes: FileBytes, { length }: Head): Promise<Buffer> {
  if (length > MOST_PART) throw new NotOnnx(`a part of the graph has ${length} bytes`);
  await bytes.ready(length);
  return bytes.bytes(length);
}

async function readModel(bytes: FileBytes): Promise<OnnxParts> {
  const parts: OnnxParts = {
    opset: 0,
    modelFields: [],
    graphFields: [],
    inputs: [],
    outputs: [],
    nodes: [],
    initializers: new Map(),
    hasMore: false,
  };
  while (bytes.at < bytes.size) {
    const head = await readHead(bytes, bytes.size);
    const end = bytes.at + head.length;
    if (head.number === 7 && head.wire === 2) {
      await readGraph(bytes, end, parts);
      continue;
    }
    parts.modelFields.push({ start: head.start, end });
    if (head.number === 8 && head.wire === 2) {
      const fields = [...fieldsOf(await content(bytes, head))];
      const domain = fields.find(({ number }) => number === 1)?.bytes.toString() ?? '';
      if (domain === '' || domain === 'ai.onnx')
        parts.opset = fields.find(({ number }) => number === 2)?.value ?? 0;
    }
    if (head.number === 25) parts.hasMore = true;
    bytes.at = end;
  }
  return parts;
}

async function readGraph(bytes: FileBytes, end: number, parts: OnnxParts): Promise<void> {
  while (bytes.at < end) {
    const head = await readHead(bytes, end);
    const next = bytes.at + head.length;
    if (head.number !== 12) parts.graphFields.push({ start: head.start, end: next });
    if (head.number === 1) parts.nodes.push(readNode(await content(bytes, head)));
    else if (head.number === 5) await readInitializer(bytes, next, parts);
    else if (head.number === 11) parts.inputs.push(readValue(await content(bytes, head)));
    else if (head.number === 12) parts.outputs.push(readValue(await content(bytes, head)));
    else if (head.number === 15) parts.hasMore = true;
    bytes.at = next;
  }
}

const nested = (fields: Iterable<Field>, number: number): Buffer | undefined => {
  for (const field of fields) if (field.number === number) return field.bytes;
  return undefined;
};

function readValue(message: Buffer): GraphValue {
  const value: GraphValue = { name: '', type: undefined, rank: undefined };
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 1) value.name = bytes.toString();
    if (number !== 2) continue;
    const tensorType = nested(fieldsOf(bytes), 1);
    for (const inner of tensorType ? fieldsOf(tensorType) : []) {
      if (inner.number === 1) value.type = inner.value;
      if (inner.number === 2)
        value.rank = [...fieldsOf(inner.bytes)].filter((one) => one.number === 1).length;
    }
  }
  return value;
}

function readNode(message: Buffer): OnnxNode {
  const node: OnnxNode = { operator: '', domain: '', inputs: [], outputs: [], attributes: new Map() };
  for (const { number, bytes } of fieldsOf(message)) {
    if (number === 1) node.inputs.push(bytes.toString());
    else if (number === 2) node.outputs.push(bytes.toString());
    else if (number === 4) node.operator = bytes.toString();
    else if (number === 7) node.domain = bytes.toString();
    else if (number === 5) {
      const [name, attribute] = readAttribute(bytes);
      node.attributes.set(name, attribute);
    }
  }
  return node;
}

function readAttribute(message: Buffer): [name: string, attribute: OnnxAttribute] {
  let name = '';
  const attribute: OnnxAttribute = { integer: 0, float: 0, integers: [], tensor: undefined };
  for (const field of fieldsOf(message)) {
    const { number, bytes, value } = field;
    if (number === 1) name = bytes.toString();
    else if (number === 2) attribute.float = bytes.readFloatLE();
    else if (number === 3) attribute.integer = value;
    else if (number === 5) attribute.tensor = readTensor(bytes);
    else if (number === 8) attribute.integers.push(...integersOf(field));
  }
  return [name, attribute];
}

/** A tensor inside a node, numbers and all. */
function readTensor(message: Buffer): OnnxTensor {
  const tensor: OnnxTensor = { type: 0, dimensions: [], place: undefined, values: undefined };
  const external = new Map<string, string>();
  for (const field of fieldsOf(message)) takeTensorField(tensor, external, field);
  finishTensor(tensor, external);
  return tensor;
}

/** A tensor of the graph; its numbers are skipped unless they are few. */
async function readInitializer(bytes: FileBytes, end: number, parts: OnnxParts): Promise<void> {
  const tensor: OnnxTensor = { type: 0, dimensions: [], place: undefined, values: undefined };
  const external = new Map<string, string>();
  let name = '';
  while (bytes.at < end) {
    const head = await readHead(bytes, end);
    const next = bytes.at + head.length;
    if (head.number === 9) tensor.place = { location: undefined, offset: bytes.at, length: head.length };
    // What is long here is the numbers: packed ones in other forms than bytes are left out as well.
    if (head.wire === 0) {
      takeTensorField(tensor, external, { number: head.number, bytes: Buffer.alloc(0), value: head.value });
    } else if (head.length <= FEW_BYTES) {
      const field = { number: head.number, bytes: await content(bytes, head), value: 0 };
      if (head.number === 8) name = field.bytes.toString();
      takeTensorField(tensor, external, field);
    }
    bytes.at = next;
  }
  finishTensor(tensor, external);
  parts.initializers.set(name, tensor);
}

function takeTensorField(tensor: OnnxTensor, external: Map<string, string>, field: Field): void {
  const { number, bytes, value } = field;
  if (number === 1) tensor.dimensions.push(...integersOf(field));
  else if (number === 2) tensor.type = value;
  else if (number === 9) tensor.values = bytes;
  else if (number === 4) {
    const numbers = Array.isArray(tensor.values) ? tensor.values : [];
    for (let at = 0; at + 4 <= bytes.length; at += 4) numbers.push(bytes.readFloatLE(at));
    tensor.values = numbers;
  } else if (number === 5 || number === 7) {
    tensor.values = [...(Array.isArray(tensor.values) ? tensor.values : []), ...integersOf(field)];
  } else if (number === 13) {
    const entry = [...fieldsOf(bytes)];
    external.set(nested(entry, 1)?.toString() ?? '', nested(entry, 2)?.toString() ?? '');
  }
}

function finishTensor(tensor: OnnxTensor, external: Map<string, string>): void {
  const location = external.get('location');
  if (location === undefined) return;
  const numbers = tensor.dimensions.reduce((product, size) => product * size, 1);
  tensor.place = {
    location,
    offset: Number(external.get('offset') ?? 0),
    length: Number(external.get('length') ?? numbers * (BYTES[tensor.type] ?? 0)),
  };
}

/** Bytes of a number by TensorProto.DataType: float, uint8, int8, int32, int64, bool, float16, double. */
const BYTES: Record<number, number> = { 1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8 };
