import { pickDiverse } from './diversity.js';
import { describesNext, withFollower } from './english-adjectives.js';
import { englishUses } from './english-uses.js';
import { upToNoun, whole } from './fragments.js';
import {
  isAdverb,
  isAttribute,
  isDescribing as isDescribingWord,
  isIrregular,
  isModifier,
  isPlainVerb,
  isVerb,
  isVerbMostly,
} from './grammar.js';
import { leadingVerb, tellingFirst } from './joined.js';
import { preferShared, type ScoredTerm, supportOf, type WordScore } from './keywords.js';
import type { NamePart } from './name-part.js';
import { NAME_WORDS } from './names.js';
import { nounPhrase, withNoun } from './noun-phrases.js';
import { type GroupWords, type Occurrences, textsWith, WordFinder } from './occurrences.js';
import { areForms } from './paradigms.js';
import { growPhrase, longerName, partOf } from './phrases.js';
import type { Speller } from './spelling.js';
import { CONTENT } from './stopwords.js';
import { strengthOf } from './strength.js';
import { CoOccurrence, union } from './together.js';
import { FIRST_FORM, isCapitals, type Tokens } from './tokens.js';
import type { NounTest } from './word-classes.js';

/** Words that further keywords are chosen from, times the keywords wanted, and how many words such a phrase has at most. */
const FURTHER = 3;
const FURTHER_WORDS = 2;
/** Texts that a further word needs, and as a share of those that a name's needs. */
const FURTHER_LEAST = 2;
const FURTHER_SUPPORT = 0.25;
/** Words of a group that are grown to phrases, times the keywords wanted. */
const GROWN = 4;
const LONGEST_KEYWORD = 40;
/** Best words that are checked for being parts of several names, and what is left of their weight, and of a verb's. */
const BOUND_CHECKED = 12;
const WEAK_SCORE = 0.4;
/** What a modifier counts when keywords are put in order. */
const MODIFIER_SCORE = 0.4;
/** A phrase comes before a word of equal weight. */
const PHRASE_SCORE = 1 + 1e-9;
/** Share of a word's texts that a phrase needs to be shown in its place. */
const PHRASE_SHARE = 0.5;
/** The same for a phrase that this share of the group's texts has: "oil change" for "oil". */
const COMMON_PHRASE_SHARE = 0.35;
const COMMON_PHRASE = 0.25;
/** Words of most texts of a group, and the share of them that has one. */
const COMMON = 3;
const COMMON_SHARE = 0.3;
/** Words that many of a group's texts have: how many, and texts and share of them that have one. */
const FREQUENT = 12;
const FREQUENT_LEAST = 3;
const FREQUENT_SHARE = 0.12;
/** A word tells a group from the others if its strength is this share of the best word's. */
const TELLING_SHARE = 0.1;
/** A group of so many texts or more, none of whose words has this strength, is mixed. See `strengthOf`. */
const MIXED_LEAST = 20;
const CLEAR = 0.28;

// 15th, 5pm, 30min, 3bn, 11시: ordinals, times and amounts. "3g" and "mp3" are words.
const COUNTED =
  /^\d+(?:st|nd|rd|th|am|pm|hrs?|mins?|secs?|yrs?|bn|mn|[시분초년월일명개회번세층원时時分秒年月日人名个個次届回円元])$/;

/** Such a group is not mixed if so many of its words together stand in this share of its texts, with this strength: a field of many words. */
const FIELD_WORDS = 8;
/** Share of the group's texts that each of them needs. */
const FIELD_SUPPORT = 0.03;
const FIELD_SHARE = 1 / 3;
const FIELD_CLEAR = 0.7;

/** Letters of a code at most, and the share of its occurrences that stand alone. */
const CODE_LENGTH = 4;
const CODE_SHARE = 0.7;

/** What follows an English verb and makes another of it. */
const PARTICLES = new Set(['up', 'out', 'off', 'down', 'back', 'in', 'on', 'away', 'over']);

/** Keywords of a group. */
export interface Chosen {
  /** What a name is made of: best first, nouns before what modifies them. */
  keywords: NamePart[];
  /** The keywords: those that a name takes, and others that co-occur with them. */
  listed: string[];
  /** Those of them that no name takes, since too few texts have them, for one that would say too little. */
  further: NamePart[];
  /**
   * Where the first keyword is a verb or an adjective, or nouns are much rarer than a verb: nouns that many texts of the group have, though
   * they tell it from no other ("card" of "lost, stolen").
   */
  common: NamePart[];
  /** Words that many texts of the group have, whatever they tell: two of them together may tell it from others, "open account". */
  frequent: NamePart[];
  /** Whether no word that enough texts have tells the group from others well: texts of all kinds. */
  isMixed: boolean;
}

