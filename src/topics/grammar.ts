import { isRomance, isRomanceModifier, isRussianModifier } from './inflected.js';
import { isKoreanVerb } from './korean.js';
import { type GroupWords, startsWithCapital } from './phrases.js';
import { CONTENT, FUNCTION } from './stopwords.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';

const split = (words: string): Set<string> => new Set(words.split(' '));

// Words that an English verb in its plain form follows most surely.
export const VERB_MARKS = split(
  "to will would can could should may might must cannot can't won't don't didn't doesn't couldn't wouldn't i you we they who please",
);

/** Whether a word is used as a verb mostly: "to buy", "will miss", "I want". */
export function isVerb(word: number, group: GroupWords, { stream, wordOf, words }: Tokens): boolean {
  const at = group.positions.get(word) ?? new Int32Array();
  let verbs = 0;
  for (const position of at) {
    const token = stream[position - 1] ?? STOP;
    if (token >= FIRST_FORM && VERB_MARKS.has(words[wordOf[token - FIRST_FORM]])) verbs++;
  }
  return at.length > 0 && verbs >= at.length * MOST;
}

// Closed classes of English. A verb in its plain form follows these:
const BEFORE_VERBS = new Set([
  ...VERB_MARKS,
  ...split("it them shouldn't do does did cant dont didnt doesnt he she let not never how so very too more"),
]);
/** Forms of "to be": what follows without an article is an adjective or a participle. */
export const BE = split(
  "be been being am is are was were isn't aren't wasn't weren't isnt arent wasnt werent i'm it's you're we're they're",
);
/** A noun ends what begins with one of these. */
export const DETERMINERS = split(
  'the a an this that these those my your his her its our their some any no each every another',
);
const AFTER_GERUNDS = new Set([...DETERMINERS, 'to']);
const AFTER_ORDERS = new Set([...DETERMINERS, 'me', 'us', 'it', 'them']);
/** Adverbs of time, which may follow any noun. */
export const WHEN = split('earlier later ago soon recently lately immediately daily weekly');
/** Past forms and participles that no ending shows, without those that are nouns as well ("cut", "run", "bid"). */
const IRREGULAR = split(
  'ate became been began begun bought broke broken brought built came caught chose chosen did drawn drew driven drove eaten fallen fell flew flown forgot forgotten fought found gave given gone gotten grew grown heard held hid hidden hung kept knew known laid led left lent lost made meant met paid ran ridden risen rode said sat saw seen sent shook shown slept sold spent spoke spoken stole stolen stood struck stuck swam taken taught threw thrown told took torn understood went woke won wore worn written wrote',
);
/** "Declined", "working", "lost": says what became of a noun that it follows. */
export const isParticiple = (form: string): boolean => /..(?:ed|ing)$/.test(form) || IRREGULAR.has(form);
const ENDING = /(?:..ed|...ly|...able|..ible|...ful|...less|...ous|..ific|...ical)$/;
/** Words with this ending are nouns as well: "skiing". */
const GERUND = /..ing$/;

/** Share of a word's occurrences that decides what it is. */
const MOST = 0.5;
/** Share of occurrences as a noun from which a word with a verb's or an adverb's ending is one: "meeting", "supply". */
const NOUN_SHARE = 0.2;
/** Share of occurrences before another word from which one that never ends a noun phrase is an adjective: "financial". */
const ATTRIBUTES = 0.75;
const ATTRIBUTES_LEAST = 5;
const ALWAYS = 0.85;
/** Share of occurrences as a verb from which a word that ends in -ing is one: "is working". */
const GERUND_SHARE = 0.25;
/** Share of capitals in mid-sentence from which a word is a noun of German, or a name in other languages. */
const CAPITALS = 0.5;

/**
 * Whether a word is mostly used as a verb, an adjective or an adverb in a group: "to buy", "is pending", "was declined". Such a
 * word names a topic less well than a noun. English is judged by the words around it and by endings, German by its
 * capitals, Japanese by its last sign; words of other languages are taken for nouns.
 * @param languages of the group's texts, the commonest first
 */
export function isModifier(
  word: number,
  group: GroupWords,
  tokens: Tokens,
  uses: Uint8Array,
  languages: readonly string[],
): boolean {
  const at = group.positions.get(word) ?? new Int32Array();
  if (at.length === 0) return false;
  if (languages[0] === 'ja') return ENDS_AS_VERB.test(tokens.words[word]);
  if (languages[0] === 'ko') return isKoreanVerb(tokens.words[word]);
  if (languages[0] === 'de') return isLowerCase(at, tokens);
  if (languages[0] === 'ru') return isRussianModifier(word, tokens);
  if (isRomance(languages[0])) return isRomanceModifier(word, languages[0], tokens);
  if (!languages.includes('en')) return false;
  return isEnglishModifier(word, at, tokens, uses);
}

const vocabularies = new WeakMap<Tokens, Set<string>>();

function vocabularyOf(tokens: Tokens): Set<string> {
  const vocabulary = vocabularies.get(tokens) ?? new Set(tokens.words);
  vocabularies.set(tokens, vocabulary);
  return vocabulary;
}

/** Letters of an adjective before -ly: "reply" is no adverb of "rep". */
const BASE_LEAST = 4;

