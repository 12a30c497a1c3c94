import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { turn } from '../breathe.js';
import { UserError } from '../errors.js';
import type { TextTokenizer, Tokens } from './tokenizer.js';

/** Where a thread finds the tokenizer; plain data. */
export interface TokenizerSource {
  /** Folder of tokenizer.json. */
  folder: string;
  /** How the user called the model, for messages. */
  name: string;
  maxTokens: number;
}

/** What a thread is sent: texts to encode, and returns: their tokens end to end. */
export interface EncodeRequest {
  texts: string[];
}
export type EncodeReply =
  | { kind: 'ready' }
  | { kind: 'encoded'; ids: Int32Array; lengths: Int32Array; truncated: Uint8Array }
  | { kind: 'failed'; isUser: boolean; message: string };

/** Tokens of many texts, in their order. */
export interface Encoder {
  encode(texts: string[]): Promise<Tokens[]>;
  /** Starts a thread more, up to the most there may be; until it is ready the others work. */
  grow(): void;
  close(): Promise<void>;
}

/** Texts a message: a few milliseconds of work. */
const PART = 256;
/** How long this thread tokenizes between two turns of the event loop, in milliseconds. */
const SLICE = 20;

/**
 * Encodes in this thread, and after `grow()` in others: each has a tokenizer of its own, which takes as long to open as the
 * first one, so a run of few texts does without.
 */
export function openEncoder(
  tokenizer: TextTokenizer,
  source: TokenizerSource | undefined,
  mostThreads: number,
): Encoder {
  const ready: EncoderThread[] = [];
  let starting: EncoderThread | undefined;
  let started = 0;
  let isClosed = false;

  const encodeHere = async (texts: string[]): Promise<Tokens[]> => {
    const out: Tokens[] = [];
    let sliceEnd = performance.now() + SLICE;
    for (const text of texts) {
      out.push(tokenizer.encode(text));
      if (performance.now() < sliceEnd) continue;
      await turn();
      sliceEnd = performance.now() + SLICE;
    }
    return out;
  };

  const encodeThere = async (texts: string[]): Promise<Tokens[]> => {
    const parts: Promise<Tokens[]>[] = [];
    for (let from = 0; from < texts.length; from += PART) {
      const thread = ready.reduce((best, one) => (one.waiting < best.waiting ? one : best));
      parts.push(thread.encode(texts.slice(from, from + PART)));
    }
    return (await Promise.all(parts)).flat();
  };

  return {
    // A window at a time: threads that become ready meanwhile take part in the next.
    encode: (texts) => (ready.length > 0 ? encodeThere(texts) : encodeHere(texts)),
    grow() {
      if (!source || isClosed || starting || started >= mostThreads) return;
      started++;
      const thread = new EncoderThread(source);
      starting = thread;
      thread.opened.then(
        () => {
          starting = undefined;
          if (!isClosed) ready.push(thread);
        },
        () => {
          // This thread has the tokenizer as well, so nothing is lost but speed; no more are tried.
          starting = undefined;
          started = mostThreads;
          void thread.close();
        },
      );
    },
    async close() {
      isClosed = true;
      await Promise.all(
        [...ready.splice(0), ...(starting ? [starting] : [])].map((thread) => thread.close()),
      );
    },
  };
}

/** The thread from the build, or from source (tests, benchmarks), where a loader for TypeScript comes first. */
function startThread(source: TokenizerSource): Worker {
  const options = { workerData: source, execArgv: [] };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(fileURLToPath(new URL('./tokenizer-thread.js', import.meta.url)), options);
  }
  // `--import`, as for processes, has no effect in a thread of Node 20.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json')).href;
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href;
  const file = new URL('./tokenizer-thread.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}); })`;
  return new Worker(code, { ...options, eval: true });
}

interface Waiting {
  resolve: (reply: EncodeReply) => void;
  reject: (error: Error) => void;
}

/** One thread; requests are handled in their order. */
class EncoderThread {
  readonly opened: Promise<unknown>;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];

  constructor(source: TokenizerSource) {
    this.#worker = startThread(source);
    this.#worker.on('message', (reply: EncodeReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a tokenizing thread ended while it worked')));
    this.opened = this.#reply();
  }

  /** Requests that are not done. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async encode(texts: string[]): Promise<Tokens[]> {
    const coming = this.#reply();
    this.#worker.postMessage({ texts } satisfies EncodeRequest);
    const reply = await coming;
    if (reply.kind !== 'encoded') throw new Error('a tokenizing thread replied out of turn');
    const { ids, lengths, truncated } = reply;
    let at = 0;
    return Array.from(lengths, (length, place) => {
      at += length;
      return { ids: ids.subarray(at - length, at), isTruncated: truncated[place] === 1 };
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #reply(): Promise<EncodeReply> {
    return new Promise((resolve, reject) => {
      const settle = (reply: EncodeReply) => {
        if (reply.kind !== 'failed') resolve(reply);
        else
          reject(
            reply.isUser
              ? new UserError(reply.message, { code: 'MODEL_INVALID', option: 'model' })
              : new Error(reply.message),
          );
      };
      this.#waiting.push({ resolve: settle, reject });
    });
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