interface Term extends ScoredTerm {
  /** Place of its word among the candidates. */
  rank: number;
  phrase: Occurrences;
  isModifier: boolean;
  /** Whether it describes what follows, though it may be a noun elsewhere; counts in a name only. */
  isAdjective: boolean;
  isAttribute?: boolean;
  isPlainVerb: boolean;
  /** Whether it is a verb or an adjective of a language in which nouns have cases; those are modifiers too where they are no basic form. */
  isDescribing: boolean;
  isLifted: boolean;
  tells: boolean;
  /** Whether it is a part of several names, or of phrases whose nouns vary. */
  isBound: boolean;
  /** The name that the phrase is the end of, or an adjective with its noun. */
  whole?: Occurrences;
}

/** What candidates of a group are judged by. */
interface GroupView {
  group: GroupWords;
  texts: number;
  uses: Uint8Array;
  describesNoun: (word: number) => boolean;
  strengthOf: (scored: WordScore) => number;
  languages: readonly string[];
  isTaggedNoun?: NounTest;
}

/** Chooses keywords of one group after another; keeps its working memory between them. */
export class KeywordChooser {
  #finder: WordFinder;

  constructor(
    readonly tokens: Tokens,
    readonly speller: Speller,
    /** Keywords of a group. */
    readonly wanted: number,
  ) {
    this.#finder = new WordFinder(tokens);
  }

