import { varint } from '../binary/varint.js';

// ONNX models are protocol buffers; these few messages are written by hand, field numbers as in onnx.proto.

const FLOAT = 1;
const INT64 = 7;
/** Attribute types of onnx.proto. */
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;

/** A number field. */
function int(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

/** A field that is a message, a text or packed numbers. */
function part(field: number, content: number[] | string): number[] {
  const bytes = typeof content === 'string' ? [...new TextEncoder().encode(content)] : content;
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function float(field: number, value: number): number[] {
  return [...varint(field * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** ValueInfoProto: name, tensor type, dimensions by name. */
function value(name: string, type: number, dimensions: string[]): number[] {
  const shape = dimensions.flatMap((dimension) => part(1, part(2, dimension)));
  return [...part(1, name), ...part(2, part(1, [...int(1, type), ...part(2, shape)]))];
}

/** NodeProto. */
function node(operator: string, inputs: string[], outputs: string[], attributes: number[][] = []): number[] {
  return [
    ...inputs.flatMap((name) => part(1, name)),
    ...outputs.flatMap((name) => part(2, name)),
    ...part(4, operator),
    ...attributes.flatMap((attribute) => part(5, attribute)),
  ];
}

function floatAttribute(name: string, number: number): number[] {
  return [...part(1, name), ...float(2, number), ...int(20, ATTRIBUTE_FLOAT)];
}

function intAttribute(name: string, number: number): number[] {
  return [...part(1, name), ...int(3, number), ...int(20, ATTRIBUTE_INT)];
}

/**
 * An ONNX model that computes scores of query rows against columns: `scores = norms − 2 · rows · columnsᵀ`, smaller is nearer.
 * Inputs: `rows` [m, d], `columns` [n, d], `norms` [n]. Without `isTopK` the output is `scores` [m, n]; with it
 * there is an input `k` [1] (int64), and the outputs are `nearest` [m, k] and `places` [m, k] (int64), ascending.
 */
export function scoreGraph(isTopK: boolean): Uint8Array {
  const gemm = node(
    'Gemm',
    ['rows', 'columns', 'norms'],
    ['scores'],
    [floatAttribute('alpha', -2), intAttribute('transB', 1)],
  );
  const topK = node('TopK', ['scores', 'k'], ['nearest', 'places'], [intAttribute('largest', 0)]);
  const inputs = [
    value('rows', FLOAT, ['m', 'd']),
    value('columns', FLOAT, ['n', 'd']),
    value('norms', FLOAT, ['n']),
    ...(isTopK ? [value('k', INT64, ['one'])] : []),
  ];
  const outputs = isTopK
    ? [value('nearest', FLOAT, ['m', 'kept']), value('places', INT64, ['m', 'kept'])]
    : [value('scores', FLOAT, ['m', 'n'])];
  const graph = [
    ...part(1, gemm),
    ...(isTopK ? part(1, topK) : []),
    ...part(2, 'neighbors'),
    ...inputs.flatMap((input) => part(11, input)),
    ...outputs.flatMap((output) => part(12, output)),
  ];
  return Uint8Array.from([...int(1, 8), ...part(7, graph), ...part(8, [...part(1, ''), ...int(2, 17)])]);
}
