import { hasAgreement, nounBeside, showsCase } from './agreement.js';
import { startsWithCapital } from './capitals.js';
import { withoutClitics } from './clitics.js';
import { isCaseArticle, nounAfterArticle } from './greek.js';
import { Merge } from './merge.js';
import { INFLECTIONS, type Paradigm } from './paradigms.js';
import { stopWords } from './stopwords.js';
import { type TextLanguages, wordsIn } from './text-languages.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';

/** Different forms of a noun from which its basic form is known where no text has it, if it has an ending. */
const SURE = 3;

/**
 * Words without what their language writes together with them, and the inflected forms of a noun or an adjective as one word, that of
 * the basic form: "вируса" and "вирусов" become "вирус". Only forms that the texts have are basic forms.
 * @param languages of all texts
 * @param ofTexts the languages of single texts, without which those that share letters with another one are left as they are
 */
export function withBaseForms(tokens: Tokens, languages: readonly string[], ofTexts?: TextLanguages): Tokens {
  let read = tokens;
  for (const language of languages) {
    read = withoutClitics(read, language);
    if (!Object.hasOwn(INFLECTIONS, language)) continue;
    if (isAlone(language, languages)) read = joinForms(read, language);
    else if (ofTexts) read = joinForms(read, language, wordsIn(language, read, ofTexts));
  }
  return read;
}

/** Languages that are not written in Latin letters. */
const OTHER_SCRIPTS = new Set(
  'ru uk bg sr mk be hi mr ne ar fa ur he el ja zh ko th ka hy bn ta te'.split(' '),
);

/** Whether no other language of the texts has the same letters: "car" and "care" would be forms of a Polish noun. */
function isAlone(language: string, languages: readonly string[]): boolean {
  if (OTHER_SCRIPTS.has(language)) return true;
  return languages.every((other) => OTHER_SCRIPTS.has(other) || INFLECTIONS[other] === INFLECTIONS[language]);
}

/** Words that one paradigm explains as forms of one stem. */
interface Stem {
  key: string;
  paradigm: Paradigm;
  stem: string;
  words: number[];
  /** Texts that have them, those with several of them several times. */
  texts: number;
  /** Logarithm, of the texts that have the words in these forms. */
  likelihood: number;
}

/** @param own by word: 1 for one of the language, where texts have other languages with its letters */
function joinForms(tokens: Tokens, language: string, own?: Uint8Array): Tokens {
  const { words, documents, telling } = tokens;
  const { letters, paradigms, stem: least, replaced = [], isAgglutinative = false } = INFLECTIONS[language];
  const plain = INFLECTIONS[language].plain ?? same;
  const isName = namesIn(tokens);
  const stops = stopWords([language]);
  const eligible = Array.from(words.keys()).filter((word) => {
    const form = words[word];
    return (
      telling[word] === 1 &&
      documents[word] > 0 &&
      own?.[word] !== 0 &&
      form.length >= least &&
      letters.test(form) &&
      !stops.has(form)
    );
  });
  const byEnding = endingsOf(paradigms);
  const stems = new Map<string, Stem>();
  for (const word of eligible) {
    const form = plain(words[word]);
    // "Almanya" (Germany) is no case of "Alman" (German).
    if (isAgglutinative && isName(word)) continue;
    for (const [ending, numbers] of byEnding) {
      if (form.length < least + ending.length || !form.endsWith(ending)) continue;
      const stem = form.slice(0, form.length - ending.length);
      for (const number of numbers) {
        const paradigm = paradigms[number];
        if (paradigm.after && !paradigm.after.test(stem)) continue;
        const key = `${stem} ${number}`;
        const found = stems.get(key) ?? { key, paradigm, stem, words: [], texts: 0, likelihood: 0 };
        found.words.push(word);
        found.texts += documents[word];
        found.likelihood += documents[word] * Math.log(shareOf(ending, paradigm));
        stems.set(key, found);
      }
    }
  }
  const merge = new Merge(tokens);
  const several = [...stems.values()].filter((stem) => stem.words.length > 1);
  const context = contextRules(language);
  const basicByContext = context && basicFormsByContext(tokens, context);
  const byArticles = language === 'el' ? basicByContext : undefined;
  for (const stem of several) {
    stem.likelihood -= withoutGenitive(stem, tokens, plain);
    if (byArticles) stem.likelihood += agreement(stem, byArticles, plain, documents);
  }
  const taken = joinBest(several, merge, isAgglutinative, plain);
  for (const word of eligible) {
    const isSought = taken[word] === 0 && (context?.hasNames || !isName(word));
    const basic = isSought ? basicByContext?.(word) : undefined;
    if (basic !== undefined) {
      merge.join(word, basic);
      continue;
    }
    const rule =
      taken[word] === 0 && !isName(word) ? replaced.find(([ending]) => ending.test(words[word])) : undefined;
    if (rule) merge.join(word, words[word].replace(...rule));
  }
  return merge.close();
}

