import { capitalsOf, isInTitle } from './capitals.js';
import { CONTENT, FUNCTION } from './stopwords.js';
import { FIRST_FORM, PAUSE, STOP, type Tokens } from './tokens.js';

const split = (words: string): string[] => words.split(' ');

/** Words that an English verb in its plain form follows most surely. */
const VERB_MARKS = new Set(
  split(
    "to will would can could should may might must cannot can't won't don't didn't doesn't couldn't wouldn't i you we they who please",
  ),
);
// Closed classes of English. A verb in its plain form follows these:
const BEFORE_VERBS = new Set([
  ...VERB_MARKS,
  ...split("it them shouldn't do does did cant dont didnt doesnt he she let not never how so very too more"),
]);
/** Forms of "to be": what follows without an article is an adjective or a participle. */
export const BE = new Set(
  split(
    "be been being am is are was were isn't aren't wasn't weren't isnt arent wasnt werent i'm it's you're we're they're",
  ),
);
/** A noun ends what begins with one of these. */
export const DETERMINERS = new Set(
  split('the a an this that these those my your his her its our their some any no each every another'),
);
/** Prepositions that no verb in its plain form follows: a noun ends what begins with one, "on hold". */
const PREPOSITIONS = new Set(split('of in on at by with from into for via about without per using'));
/** After these a gerund is a verb, not a noun: "when paying", "start calling". */
const BEFORE_GERUNDS = new Set(
  split('when while without start started starts stop stopped keep keeps kept begin began'),
);
const AFTER_GERUNDS = new Set([...DETERMINERS, 'to']);
const AFTER_ORDERS = new Set([...DETERMINERS, 'me', 'us', 'it', 'them']);
/** What an object of a verb begins with, and a clause after a noun hardly ever. */
const BEFORE_OBJECTS = new Set(split('the a an my your his her its our their'));

const markers = new WeakMap<Tokens, Uint8Array>();

/** How often a word that a verb in its plain form follows most surely stands `shift` places after a position. */
export function countVerbMarks(positions: Int32Array, shift: number, tokens: Tokens): number {
  const { stream, wordOf, words } = tokens;
  // By word, since the same few hundred thousand positions are looked at for many words.
  const isMark = markers.get(tokens) ?? Uint8Array.from(words, (word) => (VERB_MARKS.has(word) ? 1 : 0));
  markers.set(tokens, isMark);
  let count = 0;
  for (const position of positions) {
    const token = stream[position + shift] ?? STOP;
    if (token >= FIRST_FORM) count += isMark[wordOf[token - FIRST_FORM]];
  }
  return count;
}

const COORDINATING = new Set(['and', 'or', 'but']);
/** Nouns that say little by themselves: what stands before one describes it, "estimated time". */
const PLAIN_NOUNS = new Set(
  split('time times day days week month year way ways thing things stuff lot people person persons guy guys'),
);

/** How often a word stands where nouns, verbs and adjectives stand. */
export interface UseCounts {
  all: number;
  /** Occurrences after another word of the sentence, and those with a capital. */
  seen: number;
  capitals: number;
  /** After "to", "will", "I" or "is"; or first in an order: "show me". */
  verbs: number;
  /** At the end of what an article begins: "the card was". */
  nouns: number;
  /** At the end of what a preposition or a number begins: "on hold", "10 rebounds". */
  governed: number;
  /** The same as of `nouns` before "and", where the noun of an adjective may still come: "a smooth and fast start". */
  coordinated: number;
  /** Before a noun or another word of content, without a capital: "financial data", not "cleric Moqtada". */
  attributes: number;
  /** Before an article or a possessive. */
  objects: number;
  /** Before a small word other than "and" and "or", or at the end of a clause. */
  ends: number;
}

const FIELDS = [
  'all',
  'seen',
  'capitals',
  'verbs',
  'nouns',
  'governed',
  'coordinated',
  'attributes',
  'objects',
  'ends',
] as const;
const [ALL, SEEN, CAPITALS, VERBS, NOUNS, GOVERNED, COORDINATED, ATTRIBUTES, OBJECTS, ENDS] = FIELDS.keys();

