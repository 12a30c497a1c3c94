import { Tokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { ofShape } from '../outside.js';
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
  /** Tokens that stand for no word: those around a text, padding, and the one of unknown characters. */
  wordless: readonly number[];
}

/** One with a bound that is quicker than `encode`. */
export interface BoundedTokenizer extends TextTokenizer {
  /** Whether a text may be longer than the limit; false where it surely isn't. */
  mayBeTruncated(text: string): boolean;
}

type Json = Record<string, unknown>;

/** Ids as a model takes them: 32 bits. */
const isId = (id: unknown): boolean =>
  Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 31;
/** `{ token: id }` (WordPiece, BPE) or `[[token, score], …]` (Unigram). A plain loop, since it has 250,000 entries. */
function isVocabulary(vocab: unknown): boolean {
  if (typeof vocab !== 'object' || vocab === null) return false;
  if (!Array.isArray(vocab)) return Object.values(vocab).every(isId);
  return vocab.every(
    (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number',
  );
}

const StepShape = v.nullish(v.looseObject({ type: v.optional(v.string()) }));
/** What is read of tokenizer.json before the library reads it. */
const TokenizerShape = v.looseObject({
  model: v.looseObject({
    type: v.optional(v.string()),
    vocab: v.custom<unknown>(isVocabulary, 'tokens with their ids or scores'),
  }),
  added_tokens: v.nullish(
    v.array(v.looseObject({ id: v.custom<number>(isId, 'a token id'), content: v.string() })),
  ),
  normalizer: StepShape,
  pre_tokenizer: StepShape,
  post_processor: StepShape,
  decoder: StepShape,
  padding: v.nullish(v.looseObject({ pad_id: v.optional(v.custom<number>(isId, 'a token id')) })),
});

/**
 * Opens tokenizer.json. Its own truncation and padding settings are ignored: the limit is `maxTokens`, and
 * batches are padded to their longest text. `source` names the file in errors. `addsSpecial`: whether the tokens that
 * the file puts around a text count, as they do but for static models.
 * @throws UserError for a file that is no tokenizer, and for a `maxTokens` that special tokens use up.
 */
export function openTokenizer(
  tokenizerJson: Json,
  configJson: Json,
  maxTokens: number,
  source = 'tokenizer.json',
  { addsSpecial = true }: { addsSpecial?: boolean } = {},
): BoundedTokenizer {
  const shaped = ofShape(
    tokenizerJson,
    TokenizerShape,
    source,
    (message) => new UserError(message, { code: 'MODEL_INVALID', option: 'model' }),
  );
  // The library trusts the file, so a damaged one ends in errors about undefined values.
  const reading = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof UserError) throw error;
      const isRaw = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
      const why =
        isRaw || !(error instanceof Error) || error.message.includes('undefined')
          ? 'it is damaged, or of a kind that is not known'
          : error.message;
      throw new UserError(`${source} can't be used: ${why}; save it again with transformers`, {
        code: 'MODEL_INVALID',
        cause: error,
      });
    }
  };
  const opened = reading(() => openUnchecked(shaped, configJson, maxTokens, addsSpecial));
  return { ...opened, encode: (text) => reading(() => opened.encode(text)) };
}

function openUnchecked(
  tokenizerJson: Json,
  configJson: Json,
  maxTokens: number,
  addsSpecial: boolean,
): BoundedTokenizer {
  const tokenizer = new Tokenizer(tokenizerJson, configJson);
  const exact = exactNormalizer(
    (tokenizerJson.normalizer ?? null) as Step | null,
    (tokenizerJson.pre_tokenizer ?? null) as Step | null,
  );
  // The library calls its normalizer as a function, so another one can stand in its place.
  if (exact) Object.assign(tokenizer, { normalizer: exact });
  rememberWords(tokenizer);
  const { before, after } = addsSpecial ? specialTokens(tokenizer) : { before: [], after: [] };
  const limit = maxTokens - before.length - after.length;
  if (limit < 1) {
    throw new UserError(
      `maxTokens is ${maxTokens}, but this model's special tokens alone take ${before.length + after.length}; use a larger number`,
      { code: 'OPTION_INVALID', option: 'maxTokens' },
    );
  }
  const encodeBare = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const most = mostTokensOf(tokenizerJson, limit);
  const padding = padId(tokenizer, tokenizerJson, configJson);
  const unknown = unknownId(tokenizer, tokenizerJson, configJson);
  return {
    padId: padding,
    wordless: [...new Set([...before, ...after, padding, ...unknown])],
    mayBeTruncated: (text) => most(text) > limit,
    encode(text) {
      const content = encodeStart(text, limit, encodeBare);
      const isTruncated = content.length > limit;
      const kept = isTruncated ? content.slice(0, limit) : content;
      return { ids: Int32Array.from([...before, ...kept, ...after]), isTruncated };
    },
  };
}

