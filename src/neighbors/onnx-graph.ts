import { ElementType, floatTensor, graph, model, node, tensor, valueInfo } from '../binary/onnx.js';

/**
 * An ONNX model that computes scores of query rows against columns: `scores = norms − 2 · rows · columnsᵀ`, smaller is nearer.
 * Inputs: `rows` [m, d], `columns` [n, d], `norms` [n]. Output: `scores` [m, n].
 */
export function scoreGraph(): Uint8Array {
  const { float } = ElementType;
  const content = graph({
    name: 'neighbors',
    nodes: [node('Gemm', ['rows', 'columns', 'norms'], ['scores'], { alpha: { float: -2 }, transB: 1 })],
    inputs: [
      valueInfo('rows', float, ['m', 'd']),
      valueInfo('columns', float, ['n', 'd']),
      valueInfo('norms', float, ['n']),
    ],
    outputs: [valueInfo('scores', float, ['m', 'n'])],
  });
  return model(content, { '': 17 });
}

/** The domain of ONNX Runtime's own operators. */
const MICROSOFT = 'com.microsoft';

/**
 * An ONNX model that multiplies integers of 8 bits: `scores = (rows − 128) · columns · scales`. Inputs: `rows` [m, d], unsigned, `columns`
 * [d, n], signed, `scales` [n]. Output: `scores` [m, n], of which the sums are exact.
 */
export function byteGraph(): Uint8Array {
  const { float, uint8, int8 } = ElementType;
  const inputs = ['rows', 'columns', 'one', 'scales', 'zero'];
  const content = graph({
    name: 'neighbors',
    nodes: [node('MatMulIntegerToFloat', inputs, ['scores'], {}, MICROSOFT)],
    initializers: [floatTensor('one', [], [1]), tensor('zero', uint8, [], Uint8Array.of(128))],
    inputs: [
      valueInfo('rows', uint8, ['m', 'd']),
      valueInfo('columns', int8, ['d', 'n']),
      valueInfo('scales', float, ['n']),
    ],
    outputs: [valueInfo('scores', float, ['m', 'n'])],
  });
  return model(content, { '': 17, [MICROSOFT]: 1 });
}