// What a word shows about the word after it, or before it.
const MARKS_VERB = 1;
const MARKS_NOUN = 2;
const ENDS_ORDER = 4;
const ENDS_GERUND = 8;
const BEGINS_OBJECT = 16;
const IS_GERUND = 32;
const COORDINATES = 64;
const IS_PLAIN_NOUN = 128;
const IS_SINGULAR = 256;
const ENDS_IN_S = 512;
const MARKS_GERUND = 1024;
const ENDS_AS_ADJECTIVE = 2048;
const GOVERNS = 4096;
/** Plurals, and verbs in the third person. */
const S_FORM = /..[^sui]s$/;
/** What ends like them and is neither. */
const NO_S_FORM = new Set(split('news lens gas means series species always'));
/** Endings of English adjectives, which some nouns have too ("arrival"). */
export const ADJECTIVE = /..(?:al|ic|ive|ous|able|ible|ful|less|ary|ed|cent|rent|ant|ior)$/;
/** Words with this ending are nouns as well: "skiing". */
export const GERUND = /..ing$/;

const known = new WeakMap<Uint8Array, EnglishUses>();

/** Uses of English words in the texts; counted once for each set of stop words. */
export function englishUses(tokens: Tokens, uses: Uint8Array): EnglishUses {
  const counted = known.get(uses) ?? new EnglishUses(tokens, uses);
  known.set(uses, counted);
  return counted;
}

/** Share of small words among all from which their places show what other words are: search snippets may have none. */
const SMALL_LEAST = 0.1;

class EnglishUses {
  /** Whether the texts have as many small words as sentences do. */
  readonly hasSmallWords: boolean;
  /** By word: what it marks, and IS_GERUND. */
  #marks: Uint16Array;
  /** By form. */
  #capitals: Uint8Array;
  /** By word FIELDS.length numbers, over all texts; counted when first needed. */
  #ofWords: Int32Array | undefined;

