import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Dispatcher, Response } from 'undici';
import type { GenericSchema } from 'valibot';
import { FailureError } from '../errors.js';
import { fromJson, readText } from '../outside.js';
import { followRedirects, RedirectRefused } from '../redirects.js';
import { retryAfter } from '../retry-after.js';
import { withoutSecrets } from '../secrets.js';

/** Time limits and numbers of tries; tests use smaller ones. */
export interface Patience {
  /** Tries after the first, when a server is busy or a connection breaks. */
  retries: number;
  /** Milliseconds before the second try; doubled for each one after, up to half a minute. */
  firstWait: number;
  /** Milliseconds to wait for a connection. */
  connect: number;
  /** Milliseconds without a single byte after which a connection counts as broken. */
  stall: number;
  /** Milliseconds that a response may take until its headers are there, and then until its end; default four times `stall`. */
  whole?: number;
}
export const PATIENCE: Patience = { retries: 6, firstWait: 500, connect: 3_000, stall: 30_000 };

/** The server cannot be reached at all: no name, no route, no connection. */
class Unreachable extends FailureError {}

/** The server refused the request, or its response is not accepted. */
export class Refused extends FailureError {
  constructor(
    message: string,
    readonly status: number,
    cause?: unknown,
  ) {
    super(message, { code: status === 401 || status === 403 ? 'ACCESS_DENIED' : 'SERVER_FAILED', cause });
  }
}

/** A broken connection or a busy server: worth another try, after `wait` milliseconds if the server said so. */
class Passing extends Error {
  constructor(
    message: string,
    readonly wait: number | undefined,
    readonly isConnect: boolean,
  ) {
    super(message);
  }
}

/** A longer pause than this (milliseconds) is reported, not made. */
const LONGEST_WAIT = 120_000;
/** Pauses of one piece of work together, in milliseconds: a server that is busy each time is given up at last. */
const LONGEST_WAITS = 300_000;
/** Bytes read of a refusal: enough for its reason. */
const MOST_REFUSAL = 64 << 10;
/** A whole response may take this many times `Patience.stall`, where `whole` doesn't say. */
const WHOLE_RESPONSE = 4;

/** What a request is made of. One with a body goes to no other origin than its own. */
interface RequestParts {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

export interface Web {
  patience: Patience;
  /** Runs `attempt` until it succeeds, refuses or patience ends. `what` names it in errors. */
  persist<T>(what: string, attempt: () => Promise<T>, options?: PersistOptions): Promise<T>;
  /** One request. Throws for a response that is not a success; if it is temporary, in a way that makes `persist` try again. */
  request(url: string, parts?: RequestParts): Promise<Response>;
  /** One request for JSON of a given shape and at most `bytes`; `source` names it in errors. */
  json<T>(
    url: string,
    parts: RequestParts,
    schema: GenericSchema<unknown, T>,
    bytes: number,
    source: string,
  ): Promise<{ value: T; headers: Response['headers'] }>;
  close(): Promise<void>;
}

export interface PersistOptions {
  signal?: AbortSignal;
  /** Called before each pause, with one line that says why. */
  onWait?: (line: string) => void;
}

/** A client that honours HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Close it, or its sockets keep the process alive. */
export function openWeb(patience: Patience = PATIENCE): Web {
  const { whole = patience.stall * WHOLE_RESPONSE } = patience;
  let agent: Dispatcher | undefined;
  /** Loaded with the first request: most runs make none, and loading takes a tenth of a second. */
  const openClient = async () => {
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    agent ??= new EnvHttpProxyAgent({
      connect: { timeout: patience.connect },
      headersTimeout: patience.stall,
      bodyTimeout: patience.stall,
    });
    return { fetch, dispatcher: agent };
  };
  const request = async (url: string, { method, headers = {}, body, signal }: RequestParts = {}) => {
    const { fetch, dispatcher } = await openClient();
    let response: Response;
    // A server may send a header a second, which no limit on silence notices.
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(), whole);
    try {
      response = await followRedirects(url, headers, body !== undefined, (sending) =>
        fetch(sending.url, {
          method,
          body,
          headers: sending.headers,
          redirect: 'manual',
          signal: signal ? AbortSignal.any([signal, slow.signal]) : slow.signal,
          dispatcher,
        }),
      );
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof RedirectRefused) throw new Refused(error.message, error.status, error);
      if (slow.signal.aborted) {
        throw new FailureError(
          `${new URL(url).host} has not begun its response after ${whole / 1000} s; it was given up`,
          { code: 'SERVER_FAILED' },
        );
      }
      throw passingError(error);
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    const limits = { bytes: MOST_REFUSAL, milliseconds: patience.stall };
    const detail = await readText(response, '', limits).catch(() => '');
    if (signal?.aborted) throw signal.reason;
    const { status } = response;
    const line = `${new URL(url).host} returned ${status}${response.statusText ? ` ${response.statusText}` : ''}`;
    if (status === 429 || status === 408 || status >= 500) {
      const wait = retryAfter(response.headers.get('retry-after'));
      if (wait === undefined || wait <= LONGEST_WAIT) throw new Passing(line, wait, false);
      throw new Refused(`${line} and asks for a pause of ${durationText(wait)}`, status);
    }
    throw new Refused(detail ? `${line}: ${firstLine(detail)}` : line, status);
  };

