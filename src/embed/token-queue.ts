import {
  type Batch,
  byTokens,
  type Encoded,
  longestFirst,
  type Mixing,
  type Pending,
  takeBatch,
} from './batches.js';
import type { Encoder } from './tokenizer-threads.js';

/** Hands out batches of tokenized texts; tokenizes further windows while the sessions are busy. */
export interface TokenQueue {
  /** The next batch of at most `budget` padded tokens; undefined once no text is left. */
  next(budget: number, mixing: Mixing): Promise<Batch | undefined>;
  /** Puts rows of a batch back, to be handed out next. */
  giveBack(rows: Encoded[]): void;
  isTruncated(row: number): boolean;
  /** How far ahead to tokenize from now on. */
  pace(pace: Pace): void;
  /** No text is tokenized any more. */
  stop(): void;
}

export interface Pace {
  /** Tokens that may wait for a session. */
  ahead: number;
  /** Texts of a window at most. Their order is by characters; within a window it is by tokens. */
  window: number;
}

/** For a processor, which takes minutes for a window: tokenizing further ahead would only take its time. */
export const SLOW_PACE: Pace = { ahead: 1, window: 2048 };
/** While it is not known yet what a model runs on. */
export const FIRST_PACE: Pace = { ahead: 1 << 20, window: 2048 };
/** For a graphics card: large windows fill its batches with rows of one length. 4 bytes a token. */
export const FAST_PACE: Pace = { ahead: 4 << 20, window: 16_384 };

const FIRST_WINDOW = 2048;

/**
 * Starts to tokenize at once. `most`: tokens that the model reads of a text. `onStarved` is called when a session had to wait for tokens although texts were left.
 */
export function openQueue(
  texts: Pending[],
  encoder: Encoder,
  start: Pace,
  most: number,
  onStarved: () => void,
): TokenQueue {
  const sorted = longestFirst(texts);
  const truncated = new Set<number>();
  let pace = start;
  let from = 0;
  let windowSize = FIRST_WINDOW;
  let ready: Encoded[] = [];
  const windows: Encoded[][] = [];
  let tokensAhead = 0;
  let failure: { error: unknown } | undefined;
  let isWorking = false;
  /** Called when a window was added, or none will be. */
  let wakes: (() => void)[] = [];

  const isExhausted = () => from >= sorted.length && !isWorking;

  /** Tokenizes windows until enough tokens wait. */
  const work = async (): Promise<void> => {
    if (isWorking || failure) return;
    isWorking = true;
    try {
      while (from < sorted.length && (windows.length === 0 || tokensAhead < pace.ahead)) {
        const part = sorted.slice(from, from + Math.min(windowSize, pace.window));
        from += part.length;
        windowSize = Math.min(windowSize * 2, pace.window);
        const tokens = await encoder.encode(part.map(({ text }) => text));
        const window = part.map((item, place) => {
          const { ids, isTruncated } = tokens[place];
          if (isTruncated) truncated.add(item.row);
          tokensAhead += ids.length;
          return { ...item, ids };
        });
        windows.push(byTokens(window));
        wake();
      }
    } catch (error) {
      failure = { error };
    } finally {
      isWorking = false;
      wake();
    }
  };
  const wake = () => {
    const waiting = wakes;
    wakes = [];
    for (const one of waiting) one();
  };
  void work();

  return {
    isTruncated: (row) => truncated.has(row),
    pace(wanted) {
      pace = wanted;
      void work();
    },
    stop() {
      from = sorted.length;
    },
    giveBack(rows) {
      ready = byTokens([...rows, ...ready]);
    },
    async next(budget, mixing) {
      while (ready.length === 0) {
        if (failure) throw failure.error;
        const window = windows.shift();
        if (window) {
          ready = window;
          tokensAhead -= window.reduce((sum, { ids }) => sum + ids.length, 0);
          void work();
        } else if (isExhausted()) return undefined;
        else {
          onStarved();
          await new Promise<void>((resolve) => {
            wakes.push(resolve);
          });
        }
      }
      return takeBatch(ready, budget, mixing, most);
    },
  };
}
