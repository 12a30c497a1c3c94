import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import * as v from 'valibot';
import { counted } from '../counted.js';
import { FailureError, renumbered, TextFailure, UserError } from '../errors.js';
import { endpointAddress, endpointKey, keyAdvice, OPENAI_ADDRESS } from '../keys.js';
import { embedOptions } from '../options/embed.js';
import type { Pending } from './batches.js';
import { forTexts, toMatrix, unitRows } from './custom-model.js';
import type { VectorSource } from './embedder.js';
import type { EmbedSettings } from './options.js';
import { openWeb, PATIENCE, type Patience, Refused } from './web.js';

/** The most texts and characters of one request: well under the 2,048 inputs and 300,000 tokens that OpenAI takes. */
const MOST_TEXTS = 256;
const MOST_CHARACTERS = 200_000;
/**
 * Part of the vectors' fingerprint: earlier versions took null, true or "0.5" for numbers, and what they kept must not
 * be used.
 */
const CHECKED = 'numbers checked';
/** What a server sends that knows no `encoding_format`, or not this one. */
const NO_BASE64 = [400, 415, 422, 501];

/** Numbers per vector assumed before the first response shows the width; the widest models have about 12,000. */
const MOST_NUMBERS = 16_384;
/** Bytes of a number in JSON: 17 digits, sign, exponent, and the indentation of servers that print it nicely. */
const BYTES_A_NUMBER = 48;
/** Bytes of a response in addition to its numbers: once per response, and for each text. */
const BYTES_A_REPLY = 1 << 16;
const BYTES_A_TEXT = 1024;

const Reply = v.object({
  data: v.array(
    v.object({
      index: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
      // Its numbers are checked one by one, so that an error can name the text.
      embedding: v.unknown(),
    }),
  ),
});

type EndpointSettings = Partial<
  Pick<EmbedSettings, 'baseUrl' | 'apiKey' | 'offline' | 'prefix' | 'endpointRequests' | 'endpointTimeout'>
>;

/** Resolves model name, address and key. @throws UserError where one of them is missing or not valid. */
export function checkEndpoint(
  name: string,
  options: EndpointSettings,
): { model: string; baseUrl: string; key?: string } {
  const model = name.slice('openai:'.length);
  if (model === '')
    throw new UserError('model "openai:" names no model; write openai:NAME', {
      code: 'OPTION_INVALID',
      option: 'model',
    });
  if (options.offline)
    throw new UserError(`model "${name}" is an endpoint, which --offline forbids`, {
      code: 'DOWNLOAD_REFUSED',
      option: 'offline',
    });
  const baseUrl = endpointAddress(options.baseUrl);
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    throw new UserError(`base URL "${baseUrl}" is not an http or https address`, {
      code: 'OPTION_INVALID',
      option: 'baseUrl',
    });
  }
  const key = endpointKey(baseUrl, options.apiKey);
  if (!key && baseUrl === OPENAI_ADDRESS) {
    throw new UserError(
      `model "${name}" needs a key; set OPENAI_API_KEY, or --base-url for a server of your own`,
      { code: 'ACCESS_DENIED', option: 'apiKey' },
    );
  }
  return { model, baseUrl, key };
}

