import { isArabicModifier } from './arabic.js';
import { capitalsOf } from './capitals.js';
import { isChineseVerb } from './chinese.js';
import { endsAsModifier, hasEndings, isModifierByEnding } from './endings.js';
import { isOfCountry } from './english-adjectives.js';
import { ADJECTIVE, countVerbMarks, englishUses, GERUND, type UseCounts } from './english-uses.js';
import { isRomance, isRomanceModifier } from './inflected.js';
import { isKoreanVerb } from './korean.js';
import type { GroupWords } from './occurrences.js';
import { hasMarks, isModifierByPlace } from './places.js';
import { FIRST_FORM, type Tokens } from './tokens.js';
import type { NounTest } from './word-classes.js';
import { numbersOf } from './word-numbers.js';

const split = (words: string): Set<string> => new Set(words.split(' '));

/** Whether a word is used as a verb mostly: "to buy", "will miss", "I want". */
export function isVerb(word: number, group: GroupWords, tokens: Tokens): boolean {
  const at = group.positions.get(word) ?? new Int32Array();
  return at.length > 0 && countVerbMarks(at, -1, tokens) >= at.length * MOST;
}

/**
 * Whether a word is a verb in its plain form at a quarter of its places in all texts, and a noun at fewer, or the third person of one:
 * "work", "provides".
 */
export function isPlainVerb(word: number, tokens: Tokens, uses: Uint8Array): boolean {
  const ofAll = englishUses(tokens, uses).ofWord(word);
  const { all, verbs, nouns, coordinated } = ofAll;
  const form = tokens.words[word];
  if (isThirdPerson(form, ofAll, tokens, uses)) return true;
  // "Wearing (a mask)" says what somebody does, and is shown.
  if (!isParticiple(form) && takesObject(word, tokens, uses)) return true;
  return all > 0 && verbs >= all * PLAIN_VERB && verbs > nouns + coordinated;
}

/** Whether an article or a possessive follows a word at a quarter of its places, and it is hardly a noun: "contain (a vulnerability)". */
export function takesObject(word: number, tokens: Tokens, uses: Uint8Array): boolean {
  const { all, objects, nouns, coordinated } = englishUses(tokens, uses).ofWord(word);
  return objects >= Math.max(OBJECTS_LEAST, all * OBJECTS) && objects >= (nouns + coordinated) * OBJECT_TIMES;
}

/** Whether a verb has the ending of the third person: "contains", not "pass". */
export const endsInS = (form: string): boolean => /[^s]s$/.test(form);

/** Whether a word is a participle that is hardly ever a noun: "directed", not "feed". */
export function isParticipleOnly(word: number, tokens: Tokens, uses: Uint8Array): boolean {
  const form = tokens.words[word];
  if (!IRREGULAR.has(form) && !/..[^e]ed$/.test(form)) return false;
  const { all, nouns, coordinated } = englishUses(tokens, uses).ofWord(word);
  return nouns + coordinated <= all * CALLED;
}

/** Adverbs of time, which may follow any noun. */
export const WHEN = split('earlier later ago soon recently lately immediately daily weekly');
/** Past forms and participles that no ending shows, without those that are nouns as well ("cut", "run", "bid"). */
const IRREGULAR = split(
  'ate became been began begun bought broke broken brought built came caught chose chosen did drawn drew driven drove eaten fallen fell flew flown forgot forgotten fought found gave given gone gotten grew grown heard held hid hidden hung kept knew known laid led left lent lost made meant met paid ran ridden risen rode said sat saw seen sent shook shown slept sold spent spoke spoken stole stolen stood struck stuck swam taken taught threw thrown told took torn understood went woke won wore worn written wrote',
);
/** "Declined", "working", "lost": says what became of a noun that it follows. */
export const isParticiple = (form: string): boolean => /..(?:ed|ing)$/.test(form) || IRREGULAR.has(form);
/** Whether a word is an irregular past form or participle: "broke", "lost". */
export const isIrregular = (form: string): boolean => IRREGULAR.has(form);
const ENDING = /(?:..ed|...ly|...able|..ible|...ful|...less|...ous|..ific|...ical)$/;

