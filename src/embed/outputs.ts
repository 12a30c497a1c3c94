import type { Pooling } from './options.js';

/** An output of a graph, as far as the file states it. */
interface Output {
  name: string;
  rank: number | undefined;
  /** TensorProto.DataType. */
  type: number | undefined;
}

/** float32 and float16. */
const FLOATS = [1, 10];

/** Token vectors where we pool, the graph's own sentence vector where it does; undefined where it has neither. */
export function chooseOutput<T extends Output>(outputs: T[], pooling: Pooling): T | undefined {
  const floats = outputs.filter(({ type }) => type !== undefined && FLOATS.includes(type));
  const rank = pooling === 'none' ? 2 : 3;
  const preferred = rank === 3 ? ['last_hidden_state', 'token_embeddings'] : ['sentence_embedding'];
  return (
    preferred.map((name) => floats.find((output) => output.name === name)).find(Boolean) ??
    floats.find((output) => output.rank === rank)
  );
}