  constructor(
    readonly tokens: Tokens,
    readonly uses: Uint8Array,
  ) {
    const { anywhere, wordOf } = tokens;
    this.#capitals = capitalsOf(tokens.forms);
    let small = 0;
    let all = 0;
    for (const [form, count] of anywhere.entries()) {
      all += count;
      if (uses[wordOf[form]] === FUNCTION) small += count;
    }
    this.hasSmallWords = small >= all * SMALL_LEAST;
    this.#marks = Uint16Array.from(
      tokens.words,
      (word) =>
        (BEFORE_VERBS.has(word) || BE.has(word) ? MARKS_VERB : 0) |
        (DETERMINERS.has(word) ? MARKS_NOUN : 0) |
        (AFTER_ORDERS.has(word) ? ENDS_ORDER : 0) |
        (AFTER_GERUNDS.has(word) ? ENDS_GERUND : 0) |
        (BEFORE_GERUNDS.has(word) ? MARKS_GERUND : 0) |
        (BEFORE_OBJECTS.has(word) ? BEGINS_OBJECT : 0) |
        (COORDINATING.has(word) ? COORDINATES : 0) |
        (PLAIN_NOUNS.has(word) ? IS_PLAIN_NOUN : 0) |
        (PREPOSITIONS.has(word) || DIGIT.test(word) ? GOVERNS : 0) |
        (GERUND.test(word) ? IS_GERUND : 0) |
        (ADJECTIVE.test(word) ? ENDS_AS_ADJECTIVE : 0) |
        (word === 'this' || word === 'that' ? IS_SINGULAR : 0) |
        (S_FORM.test(word) && !NO_S_FORM.has(word) ? ENDS_IN_S : 0),
    );
  }

  /** @param positions of one word in the stream */
  at(positions: Int32Array): UseCounts {
    const counts = new Int32Array(FIELDS.length);
    for (const position of positions) this.#count(position, counts, 0);
    return named(counts, 0);
  }

  /** In all texts. */
  ofWord(word: number): UseCounts {
    this.#ofWords ??= this.#countAll();
    return named(this.#ofWords, word * FIELDS.length);
  }

  #countAll(): Int32Array {
    const { stream, wordOf, words } = this.tokens;
    const counts = new Int32Array(words.length * FIELDS.length);
    for (let at = 0; at < stream.length; at++)
      if (stream[at] >= FIRST_FORM) this.#count(at, counts, wordOf[stream[at] - FIRST_FORM] * FIELDS.length);
    return counts;
  }

  /** Whether an amount follows, with or without a sign: "an extra 5", "an extra $5 fee". */
  #isBeforeAmount(position: number): boolean {
    const { stream, forms } = this.tokens;
    const at = stream[position + 1] === PAUSE ? position + 2 : position + 1;
    const token = stream[at] ?? STOP;
    return token >= FIRST_FORM && DIGIT.test(forms[token - FIRST_FORM]);
  }

  #count(position: number, counts: Int32Array, to: number): void {
    const { stream, wordOf } = this.tokens;
    const next = stream[position + 1] ?? STOP;
    const before = stream[position - 1] ?? STOP;
    const own = this.#marks[wordOf[stream[position] - FIRST_FORM]];
    const following = next < FIRST_FORM ? 0 : this.#marks[wordOf[next - FIRST_FORM]];
    const describes =
      next >= FIRST_FORM &&
      (this.uses[wordOf[next - FIRST_FORM]] === CONTENT || (following & IS_PLAIN_NOUN) !== 0);
    const isSmall = next < FIRST_FORM || this.uses[wordOf[next - FIRST_FORM]] === FUNCTION;
    const isList = (following & COORDINATES) !== 0 || next === PAUSE;
    const isAmount = !describes && this.#isBeforeAmount(position);
    counts[to + ALL]++;
    if (isSmall && !isAmount && !(following & COORDINATES)) counts[to + ENDS]++;
    // What stands before a name may be one too, but in a headline all words have capitals: "Automatic Music Transcription".
    const isBeforeName = describes && this.#capitals[next - FIRST_FORM] === 1;
    if (describes && (!isBeforeName || (own & ENDS_AS_ADJECTIVE && isInTitle(position, this.tokens))))
      counts[to + ATTRIBUTES]++;
    if (following & BEGINS_OBJECT) counts[to + OBJECTS]++;
    if (before < FIRST_FORM) {
      // "Show me the map", "add an appointment": orders.
      if (following & ENDS_ORDER) counts[to + VERBS]++;
      return;
    }
    const isCapital = this.#capitals[stream[position] - FIRST_FORM] === 1;
    if (!isCapital || !isInTitle(position, this.tokens)) {
      counts[to + SEEN]++;
      if (isCapital) counts[to + CAPITALS]++;
    }
    const previous = this.#marks[wordOf[before - FIRST_FORM]];
    // "that sounds good", "this provides": no plural follows "this".
    const isVerb =
      previous & MARKS_VERB ||
      (previous & IS_SINGULAR && own & ENDS_IN_S) ||
      (previous & MARKS_GERUND && own & IS_GERUND);
    if (isVerb) counts[to + VERBS]++;
    // "the card" of "the card was", not "the extra" of "the extra fee".
    else if (previous & MARKS_NOUN && !describes && !isAmount) counts[to + (isList ? COORDINATED : NOUNS)]++;
    else if (previous & GOVERNS && !describes && !isAmount && !isList) counts[to + GOVERNED]++;
    // "rebooting the device", "attempting to reboot"
    else if (following & ENDS_GERUND && own & IS_GERUND) counts[to + VERBS]++;
  }
}

const DIGIT = /^\d/;

const named = (counts: Int32Array, from: number): UseCounts => ({
  all: counts[from + ALL],
  seen: counts[from + SEEN],
  capitals: counts[from + CAPITALS],
  verbs: counts[from + VERBS],
  nouns: counts[from + NOUNS],
  governed: counts[from + GOVERNED],
  coordinated: counts[from + COORDINATED],
  attributes: counts[from + ATTRIBUTES],
  objects: counts[from + OBJECTS],
  ends: counts[from + ENDS],
});
