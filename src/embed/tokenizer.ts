import { Tokenizer } from '@huggingface/tokenizers';
import { UserError } from '../errors.js';
import { exactNormalizer, type Step } from './normalizers.js';

/** Token ids of one text, special tokens included. */
export interface Tokens {
  ids: Int32Array;
  /** The text was longer than the limit and lost its end. */
  isTruncated: boolean;
}

export interface TextTokenizer {
  /** Never more than the limit it was opened with. */
  encode(text: string): Tokens;
  /** Fills the empty places of a batch. */
  padId: number;
}

type Json = Record<string, unknown>;

/**
 * Opens tokenizer.json. Its own truncation and padding settings are ignored: the limit is `maxTokens`, and
 * batches are padded to their longest text.
 */
export function openTokenizer(tokenizerJson: Json, configJson: Json, maxTokens: number): TextTokenizer {
  const tokenizer = new Tokenizer(tokenizerJson, configJson);
  const exact = exactNormalizer(
    (tokenizerJson.normalizer ?? null) as Step | null,
    (tokenizerJson.pre_tokenizer ?? null) as Step | null,
  );
  // The library calls its normalizer as a function, so another one can stand in its place.
  if (exact) Object.assign(tokenizer, { normalizer: exact });
  const { before, after } = specialTokens(tokenizer);
  const room = maxTokens - before.length - after.length;
  if (room < 1) {
    throw new UserError(
      `maxTokens is ${maxTokens}, but this model's special tokens alone take ${before.length + after.length}; use a larger number`,
    );
  }
  const encodeBare = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  return {
    padId: padId(tokenizer, tokenizerJson, configJson),
    encode(text) {
      const content = encodeStart(text, room, encodeBare);
      const isTruncated = content.length > room;
      const kept = isTruncated ? content.slice(0, room) : content;
      return { ids: Int32Array.from([...before, ...kept, ...after]), isTruncated };
    },
  };
}

/** Characters a token of ordinary text never averages: where to cut a very long text before tokenizing it. */
const CHARACTERS_PER_TOKEN = 12;
/** Tokens near a cut may differ from those of the whole text; so many are kept clear of it. */
const MARGIN = 256;

/**
 * The text's tokens, or of a very long text at least the first `room` + 1 of them: tokens depend on the words
 * around them only, so a book need not be read whole to keep its first pages.
 */
function encodeStart(text: string, room: number, encode: (text: string) => number[]): number[] {
  for (let length = (room + MARGIN) * CHARACTERS_PER_TOKEN; length < text.length; length *= 4) {
    const ids = encode(text.slice(0, cutBefore(text, length)));
    if (ids.length > room + MARGIN) return ids;
  }
  return encode(text);
}

/** A place at or a little before `length` that splits neither a word nor a character. */
function cutBefore(text: string, length: number): number {
  const space = text.lastIndexOf(' ', length);
  if (space > length - 1000) return space;
  const isPair = (text.charCodeAt(length) & 0xfc00) === 0xdc00;
  return isPair ? length - 1 : length;
}

/** What the post-processor puts around a text, found by asking it. */
function specialTokens(tokenizer: Tokenizer): { before: number[]; after: number[] } {
  const sample = 'a';
  const bare: number[] = tokenizer.encode(sample, { add_special_tokens: false }).ids;
  const full: number[] = tokenizer.encode(sample).ids;
  const extra = full.length - bare.length;
  for (let start = 0; start <= extra; start++) {
    if (bare.every((id, index) => full[start + index] === id)) {
      return { before: full.slice(0, start), after: full.slice(start + bare.length) };
    }
  }
  return { before: [], after: [] };
}

function padId(tokenizer: Tokenizer, tokenizerJson: Json, configJson: Json): number {
  const padding = tokenizerJson.padding as { pad_id?: number } | null | undefined;
  if (typeof padding?.pad_id === 'number') return padding.pad_id;
  const named = configJson.pad_token as string | { content?: string } | null | undefined;
  const content = typeof named === 'string' ? named : named?.content;
  for (const candidate of [content, '<pad>', '[PAD]']) {
    const id = candidate === undefined ? undefined : tokenizer.token_to_id(candidate);
    if (id !== undefined) return id;
  }
  return 0;
}