const same = (form: string): string => form;

/** Share of a word's basic forms by its neighbours that must be the same. */
const AGREE = 0.6;

/** Rules of a language by which the words next to a noun show its basic form. */
interface ContextRules {
  /** Whether a word may show the case of what is next to it. */
  shows: (word: string) => boolean;
  basicOf: (noun: string, before: string | undefined, after: string | undefined) => string | undefined;
  /** Whether names have such words next to them as well. */
  hasNames?: boolean;
}

function contextRules(language: string): ContextRules | undefined {
  if (language === 'el')
    return {
      shows: isCaseArticle,
      basicOf: (noun, before) => (before === undefined ? undefined : nounAfterArticle(noun, before)),
      hasNames: true,
    };
  if (!hasAgreement(language)) return undefined;
  return {
    shows: (word) => showsCase(word, language),
    basicOf: (noun, before, after) => nounBeside(noun, before, after, language),
  };
}

/** Finds the basic form of a noun by the articles, adjectives and prepositions next to it in all texts. */
function basicFormsByContext(tokens: Tokens, context: ContextRules): (word: number) => string | undefined {
  const { stream, wordOf, words } = tokens;
  const votes = new Map<number, Map<string, number>>();
  // Few words show a case, so that most places need no look at their letters.
  const shows = Uint8Array.from(words, (word) => (context.shows(word) ? 1 : 0));
  const known = new Map<number, string | undefined>();
  const wordAt = (at: number) => {
    const token = stream[at] ?? STOP;
    return token < FIRST_FORM ? -1 : wordOf[token - FIRST_FORM];
  };
  const basicOf = (word: number, other: number, isAfter: boolean) => {
    const key = (word * words.length + other) * 2 + (isAfter ? 1 : 0);
    if (!known.has(key)) {
      const [before, after] = isAfter ? [undefined, words[other]] : [words[other], undefined];
      known.set(key, context.basicOf(words[word], before, after));
    }
    return known.get(key);
  };
  for (let at = 0; at < stream.length; at++) {
    const word = wordAt(at);
    if (word < 0) continue;
    const [left, right] = [wordAt(at - 1), wordAt(at + 1)];
    let basic = left >= 0 && shows[left] === 1 ? basicOf(word, left, false) : undefined;
    if (basic === undefined && right >= 0 && shows[right] === 1) basic = basicOf(word, right, true);
    if (basic === undefined) continue;
    const own = votes.get(word) ?? new Map<string, number>();
    own.set(basic, (own.get(basic) ?? 0) + 1);
    votes.set(word, own);
  }
  return (word) => {
    const own = [...(votes.get(word) ?? [])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const all = own.reduce((sum, [, count]) => sum + count, 0);
    return own.length > 0 && own[0][1] >= all * AGREE ? own[0][0] : undefined;
  };
}

/** Finds whether a word has a capital in mid-sentence more often than not. */
function namesIn({ forms, wordOf, inMidSentence, words }: Tokens): (word: number) => boolean {
  const capitals = new Int32Array(words.length);
  for (const [form, spelled] of forms.entries())
    capitals[wordOf[form]] += startsWithCapital(spelled) ? inMidSentence[form] : -inMidSentence[form];
  return (word) => capitals[word] > 0;
}

/** About how often a noun has an ending: the basic form and the genitive, which the tables list next, are the commonest. */
function shareOf(ending: string, { singular, others, plural, pluralOthers }: Paradigm): number {
  if (ending === singular) return 0.35;
  if (ending === others[0]) return 0.25;
  if (ending === plural) return 0.15;
  return others.includes(ending) || ending === pluralOthers[0] ? 0.1 : 0.05;
}

/** Texts with other cases of the plural, where none has its genitive, which is commoner: the noun is hardly of this kind. */
function withoutGenitive(
  { stem, paradigm, words: own }: Stem,
  { words, documents }: Tokens,
  plain: (form: string) => string,
): number {
  const [genitive, ...others] = paradigm.pluralOthers;
  const texts = (endings: readonly string[]) =>
    own.reduce(
      (sum, word) => (endings.includes(plain(words[word]).slice(stem.length)) ? sum + documents[word] : sum),
      0,
    );
  return genitive === undefined || texts([genitive]) > 0 ? 0 : texts(others);
}

/** Texts with forms whose basic form, by the articles before them, is that of this kind of noun, less those where it is another. */
function agreement(
  { stem, paradigm: { singular, plural }, words }: Stem,
  basicOf: (word: number) => string | undefined,
  plain: (form: string) => string,
  documents: Int32Array,
): number {
  return words.reduce((sum, word) => {
    const basic = basicOf(word);
    if (basic === undefined) return sum;
    const isSame = [singular, plural].some((ending) => plain(basic) === stem + ending);
    return sum + (isSame ? documents[word] : -documents[word]);
  }, 0);
}

/** Numbers of the paradigms that have each ending. */
function endingsOf(paradigms: readonly Paradigm[]): [string, number[]][] {
  const found = new Map<string, number[]>();
  for (const [number, { singular, others, plural, pluralOthers }] of paradigms.entries())
    for (const ending of new Set([singular, ...others, plural, ...pluralOthers]))
      found.set(ending, [...(found.get(ending) ?? []), number]);
  return [...found];
}

/**
 * Joins the forms of each stem, those first that explain the most texts; a form that several explain goes with the first of them.
 * @param isBaseCommonest whether what is commoner than the basic form is another word
 * @returns by word: 1 for one that was joined
 */
function joinBest(
  stems: Stem[],
  merge: Merge,
  isBaseCommonest: boolean,
  plain: (form: string) => string,
): Uint8Array {
  const { documents, words: all } = merge.tokens;
  const taken = new Uint8Array(all.length);
  const sure = (stem: Stem) => Number(stem.paradigm.isSure);
  stems.sort(
    (a, b) =>
      b.texts - a.texts || b.likelihood - a.likelihood || sure(b) - sure(a) || (a.key < b.key ? -1 : 1),
  );
  for (const [at, { stem, paradigm, words }] of stems.entries()) {
    const free = words.filter((word) => taken[word] === 0);
    // Another kind of noun explains the same forms: "протести, протесту" of протест, or of протеста.
    const next = stems[at + 1];
    const isUnclear = next?.texts === stems[at].texts && next.stem === stem;
    const base =
      free.length > 1 ? baseOf({ stem, paradigm, forms: free, plain }, merge.tokens, isUnclear) : undefined;
    if (base === undefined) continue;
    const id = merge.find(base);
    const most = isBaseCommonest && id !== undefined ? documents[id] : Number.POSITIVE_INFINITY;
    for (const word of free) {
      // "kanun" (law) is no form of "kan" (blood).
      if (documents[word] > most) continue;
      taken[word] = 1;
      merge.join(word, base);
    }
  }
  return taken;
}

/** The basic form among forms of a noun: that of the number which more texts use; the singular also where it follows from others. */
function baseOf(
  {
    stem,
    paradigm: { singular, others, plural, pluralOthers, isRegular, isSure },
    forms,
    plain,
  }: { stem: string; paradigm: Paradigm; forms: readonly number[]; plain: (form: string) => string },
  { words, documents }: Tokens,
  isUnclear: boolean,
): string | undefined {
  const count = (endings: readonly string[], without: readonly string[]) =>
    forms.reduce((sum, form) => {
      const ending = plain(words[form]).slice(stem.length);
      return endings.includes(ending) && !without.includes(ending) ? sum + documents[form] : sum;
    }, 0);
  const ofOne = [singular, ...others];
  const ofSeveral = [plural, ...pluralOthers];
  const known = new Map<string, number>();
  for (const form of forms) {
    const other = known.get(plain(words[form]));
    if (other === undefined || documents[form] > documents[other]) known.set(plain(words[form]), form);
  }
  const isPlural = count(ofSeveral, ofOne) > count(ofOne, ofSeveral);
  const bases = isPlural ? [plural, singular] : [singular, plural];
  const isKnown = isSure || (forms.length >= SURE && !isUnclear);
  if (isRegular && isKnown && !isPlural) return stem + singular;
  const base = bases.map((ending) => known.get(stem + ending)).find((form) => form !== undefined);
  return base === undefined ? undefined : words[base];
}