  /**
   * Words grown to phrases, without those that repeat others.
   * @param places the group's different texts
   * @param scores the group's words, highest weight first
   * @param uses per word, from `usesOf`
   * @param languages of the group's texts
   * @param isTaggedNoun tells nouns of the group's English texts
   */
  choose(
    places: Int32Array,
    scores: WordScore[],
    uses: Uint8Array,
    languages: readonly string[],
    isTaggedNoun?: NounTest,
  ): Chosen {
    const forName = preferShared(scores, places.length, NAME_WORDS).slice(0, this.wanted * GROWN);
    const named = forName.length;
    const inName = new Set(forName.map(({ word }) => word));
    // Further keywords are words that no other group has more of, so that they tell groups apart, and not of a few texts alone.
    const leastFurther = Math.max(FURTHER_LEAST, supportOf(places.length) * FURTHER_SUPPORT);
    const own = scores.filter(
      ({ word, isOwn, texts }) => (isOwn && texts >= leastFurther) || inName.has(word),
    );
    const candidates = preferShared(own, places.length, this.wanted * FURTHER).slice(0, this.wanted * GROWN);
    const common = [...scores]
      .sort((a, b) => b.texts - a.texts || a.word - b.word)
      .slice(0, COMMON)
      .filter(({ texts }) => texts >= places.length * COMMON_SHARE);
    const support = supportOf(places.length);
    const best = candidates
      .slice(0, named)
      .reduce(
        (most, scored) =>
          scored.texts >= support ? Math.max(most, this.#strength(scored, places.length)) : most,
        0,
      );
    const isUnclear = places.length >= MIXED_LEAST && best < CLEAR;
    const field = isUnclear ? this.#fieldOf(scores, places.length) : [];
    const group = this.#finder.find(
      places,
      [...candidates, ...common, ...field].map(({ word }) => word),
    );
    const relative = (scored: WordScore) => this.#strength(scored, places.length) / (best || 1);
    const describesNoun = (word: number) =>
      isModifier(word, group, this.tokens, uses, languages, isTaggedNoun);
    const describe = {
      isTaggedNoun,
      group,
      texts: places.length,
      uses,
      describesNoun,
      strengthOf: relative,
      languages,
    };
    const terms = this.#terms(candidates, named, describe);
    const isSame = (one: string, other: string) => areForms(one, other, languages[0]);
    const picked = nounsFirst(
      pickDiverse(
        terms.filter(({ rank }) => rank < named),
        this.wanted,
        { areForms: isSame },
      ),
    );
    const keywords = picked.map((term) => this.#part(term));
    const coOccurrence = new CoOccurrence(group, this.tokens);
    // Words of the name are listed whatever they co-occur with, unless other groups have more of them and only a short name needs them.
    const first = tellingFirst(keywords)
      .slice(0, NAME_WORDS)
      .filter(({ tells }, at) => tells || at === 0);
    const leading = picked.filter((_, i) => first.includes(keywords[i]));
    const telling = terms.filter((term) => candidates[term.rank].isOwn || leading.includes(term));
    const shown = nounsFirst(
      pickDiverse(telling, this.wanted, {
        first: leading,
        together: (one, other) => coOccurrence.npmi(one, other),
        areForms: isSame,
      }),
    );
    const parts = shown.map((term) => this.#part(term));
    const listed = parts.map(({ form }) => form);
    const further = parts.filter((_, i) => !leading.includes(shown[i]));
    const isMixed = isUnclear && !this.#isCovered(field, group, places.length);
    const usual = { keywords, listed, further, isMixed };
    if (!keywords[0]?.isModifier && !leadingVerb(keywords, places.length))
      return { ...usual, common: [], frequent: this.#frequent(places, scores, describe) };
    const known = new Set(picked.flatMap(({ words }) => words));
    const nouns = common.filter(({ word }) => !known.has(this.tokens.words[word]) && !describesNoun(word));
    const nounParts = nouns.map(({ word, texts }) =>
      this.#part({
        phrase: alone(word, group),
        count: texts,
        isModifier: false,
        isAdjective: false,
        isPlainVerb: false,
        isLifted: false,
        tells: false,
      }),
    );
    return { ...usual, common: nounParts, frequent: this.#frequent(places, scores, describe) };
  }

  /** Words that many of a group's texts have, as parts of a name; for English only, where small words show what belongs together. */
  #frequent(places: Int32Array, scores: readonly WordScore[], view: GroupView): NamePart[] {
    if (!view.languages.includes('en')) return [];
    const least = Math.max(FREQUENT_LEAST, places.length * FREQUENT_SHARE);
    const words = scores
      .filter(({ texts, word }) => texts >= least && !COUNTED.test(this.tokens.words[word]))
      .sort((a, b) => b.texts - a.texts || a.word - b.word)
      .slice(0, FREQUENT);
    const group = this.#finder.find(
      places,
      words.map(({ word }) => word),
    );
    return this.#terms(words, words.length, { ...view, group })
      .filter(({ isBound }) => !isBound)
      .map((term) => this.#part(term));
  }

  /**
   * Candidates with the phrases that they grow to, highest weight first.
   * @param named how many of the candidates a name may be made of
   */
  #terms(
    candidates: WordScore[],
    named: number,
    { group, texts, uses, describesNoun, strengthOf, languages, isTaggedNoun }: GroupView,
  ): Term[] {
    const least = texts >= 5 ? 3 : 2;
    const isEnglish = languages.includes('en');
    // Where every noun has a capital, a name is not told from its title.
    const capitalsNouns = languages.includes('de') || languages.includes('lb');
    const phrases = candidates.map(({ word }, rank) => {
      const found = growPhrase(word, group, this.tokens, uses, least);
      // What few texts have in common is often their wording.
      const isLong = rank >= named && found.before + found.after >= FURTHER_WORDS;
      const grown = isLong ? alone(word, group) : found;
      const phrase = isEnglish
        ? whole(grown, alone(word, group), this.tokens, uses, isTaggedNoun)
        : capitalsNouns
          ? upToNoun(grown, alone(word, group), this.tokens)
          : isPhrase(grown)
            ? nounPhrase(grown, alone(word, group), this.tokens, uses, languages[0] ?? '')
            : grown;
      // "future" of "prevent future", whose nouns vary.
      if ((isEnglish || capitalsNouns) && isPhrase(grown) && !isPhrase(phrase))
        return { phrase, bound: true };
      if (isPhrase(phrase) || rank >= BOUND_CHECKED) return { phrase, bound: false };
      if (!isEnglish && !capitalsNouns && describesNoun(word)) {
        const pair = withNoun(phrase, this.tokens, uses, languages[0] ?? '', least);
        if (pair) return { phrase: pair, bound: false };
      }
      const part = partOf(word, group, this.tokens, uses, least);
      return { phrase: part.phrase ?? phrase, bound: part.bound && !part.phrase };
    });
    const longer = phrases.flatMap(({ phrase }, rank) => {
      if (!isPhrase(phrase)) return [];
      const { word, texts: withWord } = candidates[rank];
      const among = textsWith(phrase, this.tokens);
      const share = (among / textsWith(alone(word, group), this.tokens)) * (withWord / texts);
      return [{ rank, phrase, texts: among, share, ...this.#termOf(phrase, uses) }];
    });
    const grown = new Map<string, Term>();
    for (const [rank, scored] of candidates.entries()) {
      const { word, score, texts } = scored;
      const strength = strengthOf(scored);
      let { phrase, bound } = phrases[rank];
      if (!isPhrase(phrase)) {
        // "oil", where half of the texts that have it have "oil prices".
        const own = textsWith(phrase, this.tokens);
        const holder = longer.find(
          (other) =>
            (rank >= named || other.rank < named) &&
            other.words.includes(this.tokens.words[word]) &&
            (other.texts >= own * PHRASE_SHARE ||
              (other.texts >= own * COMMON_PHRASE_SHARE && other.share >= COMMON_PHRASE)),
        );
        if (holder) ({ phrase, bound } = { phrase: holder.phrase, bound: false });
      }
      const isWeak = bound || (!isPhrase(phrase) && isVerb(word, group, this.tokens));
      const weight = isWeak ? WEAK_SCORE : isPhrase(phrase) ? PHRASE_SCORE : 1;
      const term = phrase.at.length > 0 ? this.#termOf(phrase, uses) : this.#wordTerm(word);
      // Candidates come best first: the first word that a phrase grows from gives its score.
      const isNamed = phrase.at.length > 0 && !capitalsNouns;
      const name: ReturnType<typeof longerName> = isNamed
        ? longerName(phrase, this.tokens, uses)
        : { isEnd: false };
      if (grown.has(term.key)) continue;
      // Where texts have no small words, what follows is by chance.
      const isAdjective =
        isEnglish &&
        rank < named &&
        !isPhrase(phrase) &&
        englishUses(this.tokens, uses).hasSmallWords &&
        describesNext(phrase, this.tokens, uses);
      if (isAdjective && !name.whole) name.whole = withFollower(phrase, this.tokens, uses, least);
      const isParticleVerb = isEnglish && isPhrase(phrase) && this.#isParticleVerb(phrase, uses);
      grown.set(term.key, {
        // Not spread, which takes as long as all else here.
        key: term.key,
        words: term.words,
        rank,
        count: texts,
        phrase,
        score: score * weight,
        isModifier: isPhrase(phrase)
          ? isEnglish && (isParticleVerb || this.#isDegree(phrase))
          : describesNoun(word),
        isAdjective,
        isAttribute: isEnglish && !isPhrase(phrase) && isAttribute(word, this.tokens, uses),
        isPlainVerb:
          isParticleVerb || (isEnglish && !isPhrase(phrase) && isPlainVerb(word, this.tokens, uses)),
        isDescribing: !isEnglish && !isPhrase(phrase) && isDescribingWord(word, languages[0], this.tokens),
        isLifted: strength > 0,
        tells:
          strength >= TELLING_SHARE &&
          (isPhrase(phrase) || !scored.isSpread) &&
          !COUNTED.test(this.tokens.words[word]) &&
          !this.#isCode(phrase) &&
          !bound &&
          !name.isEnd,
        isBound: bound,
        whole: name.whole,
      });
    }
    return [...grown.values()].sort((a, b) => b.score - a.score);
  }

  /** Whether a phrase is an adverb and what it describes: "potentially due". */
  #isDegree({ at, before, after }: Occurrences): boolean {
    const { stream, wordOf, words } = this.tokens;
    return before + after === 1 && isAdverb(words[wordOf[stream[at[0] - before] - FIRST_FORM]], this.tokens);
  }

  /** Whether a phrase is a verb with its particle: "shows up", "hung up", but not "a top up". */
  #isParticleVerb({ at, before, after }: Occurrences, uses: Uint8Array): boolean {
    const { stream, wordOf, words } = this.tokens;
    if (before + after !== 1) return false;
    const [verb, particle] = [0, 1].map((i) => words[wordOf[stream[at[0] - before + i] - FIRST_FORM]]);
    return PARTICLES.has(particle) && (isIrregular(verb) || isVerbMostly(verb, this.tokens, uses));
  }

  /** How well a word tells the group from the others. */
  #strength({ word, texts }: WordScore, size: number): number {
    const { documents, identity } = this.tokens;
    return strengthOf(texts, size, documents[word] - texts, (identity.at(-1) ?? 0) + 1 - size);
  }

