import pRetry from 'p-retry';
import type { Dispatcher, Response } from 'undici';
import * as v from 'valibot';
import { endpointKey, keyAdvice } from '../keys.js';
import { fromJson, readText } from '../outside.js';
import { followRedirects, RedirectRefused } from '../redirects.js';
import { retryAfter } from '../retry-after.js';
import { keepAddress, withoutSecrets } from '../secrets.js';
import { type Budget, likelyTokens, ModelStop, mostTokens } from './budget.js';

/** Where a language model is served. */
export interface ChatSettings {
  /** Address of an OpenAI-compatible endpoint, without the slash at its end. */
  baseUrl: string;
  model: string;
  apiKey?: string;
  /** Seconds allowed for one response. */
  timeout: number;
}

/** One question to the model. */
export interface ChatRequest {
  instructions: string;
  prompt: string;
  /** JSON schema of the response; the instructions must describe it too, since not every endpoint takes a schema. */
  schema: object;
}

/** Longest completion, in tokens, for models that write their reasoning first; a name and a sentence take about fifty. */
export const COMPLETION_TOKENS = 400;
const RETRIES = 2;
/** Seconds. A server that requests a longer pause (Retry-After) gets no further request in this run. */
const LONGEST_PAUSE = 120;
/** The most bytes of a response: a name takes a few hundred, with the model's reasoning some thousands. */
const MOST_BYTES = 1 << 20;
/** Requests in a row without a response after which the endpoint counts as dead. */
const SILENT_AT_MOST = 3;

/**
 * An agent without limits of its own, since `timeout` is one: undici's are 300 s without a header or a byte, and a model on a
 * small machine may take longer. It honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
 */
const openAgent = async (): Promise<Dispatcher> => {
  const { EnvHttpProxyAgent } = await import('undici');
  return new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0 });
};

/** A failure after which the request may be repeated. */
class Again extends Error {}

/** What an endpoint accepts; narrowed where it refuses something. */
interface Dialect {
  /** Whether a JSON schema of the response may be given. */
  takesSchema: boolean;
  /** Whether temperature and seed may be given. */
  takesSampling: boolean;
  /** Name of the parameter that limits a completion. */
  limit: 'max_tokens' | 'max_completion_tokens';
}

/**
 * A chat completion endpoint. Close it when done. Requests are repeated after 429, 5xx and broken connections, no sooner than the server
 * asks for. The first request is made alone: it shows what the endpoint accepts.
 */
export class ChatClient {
  readonly #url: string;
  readonly #key?: string;
  readonly #advice: string;
  /** Opened with the first request. */
  #agent?: Promise<Dispatcher>;
  #dialect: Dialect = { takesSchema: true, takesSampling: true, limit: 'max_tokens' };
  #first?: Promise<unknown>;
  #silent = 0;
  /** Time (`performance.now()`) before which the server wants no request. */
  #notBefore = 0;

  constructor(
    readonly settings: ChatSettings,
    readonly budget: Budget,
  ) {
    const { baseUrl, apiKey } = settings;
    keepAddress(baseUrl);
    this.#url = `${baseUrl}/chat/completions`;
    this.#key = endpointKey(baseUrl, apiKey);
    this.#advice = keyAdvice(baseUrl, apiKey);
  }

  /**
   * @returns the text of the completion
   * @throws ModelStop where further requests are useless too; an Error, whose message is a clause for the user, where
   * only this request failed; the signal's reason on an abort
   */
  async ask(request: ChatRequest, signal?: AbortSignal): Promise<string> {
    if (!this.#first) {
      const first = this.#repeated(request, signal);
      this.#first = first.catch(() => {});
      return first;
    }
    await this.#first;
    return this.#repeated(request, signal);
  }

