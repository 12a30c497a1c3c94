import type { Pause } from '../breathe.js';
import type { TextTokenizer } from './tokenizer.js';

/** A part of a text that the model reads whole. */
export interface Piece {
  /** Without blanks at its ends. */
  text: string;
  /** Of this text alone: special tokens and those of a prefix don't count. */
  tokens: number;
}

/** The pieces of a text that is longer than the model reads, in their order; undefined where the model reads it whole. */
export type SplitText = (text: string, pause: Pause) => Promise<Piece[] | undefined>;

/** Where a text may be split: at ends of sentences; within a sentence that is too long at words, within a word at characters. */
const LEVELS = ['sentence', 'word', 'grapheme'] as const;
type Level = (typeof LEVELS)[number];

const SEGMENTERS = new Map<Level, Intl.Segmenter>();

/** Made when it is first needed. One locale for every machine: words of scripts without spaces are found by dictionaries that belong to none. */
function segmenterFor(granularity: Level): Intl.Segmenter {
  const segmenter = SEGMENTERS.get(granularity) ?? new Intl.Segmenter('en', { granularity });
  SEGMENTERS.set(granularity, segmenter);
  return segmenter;
}

/** UTF-16 units that are segmented at a time: the time for a segment grows with the length of what it is taken from. */
const WINDOW = 1024;
/** A UTF-16 unit takes at most this many tokens: the bytes of a character in models that know bytes. */
const TOKENS_A_UNIT = 3;

/**
 * Splits texts for a model. A piece takes sentences as long as the model reads them all, prefix included, so that there are few pieces
 * and what belongs together stays together.
 */
export function textSplitter(tokenizer: TextTokenizer, prefix: string, maxTokens: number): SplitText {
  const special = tokenizer.encode('').ids.length;
  const before = tokenizer.encode(prefix).ids.length;
  const limit = maxTokens - before;
  /** Tokens of a piece with the prefix before it; infinite where the model would not read it to its end. */
  const sizeOf = (text: string): number => {
    const { ids, isTruncated } = tokenizer.encode(prefix + text);
    return isTruncated ? Number.POSITIVE_INFINITY : ids.length - before;
  };
  return async (text, pause) => {
    if ((prefix.length + text.length) * TOKENS_A_UNIT <= maxTokens - special) return undefined;
    if (Number.isFinite(sizeOf(text))) return undefined;
    const pieces: Piece[] = [];
    for (const part of await packed(text, 0, limit, sizeOf, pause)) {
      const trimmed = part.trim();
      const tokens = tokenizer.encode(trimmed).ids.length - special;
      if (tokens > 0) pieces.push({ text: trimmed, tokens });
    }
    return pieces;
  };
}

/** The text in as few parts as are made by filling one after the other with units of this level. */
async function packed(
  text: string,
  level: number,
  limit: number,
  sizeOf: (text: string) => number,
  pause: Pause,
): Promise<string[]> {
  const units: string[] = [];
  const sizes: number[] = [];
  for (const unit of unitsOf(text, LEVELS[level])) {
    const size = sizeOf(unit);
    const isTooLong = size > limit && level + 1 < LEVELS.length;
    for (const part of isTooLong ? await packed(unit, level + 1, limit, sizeOf, pause) : [unit]) {
      units.push(part);
      sizes.push(isTooLong ? sizeOf(part) : size);
    }
    await pause();
  }
  const parts: string[] = [];
  for (let from = 0; from < units.length; ) {
    let to = from + 1;
    let part = units[from];
    let size = sizes[from];
    for (; to < units.length; to++) {
      const longer = part + units[to];
      let sum = size + sizes[to];
      if (sum > limit) {
        // Together they may take fewer: alone, a unit may begin with a token that stands for a space.
        if (sum - (to + 1 - from) > limit) break;
        sum = sizeOf(longer);
        if (sum > limit) break;
      }
      part = longer;
      size = sum;
      await pause();
    }
    // Rarely more: at a place where no word ends, both sides together may be cut into other tokens.
    while (to > from + 1 && sizeOf(part) > limit) part = part.slice(0, -units[--to].length);
    parts.push(part);
    from = to;
  }
  return parts;
}

/** The text cut into sentences, words or characters; put together they are the text. */
function* unitsOf(text: string, level: Level): Generator<string> {
  const segmenter = segmenterFor(level);
  for (let start = 0, size = WINDOW; start < text.length; ) {
    const window = text.slice(start, start + size);
    const segments = Array.from(segmenter.segment(window), ({ segment }) => segment);
    const isLast = start + window.length === text.length;
    if (!isLast) {
      // The last one may go on after the window.
      segments.pop();
      if (segments.length === 0) {
        size *= 2;
        continue;
      }
    }
    yield* segments;
    start += segments.reduce((sum, { length }) => sum + length, 0);
    size = WINDOW;
  }
}