  return {
    patience,
    request,
    async json(url, parts, schema, bytes, source) {
      const response = await request(url, parts);
      const limits = { bytes, milliseconds: whole };
      const text = await readText(response, source, limits);
      return { value: fromJson(text, schema, source), headers: response.headers };
    },
    persist(what, attempt, { signal, onWait } = {}) {
      let waited = 0;
      const guarded = async () => {
        try {
          return await attempt();
        } catch (error) {
          if (signal?.aborted) throw signal.reason;
          if (error instanceof FailureError || (error instanceof Error && error.name === 'UserError'))
            throw error;
          if (error instanceof Passing) throw error;
          const code = codeOf(error);
          // A bug must surface as what it is; only broken connections are tried again.
          if (code === undefined) throw error;
          throw passingError(error);
        }
      };
      return pRetry(guarded, {
        retries: patience.retries,
        minTimeout: 0,
        maxTimeout: 0,
        signal,
        shouldRetry: ({ error, attemptNumber }) =>
          // Where no connection is made at first, two tries suffice: there may be another source.
          error instanceof Passing && !(error.isConnect && attemptNumber >= 2),
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (!(error instanceof Passing) || retriesLeft === 0) return;
          if (error.isConnect && attemptNumber >= 2) return;
          const wait = error.wait ?? Math.min(30_000, patience.firstWait * 2 ** (attemptNumber - 1));
          waited += wait;
          if (waited > LONGEST_WAITS) {
            throw new FailureError(
              `${what}: ${error.message}, after ${attemptNumber} tries in some minutes`,
              { code: 'SERVER_FAILED' },
            );
          }
          onWait?.(
            `${what}: ${error.message}; trying again in ${(wait / 1000).toFixed(wait < 10_000 ? 1 : 0)} s`,
          );
          await sleep(wait, undefined, { signal }).catch(() => {});
        },
      }).catch((error: unknown) => {
        if (signal?.aborted) throw signal.reason;
        if (!(error instanceof Passing)) throw error;
        if (error.isConnect)
          throw new Unreachable(`${what}: ${error.message}`, { code: 'SERVER_FAILED', cause: error });
        throw new FailureError(`${what}: ${error.message}, after ${patience.retries + 1} tries`, {
          code: 'SERVER_FAILED',
          cause: error,
        });
      });
    },
    close: async () => agent?.destroy(),
  };
}

/** undici hides what happened in a chain of causes; the first code in it says what. */
function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError && at.errors[0] instanceof Error) return codeOf(at.errors[0]);
  }
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message) ? 'BROKEN' : undefined;
}

const CONNECT_CODES = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
];

function passingError(error: unknown): Error {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  const isConnect = CONNECT_CODES.includes(code);
  // Codes of this package come with words of their own.
  const own = (code === 'ECUT' || code === 'ESLOW') && error instanceof Error ? error.message : undefined;
  return new Passing(
    own ?? (isConnect ? `no connection (${code})` : `the connection broke (${code})`),
    undefined,
    isConnect,
  );
}

/** `3600 s` up to two hours, then `12 h`, then `365 days`. */
function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds <= 7200) return `${seconds} s`;
  return seconds <= 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** Secrets go before the cut, which could leave a part of one. */
const firstLine = (text: string) => withoutSecrets(text).trim().split('\n')[0].slice(0, 160);