/**
 * A quick bound on the tokens of a text. WordPiece makes at most one of each character that isn't white space, and one of a word of
 * its vocabulary; other models at most one of each byte, and of a mark for the space before the text. Normal forms of characters are
 * longer than these: a Hangul syllable has three parts.
 */
function mostTokensOf({ model, normalizer, pre_tokenizer }: Json, limit: number): (text: string) => number {
  const decomposed = (text: string) => (isAscii(text) ? text : text.normalize('NFKD'));
  const typeOf = (part: unknown) => (part as { type?: unknown } | null | undefined)?.type;
  if (typeOf(model) !== 'WordPiece' || typeOf(pre_tokenizer) !== 'BertPreTokenizer')
    return (text) => Buffer.byteLength(decomposed(text)) + 1;
  const { vocab: vocabulary } = model as { vocab: object };
  const isLowered = (normalizer as { lowercase?: unknown } | null | undefined)?.lowercase === true;
  return (text) => {
    const whole = decomposed(text);
    let count = whole.length;
    for (let at = 0; at < whole.length; at++) if (whole.charCodeAt(at) === SPACE) count--;
    if (count <= limit || !PLAIN.test(whole)) return count;
    for (const written of whole.match(ASCII_WORD) ?? []) {
      const word = isLowered ? written.toLowerCase() : written;
      if (Object.hasOwn(vocabulary, word)) count -= word.length - 1;
    }
    return count;
  };
}

/** What BERT's pre-tokenizer keeps together in a text of ASCII characters. */
const ASCII_WORD = /[a-z0-9]+/gi;
/** No other character, and none that the tokenizer removes, which would join the words next to it. */
const PLAIN = /^[\x20-\x7e\t\r\n]*$/;

const SPACE = 32;

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** Words whose tokens are kept; a word is what the pre-tokenizer cuts off. */
const MOST_WORDS = 100_000;
/** Longer words seldom come twice. In UTF-16 units. */
const LONGEST_WORD = 40;

/**
 * Words repeat, and the library's Unigram takes most of its time to cut one into tokens: each is cut once. Its tokens
 * depend on the word alone.
 */
function rememberWords(tokenizer: Tokenizer): void {
  const model: { tokenize?: unknown } = tokenizer.model;
  const cut = model.tokenize;
  if (typeof cut !== 'function') return; // not Unigram
  const known = new Map<string, unknown>();
  const tokenize = (word: string): unknown => {
    const found = known.get(word);
    if (found !== undefined) return found;
    const tokens: unknown = cut.call(model, word);
    if (known.size >= MOST_WORDS) known.clear();
    if (word.length <= LONGEST_WORD) known.set(word, tokens);
    return tokens;
  };
  Object.assign(model, { tokenize });
}

/** Characters a token of ordinary text never averages: where to cut a very long text before tokenizing it. */
const CHARACTERS_PER_TOKEN = 12;
/** Tokens near a cut may differ from those of the whole text; so many are kept clear of it. */
const MARGIN = 256;

/**
 * The text's tokens, or of a very long text at least the first `limit` + 1 of them: tokens depend on the words
 * around them only, so a book need not be read whole to keep its first pages.
 */
function encodeStart(text: string, limit: number, encode: (text: string) => number[]): number[] {
  for (let length = (limit + MARGIN) * CHARACTERS_PER_TOKEN; length < text.length; length *= 4) {
    const ids = encode(text.slice(0, cutBefore(text, length)));
    if (ids.length > limit + MARGIN) return ids;
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

/** The special tokens that the post-processor puts around a text, found by encoding a sample with and without them. */
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
  return idOf(tokenizer, [contentOf(configJson.pad_token), '<pad>', '[PAD]']) ?? 0;
}

/** Of characters that the vocabulary lacks: stated as an id (Unigram) or as a token; none where neither is. */
function unknownId(tokenizer: Tokenizer, tokenizerJson: Json, configJson: Json): number[] {
  const model = tokenizerJson.model as { unk_id?: unknown; unk_token?: unknown };
  if (isId(model.unk_id)) return [model.unk_id as number];
  const id = idOf(tokenizer, [model.unk_token, contentOf(configJson.unk_token), '<unk>', '[UNK]']);
  return id === undefined ? [] : [id];
}

/** A special token as a configuration names it, by itself or within an object. */
const contentOf = (named: unknown): unknown =>
  v.is(v.looseObject({ content: v.string() }), named) ? named.content : named;

/** The id of the first that the vocabulary has. */
function idOf(tokenizer: Tokenizer, candidates: readonly unknown[]): number | undefined {
  for (const candidate of candidates) {
    const id = typeof candidate === 'string' ? tokenizer.token_to_id(candidate) : undefined;
    if (id !== undefined) return id;
  }
  return undefined;
}