/** Whether an English word is an adverb in -ly of an adjective that the texts have: "immediately", "possibly", but not "family". */
export function isAdverb(form: string, tokens: Tokens): boolean {
  if (!form.endsWith('ly') || form.length < BASE_LEAST + 2) return false;
  const base = form.slice(0, -2);
  const known = vocabularyOf(tokens);
  return known.has(base) || known.has(`${form.slice(0, -1)}e`) || known.has(base.replace(/i$/, 'y'));
}

/** Whether an English word is a comparative or a superlative of which the texts have the other: "largest", "faster". */
function isCompared(form: string, tokens: Tokens): boolean {
  if (/...er$/.test(form)) return vocabularyOf(tokens).has(`${form.slice(0, -1)}st`);
  return /...est$/.test(form) && vocabularyOf(tokens).has(`${form.slice(0, -2)}r`);
}

/** Of the uses of words in some languages: how often each word stands before a content word without a capital, and at all. */
const attributes = new WeakMap<Uint8Array, { before: Int32Array; all: Int32Array }>();

/** How English adjectives end; nouns do too ("arrival"). */
const ADJECTIVE = /..(?:al|ic|ive|ous|able|ible|ful|less|ary|ed|cent|rent|ant|ior)$/;

/** Whether a word ends like an adjective and hardly ever ends a noun phrase in any of the texts: "medical" of data, of records. */
export function isAttribute(word: number, tokens: Tokens, uses: Uint8Array): boolean {
  if (!ADJECTIVE.test(tokens.words[word])) return false;
  const counts = attributes.get(uses) ?? countAttributes(tokens, uses);
  attributes.set(uses, counts);
  return counts.before[word] >= Math.max(ATTRIBUTES_LEAST, counts.all[word] * ALWAYS);
}

function countAttributes({ stream, wordOf, words, forms }: Tokens, uses: Uint8Array) {
  const before = new Int32Array(words.length);
  const all = new Int32Array(words.length);
  const isNoun = Uint8Array.from(forms, (form, id) =>
    uses[wordOf[id]] === CONTENT && !startsWithCapital(form) ? 1 : 0,
  );
  for (let at = 0; at < stream.length; at++) {
    if (stream[at] < FIRST_FORM) continue;
    const word = wordOf[stream[at] - FIRST_FORM];
    all[word]++;
    const next = stream[at + 1] ?? STOP;
    if (next >= FIRST_FORM) before[word] += isNoun[next - FIRST_FORM];
  }
  return { before, all };
}

// 訪れる, 新しい: a sign with a meaning, then one that shows how the word is inflected.
const ENDS_AS_VERB = /\p{Script=Han}\p{Script=Hiragana}*[るいうくすつむぶぐたてに]$/u;

function isLowerCase(at: Int32Array, { stream, forms }: Tokens): boolean {
  let seen = 0;
  let capitals = 0;
  for (const position of at) {
    if (stream[position - 1] < FIRST_FORM) continue;
    seen++;
    if (startsWithCapital(forms[stream[position] - FIRST_FORM])) capitals++;
  }
  return seen > 0 && capitals <= seen * CAPITALS;
}

function isEnglishModifier(word: number, at: Int32Array, tokens: Tokens, uses: Uint8Array): boolean {
  const { stream, wordOf, words, forms } = tokens;
  let verbs = 0;
  let nouns = 0;
  let seen = 0;
  let capitals = 0;
  let attributes = 0;
  const form = words[word];
  const isGerund = GERUND.test(form);
  const use = (token: number) => (token < FIRST_FORM ? FUNCTION : uses[wordOf[token - FIRST_FORM]]);
  for (const position of at) {
    const next = stream[position + 1] ?? STOP;
    // "financial data", not "cleric Moqtada".
    if (use(next) === CONTENT && !startsWithCapital(forms[next - FIRST_FORM])) attributes++;
    const before = stream[position - 1] ?? STOP;
    if (before < FIRST_FORM) {
      // "Show me the map", "add an appointment": orders.
      if (next >= FIRST_FORM && AFTER_ORDERS.has(words[wordOf[next - FIRST_FORM]])) verbs++;
      continue;
    }
    seen++;
    if (startsWithCapital(forms[stream[position] - FIRST_FORM])) capitals++;
    const previous = words[wordOf[before - FIRST_FORM]];
    if (BEFORE_VERBS.has(previous) || BE.has(previous)) verbs++;
    // "the card" of "the card was", not "the extra" of "the extra fee".
    else if (DETERMINERS.has(previous) && use(next) !== CONTENT) nouns++;
    // "rebooting the device", "attempting to reboot"
    else if (isGerund && next >= FIRST_FORM && AFTER_GERUNDS.has(words[wordOf[next - FIRST_FORM]])) verbs++;
  }
  if (seen > 0 && capitals >= seen * CAPITALS) return false;
  if (
    verbs >= at.length * MOST ||
    (attributes + verbs >= Math.max(ATTRIBUTES_LEAST, at.length * ATTRIBUTES) && nouns === 0)
  )
    return true;
  if (WHEN.has(form) || isCompared(form, tokens)) return true;
  if (isGerund) return verbs >= at.length * GERUND_SHARE && nouns < at.length * NOUN_SHARE;
  return (ENDING.test(form) || IRREGULAR.has(form)) && nouns < at.length * NOUN_SHARE;
}
