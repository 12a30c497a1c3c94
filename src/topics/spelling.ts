import { isInTitle, startsWithCapital } from './capitals.js';
import type { Occurrences } from './occurrences.js';
import { FIRST_FORM, isCapitals, STOP, type Tokens } from './tokens.js';
import { numbersOf } from './word-numbers.js';
import { bare, joinWords } from './words.js';

// Occurrences in mid-sentence from which a single word's capital decides whether it is a name here; a phrase needs one.
const VOTES_LEAST = 3;
/** A common noun is written without a capital where it has none at this share of the places where it has one, or more. */
const SMALL_TOO = 0.4;
/** Letters of a German noun whose ending may go. */
const BASE_LEAST = 6;
/** Of texts that have it with an -s: how many need to have it without, which is then no singular of a plural alone. */
const GENITIVE_SHARE = 0.5;
/** The same of those in -er and -ern. */
const DATIVE_SHARE = 0.6;
/** Small words that have no capital in names: "University of the Arts". */
const JOINED_SMALL = /^\p{Ll}{1,3}$/u;
/** "GObject", "eBay", but neither "Data" nor "NASA". */
const CAPITALS_INSIDE = /(?=.*\p{Ll})^.+\p{Lu}/u;
/** Initials of several words, as no word is written: "gps", "html". */
const INITIALISM = /^[b-df-hj-np-tv-xz]{2,4}$/;
/** A short word, and the share of its places in mid-sentence in capitals, and their number, from which it is an acronym. */
const ACRONYM = /^[a-z]{2,4}$/;
const ACRONYM_SHARE = 0.25;
const ACRONYM_LEAST = 2;
/** Share of words with a capital in mid-sentence below which texts are written without. */
const CAPITALS_LEAST = 0.005;

const HANGUL = /\p{Script=Hangul}$/u;

/** Where in a phrase a word stands: its only one, before others, or the last. */
type Place = 'alone' | 'before' | 'last';

