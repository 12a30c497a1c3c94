import { capitalsOf } from './capitals.js';
import { logLikelihood } from './log-likelihood.js';
import type { GroupWords, Occurrences } from './occurrences.js';
import { CONTENT, FUNCTION, GIVEN } from './stopwords.js';
import { FIRST_FORM, STOP, TITLE_STOP, type Tokens } from './tokens.js';

/** Words of a phrase, those that only join ("of", "the") not counted, and all. */
const LONGEST_PHRASE = 4;
const MOST_TOKENS = 6;

// A neighbour belongs to a phrase if it stands at half of the occurrences at least; a word that says little by itself
// ("new", "first", a number) if it stands at most of them.
const SHARE = 0.5;
/** Without such a neighbour a phrase is a fragment, however rare it is among the word's occurrences. */
const FRAGMENT_SHARE = 0.9;
const GENERIC_SHARE = 0.6;
const CAPITAL_SHARE = 0.8;
/** Dunning's log-likelihood for a probability of chance below 0.05 (chi-squared, one degree of freedom). */
const SIGNIFICANT = 3.84;
const STRONG = 6.63; // below 0.01
/** Occurrences that a phrase with a joining word ("of", "the") needs. */
const LEAST_JOINED = 3;
/** Words that join others to one name: "Bank of America", "search and rescue", "Ministerio de Hacienda", 桜の開花. */
const JOINING = new Set(
  'of and & for de del la las los du des et di della delle dei e y da do dos das von der und van den og och i и の का की के व و'.split(
    ' ',
  ),
);

/**
 * Grows a word to the phrase that it is a part of: "Sharon" to "Prime Minister Ariel Sharon", "Louis" to "St. Louis
 * Cardinals", "Department" to "Department of Justice". The neighbour that most occurrences share is taken in, again
 * and again, if it stands there more often than by chance (Dunning 1993).
 * @param least Occurrences that a phrase needs.
 */
export function growPhrase(
  word: number,
  group: GroupWords,
  tokens: Tokens,
  uses: Uint8Array,
  least: number,
): Occurrences {
  const seed: Occurrences = { at: group.positions.get(word) ?? new Int32Array(), before: 0, after: 0 };
  return grow(seed, new Grower(word, group, tokens, uses, least, seed.at.length));
}

function grow(seed: Occurrences, grower: Grower): Occurrences {
  let phrase = seed;
  for (;;) {
    const left = grower.step(phrase, -1);
    const right = grower.step(phrase, 1);
    const next = !left ? right : !right ? left : right.at.length >= left.at.length ? right : left;
    if (!next) return phrase;
    phrase = next;
  }
}

// A word with partners at so many of its occurrences is a part of names: "Open" of "US Open" and "French Open".
const BOUND = 0.5;
const LEADING_PARTNER = 0.25;
/** Share of one partner from which it is a part of the name. */
const ONE_PARTNER = 0.7;
/** Share of its occurrences that a word alone has a capital at, to be a name. */
const NAMES = 0.9;

/**
 * For a word that grew to no phrase: whether most of its occurrences are parts of several phrases ("Ohio State",
 * "Florida State"), and the most frequent of them where it is frequent enough to stand for the word.
 */
export function partOf(
  word: number,
  group: GroupWords,
  tokens: Tokens,
  uses: Uint8Array,
  least: number,
): { bound: boolean; phrase?: Occurrences } {
  const at = group.positions.get(word) ?? new Int32Array();
  const { stream, wordOf, telling } = tokens;
  const capitals = capitalsOf(tokens.forms);
  const partners = [new Map<number, number>(), new Map<number, number>()];
  for (const position of at) {
    for (const [side, offset] of [-1, 1].entries()) {
      const token = stream[position + offset] ?? STOP;
      if (token < FIRST_FORM) continue;
      const other = wordOf[token - FIRST_FORM];
      if (uses[other] !== CONTENT || telling[other] === 0) continue;
      if (capitals[token - FIRST_FORM] === 0 || capitals[stream[position] - FIRST_FORM] === 0) continue;
      partners[side].set(other, (partners[side].get(other) ?? 0) + 1);
    }
  }
  const scale = group.occurrences[word] / Math.max(1, at.length);
  let bound = 0;
  let best = { side: 0, other: -1, count: 0 };
  for (const [side, counts] of partners.entries()) {
    for (const [other, count] of counts) {
      if (count < 2) continue;
      if (logLikelihood(count * scale, at.length * scale, group.occurrences[other], group.all) < STRONG)
        continue;
      bound += count;
      if (count > best.count) best = { side, other, count };
    }
  }
  if (at.length === 0 || bound < at.length * BOUND) return { bound: false };
  if (best.count < Math.max(least, at.length * LEADING_PARTNER)) return { bound: true };
  const offset = best.side === 0 ? -1 : 1;
  const kept = at.filter((position) => {
    const token = stream[position + offset] ?? STOP;
    return token >= FIRST_FORM && wordOf[token - FIRST_FORM] === best.other;
  });
  const pair = { at: kept, before: best.side === 0 ? 1 : 0, after: best.side };
  return { bound: true, phrase: grow(pair, new Grower(word, group, tokens, uses, least, kept.length)) };
}