/** Share of a word's occurrences that decides what it is. */
const MOST = 0.5;
/** Share of occurrences as a verb from which a word after a noun is one. */
const PLAIN_VERB = 0.25;
/** Share of occurrences as a noun from which a word with a verb's or an adverb's ending is one: "meeting", "supply". */
const NOUN_SHARE = 0.2;
/** Share of occurrences before another word from which one that never ends a noun phrase is an adjective: "financial". */
const ATTRIBUTES = 0.75;
const ATTRIBUTES_LEAST = 5;
const ALWAYS = 0.85;
/** Share of occurrences before an article from which a word that never follows one is a verb: "affects the", and their number at least. */
const OBJECTS = 0.25;
const OBJECTS_LEAST = 2;
/** … and how many times its occurrences as a noun those are. */
const OBJECT_TIMES = 2;
/** Occurrences in a group from which those in other groups say nothing more. */
const FEW = 10;
/** The same of an adjective with a capital, and the share that may end a noun phrase ("the Japanese"). */
const NAMED_ATTRIBUTES = 0.6;
const NAMED_NOUNS = 0.08;
/** Share of an adjective's occurrences that stand before a small word or at the end, at most: nouns do also in titles without articles. */
const ADJECTIVE_ENDS = 0.2;
/** The same among fewer occurrences: share that may end a noun phrase, and occurrences before another word. */
const HARDLY_ENDS = 0.05;
const HARDLY_LEAST = 15;
/** Share of occurrences as a verb from which a word that ends in -ing is one: "is working". */
const GERUND_SHARE = 0.25;
/** Share of capitals in mid-sentence from which a word is a noun of German, or a name in other languages. */
const CAPITALS = 0.5;

/**
 * Whether a word is mostly used as a verb, an adjective or an adverb in a group: "to buy", "is pending", "was declined". Such a
 * word names a topic less well than a noun. English is judged by a tagger, the words around it and endings, German by its
 * capitals, Japanese by its last sign; words of other languages are taken for nouns.
 * @param languages of the group's texts, the commonest first
 * @param isTaggedNoun tells nouns of the group's English texts
 */
export function isModifier(
  word: number,
  group: GroupWords,
  tokens: Tokens,
  uses: Uint8Array,
  languages: readonly string[],
  isTaggedNoun?: NounTest,
): boolean {
  const at = group.positions.get(word) ?? new Int32Array();
  if (at.length === 0) return false;
  if (languages[0] === 'de') return isLowerCase(at, tokens);
  if (isDescribing(word, languages[0], tokens)) return true;
  if (hasEndings(languages[0]))
    return isModifierByEnding(word, languages[0], tokens, !isLowerCase(at, tokens));
  if (isRomance(languages[0])) return isRomanceModifier(word, languages[0], tokens);
  if (!languages.includes('en')) return false;
  return isEnglishModifier(word, at, tokens, uses, isTaggedNoun?.(tokens.words[word]));
}

/** Whether a word is a verb or an adjective of a language wherever it stands, for those in which adjectives stand before their noun. */
export function isDescribing(word: number, language: string | undefined, tokens: Tokens): boolean {
  const form = tokens.words[word];
  if (language === 'ja') return ENDS_AS_VERB.test(form);
  if (language === 'zh') return isChineseVerb(word, tokens);
  if (language === 'ko') return isKoreanVerb(form);
  if (language === 'ar') return isArabicModifier(word, tokens);
  if (hasMarks(language) && isModifierByPlace(word, language, tokens)) return true;
  return hasEndings(language) && endsAsModifier(word, language, tokens);
}

/** Interjections, which say nothing in a name. */
const INTERJECTIONS = split(
  'um uh uhm umm hmm hm ah oh ooh eh huh omg lmao haha hahaha yep yup nope wow yay ugh gosh',
);

/** Comparatives and superlatives that no ending shows. */
const COMPARED = split('better best worse worst');

/** Letters of an adjective before -ly: "reply" is no adverb of "rep". */
const BASE_LEAST = 4;

/** Whether an English word is an adverb in -ly of an adjective that the texts have: "immediately", "possibly", but not "family". */
export function isAdverb(form: string, tokens: Tokens): boolean {
  if (!form.endsWith('ly') || form.length < BASE_LEAST + 2) return false;
  const base = form.slice(0, -2);
  const known = numbersOf(tokens);
  return known.has(base) || known.has(`${form.slice(0, -1)}e`) || known.has(base.replace(/i$/, 'y'));
}

