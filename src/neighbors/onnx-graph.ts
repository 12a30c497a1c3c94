import { ElementType, graph, model, node, valueInfo } from '../binary/onnx.js';

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