/**
 * For a name that mostly follows another: the longer one where it is one ("Delta Air Lines" for "Air Lines", "Steve Spurrier" for
 * "Spurrier"), or that a phrase is the end of several ("State University"), which says little by itself.
 */
export function longerName(
  { at, before, after }: Occurrences,
  { stream, wordOf, forms, telling }: Tokens,
  uses: Uint8Array,
): { isEnd: boolean; whole?: Occurrences } {
  const capitals = capitalsOf(forms);
  const isName = (token: number) => token >= FIRST_FORM && capitals[token - FIRST_FORM] === 1;
  const isWord = before + after === 0;
  if (isWord && at.filter((position) => isName(stream[position])).length < at.length * NAMES)
    return { isEnd: false };
  const partnerOf = (position: number): number => {
    const left = stream[position - before - 1] ?? STOP;
    if (!isName(left) || !isName(stream[position - before])) return -1;
    const word = wordOf[left - FIRST_FORM];
    return uses[word] === CONTENT && telling[word] === 1 ? word : -1;
  };
  const partners = new Map<number, number>();
  for (const position of at) {
    const word = partnerOf(position);
    if (word >= 0) partners.set(word, (partners.get(word) ?? 0) + 1);
  }
  const ends = [...partners.values()].reduce((sum, count) => sum + count, 0);
  if (at.length === 0 || ends < at.length * BOUND) return { isEnd: false };
  const [word, count] = [...partners].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
  if (count < ends * ONE_PARTNER) return { isEnd: !isWord };
  const whole = at.filter((position) => partnerOf(position) === word);
  // "York Attorney General": what most of them begin with is a part of it too.
  let start = before + 1;
  const startsEarlier = () =>
    whole.filter((position) => isName(stream[position - start - 1] ?? STOP)).length >= whole.length * BOUND;
  while (start + after + 1 < MOST_TOKENS && startsEarlier()) {
    const first = wordOf[stream[whole[0] - start - 1] - FIRST_FORM];
    const isSame = (position: number) => {
      const token = stream[position - start - 1] ?? STOP;
      return token >= FIRST_FORM && wordOf[token - FIRST_FORM] === first;
    };
    if (!whole.every(isSame)) return { isEnd: false };
    start++;
  }
  return start + after + 1 > MOST_TOKENS || startsEarlier()
    ? { isEnd: false }
    : { isEnd: false, whole: { at: whole, before: start, after } };
}

/** What the names of some days end with: "Black Friday", "Boxing Day". */
const DAY = /^(?:mon|tues|wednes|thurs|fri|satur|sun)?day$/;
const NUMBERS = new Set(['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']);
const IN_LOWER_CASE = new Set(['new', 'st']);

/** Particles of English verbs that are hardly ever prepositions. */
const PARTICLES = new Set(['up', 'down', 'off', 'out', 'away', 'back']);

/** What fixed expressions begin with: "in vivo", "ad hoc", "off topic". */
const PREPOSITIONS = new Set(['in', 'ex', 'de', 'ad', 'on', 'off', 'at', 'by']);

/** Places that such a word needs: three towns may all stand after "in". */
const LEAST_FIXED = 20;

const fixed = new WeakMap<Tokens, Int32Array>();