/** Spells words and phrases as they are written in mid-sentence, where a capital means a name. */
export class Speller {
  /** The form of each word that is commonest in mid-sentence over all texts, or anywhere. */
  #usual: Int32Array;
  /** By word: 1 for a short one that is often written in capitals, as "GPU" is where a program's name is "gpu". */
  #isAcronym: Uint8Array;
  /** By word: 1 where the texts write it in capitals too, or hardly have any capitals. */
  #mayBeCapitals: Uint8Array;
  /** By form: 1 for another form of its word than the basic one ("вирусов" of "вирус"). */
  readonly #isInflected: Uint8Array;
  /** Words whose basic form only begins sentences, while their other forms have no capital in mid-sentence. */
  readonly #inSmall = new Set<number>();
  /** By form, as it is written in each place. */
  readonly #written: Record<Place, Map<number, string>> = {
    alone: new Map(),
    before: new Map(),
    last: new Map(),
  };

  constructor(readonly tokens: Tokens) {
    const { forms, wordOf, words, inMidSentence, anywhere } = tokens;
    this.#usual = new Int32Array(words.length).fill(-1);
    let capitals = 0;
    const inCapitals = new Uint8Array(words.length);
    const acronyms = new Int32Array(words.length);
    const all = new Int32Array(words.length);
    for (const [form, written] of forms.entries()) {
      all[wordOf[form]] += inMidSentence[form];
      if (isCapitals(written)) {
        inCapitals[wordOf[form]] = 1;
        acronyms[wordOf[form]] += inMidSentence[form];
      }
      if (startsWithCapital(written) && !/^\d/.test(written)) capitals += inMidSentence[form];
    }
    const hasCapitals = capitals >= inMidSentence.reduce((all, count) => all + count, 0) * CAPITALS_LEAST;
    this.#isAcronym = Uint8Array.from(words, (word, id) =>
      ACRONYM.test(word) && acronyms[id] >= Math.max(ACRONYM_LEAST, all[id] * ACRONYM_SHARE) ? 1 : 0,
    );
    this.#mayBeCapitals = hasCapitals ? inCapitals : inCapitals.fill(1);
    this.#isInflected = tokens.inflected ?? new Uint8Array(forms.length);
    // One that only headlines and datelines shout is not an acronym.
    const rank = (form: number) =>
      (this.#isInflected[form] === 1 ? 0 : 1e13) +
      (isShouted(forms[form]) ? 0 : 1e12) +
      inMidSentence[form] * 1e4 +
      Math.min(anywhere[form], 9999);
    for (let form = 0; form < forms.length; form++) {
      const word = wordOf[form];
      const best = this.#usual[word];
      const better = best < 0 ? 1 : rank(form) - rank(best);
      if (better > 0 || (better === 0 && forms[form] > forms[best])) this.#usual[word] = form;
    }
    if (tokens.inflected) this.#findSmall();
  }

  #findSmall(): void {
    const { forms, wordOf, inMidSentence } = this.tokens;
    const small = new Int32Array(this.#usual.length);
    for (const [form, spelled] of forms.entries())
      small[wordOf[form]] += startsWithCapital(spelled) ? -inMidSentence[form] : inMidSentence[form];
    for (const [word, form] of this.#usual.entries())
      if (small[word] > 0 && inMidSentence[form] === 0) this.#inSmall.add(word);
  }

  /**
   * The phrase as most of its occurrences in mid-sentence are written; word by word where those are too few. A phrase whose first
   * word is inflected as one of its occurrences that begins with the basic form.
   */
  spell({ at, before, after }: Occurrences): string {
    const { stream } = this.tokens;
    const basic = at.filter((position) => this.#isInflected[stream[position - before] - FIRST_FORM] === 0);
    if (basic.length < at.length && before + after > 0) return this.#spellVaried({ at, before, after });
    if (basic.length === 0 && at.length > 0) return this.#write(this.#usualOf(at, before, after));
    // After a comma or a dash a sentence may begin: "(Reuters) - Top seed …". That counts where nothing else does.
    const [afterWords, afterPauses] = [false, true].map((isPaused) => {
      const votes = new Map<string, number>();
      for (const position of basic) {
        const first = position - before;
        if (stream[first - 1] < FIRST_FORM !== isPaused || !this.#isInMidSentence(first)) continue;
        const written = this.#write(stream.subarray(first, position + after + 1));
        votes.set(written, (votes.get(written) ?? 0) + 1);
      }
      return votes;
    });
    const least = before + after === 0 ? VOTES_LEAST : 1;
    const isEnough = (votes: Map<string, number>) => sum(votes.values()) >= least;
    const votes = isEnough(afterWords) ? afterWords : merged(afterWords, afterPauses);
    if (isEnough(votes)) {
      // Equal votes: lower case, which sorts last, so that the order of the rows decides nothing.
      const ranked = [...votes].sort((a, b) => b[1] - a[1] || (a[0] > b[0] ? -1 : 1));
      const [best, count] = ranked.find(([form]) => !isShouted(form)) ?? ranked[0];
      const small = best[0].toLowerCase() + best.slice(1);
      const isSmallToo = small !== best && (votes.get(small) ?? 0) >= count * SMALL_TOO;
      return isSmallToo && this.#isCommonNoun(best) ? small : best;
    }
    if (at.length === 0) return '';
    const usual = this.#usualOf(at, before, after);
    const spelled = this.#write(usual);
    // "new York": one that grew to a name is a part of it.
    return before + after === 1 && /\p{Lu}\S*$/u.test(spelled)
      ? spelled[0].toUpperCase() + spelled.slice(1)
      : spelled;
  }

  /** Whether a form with a capital is no name: its last word has none ("Music events"), or its other number has none ("Games", of "game"). */
  #isCommonNoun(form: string): boolean {
    if (/ \p{Ll}+$/u.test(form)) return true;
    const { documents, forms } = this.tokens;
    const ids = numbersOf(this.tokens);
    const own = form.toLowerCase();
    const other = ids.get(own.endsWith('s') ? own.slice(0, -1) : `${own}s`);
    return other !== undefined && documents[other] > 1 && !startsWithCapital(forms[this.#usual[other]] ?? '');
  }

  /** "подводные лодки", "президент США": of the group's occurrences that begin with a basic form, or of those of all texts. */
  #spellVaried({ at, before, after }: Occurrences): string {
    const { stream, forms, wordOf } = this.tokens;
    const length = before + after + 1;
    const isBasic = (start: number) => this.#isInflected[stream[start] - FIRST_FORM] === 0;
    const own = Array.from(at, (position) => position - before);
    let starts = own.filter(isBasic);
    if (starts.length === 0) starts = this.#placesOf(own[0], length).filter(isBasic);
    if (starts.length === 0) starts = own;
    const votes = new Map<string, number>();
    for (const start of starts) {
      const written = this.#write(stream.subarray(start, start + length));
      const form = stream[start] - FIRST_FORM;
      const isSmall = this.#inSmall.has(wordOf[form]) || !startsWithCapital(forms[this.#usual[wordOf[form]]]);
      const spelled = isSmall ? written[0].toLowerCase() + written.slice(1) : written;
      votes.set(spelled, (votes.get(spelled) ?? 0) + 1);
    }
    return [...votes].sort((a, b) => b[1] - a[1] || (a[0] > b[0] ? -1 : 1))[0][0];
  }

  /** Where in all texts the words stand that `length` tokens from `start` on are forms of. */
  #placesOf(start: number, length: number): number[] {
    const { stream, wordOf } = this.tokens;
    const wordAt = (at: number) => (stream[at] < FIRST_FORM ? -1 : wordOf[stream[at] - FIRST_FORM]);
    const words = Array.from({ length }, (_, offset) => wordAt(start + offset));
    const places: number[] = [];
    for (let at = 0; at + length <= stream.length; at++)
      if (words.every((word, offset) => wordAt(at + offset) === word)) places.push(at);
    return places;
  }

  /**
   * Forms of a phrase that only begins sentences. Its other words are written there as in mid-sentence; the first keeps its capital
   * if all others that may have one do ("Data Plane Development Kit"), or if it has capitals inside ("GObject").
   */
  #usualOf(at: Int32Array, before: number, after: number): Int32Array {
    const { stream, wordOf, forms } = this.tokens;
    const first = at[0] - before;
    const usual = stream.slice(first, at[0] + after + 1).map((token, i) =>
      // "protokół drukowania": a case in a phrase is no basic form's.
      i > 0 && this.#isInflected[token - FIRST_FORM] === 1
        ? token
        : FIRST_FORM + this.#usual[wordOf[token - FIRST_FORM]],
    );
    const written = at.map((position) => position - before).filter((start) => !isInTitle(start, this.tokens));
    if (written.length === 0 || usual.length === 1) return usual;
    for (let offset = 1; offset < usual.length; offset++)
      usual[offset] = this.#commonest(written.map((start) => stream[start + offset]));
    const start = this.#commonest(written.map((position) => stream[position]));
    const others = Array.from(usual.subarray(1), (token) => forms[token - FIRST_FORM]);
    const isName = others.every((form) => /\p{Lu}/u.test(form) || JOINED_SMALL.test(form));
    if (isName || CAPITALS_INSIDE.test(forms[start - FIRST_FORM])) usual[0] = start;
    return usual;
  }

  /** Of tokens of one word: the commonest, of equally common ones the last in the alphabet, which is lower case. */
  #commonest(tokens: Int32Array): number {
    const { forms } = this.tokens;
    const counts = new Map<number, number>();
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    const [[token]] = [...counts].sort(
      (a, b) => b[1] - a[1] || (forms[a[0] - FIRST_FORM] > forms[b[0] - FIRST_FORM] ? -1 : 1),
    );
    return token;
  }

  /**
   * A German noun in its basic form, where at least as many texts have that: "Einsatzkräfte" for "Einsatzkräften", "Krankenhaus" for
   * "Krankenhauses", "Tarantino" for "Tarantinos"; an adjective before a plural as in "medizinische
   * Daten".
   * @param form as `spell` returns it
   */
  baseOf(form: string): string {
    const { documents, forms } = this.tokens;
    const ids = numbersOf(this.tokens);
    const parts = form.split(' ');
    const [first] = parts;
    const last = parts[parts.length - 1];
    const pair = parts.length === 2 ? this.#pairOf(first, last) : undefined;
    if (pair !== undefined) return pair;
    // Plurals, and nouns in -e: of others the form without an article is not known.
    const isOblique = /e[nr]$/.test(first) && last.endsWith('n');
    if (parts.length === 2 && /^\p{Ll}/u.test(first) && isOblique && ids.has(first.slice(0, -1)))
      return `${first.slice(0, -1)} ${last}`;
    if (last.length < BASE_LEAST || !parts.every((part) => /^\p{Lu}/u.test(part))) return form;
    const own = ids.get(last.toLowerCase());
    for (const ending of parts.length === 1 ? ['n', 's', 'es', 'en'] : ['s']) {
      if (!last.endsWith(ending)) continue;
      const base = ids.get(last.slice(0, -ending.length).toLowerCase());
      const least = this.#leastTexts(last, ending, documents[own ?? 0]);
      if (base === undefined || own === undefined || documents[base] < least) continue;
      const usual = forms[this.#usual[base]] ?? '';
      if (/^\p{Lu}/u.test(usual)) return [...parts.slice(0, -1), usual].join(' ');
    }
    return form;
  }

  /** Texts that a form without the ending needs, to be the basic one. */
  #leastTexts(noun: string, ending: string, own: number): number {
    if (ending === 'n' && this.#isDative(noun)) return 1;
    // "Bayern" is no plural of "Bayer".
    if (ending === 'n' && noun.endsWith('ern')) return own * DATIVE_SHARE;
    return ending === 's' ? own * GENITIVE_SHARE : own;
  }

  /** Whether a German noun in -n is the dative of a plural: "Spielen", where the texts have "Spiel" too. */
  #isDative(noun: string): boolean {
    const stem = /en$/.test(noun) ? numbersOf(this.tokens).get(noun.slice(0, -2).toLowerCase()) : undefined;
    // A word whose forms all count as another's has none.
    const usual = stem === undefined ? undefined : this.tokens.forms[this.#usual[stem]];
    return usual !== undefined && startsWithCapital(usual);
  }

  /**
   * The basic form of a name of an adjective in -en or -em and a noun, where the texts have it: "Europäische Zentralbank" for
   * "Europäischen Zentralbank", "Islamischer Staat" where that is commoner than "Islamische Staat".
   */
  #pairOf(adjective: string, noun: string): string | undefined {
    const ids = numbersOf(this.tokens);
    const [, stem, ending] = /^(\p{L}{3,})e([nm])$/u.exec(adjective) ?? [];
    if (stem === undefined || !/^\p{Lu}/u.test(noun)) return undefined;
    // After -em the noun is no feminine and no plural.
    const endings = ending === 'm' ? ['er', 'es'] : ['e', 'er', 'es'];
    const firsts = endings.flatMap((other) => ids.get(stem.toLowerCase() + other) ?? []);
    const base = noun.toLowerCase();
    const seconds = [base, base.replace(/n$/, '')].flatMap((form) => ids.get(form) ?? []);
    if (seconds.length === 0) return undefined;
    const { stream, wordOf, forms } = this.tokens;
    const counts = new Map<string, number>();
    for (let at = 1; at < stream.length; at++) {
      const [before, token] = [stream[at - 1], stream[at]];
      if (before < FIRST_FORM || token < FIRST_FORM) continue;
      if (!firsts.includes(wordOf[before - FIRST_FORM]) || !seconds.includes(wordOf[token - FIRST_FORM]))
        continue;
      const pair = `${forms[before - FIRST_FORM]} ${bare(forms[token - FIRST_FORM])}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    const known = [...counts].sort((a, b) => b[1] - a[1] || (a[0] > b[0] ? -1 : 1)).at(0)?.[0];
    // "Olympischen Spielen", where no text has "Olympische Spiele".
    const plural = this.#isDative(noun) ? this.baseOf(noun) : noun;
    return known ?? (ending === 'n' && plural !== noun ? `${stem}e ${plural}` : undefined);
  }

  #write(tokens: Int32Array): string {
    const last = tokens.length - 1;
    let written = this.#partOf(tokens[0], last === 0 ? 'alone' : 'before');
    for (let i = 1; i <= last; i++)
      written = joinWords(written, this.#partOf(tokens[i], i < last ? 'before' : 'last'));
    return written;
  }

  /** How a token is written in its place of a phrase. The same forms are written again and again, so each is kept. */
  #partOf(token: number, place: Place): string {
    const form = token - FIRST_FORM;
    const known = this.#written[place];
    const written = known.get(form) ?? this.#spelled(form, place);
    known.set(form, written);
    return written;
  }

  #spelled(form: number, place: Place): string {
    const { forms, words, wordOf } = this.tokens;
    const spelled = forms[form];
    const id = wordOf[form];
    if (this.#isAcronym[id] || (this.#mayBeCapitals[id] && INITIALISM.test(spelled)))
      return words[id].toUpperCase();
    if (place === 'before') return spelled;
    // Without a Korean particle.
    const word = words[id];
    const isInflected = this.#isInflected[form] === 1;
    if (place === 'alone' && this.#inSmall.has(id)) return word;
    if (place === 'alone' && isInflected)
      return startsWithCapital(spelled) ? word[0].toUpperCase() + word.slice(1) : word;
    const isStem = spelled.length > word.length && spelled.toLowerCase().startsWith(word);
    // Or without a Turkish case after an apostrophe.
    return isStem && (HANGUL.test(spelled) || spelled[word.length] === "'") && isInflected
      ? spelled.slice(0, word.length)
      : bare(spelled);
  }

  /** Whether a sentence, not a headline, has begun before this token. */
  #isInMidSentence(at: number): boolean {
    const { stream, forms } = this.tokens;
    const shouts = (token: number) => token >= FIRST_FORM && isCapitals(forms[token - FIRST_FORM]);
    if (shouts(stream[at]) && (shouts(stream[at - 1]) || shouts(stream[at + 1] ?? STOP))) return false;
    if (stream[at - 1] < FIRST_FORM && stream[at - 1] !== 0) return false;
    return !isInTitle(at, this.tokens);
  }
}

function merged(one: Map<string, number>, other: Map<string, number>): Map<string, number> {
  const all = new Map(one);
  for (const [form, count] of other) all.set(form, (all.get(form) ?? 0) + count);
  return all;
}

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

/** Written in capitals throughout, and too long for most acronyms. */
const isShouted = (form: string): boolean =>
  form.length > 4 && form !== form.toLowerCase() && form === form.toUpperCase();