  /** The best words of a group that none tells from the others alone. */
  #fieldOf(scores: readonly WordScore[], size: number): WordScore[] {
    const support = Math.min(supportOf(size), size * FIELD_SUPPORT);
    return scores
      .slice(0, this.wanted * GROWN)
      .filter((scored) => scored.texts >= support && this.#strength(scored, size) > 0)
      .slice(0, FIELD_WORDS);
  }

  /** Whether they together do: "president, government, election". */
  #isCovered(words: readonly WordScore[], group: GroupWords, size: number): boolean {
    const { documents, identity } = this.tokens;
    const held = union(words.flatMap(({ word }) => group.holders.get(word) ?? []));
    const share = held / size;
    if (share < FIELD_SHARE) return false;
    // At most: texts with several of them count for each.
    const outside = words.reduce((sum, { word, texts }) => sum + Math.max(0, documents[word] - texts), 0.5);
    const others = (identity.at(-1) ?? 0) + 1 - size;
    return others > 0 && share * Math.log((share * others) / outside) >= FIELD_CLEAR;
  }

  /** Whether a word is a short one in capitals that mostly stands alone between brackets or commas: "(NOR)". */
  #isCode({ at, before, after }: Occurrences): boolean {
    const { stream, forms } = this.tokens;
    if (before + after > 0 || at.length === 0) return false;
    const form = forms[stream[at[0]] - FIRST_FORM];
    if (form.length > CODE_LENGTH || !isCapitals(form)) return false;
    const isGap = (token: number | undefined) => token === undefined || token < FIRST_FORM;
    const alone = at.filter((position) => isGap(stream[position - 1]) && isGap(stream[position + 1]));
    return alone.length >= at.length * CODE_SHARE;
  }

  #part(
    term: Pick<
      Term,
      | 'phrase'
      | 'count'
      | 'isModifier'
      | 'isAdjective'
      | 'isAttribute'
      | 'isPlainVerb'
      | 'isLifted'
      | 'tells'
      | 'whole'
    >,
  ): NamePart {
    const { phrase, count, isAttribute, isPlainVerb, isLifted, tells, whole } = term;
    const isModifier = term.isModifier || term.isAdjective;
    const flags = { texts: count, isModifier, isAttribute, isPlainVerb, isLifted, tells };
    const form = this.speller.spell(phrase);
    const inName = whole && this.speller.spell(whole);
    if (whole && inName && inName.length <= LONGEST_KEYWORD)
      return { form, phrase, ...flags, inName: { form: inName, phrase: whole, isModifier: false } };
    if (form.length <= LONGEST_KEYWORD) return { form, phrase, ...flags };
    const word = { at: phrase.at, before: 0, after: 0 };
    const spelled = this.speller.spell(word);
    const short = spelled.length <= LONGEST_KEYWORD ? spelled : `${spelled.slice(0, LONGEST_KEYWORD - 1)}…`;
    return { form: short, phrase: word, ...flags };
  }

  #wordTerm(word: number): { key: string; words: string[] } {
    return { key: this.tokens.words[word], words: [this.tokens.words[word]] };
  }

  #termOf({ at, before, after }: Occurrences, uses: Uint8Array): { key: string; words: string[] } {
    const { stream, wordOf, words } = this.tokens;
    const tokens = stream.subarray(at[0] - before, at[0] + after + 1);
    const all = Array.from(tokens, (token) => wordOf[token - FIRST_FORM]);
    const content = all.filter((part) => uses[part] === CONTENT);
    return { key: all.map((part) => words[part]).join(' '), words: content.map((part) => words[part]) };
  }
}

const isPhrase = ({ before, after }: Occurrences): boolean => before + after > 0;

const alone = (word: number, group: GroupWords): Occurrences => ({
  at: group.positions.get(word) ?? new Int32Array(),
  before: 0,
  after: 0,
});

/** Sorts what modifies a noun behind nouns that weigh nearly as much; keeps the order of either. */
function nounsFirst(terms: Term[]): Term[] {
  let least = Number.POSITIVE_INFINITY;
  const keyed = terms.map((term) => {
    if (!term.isModifier) least = Math.min(least, term.score);
    return { term, key: term.isModifier ? term.score * MODIFIER_SCORE : least };
  });
  const sorted = keyed.sort((a, b) => b.key - a.key).map(({ term }) => term);
  // A noun in any case comes before verbs and adjectives, however few texts have it.
  const noun = sorted.findIndex(({ isDescribing }) => !isDescribing);
  return noun > 0 ? [sorted[noun], ...sorted.toSpliced(noun, 1)] : sorted;
}