/** By word: the preposition that it has before it nearly everywhere in the texts, if it stands often enough; −1 for none. */
function fixedPrepositions(tokens: Tokens): Int32Array {
  const known = fixed.get(tokens);
  if (known) return known;
  const { stream, wordOf, words } = tokens;
  const isPreposition = Uint8Array.from(words, (word) => (PREPOSITIONS.has(word) ? 1 : 0));
  const all = new Int32Array(words.length);
  const after = new Int32Array(words.length);
  // The preposition of a word's first places with one: of another it is none.
  const found = new Int32Array(words.length).fill(-1);
  let before = -1;
  for (const token of stream) {
    const word = token < FIRST_FORM ? -1 : wordOf[token - FIRST_FORM];
    if (word >= 0) {
      all[word]++;
      if (before >= 0 && isPreposition[before] === 1) {
        if (found[word] < 0) found[word] = before;
        if (found[word] === before) after[word]++;
      }
    }
    before = word;
  }
  for (let word = 0; word < words.length; word++)
    if (all[word] < LEAST_FIXED || after[word] < all[word] * FRAGMENT_SHARE) found[word] = -1;
  fixed.set(tokens, found);
  return found;
}

/** German pronouns that have a capital when they address somebody. */
const POLITE = new Set(['sie', 'ihnen', 'ihr', 'ihre', 'ihrem', 'ihren', 'ihrer', 'ihres']);

class Grower {
  /** By form. */
  #capitals: Uint8Array;

  constructor(
    readonly word: number,
    readonly group: GroupWords,
    readonly tokens: Tokens,
    readonly uses: Uint8Array,
    readonly least: number,
    /** Occurrences of the word that is grown. */
    readonly seed: number,
  ) {
    this.#capitals = capitalsOf(tokens.forms);
  }