/**
 * Whether an English word is a comparative or a superlative: the texts have the other ("largest", "faster"), or what it compares and
 * never the word as a noun ("slower" of "slow", not "printer" of "print").
 */
function isCompared(form: string, { nouns, coordinated, all }: UseCounts, tokens: Tokens): boolean {
  if (COMPARED.has(form)) return true;
  const known = numbersOf(tokens);
  if (/...est$/.test(form)) return known.has(`${form.slice(0, -2)}r`);
  if (!/...er$/.test(form)) return false;
  if (known.has(`${form.slice(0, -1)}st`)) return true;
  return all >= FEW && nouns + coordinated === 0 && known.has(form.slice(0, -2)) && !known.has(`${form}s`);
}

/** Whether a word with a capital ends like an adjective, of a country or another, and hardly ever ends a noun phrase: "Iraqi", "Democratic". */
function isNamedAttribute(
  form: string,
  { all, attributes, nouns, coordinated, ends }: UseCounts,
  tokens: Tokens,
): boolean {
  if (attributes < Math.max(ATTRIBUTES_LEAST, all * NAMED_ATTRIBUTES)) return false;
  if (nouns + coordinated > all * NAMED_NOUNS || ends > all * ADJECTIVE_ENDS) return false;
  return ADJECTIVE.test(form) || isOfCountry(form, tokens);
}

/**
 * Whether a word ends like an adjective and hardly ever ends a noun phrase in any of the texts ("medical" of data, of records), or never
 * does at many places ("indoor").
 */
export function isAttribute(word: number, tokens: Tokens, uses: Uint8Array): boolean {
  const english = englishUses(tokens, uses);
  const counts = english.ofWord(word);
  if (ADJECTIVE.test(tokens.words[word]))
    return counts.attributes >= Math.max(ATTRIBUTES_LEAST, counts.all * ALWAYS);
  const { all, seen, capitals, attributes, nouns, coordinated, ends } = counts;
  // "Marketing" of agencies and strategies is a noun.
  if (!english.hasSmallWords || GERUND.test(tokens.words[word]) || capitals >= seen * CAPITALS) return false;
  if (nouns + coordinated > 0 || ends > all * HARDLY_ENDS) return false;
  return attributes >= Math.max(HARDLY_LEAST, all * ATTRIBUTES);
}

// 訪れる, 新しい: a sign with a meaning, then one that shows how the word is inflected.
const ENDS_AS_VERB = /\p{Script=Han}\p{Script=Hiragana}*[るいうくすつむぶぐたてに]$/u;

function isLowerCase(at: Int32Array, { stream, forms }: Tokens): boolean {
  const isCapital = capitalsOf(forms);
  let seen = 0;
  let capitals = 0;
  for (const position of at) {
    if (stream[position - 1] < FIRST_FORM) continue;
    seen++;
    capitals += isCapital[stream[position] - FIRST_FORM];
  }
  return seen > 0 && capitals <= seen * CAPITALS;
}

function isEnglishModifier(
  word: number,
  at: Int32Array,
  tokens: Tokens,
  uses: Uint8Array,
  isTaggedNoun: boolean | undefined,
): boolean {
  const english = englishUses(tokens, uses);
  const found = english.at(at);
  const own = { ...found, nouns: found.nouns + found.coordinated };
  const form = tokens.words[word];
  const ofAll = english.ofWord(word);
  const isByForm = isTaggedNoun === false || ENDING.test(form) || IRREGULAR.has(form);
  if (!english.hasSmallWords) return isByForm;
  if (own.seen > 0 && own.capitals >= own.seen * CAPITALS) return isNamedAttribute(form, ofAll, tokens);
  if (isUsedAsModifier(own)) return true;
  // A few occurrences decide little: those in all texts do, if no occurrence here is a noun's.
  if (own.all < FEW && found.nouns === 0 && isUsedAsModifier(ofAll)) return true;
  if (WHEN.has(form) || INTERJECTIONS.has(form) || isCompared(form, ofAll, tokens)) return true;
  if (isThirdPerson(form, ofAll, tokens, uses)) return true;
  if (GERUND.test(form) && isGerundOfVerb(form, ofAll, tokens, uses)) return true;
  if (GERUND.test(form) && isTaggedNoun !== false)
    return own.verbs >= own.all * GERUND_SHARE && own.nouns < own.all * NOUN_SHARE;
  // An adverb follows anything: "where are you from originally".
  if (isTaggedNoun === false && form.endsWith('ly')) return true;
  return isByForm && !endsNounPhrases(found, ofAll);
}