/** An OpenAI-compatible `/embeddings` endpoint, `--model openai:NAME`. */
export function openEndpoint(
  name: string,
  options: EndpointSettings & { patience?: Patience },
): VectorSource {
  const { model, baseUrl, key } = checkEndpoint(name, options);
  const prefix = options.prefix ?? '';
  const host = new URL(baseUrl).host;
  const web = openWeb(patienceOf(options));
  const limit = pLimit(options.endpointRequests ?? embedOptions.endpointRequests.default);
  let dimensions: number | undefined;
  /** A third of the bytes, and quickly read; tried until the server refuses it. */
  let format: 'base64' | 'float' = 'base64';

  const request = async (texts: string[], signal?: AbortSignal): Promise<unknown[]> => {
    const tried = format;
    try {
      return await requestAs(tried, texts, signal);
    } catch (error) {
      if (tried === 'float' || !(error instanceof Refused && NO_BASE64.includes(error.status))) throw error;
      const embeddings = await requestAs('float', texts, signal);
      // Only now is it clear that the format was refused, and not the texts.
      format = 'float';
      return embeddings;
    }
  };

  const requestAs = async (
    encoding: 'base64' | 'float',
    texts: string[],
    signal?: AbortSignal,
  ): Promise<unknown[]> => {
    const numbers = texts.length * (dimensions ?? MOST_NUMBERS);
    const most = numbers * BYTES_A_NUMBER + texts.length * BYTES_A_TEXT + BYTES_A_REPLY;
    const sent = {
      method: 'POST' as const,
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify({ model, input: texts, encoding_format: encoding }),
      signal,
    };
    const { value } = await web.json(`${baseUrl}/embeddings`, sent, Reply, most, host);
    if (value.data.length !== texts.length) {
      throw new FailureError(
        `${host} returned ${counted(value.data.length, 'embedding')} for ${counted(texts.length, 'text')}`,
        {
          code: 'SERVER_FAILED',
        },
      );
    }
    // All or none: a text among lists is no vector.
    const isText = value.data.every(({ embedding }) => typeof embedding === 'string');
    const sorted = new Map<number, unknown>();
    value.data.forEach(({ index, embedding }, place) => {
      sorted.set(index ?? place, isText ? numbersOf(embedding) : embedding);
    });
    return texts.map((_, place) => {
      if (!sorted.has(place)) throw new TextFailure(place, `${host} returned no embedding for it`);
      return sorted.get(place);
    });
  };

  /** Vectors of unit length, all of one width. */
  const checked = (embeddings: unknown[]): Float32Array => {
    const matrix = toMatrix(embeddings as number[][], embeddings.length, host);
    const width = dimensions ?? matrix.cols;
    if (matrix.cols !== width) {
      throw new TextFailure(0, `${host} returned ${matrix.cols} numbers, and ${width} for an earlier text`);
    }
    const vectors = unitRows(matrix, host);
    for (let row = 0; row < matrix.rows; row++) {
      // Some servers return zeros for a text that they can't read; a vector without a direction has no neighbours.
      if (vectors.subarray(row * width, (row + 1) * width).every((value) => value === 0)) {
        throw new TextFailure(row, `${host} returned a vector of zeros`);
      }
    }
    dimensions = width;
    return vectors;
  };

  return {
    id: name,
    fingerprint: createHash('sha256')
      .update([name, baseUrl, prefix, CHECKED].join('\n'))
      .digest('hex')
      .slice(0, 32),
    dimensions: () => dimensions,
    provider: () => 'remote',
    engineOf: () => `a service at ${host}`,
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
        const embeddings = await web
          .persist(host, () => request(input, signal), { signal, onWait })
          .catch((error: unknown) => {
            throw renumbered(error, (place) => part[place].row);
          });
        await onBatch({
          rows: part.map(({ row }) => row),
          vectors: forTexts(part, () => checked(embeddings)),
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

/** Time limits: those given, with the user's for one response. */
function patienceOf({ patience = PATIENCE, endpointTimeout }: Parameters<typeof openEndpoint>[1]): Patience {
  if (endpointTimeout === undefined) return patience;
  const milliseconds = endpointTimeout * 1000;
  return { ...patience, stall: milliseconds, whole: milliseconds };
}

/** Float32, little-endian, as base64 instead of a list: its numbers. Anything else is checked with the numbers. */
function numbersOf(embedding: unknown): unknown {
  if (typeof embedding !== 'string' || embedding === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(embedding)) {
    return embedding;
  }
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length % 4 !== 0) return embedding;
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

function refusal(error: Refused, model: string, host: string, advice: string): Error {
  if (error.status === 401 || error.status === 403) {
    return new UserError(`${host} refused the key (${error.status}): ${advice}`, {
      code: 'ACCESS_DENIED',
      option: 'apiKey',
      cause: error,
    });
  }
  if (error.status === 404)
    return new UserError(`${host} has no model "${model}" or no /embeddings (404)`, {
      code: 'MODEL_UNKNOWN',
      option: 'model',
      cause: error,
    });
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
