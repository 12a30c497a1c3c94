import type { Worker } from 'node:worker_threads';
import { turn } from '../breathe.js';
import { UserError } from '../errors.js';
import { startModule } from '../node-thread.js';
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
  /** Starts so many threads more, up to the most there may be; until one is ready this thread works. */
  grow(threads: number): void;
  close(): Promise<void>;
}

/** Texts a message: some 30 milliseconds of work. */
const PART = 256;
/** Messages that wait for a thread, so that it has work at once. */
const PARTS_AHEAD = 2;
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
  const starting = new Set<EncoderThread>();
  /** What is being encoded: each is given the threads that become ready meanwhile. */
  const inWork = new Set<(thread: EncoderThread) => void>();
  let mayStart = source ? mostThreads : 0;
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

  return {
    async encode(texts) {
      const parts: Tokens[][] = new Array(Math.ceil(texts.length / PART));
      let next = 0;
      const takeParts = async (encodePart: (part: string[]) => Promise<Tokens[]>, mayGoOn: () => boolean) => {
        while (next < parts.length && mayGoOn()) {
          const at = next++;
          parts[at] = await encodePart(texts.slice(at * PART, (at + 1) * PART));
        }
      };
      const loops: Promise<void>[] = [];
      const join = (thread: EncoderThread) => {
        for (let count = 0; count < PARTS_AHEAD; count++) {
          const loop = takeParts(
            (part) => thread.encode(part),
            () => true,
          );
          // It is awaited below, perhaps only after another failed.
          loop.catch(() => {});
          loops.push(loop);
        }
      };
      for (const thread of ready) join(thread);
      inWork.add(join);
      try {
        // A thread that drives a graphics card has other work as soon as there are others for this.
        await takeParts(encodeHere, () => ready.length === 0);
        // Threads that join while others are waited for find the last parts taken, or take them.
        for (let waited = 0; waited < loops.length; waited++) await loops[waited];
      } finally {
        inWork.delete(join);
      }
      return parts.flat();
    },
    grow(threads) {
      for (let count = Math.min(threads, mayStart); source && count > 0 && !isClosed; count--) {
        mayStart--;
        const thread = new EncoderThread(source);
        starting.add(thread);
        thread.opened.then(
          () => {
            starting.delete(thread);
            if (isClosed) return;
            ready.push(thread);
            for (const join of inWork) join(thread);
          },
          () => {
            // This thread has the tokenizer as well, so nothing is lost but speed; no more are tried.
            starting.delete(thread);
            mayStart = 0;
            void thread.close();
          },
        );
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([...ready.splice(0), ...starting].map((thread) => thread.close()));
    },
  };
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
    this.#worker = startModule(import.meta.url, 'tokenizer-thread', source);
    this.#worker.on('message', (reply: EncodeReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a tokenizing thread ended while it worked')));
    this.opened = this.#reply();
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