/** Places of a word where no other follows that it could describe, from which they show what it is; and the share of those of nouns. */
const ENDS_LEAST = 10;
const ENDS_SHARE = 0.15;

/**
 * Whether a word ends what begins with an article, a preposition or a number, where nothing follows that it could describe: "broadband",
 * though it stands before "access" mostly, and "hold" of "on hold".
 */
function endsNounPhrases(own: UseCounts, ofAll: UseCounts): boolean {
  const { all, attributes, nouns, governed } = own.all - own.attributes >= ENDS_LEAST ? own : ofAll;
  return nouns + governed > (all - attributes) * ENDS_SHARE;
}

/** Whether a gerund is a noun hardly anywhere, and its verb one mostly: "calculating", not "training". */
function isGerundOfVerb(
  form: string,
  { all, nouns, coordinated }: UseCounts,
  tokens: Tokens,
  uses: Uint8Array,
): boolean {
  if (nouns + coordinated > all * CALLED) return false;
  const stem = form.slice(0, -3);
  return [stem, `${stem}e`, stem.slice(0, -1)].some((verb) => isVerbMostly(verb, tokens, uses));
}

/** Whether a word, or what it is the third person of, is a verb mostly and hardly ever a noun: "show", "shows". */
export function isVerbMostly(form: string, tokens: Tokens, uses: Uint8Array): boolean {
  const word = numbersOf(tokens).get(form);
  if (word === undefined) return false;
  const counts = englishUses(tokens, uses).ofWord(word);
  const { all, verbs, nouns, coordinated } = counts;
  if (isThirdPerson(form, counts, tokens, uses)) return true;
  return verbs >= Math.max(FEW, all * PLAIN_VERB) && nouns + coordinated < all * CALLED;
}

/** Share of occurrences as a noun from which what "calls" is made of is one. */
const CALLED = 0.05;

/** Whether a word is a verb's third person: "provides", of what is hardly ever a noun, or "walks" of "she walks", which no article precedes. */
function isThirdPerson(
  form: string,
  { all, verbs, nouns, coordinated }: UseCounts,
  tokens: Tokens,
  uses: Uint8Array,
): boolean {
  if (!/...s$/.test(form)) return false;
  const plain = form.slice(0, -1);
  const asNoun = nouns + coordinated;
  if (asNoun === 0 && isVerbMostly(plain, tokens, uses)) return true;
  if (verbs < Math.max(THIRD_LEAST, all * THIRD_SHARE) || asNoun > verbs * THIRD_NOUNS) return false;
  const word = numbersOf(tokens).get(plain);
  if (word === undefined) return false;
  const ofPlain = englishUses(tokens, uses).ofWord(word);
  return ofPlain.verbs >= ofPlain.all * THIRD_SHARE;
}

/** Places of a verb's third person after "who" or "she", their share, its plain form's after "to" or "will", and its places as a noun for each at most. */
const THIRD_LEAST = 5;
const THIRD_SHARE = 0.15;
const THIRD_NOUNS = 0.15;

/** Whether a word stands where verbs and adjectives stand, whatever its form. */
function isUsedAsModifier({ all, verbs, nouns, coordinated, attributes, objects }: UseCounts): boolean {
  if (all > 0 && verbs >= all * MOST) return true;
  // "This provides a …" has a noun's place by its first word alone.
  if (objects >= Math.max(OBJECTS_LEAST, all * OBJECTS) && objects >= nouns * OBJECT_TIMES) return true;
  // "The bill is due", "the due date", and never "the due".
  if (nouns + coordinated === 0 && verbs >= Math.max(FEW, all * PLAIN_VERB)) return true;
  return nouns === 0 && attributes + verbs >= Math.max(ATTRIBUTES_LEAST, all * ATTRIBUTES);
}
