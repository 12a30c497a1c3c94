import { ElementType, graph, model, node, valueInfo } from '../binary/onnx.js';

/**
 * An ONNX model that computes scores of query rows against columns: `scores = norms − 2 · rows · columnsᵀ`, smaller is nearer.
 * Inputs: `rows` [m, d], `columns` [n, d], `norms` [n]. Without `isTopK` the output is `scores` [m, n]; with it
 * there is an input `k` [1] (int64), and the outputs are `nearest` [m, k] and `places` [m, k] (int64), ascending.
 */
export function scoreGraph(isTopK: boolean): Uint8Array {
  const { float, int64 } = ElementType;
  const gemm = node('Gemm', ['rows', 'columns', 'norms'], ['scores'], { alpha: { float: -2 }, transB: 1 });
  const topK = node('TopK', ['scores', 'k'], ['nearest', 'places'], { largest: 0 });
  const content = graph({
    name: 'neighbors',
    nodes: isTopK ? [gemm, topK] : [gemm],
    inputs: [
      valueInfo('rows', float, ['m', 'd']),
      valueInfo('columns', float, ['n', 'd']),
      valueInfo('norms', float, ['n']),
      ...(isTopK ? [valueInfo('k', int64, ['one'])] : []),
    ],
    outputs: isTopK
      ? [valueInfo('nearest', float, ['m', 'kept']), valueInfo('places', int64, ['m', 'kept'])]
      : [valueInfo('scores', float, ['m', 'n'])],
  });
  return model(content, { '': 17 });
}
