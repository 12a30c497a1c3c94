import { Tokenizer } from '@huggingface/tokenizers';
import { UserError } from '../errors.js';
import { precompiledNormalizer } from './precompiled.js';

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

/** A normalizer or a pre-tokenizer of tokenizer.json; sequences hold others. */
interface Step extends Json {
  type?: string;
  normalizers?: Step[];
  precompiled_charsmap?: string | null;
}

/**
 * Opens tokenizer.json. Its own truncation and padding settings are ignored: the limit is `maxTokens`, and
 * batches are padded to their longest text.
 */
export function openTokenizer(tokenizerJson: Json, configJson: Json, maxTokens: number): TextTokenizer {
  const tokenizer = new Tokenizer(tokenizerJson, configJson);
  replaceNormalizer(tokenizer, tokenizerJson.normalizer as Step | null);
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

/**
 * The library approximates SentencePiece's compiled map by NFKC, which gives other ids for some texts (half-width
 * kana, ligatures, control characters). Its normalizer is called as a function, so ours can stand in its place.
 */
function replaceNormalizer(tokenizer: Tokenizer, config: Step | null): void {
  if (!config || !hasCharsMap(config)) return;
  const exact = normalizerOf(config);
  const slot = tokenizer as { normalizer: unknown };
  slot.normalizer = exact;
}

function hasCharsMap(step: Step): boolean {
  return Boolean(step.precompiled_charsmap) || (step.normalizers ?? []).some(hasCharsMap);
}

/** The function of one step of tokenizer.json's normalizer. */
function normalizerOf(step: Step): (text: string) => string {
  if (step.type === 'Sequence') {
    const steps = (step.normalizers ?? []).map(normalizerOf);
    return (text) => steps.reduce((current, normalize) => normalize(current), text);
  }
  if (step.type === 'Precompiled' && step.precompiled_charsmap) {
    return precompiledNormalizer(step.precompiled_charsmap);
  }
  // Every other kind is the library's, taken out of a tokenizer that has nothing else.
  const shell = new Tokenizer(
    {
      normalizer: step,
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      added_tokens: [],
      model: { type: 'WordPiece', vocab: { '[UNK]': 0 }, unk_token: '[UNK]' },
    },
    {},
  );
  const normalizer = shell.normalizer as unknown as ((text: string) => string) | null;
  return (text) => (normalizer ? normalizer(text) : text);
}