  /** The phrase with its neighbour on one side, and with the one beyond where the neighbour only joins. */
  step(phrase: Occurrences, side: -1 | 1): Occurrences | undefined {
    const edge = this.#edge(phrase, side);
    const grown = this.#extend(phrase, side);
    if (!grown) return undefined;
    const word = this.#edge(grown, side);
    if (this.#holds(phrase, word)) return undefined;
    const share = grown.at.length / phrase.at.length;
    const use = this.uses[word];
    if (use === GIVEN) return undefined;
    if (use === CONTENT && this.tokens.telling[word] === 1)
      return this.#belongs(edge, word, share, phrase) ? grown : undefined;
    // "Inc." and "week" add nothing at the end, numbers do: "Halo 2", "Formula One".
    const isDay = side > 0 && DAY.test(this.tokens.words[word]);
    if (isDay && share >= CAPITAL_SHARE && this.#belongs(edge, word, share, phrase)) return grown;
    if (use !== FUNCTION)
      return (side < 0 || use === CONTENT || NUMBERS.has(this.tokens.words[word])) &&
        share >= GENERIC_SHARE &&
        this.#belongs(edge, word, share, phrase) &&
        this.#isName(grown, side)
        ? grown
        : undefined;
    const beyond = JOINING.has(this.tokens.words[word]) ? this.#extend(grown, side) : undefined;
    if (beyond && beyond.at.length >= Math.max(LEAST_JOINED, phrase.at.length * SHARE)) {
      const far = this.#edge(beyond, side);
      const isContent = this.uses[far] === CONTENT && this.tokens.telling[far] === 1;
      // "browser and clearing", "passengers and Wall Street": a noun and a verb, or a name, are no pair.
      const isPair =
        this.tokens.words[word] !== 'and' ||
        (!this.tokens.words[far].endsWith('ing') &&
          this.#isNamed(beyond, side) === this.#isNamed(phrase, side));
      if (isPair && isContent && beyond.at.length >= this.#sampled(far) * SHARE) return beyond;
    }
    // "top up", "check in": the verb's own particle.
    if (side > 0 && PARTICLES.has(this.tokens.words[word]) && share >= CAPITAL_SHARE) return grown;
    // "in vitro": a word that hardly ever stands without its preposition, in the group or anywhere.
    if (side < 0 && phrase.before + phrase.after === 0 && PREPOSITIONS.has(this.tokens.words[word])) {
      if (share >= FRAGMENT_SHARE && this.seed >= LEAST_FIXED) return grown;
      if (fixedPrepositions(this.tokens)[this.word] === word) return grown;
    }
    // "The Hague", "Los Angeles": grammar, but written as a name.
    const isGrammar = side > 0 || POLITE.has(this.tokens.words[word]);
    return !isGrammar && share >= CAPITAL_SHARE && this.#isName(grown, side) ? grown : undefined;
  }

  /** A word's occurrences, in proportion to those of the grown word that are looked at. */
  #sampled(word: number): number {
    return (this.group.occurrences[word] * this.seed) / Math.max(1, this.group.occurrences[this.word]);
  }

  /** The word at one end. */
  #edge({ at, before, after }: Occurrences, side: -1 | 1): number {
    return this.#wordAt(at[0] + (side < 0 ? -before : after));
  }

  /** Whether a phrase has a word of content already: "cubs win, cubs win". */
  #holds({ at, before, after }: Occurrences, word: number): boolean {
    if (this.uses[word] === FUNCTION) return false;
    for (let offset = -before; offset <= after; offset++)
      if (this.#wordAt(at[0] + offset) === word) return true;
    return false;
  }

  /** Whether the word at one end has a capital at most places; headlines may have one for all. */
  #isNamed({ at, before, after }: Occurrences, side: -1 | 1): boolean {
    const { stream } = this.tokens;
    const edge = side < 0 ? -before : after;
    const named = at.filter((position) => this.#capitals[stream[position + edge] - FIRST_FORM] === 1);
    return named.length >= at.length * CAPITAL_SHARE;
  }

  /** Words of a phrase that don't only join. */
  #content({ at, before, after }: Occurrences): number {
    let words = 0;
    for (let offset = -before; offset <= after; offset++)
      if (this.uses[this.#wordAt(at[0] + offset)] !== FUNCTION) words++;
    return words;
  }

  #wordAt(at: number): number {
    const token = this.tokens.stream[at] ?? STOP;
    return token < FIRST_FORM ? -1 : this.tokens.wordOf[token - FIRST_FORM];
  }

  /** "initial public offering" and "initial public offerings" are one phrase. */
  #singularAt(at: number): number {
    const word = this.#wordAt(at);
    return word < 0 ? word : this.tokens.singular[word];
  }

  /** The occurrences that have their commonest neighbour, if it stands at half of them. */
  #extend({ at, before, after }: Occurrences, side: -1 | 1): Occurrences | undefined {
    if (before + after + 1 >= MOST_TOKENS) return undefined;
    if (this.#content({ at, before, after }) >= LONGEST_PHRASE) return undefined;
    const offset = side < 0 ? -before - 1 : after + 1;
    // Majority vote (Boyer and Moore 1981), then the count.
    let word = -1;
    let votes = 0;
    for (const position of at) {
      const other = this.#singularAt(position + offset);
      if (votes === 0) word = other;
      votes += other === word ? 1 : -1;
    }
    if (word < 0) return undefined;
    const kept = at.filter((position) => this.#singularAt(position + offset) === word);
    if (kept.length < this.least || kept.length < at.length * SHARE) return undefined;
    if (kept.length < this.seed * SHARE && kept.length < at.length * FRAGMENT_SHARE) return undefined;
    return side < 0 ? { at: kept, before: before + 1, after } : { at: kept, before, after: after + 1 };
  }

  /** Whether two words stand next to each other more often than chance would have it. */
  #belongs(edge: number, word: number, share: number, phrase: Occurrences): boolean {
    const { occurrences, all } = this.group;
    const single = phrase.before + phrase.after === 0;
    const together = single ? share * occurrences[edge] : share * phrase.at.length;
    const ofEdge = single ? occurrences[edge] : phrase.at.length;
    return logLikelihood(together, ofEdge, Math.max(together, occurrences[word]), all) >= SIGNIFICANT;
  }

  /** Whether the word at one end is written with a capital in mid-sentence. */
  #isName(phrase: Occurrences, side: -1 | 1): boolean {
    const { stream } = this.tokens;
    let capitals = 0;
    let seen = 0;
    let others = 0;
    for (const position of phrase.at) {
      const at = position + (side < 0 ? -phrase.before : phrase.after);
      if (stream[at - 1] === STOP || stream[at - 1] === TITLE_STOP) continue;
      seen++;
      capitals += this.#capitals[stream[at] - FIRST_FORM];
      others += this.#capitals[stream[position] - FIRST_FORM];
    }
    // Only at the beginning of sentences, where any word has a capital: "Please inform".
    if (seen === 0) return this.uses[this.#edge(phrase, side)] === CONTENT;
    // Texts without capitals: "new york".
    if (others === 0 && side < 0) return IN_LOWER_CASE.has(this.tokens.words[this.#edge(phrase, side)]);
    return capitals >= seen * CAPITAL_SHARE;
  }
}