  /** Ends its connections, which could keep the process alive. */
  async close(): Promise<void> {
    await (await this.#agent)?.destroy();
  }

  #repeated(request: ChatRequest, signal?: AbortSignal): Promise<string> {
    return pRetry(() => this.#adapted(request, signal), {
      retries: RETRIES,
      minTimeout: 500,
      signal,
      shouldRetry: ({ error }) => error instanceof Again,
    });
  }

  /** A request that the endpoint refuses for one of our parameters is repeated without it. */
  async #adapted(request: ChatRequest, signal?: AbortSignal): Promise<string> {
    for (;;) {
      const dialect = this.#dialect;
      const { response, body, used } = await this.#send(request, dialect, signal);
      if (response.ok) return readCompletion(body, used, request);
      used.settle(likelyTokens(request.instructions, request.prompt));
      if (response.status === 400 || response.status === 422) {
        const narrower = this.#dialect === dialect ? narrow(dialect, body) : this.#dialect;
        if (narrower) {
          this.#dialect = narrower;
          continue;
        }
      }
      this.#refuse(response, body);
    }
  }

  async #send(request: ChatRequest, dialect: Dialect, signal?: AbortSignal) {
    await waitUntil(this.#notBefore, signal);
    if (this.#silent >= SILENT_AT_MOST) throw new ModelStop('the endpoint does not respond');
    const { fetch } = await import('undici');
    this.#agent ??= openAgent();
    const dispatcher = await this.#agent;
    const { instructions, prompt } = request;
    const most = mostTokens(instructions, prompt) + COMPLETION_TOKENS;
    const used = await this.budget.reserve(most);
    const { timeout } = this.settings;
    const patience = AbortSignal.timeout(timeout * 1000);
    const headers = {
      'content-type': 'application/json',
      ...(this.#key ? { authorization: `Bearer ${this.#key}` } : {}),
    };
    const content = JSON.stringify(this.#content(request, dialect));
    try {
      const response = await followRedirects(this.#url, headers, true, (sending) =>
        fetch(sending.url, {
          method: 'POST',
          headers: sending.headers,
          body: content,
          redirect: 'manual',
          signal: signal ? AbortSignal.any([signal, patience]) : patience,
          dispatcher,
        }),
      );
      const limits = { bytes: MOST_BYTES, milliseconds: timeout * 1000 };
      const body = await readText(response, new URL(this.#url).host, limits);
      this.#silent = 0;
      return { response, body, used };
    } catch (cause) {
      // The server may have worked on it, and may count that.
      used.settle(likelyTokens(instructions, prompt) + (patience.aborted ? COMPLETION_TOKENS : 0));
      signal?.throwIfAborted();
      throw this.#failure(cause, patience.aborted);
    }
  }

  #content({ instructions, prompt, schema }: ChatRequest, dialect: Dialect): object {
    const format = { type: 'json_schema', json_schema: { name: 'response', strict: true, schema } };
    return {
      model: this.settings.model,
      messages: [
        { role: 'system', content: instructions },
        { role: 'user', content: prompt },
      ],
      [dialect.limit]: COMPLETION_TOKENS,
      ...(dialect.takesSampling ? { temperature: 0, seed: 42 } : {}),
      ...(dialect.takesSchema ? { response_format: format } : {}),
    };
  }

  #failure(cause: unknown, isLate: boolean): unknown {
    if (isLate) {
      this.#silent++;
      return new Error(`got no response within ${this.settings.timeout} s`);
    }
    if (cause instanceof RedirectRefused) return new ModelStop(cause.message);
    if (cause instanceof TypeError) {
      // What fetch throws for a connection that fails or breaks off.
      this.#silent++;
      return new Again(`could not reach the endpoint (${reasonOf(cause)})`);
    }
    return cause;
  }

  #refuse(response: Response, body: string): never {
    const { status } = response;
    // Secrets go before the cut, which could leave a part of one.
    const said = withoutSecrets(body).replace(/\s+/g, ' ').slice(0, 120);
    if (status === 401 || status === 403) {
      throw new ModelStop(`the endpoint refused the key (${status}): ${this.#advice}`);
    }
    if (status === 404) throw new ModelStop(`the endpoint knows no such model or path (404: ${said})`);
    if (status === 429 || status >= 500) {
      const after = (retryAfter(response.headers.get('retry-after')) ?? 0) / 1000;
      if (after > LONGEST_PAUSE) {
        throw new ModelStop(`the endpoint returned ${status} and asks for a pause of ${Math.round(after)} s`);
      }
      this.#notBefore = Math.max(this.#notBefore, performance.now() + after * 1000);
      throw new Again(`got ${status} from the endpoint`);
    }
    throw new Error(`got ${status} from the endpoint: ${said}`);
  }
}

/** The dialect without what a refusal names, or without the schema, the least common part; undefined where nothing is left. */
function narrow(dialect: Dialect, said: string): Dialect | undefined {
  if (dialect.limit === 'max_tokens' && /max_completion_tokens/.test(said)) {
    return { ...dialect, limit: 'max_completion_tokens' };
  }
  if (dialect.takesSampling && /temperature|\bseed\b/.test(said)) return { ...dialect, takesSampling: false };
  return dialect.takesSchema ? { ...dialect, takesSchema: false } : undefined;
}

const Completion = v.object({
  choices: v.pipe(v.array(v.object({ message: v.object({ content: v.string() }) })), v.minLength(1)),
});
/** The tokens that the server counted; charged also for a completion that can't be used. */
const Usage = v.object({ usage: v.object({ total_tokens: v.pipe(v.number(), v.minValue(0)) }) });

function readCompletion(
  body: string,
  used: { settle(tokens: number): void },
  { instructions, prompt }: ChatRequest,
): string {
  const estimate = likelyTokens(instructions, prompt);
  let reply: unknown;
  try {
    reply = fromJson(body, v.unknown(), 'the response of the endpoint');
  } catch (error) {
    used.settle(estimate + COMPLETION_TOKENS);
    throw error;
  }
  const completion = v.safeParse(Completion, reply);
  const content = completion.success ? completion.output.choices[0].message.content : undefined;
  used.settle(v.is(Usage, reply) ? reply.usage.total_tokens : estimate + likelyTokens(content ?? ''));
  if (content === undefined) throw new Error('got a response without text');
  return content;
}

const reasonOf = (cause: Error): string =>
  cause.cause instanceof Error ? cause.cause.message || cause.cause.name : cause.message;

function waitUntil(time: number, signal?: AbortSignal): Promise<void> | undefined {
  const milliseconds = time - performance.now();
  if (milliseconds <= 0) return undefined;
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
