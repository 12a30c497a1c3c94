import type { Pooling } from './options.js';

/** An output of a graph, as far as the file states it. */
export interface Output {
  name: string;
  rank: number | undefined;
  /** TensorProto.DataType. */
  type: number | undefined;
}

/** float32 and float16. */
const FLOATS = [1, 10];

export const isFloat = ({ type }: Output): boolean => type !== undefined && FLOATS.includes(type);

/**
 * Names that exports of BGE-M3 give to its three results: `dense_vecs`, `sparse_vecs`, `colbert_vecs` (FlagEmbedding's own, of
 * aapot/bge-m3-onnx and gpahal/bge-m3-onnx-int8), `dense_embeddings`, `sparse_weights`, `colbert_vectors`
 * (yuniko-software/bge-m3-onnx), `dense`, `sparse`, `colbert` (newtechstudio/bge-m3-3head), and the like.
 */
const [DENSE, LEXICAL, COLBERT] = ['dense', 'sparse|lexical', 'colbert'].map(
  (kind) => new RegExp(`^(?:${kind})(?:_(?:vecs?|vectors?|embeddings?|weights?|output))?$`),
);

/** Whether an output holds a lexical weight for each token. */
export const isLexical = ({ name }: Output): boolean => LEXICAL.test(name);

/** Whether an output holds the sentence vectors that the graph makes by itself, as far as its name says. */
export const isOwnVector = ({ name, rank }: Output): boolean =>
  rank === 2 && (name === 'sentence_embedding' || DENSE.test(name));

/** Token vectors where we pool, the graph's own sentence vector where it does; undefined where it has neither. */
export function chooseOutput<T extends Output>(outputs: T[], pooling: Pooling): T | undefined {
  const floats = outputs.filter(
    (output) => isFloat(output) && !isLexical(output) && !COLBERT.test(output.name),
  );
  const rank = pooling === 'none' ? 2 : 3;
  if (rank === 2) return floats.find(isOwnVector) ?? floats.find((output) => output.rank === 2);
  return (
    ['last_hidden_state', 'token_embeddings']
      .map((name) => floats.find((output) => output.name === name))
      .find(Boolean) ?? floats.find((output) => output.rank === rank)
  );
}
