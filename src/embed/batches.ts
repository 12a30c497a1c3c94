import type { TokenBatch } from './session.js';
import type { Tokens } from './tokenizer.js';

/** What may stand together in a batch without changing a row's vector; found by trying (see `engine.ts`). */
export type Mixing =
  /** Rows of any length, padded. */
  | 'padded'
  /** Rows of one length only: padding changes the last digits, company does not. */
  | 'equal'
  /**
   * Rows padded to one length only, which follows from each row alone (`paddedLength`): as `equal`, for graphics cards, to which every
   * new length costs time and a batch of few rows as much as one of many.
   */
  | 'stepped'
  /** Nothing: the graph scales a whole batch at once, or its kernels depend on the batch's size. */
  | 'single';

/** A text to embed and where its vector goes. */
export interface Pending {
  /** Place among the unique texts. */
  row: number;
  text: string;
}

/** Of English and the like; only sizes of batches and the time left follow from it. */
export const CHARACTERS_PER_TOKEN = 4;

export interface Encoded extends Pending {
  ids: Int32Array;
}

/**
 * Longest first, then by the text itself: batches hold rows of about one length, the largest buffers are taken at
 * once, and which rows share a batch does not depend on the file's order. Characters stand in for tokens, which
 * are counted a window at a time.
 */
export function longestFirst(pending: Pending[]): Pending[] {
  return pending.sort(
    (a, b) => b.text.length - a.text.length || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
  );
}

/** By tokens, longest first; equal lengths keep the order of `longestFirst`. */
export function byTokens(window: Encoded[]): Encoded[] {
  return window.sort((a, b) => b.ids.length - a.ids.length);
}

/**
 * The tokens that a row is padded to where that may follow from its own length only: sixteen lengths between a power of two and the
 * next, so a sixteenth more work at most, and no more than `most`, which a model reads.
 */
export function paddedLength(length: number, most: number): number {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(length)) - 4);
  return Math.max(length, Math.min(most, Math.ceil(length / step) * step));
}

/** Rows that run together, and the tokens that all of them are padded to. */
export interface Batch {
  rows: Encoded[];
  width: number;
}

/**
 * Takes the next batch off the front of `queue` (sorted by tokens, longest first): as many rows as fit in
 * `budget` padded tokens, at least one. `most`: tokens that the model reads.
 */
export function takeBatch(queue: Encoded[], budget: number, mixing: Mixing, most = Infinity): Batch {
  const widthOf = ({ ids: { length } }: Encoded) =>
    mixing === 'stepped' ? paddedLength(length, most) : length;
  const width = widthOf(queue[0]);
  let rows = mixing === 'single' ? 1 : Math.max(1, Math.min(queue.length, Math.floor(budget / width)));
  if (mixing === 'equal' || mixing === 'stepped') {
    const end = queue.findIndex((item, index) => index >= rows || widthOf(item) !== width);
    if (end !== -1) rows = end;
  }
  return { rows: queue.splice(0, rows), width };
}

/** The rows' tokens end to end, as a session takes them, to be padded to `width` or to the longest. */
export function packBatch(rows: Pick<Tokens, 'ids'>[], width?: number): TokenBatch {
  const lengths = Int32Array.from(rows, ({ ids }) => ids.length);
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    ids.set(row.ids, at);
    at += row.ids.length;
  }
  return { ids, lengths, width };
}

/**
 * Finds the budget of padded tokens at which this machine is fastest, on the work itself: each candidate gets two
 * batches in turn (none is wasted), then the fastest stays.
 */
export class Budget {
  readonly #candidates: number[];
  readonly #tried: { tokens: number; milliseconds: number; batches: number }[];
  #fastest: number | undefined;
  #most = Infinity;

  /** `candidates` smallest first; a single one is simply used. */
  constructor(candidates: number[]) {
    this.#candidates = candidates;
    this.#tried = candidates.map(() => ({ tokens: 0, milliseconds: 0, batches: 0 }));
    if (candidates.length === 1) this.#fastest = 0;
  }

  /** From now on no batch has more than `tokens`: a larger one did not fit into memory. */
  limit(tokens: number): void {
    this.#most = Math.min(this.#most, Math.max(1, Math.floor(tokens)));
  }

  /** Which candidate the next batch should use, and its padded tokens. */
  next(): { candidate: number; tokens: number } {
    if (this.#fastest !== undefined)
      return { candidate: this.#fastest, tokens: this.#tokensOf(this.#fastest) };
    let candidate = 0;
    for (let other = 1; other < this.#candidates.length; other++) {
      if (this.#tried[other].batches < this.#tried[candidate].batches) candidate = other;
    }
    // Counted when it is handed out, so that sessions side by side try different ones.
    this.#tried[candidate].batches++;
    return { candidate, tokens: this.#tokensOf(candidate) };
  }

  #tokensOf(candidate: number): number {
    return Math.min(this.#candidates[candidate], this.#most);
  }

  /** Tokens really read (padding is no work done) and the time they took. */
  report(candidate: number, tokens: number, milliseconds: number): void {
    if (this.#fastest !== undefined) return;
    const tried = this.#tried[candidate];
    tried.tokens += tokens;
    tried.milliseconds += milliseconds;
    const isDone = this.#tried.every((one) => one.batches >= BATCHES_TRIED && one.tokens > 0);
    if (!isDone) return;
    const speed = (one: { tokens: number; milliseconds: number }) =>
      one.tokens / Math.max(one.milliseconds, 1e-3);
    this.#fastest = this.#tried.reduce(
      (best, one, index) => (speed(one) > speed(this.#tried[best]) ? index : best),
      0,
    );
  }
}
const BATCHES_TRIED = 2;
