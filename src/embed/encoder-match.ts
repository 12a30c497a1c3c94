import { type Constant, EncoderGraph, type Linear, type Norm, NotEncoder } from './encoder-graph.js';
import type { OnnxParts } from './onnx-parts.js';

/*
 * Finds the parts of a text encoder of BERT's kind (BERT, XLM-RoBERTa and what has their shape) in a graph, by how nodes
 * are connected: exporters name them differently. What is found is an assumption about the rest of the graph, so the
 * vectors of a graph that is built from it are compared with the original's (int8-model.ts).
 */

export interface EncoderLayer {
  query: Linear;
  key: Linear;
  value: Linear;
  mixed: Linear;
  mixedNorm: Norm;
  wide: Linear;
  narrow: Linear;
  norm: Norm;
}

export interface Encoder {
  words: Constant;
  positions: Constant;
  types: Constant | undefined;
  /** Added to every token: the one token type of models without that input. */
  added: Constant | undefined;
  /** Whether positions are counted from the mask or the padding, and begin after its id. */
  isOffset: boolean;
  norm: Norm;
  layers: EncoderLayer[];
  /** Heads of the attention; undefined where the graph doesn't state it as a number. */
  heads: number | undefined;
  output: string;
}

/** @throws NotEncoder */
export function matchEncoder(parts: OnnxParts): Encoder {
  const graph = new EncoderGraph(parts);
  const linears = graph.linears();
  const norms = graph.norms();
  const output = parts.outputs.find(
    ({ name }) => name === 'last_hidden_state' || name === 'token_embeddings',
  );
  if (!output) throw new NotEncoder('it has no output last_hidden_state');
  if (linears.length === 0 || linears.length % 6 !== 0) {
    throw new NotEncoder(`it has ${linears.length} products with a weight, and a layer has six`);
  }
  const count = linears.length / 6;
  if (norms.length !== 1 + 2 * count) {
    throw new NotEncoder(`it has ${norms.length} normalizations, and ${count} layers have ${1 + 2 * count}`);
  }
  const layers: EncoderLayer[] = [];
  let hidden = norms[0].output;
  for (let layer = 0; layer < count; layer++) {
    const six = linears.slice(layer * 6, layer * 6 + 6);
    layers.push(matchLayer(graph, six, norms.slice(1 + layer * 2, 3 + layer * 2), hidden));
    hidden = layers[layer].norm.output;
  }
  if (graph.plain(output.name) !== hidden) throw new NotEncoder('its output is not that of the last layer');
  const heads = graph.heads(layers[0].query);
  return { ...matchEmbeddings(graph, norms[0]), norm: norms[0], layers, heads, output: output.name };
}

function matchLayer(
  graph: EncoderGraph,
  six: Linear[],
  [mixedNorm, norm]: Norm[],
  hidden: string,
): EncoderLayer {
  const [first, second, third, mixed, wide, narrow] = six;
  const isChained =
    [first, second, third].every(({ input }) => input === hidden) &&
    graph.isSum(mixedNorm.input, mixed.output, hidden) &&
    wide.input === mixedNorm.output &&
    graph.isSum(norm.input, narrow.output, mixedNorm.output);
  if (!isChained) throw new NotEncoder('a layer is connected in another way');
  if (!graph.reaches(narrow.input, wide.output, ['Erf', 'Gelu'])) {
    throw new NotEncoder('a layer has another activation than GELU with the error function');
  }
  // Of the product of scores and values, and of that of queries and keys, each side comes from one of the three.
  const three = new Map([first, second, third].map((one) => [one.output, one]));
  const product = graph.ancestor(mixed.input, (node) => graph.isProduct(node));
  const softmax = product && graph.ancestor(product.inputs[0], ({ operator }) => operator === 'Softmax');
  const scores = softmax && graph.ancestor(softmax.inputs[0], (node) => graph.isProduct(node));
  if (!product || !scores) throw new NotEncoder('a layer has no attention that is known');
  const value = graph.source(product.inputs[1], three);
  const query = graph.source(scores.inputs[0], three);
  const key = graph.source(scores.inputs[1], three);
  if (!value || !query || !key || new Set([value, query, key]).size !== 3) {
    throw new NotEncoder('queries, keys and values of a layer are not distinct');
  }
  return { query, key, value, mixed, mixedNorm, wide, narrow, norm };
}

function matchEmbeddings(
  graph: EncoderGraph,
  norm: Norm,
): Pick<Encoder, 'words' | 'positions' | 'types' | 'added' | 'isOffset'> {
  const terms = graph.terms(norm.input);
  let words: Constant | undefined;
  let positions: Constant | undefined;
  let types: Constant | undefined;
  let added: Constant | undefined;
  let isOffset = false;
  for (const term of terms) {
    const constant = graph.constant(term);
    if (constant) {
      if (added) throw new NotEncoder('its embeddings have more than one constant part');
      added = constant;
      continue;
    }
    const rows = graph.lookUp(term);
    if (!rows) throw new NotEncoder('its embeddings are not rows of tables');
    const { table, index } = rows;
    if (index === 'input_ids' && !words) words = table;
    else if (index === 'token_type_ids' && !types) types = table;
    else if (!positions) {
      positions = table;
      isOffset = graph.ancestor(index, ({ operator }) => operator === 'CumSum') !== undefined;
    } else throw new NotEncoder('its embeddings have more tables than words, positions and types');
  }
  if (!words || !positions) throw new NotEncoder('it has no table of words or of positions');
  return { words, positions, types, added, isOffset };
}
