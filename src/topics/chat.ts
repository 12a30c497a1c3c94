import pRetry from 'p-retry';

/** A chat completion endpoint. */
export interface ChatEndpoint {
  /** Address of `…/chat/completions`. */
  url: string;
  model: string;
  apiKey?: string;
  /** Seconds for one answer. */
  timeout: number;
}

/** What may still be spent. */
export interface Budget {
  calls: number;
  tokens: number;
  /** Requests in a row that no answer came to. */
  silent?: number;
}

/** No further request makes sense: a wrong key, a dead server, or the budget spent. */
export class NamingStop extends Error {
  override readonly name = 'NamingStop';
}

const ANSWER_TOKENS = 400; // models that think aloud need room; a name takes ten
const RETRIES = 2;
const LONGEST_WAIT = 20;
const SILENT_AT_MOST = 3;

/**
 * Asks once, again after 429, 5xx and broken connections. The budget is charged for each request.
 * @throws NamingStop where asking on is useless; an Error with a clause for the user where only this answer is.
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

/** Worth another try, after `wait` seconds. */
class Again extends Error {
  constructor(
    message: string,
    readonly wait = 0,
  ) {
    super(message);
  }
}

async function request(
  { url, model, apiKey, timeout }: ChatEndpoint,
  instructions: string,
  prompt: string,
  budget: Budget,
  signal?: AbortSignal,
): Promise<string> {
  if ((budget.silent ?? 0) >= SILENT_AT_MOST) throw new NamingStop('the endpoint does not answer');
  if (budget.calls <= 0) throw new NamingStop('the cap on calls is reached');
  // Languages differ; four characters a token is what most count for English.
  const estimate = Math.ceil((instructions.length + prompt.length) / 4);
  if (budget.tokens < estimate) throw new NamingStop('the cap on tokens is reached');
  budget.calls--;
  budget.tokens -= estimate;
  const patience = AbortSignal.timeout(timeout * 1000);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      body: JSON.stringify({
        model,
        messages: [
          { role: 'system', content: instructions },
          { role: 'user', content: prompt },
        ],
        temperature: 0,
        seed: 42,
        max_tokens: ANSWER_TOKENS,
      }),
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    const body = await response.text();
    budget.silent = 0;
    refuse(response, body);
    return readAnswer(body, budget, estimate);
  } catch (cause) {
    signal?.throwIfAborted();
    if (patience.aborted) {
      budget.silent = (budget.silent ?? 0) + 1;
      throw new Error(`got no answer within ${timeout} s`);
    }
    if (cause instanceof TypeError) {
      // What fetch throws for a connection that fails or breaks off.
      budget.silent = (budget.silent ?? 0) + 1;
      throw new Again(`could not reach the endpoint (${reasonOf(cause)})`);
    }
    throw cause;
  }
}

function refuse(response: Response, body: string): void {
  if (response.ok) return;
  const { status } = response;
  const said = body.replace(/\s+/g, ' ').slice(0, 120);
  if (status === 401 || status === 403) throw new NamingStop(`the endpoint refused the key (${status})`);
  if (status === 404) throw new NamingStop(`the endpoint knows no such model or path (404: ${said})`);
  if (status === 429 || status >= 500) {
    const after = Number(response.headers.get('retry-after'));
    throw new Again(
      `got ${status} from the endpoint`,
      Math.min(LONGEST_WAIT, Number.isFinite(after) ? after : 0),
    );
  }
  throw new Error(`got ${status} from the endpoint: ${said}`);
}

function readAnswer(body: string, budget: Budget, estimate: number): string {
  let reply: unknown;
  try {
    reply = JSON.parse(body);
  } catch {
    throw new Error('got something other than JSON from the endpoint');
  }
  const { choices, usage } = reply as Partial<{
    choices: Partial<{ message: Partial<{ content: unknown }> }>[];
    usage: Partial<{ total_tokens: number }>;
  }>;
  const content = Array.isArray(choices) ? choices[0]?.message?.content : undefined;
  const used = usage?.total_tokens;
  budget.tokens -= typeof used === 'number' ? used - estimate : Math.ceil(String(content ?? '').length / 4);
  if (typeof content !== 'string') throw new Error('got an answer without text');
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
