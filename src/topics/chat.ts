import pRetry from 'p-retry';
import * as v from 'valibot';
import { fromJson, readText } from '../outside.js';
import { followRedirects, RedirectRefused } from '../redirects.js';
import { withoutSecrets } from '../secrets.js';

/** A chat completion endpoint. */
export interface ChatEndpoint {
  /** Address of `…/chat/completions`. */
  url: string;
  model: string;
  apiKey?: string;
  /** What to do where the key is refused. */
  keyAdvice?: string;
  /** Seconds allowed for one response. */
  timeout: number;
}

/** What may still be spent. */
export interface Budget {
  calls: number;
  tokens: number;
  /** Requests in a row that got no response. */
  silent?: number;
}

/** No further request makes sense: a wrong key, a dead server, or the budget spent. */
export class NamingStop extends Error {
  override readonly name = 'NamingStop';
}

const COMPLETION_TOKENS = 400; // for models that write their reasoning first; a name takes about ten
const RETRIES = 2;
/** The most seconds before the next try, even if the server requests more. */
const LONGEST_WAIT = 20;
/** Seconds. A server that requests a longer pause (Retry-After) gets no further request in this run. */
const LONGEST_PAUSE = 120;
/** The most bytes of a response: a name takes a few hundred, with the model's reasoning some thousands. */
const MOST_BYTES = 1 << 20;
const SILENT_AT_MOST = 3;

/**
 * Makes one chat completion request, and repeats it after 429, 5xx and broken connections. The budget is charged for each request.
 * @returns the text of the completion
 * @throws NamingStop where further requests are useless too; an Error, whose message is a clause for the user, where only this
 * request failed
 */
export async function chat(
  endpoint: ChatEndpoint,
  instructions: string,
  prompt: string,
  budget: Budget,
  signal?: AbortSignal,
): Promise<string> {
  return pRetry(() => request(endpoint, instructions, prompt, budget, signal), {
    retries: RETRIES,
    minTimeout: 500,
    signal,
    shouldRetry: ({ error }) => error instanceof Again,
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (error instanceof Again && retriesLeft > 0 && error.wait > 0) await pause(error.wait, signal);
    },
  });
}

/** A failure after which the request may be repeated, after `wait` seconds. */
class Again extends Error {
  constructor(
    message: string,
    readonly wait = 0,
  ) {
    super(message);
  }
}

async function request(
  { url, model, apiKey, keyAdvice, timeout }: ChatEndpoint,
  instructions: string,
  prompt: string,
  budget: Budget,
  signal?: AbortSignal,
): Promise<string> {
  if ((budget.silent ?? 0) >= SILENT_AT_MOST) throw new NamingStop('the endpoint does not respond');
  if (budget.calls <= 0) throw new NamingStop('the cap on calls is reached');
  // Languages differ; four characters a token is what most count for English.
  const estimate = Math.ceil((instructions.length + prompt.length) / 4);
  if (budget.tokens < estimate) throw new NamingStop('the cap on tokens is reached');
  budget.calls--;
  budget.tokens -= estimate;
  const { host } = new URL(url);
  const patience = AbortSignal.timeout(timeout * 1000);
  const headers = {
    'content-type': 'application/json',
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
  };
  const content = JSON.stringify({
    model,
    messages: [
      { role: 'system', content: instructions },
      { role: 'user', content: prompt },
    ],
    temperature: 0,
    seed: 42,
    max_tokens: COMPLETION_TOKENS,
  });
  try {
    const response = await followRedirects(url, headers, true, (sending) =>
      fetch(sending.url, {
        method: 'POST',
        headers: sending.headers,
        body: content,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      }),
    );
    const limits = { bytes: MOST_BYTES, milliseconds: timeout * 1000 };
    const body = await readText(response, host, limits);
    budget.silent = 0;
    refuse(response, body, keyAdvice);
    return readCompletion(body, host, budget, estimate);
  } catch (cause) {
    signal?.throwIfAborted();
    if (patience.aborted) {
      budget.silent = (budget.silent ?? 0) + 1;
      throw new Error(`got no response within ${timeout} s`);
    }
    if (cause instanceof RedirectRefused) throw new NamingStop(cause.message);
    if (cause instanceof TypeError) {
      // What fetch throws for a connection that fails or breaks off.
      budget.silent = (budget.silent ?? 0) + 1;
      throw new Again(`could not reach the endpoint (${reasonOf(cause)})`);
    }
    throw cause;
  }
}

function refuse(response: Response, body: string, keyAdvice?: string): void {
  if (response.ok) return;
  const { status } = response;
  // Secrets go before the cut, which could leave a part of one.
  const said = withoutSecrets(body).replace(/\s+/g, ' ').slice(0, 120);
  if (status === 401 || status === 403) {
    throw new NamingStop(`the endpoint refused the key (${status})${keyAdvice ? `: ${keyAdvice}` : ''}`);
  }
  if (status === 404) throw new NamingStop(`the endpoint knows no such model or path (404: ${said})`);
  if (status === 429 || status >= 500) {
    const after = secondsOf(response.headers.get('retry-after'));
    if (after > LONGEST_PAUSE) {
      throw new NamingStop(`the endpoint returned ${status} and asks for a pause of ${Math.round(after)} s`);
    }
    throw new Again(`got ${status} from the endpoint`, Math.min(LONGEST_WAIT, after));
  }
  throw new Error(`got ${status} from the endpoint: ${said}`);
}

/** Retry-After as seconds from now: it holds seconds or a date. 0 where it says nothing. */
function secondsOf(header: string | null): number {
  if (header === null) return 0;
  const seconds = Number(header);
  const after = Number.isFinite(seconds) ? seconds : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(after) ? 0 : Math.max(0, after);
}

const Completion = v.object({
  choices: v.pipe(v.array(v.object({ message: v.object({ content: v.string() }) })), v.minLength(1)),
});
/** The tokens that the server counted; charged also for a completion that can't be used. */
const Usage = v.object({ usage: v.object({ total_tokens: v.pipe(v.number(), v.minValue(0)) }) });

function readCompletion(body: string, host: string, budget: Budget, estimate: number): string {
  const reply = fromJson(body, v.unknown(), `the response of ${host}`);
  const used = v.is(Usage, reply) ? reply.usage.total_tokens : undefined;
  const completion = v.safeParse(Completion, reply);
  const content = completion.success ? completion.output.choices[0].message.content : undefined;
  budget.tokens -= used === undefined ? Math.ceil((content ?? '').length / 4) : used - estimate;
  if (content === undefined) throw new Error('got a response without text');
  return content;
}

const reasonOf = (cause: Error): string =>
  cause.cause instanceof Error ? cause.cause.message || cause.cause.name : cause.message;

function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
