import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { FailureError, UserError } from '../errors.js';
import { endpointAddress, endpointKey, keyAdvice, OPENAI_ADDRESS } from '../keys.js';
import type { Pending } from './batches.js';
import { toMatrix, unitRows } from './custom-model.js';
import type { VectorSource } from './embedder.js';
import type { ModelOptions } from './options.js';
import { openWeb, type Patience, Refused } from './web.js';

/** One request's texts: well under the 2,048 inputs and 300,000 tokens that OpenAI takes. */
const MOST_TEXTS = 256;
const MOST_CHARACTERS = 200_000;
/** Requests under way at a time. */
const PARALLEL = 4;

interface Answer {
  data?: { index?: number; embedding?: number[] }[];
}

/** An OpenAI-compatible `/embeddings` endpoint, `--model openai:NAME`. */
export function openEndpoint(
  name: string,
  options: Pick<ModelOptions, 'baseUrl' | 'apiKey' | 'offline' | 'prefix'> & { patience?: Patience },
): VectorSource {
  const model = name.slice('openai:'.length);
  if (model === '') throw new UserError('model "openai:" names no model; write openai:NAME');
  if (options.offline) throw new UserError(`model "${name}" is an endpoint, which --offline forbids`);
  const baseUrl = endpointAddress(options.baseUrl);
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    throw new UserError(`base URL "${baseUrl}" is not an http or https address`);
  }
  const key = endpointKey(baseUrl, options.apiKey);
  if (!key && baseUrl === OPENAI_ADDRESS) {
    throw new UserError(
      `model "${name}" needs a key; set OPENAI_API_KEY, or --base-url for a server of your own`,
    );
  }
  const prefix = options.prefix ?? '';
  const host = new URL(baseUrl).host;
  const web = openWeb(options.patience);
  const limit = pLimit(PARALLEL);
  let dimensions: number | undefined;

  const request = async (texts: string[], signal?: AbortSignal): Promise<number[][]> => {
    const response = await web.request(`${baseUrl}/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify({ model, input: texts, encoding_format: 'float' }),
      signal,
    });
    const answer = (await response.json()) as Answer;
    const sorted: number[][] = [];
    answer.data?.forEach((item, place) => {
      if (Array.isArray(item.embedding)) sorted[item.index ?? place] = item.embedding;
    });
    if (sorted.length !== texts.length || sorted.includes(undefined as unknown as number[])) {
      throw new FailureError(
        `${host} answered ${answer.data?.length ?? 0} embeddings for ${texts.length} texts`,
      );
    }
    return sorted;
  };

  return {
    id: name,
    fingerprint: createHash('sha256').update([name, baseUrl, prefix].join('\n')).digest('hex').slice(0, 32),
    dimensions: () => dimensions,
    provider: () => 'remote',
    about: () => ({
      id: name,
      revision: host,
      dtype: 'remote',
      dimensions: dimensions ?? 0,
      pooling: 'none',
      maxTokens: 0,
    }),
    async run(texts, onBatch, watch) {
      const onWait = (message: string) => watch.onProgress?.({ stage: 'embed', level: 'warning', message });
      // One failure stops the others.
      const stop = new AbortController();
      const signal = watch.signal ? AbortSignal.any([watch.signal, stop.signal]) : stop.signal;
      const one = async (part: Pending[]) => {
        signal.throwIfAborted();
        const input = part.map(({ text }) => prefix + text);
        const vectors = await web.persist(host, () => request(input, signal), { signal, onWait });
        const matrix = toMatrix(vectors, part.length, host);
        dimensions ??= matrix.cols;
        await onBatch({
          rows: part.map(({ row }) => row),
          vectors: unitRows(matrix, host),
          truncated: part.map(() => false),
        });
      };
      try {
        await Promise.all(requestsOf(texts).map((part) => limit(() => one(part))));
      } catch (error) {
        stop.abort(error);
        throw error instanceof Refused
          ? refusal(error, model, host, keyAdvice(baseUrl, options.apiKey))
          : error;
      }
    },
    isTruncated: () => false,
    close: () => web.close(),
  };
}

function refusal(error: Refused, model: string, host: string, advice: string): Error {
  if (error.status === 401 || error.status === 403) {
    return new UserError(`${host} refused the key (${error.status}): ${advice}`);
  }
  if (error.status === 404) return new UserError(`${host} has no model "${model}" or no /embeddings (404)`);
  return error;
}

/** Splits the texts so that no request is too large. */
function requestsOf(texts: Pending[]): Pending[][] {
  const parts: Pending[][] = [];
  let characters = Infinity;
  for (const item of texts) {
    const last = parts.at(-1);
    if (last && last.length < MOST_TEXTS && characters + item.text.length <= MOST_CHARACTERS) {
      last.push(item);
      characters += item.text.length;
    } else {
      parts.push([item]);
      characters = item.text.length;
    }
  }
  return parts;
}
