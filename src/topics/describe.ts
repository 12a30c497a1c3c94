import { breathe, turn } from '../breathe.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import { describerOptions } from '../options/topics.js';
import type { Watch } from '../progress.js';
import type { Matrix, Topic } from '../shapes.js';
import { hasAgreement, inBasicForm } from './agreement.js';
import { withBaseForms } from './base-forms.js';
import { type Boilerplate, findBoilerplate, withoutBoilerplate } from './boilerplate.js';
import { COMMON_SHARE, commonTexts, hasWord } from './common-texts.js';
import { type Detector, detectHere } from './detector.js';
import { nearness, pickExemplars } from './exemplars.js';
import { isParticiple } from './grammar.js';
import { differentTexts, groupByLabel } from './groups.js';
import { type JoinOptions, joinParts, tellingFirst } from './joined.js';
import { type GroupCounts, supportOf } from './keywords.js';
import { withoutParticles } from './korean.js';
import { languageOf, relatedLanguages } from './language.js';
import { withoutFormulas } from './letters.js';
import { GroupMeaning, Meanings } from './meaning.js';
import { MixedNamer } from './mixed.js';
import type { NamePart } from './name-part.js';
import {
  lastResort,
  mixedName,
  NAME_WORDS,
  nameByKeywords,
  nameOfMixed,
  withoutBeginnings,
} from './names.js';
import { withoutRepeats } from './repeats.js';
import { withWholeWords } from './segments.js';
import { spread } from './spread.js';
import { readStopWords } from './stop-file.js';
import { languagesIn, languagesOfTexts, placesIn, type TextLanguages } from './text-languages.js';
import { type ReadTexts, type Tokens, tokenize } from './tokens.js';
import { Vocabulary } from './vocabulary.js';
import { WordClasses } from './word-classes.js';
import { Divider, withoutMarks } from './words.js';

/** Texts in one language at least, and their share, for a group of several to be named by them alone. */
const OWN_LEAST = 5;
const OWN_SHARE = 0.1;

/** What stays the same for every grouping of the same texts. */
export interface DescriberOptions extends OptionsOf<typeof describerOptions> {
  texts: string[];
  /** The texts' vectors, for exemplars. */
  vectors?: Matrix;
  /** Rows that each text stands for, where copies of a text are left out. Default 1 each. */
  counts?: Int32Array;
  /** @internal Detects languages; this thread where it is left out. */
  detector?: Detector;
}

/** One grouping of the texts: topics, themes, or any level of a hierarchy. */
export interface Grouping {
  /** A label a text, -1 for noise. */
  labels: Int32Array;
  /** Number of groups; labels are below it. */
  clusterCount: number;
  /** How surely each text belongs to its group; weighs the means that exemplars are near to. Default 1 each. */
  probabilities?: Float64Array;
  /** A number a group, copied to its topic. Default 0 each. */
  persistence?: Float64Array;
}

/** Names any grouping of the texts that it was opened with. */
export interface Describer {
  /** Passages that many texts share; no keyword comes from them. */
  boilerplate: Boilerplate;
  /** @internal The texts' words. */
  words: ReadTexts;
  /** @internal Begins to detect the languages of groups that will be described. */
  expect(groupings: readonly Grouping[]): void;
  /**
   * Describes each group by keywords, a name and its most central texts.
   *
   * @param grouping of the texts that the describer was opened with
   * @param watch `signal` and `onProgress`; those of the opening where it is left out
   * @returns the topics by id, and the languages found
   * @throws the reason of `signal` when aborted
   */
  describe(grouping: Grouping, watch?: Watch): Promise<TopicAnswer>;
}

export type TopicInput = DescriberOptions & Grouping;

/** Groups described. */
export interface TopicAnswer {
  /** In the order of their ids. */
  topics: Topic[];
  /** Languages detected, with the number of clustered rows in each, most first; `language` is '' for rows without a detected one. */
  languages: { language: string; rows: number }[];
  /** Wording that many texts share and that no keyword comes from; left out where there is none. */
  boilerplate?: { texts: number; examples: string[] };
}

/** Tells keywords that are no verbs, adjectives or adverbs, as far as they are known, and no English participles. */
function nounsAmong(parts: readonly NamePart[], languages: readonly string[]): (form: string) => boolean {
  const others = new Set(parts.filter(({ isModifier }) => isModifier).map(({ form }) => form));
  const isEnglish = languages.includes('en');
  return (form) => !others.has(form) && !(isEnglish && isParticiple(form));
}

/** Texts of a group that its language is detected by, and of all. */
const TEXTS_DETECTED = 40;
const ALL_TEXTS_DETECTED = 400;
/** Texts of a group that its English words are tagged in. */
const TEXTS_TAGGED = 20;
/** Parts of a name at least, where there are as many keywords; more only if they tell the topic from others. */
const NAME_LEAST = 2;

/** Share of the texts that a keyword of a name needs, for one that tells the name from another that begins alike. */
const BEGINNING_SUPPORT = 1 / 3;

/**
 * Prepares texts so that several groupings of them can be described, one after the other, without reading the texts
 * again.
 *
 * @param options the texts, their vectors where known, and options as docs/options.md describes them
 * @returns what describes groupings of these texts
 * @throws UserError for an invalid option
 * @throws the reason of `options.signal` when aborted
 * @example
 * const describer = await openDescriber({ texts, vectors });
 * const topics = await describer.describe({ labels, clusterCount });
 */
export async function openDescriber(options: DescriberOptions & Watch): Promise<Describer> {
  const { texts, vectors, counts, signal, onProgress, detector = detectHere } = options;
  const settings = resolveOptions(describerOptions, givenOf(options));
  const given = settings.language === undefined ? undefined : languageOf(settings.language);
  const detected = given === undefined ? detector.ofAll(spread(texts, ALL_TEXTS_DETECTED)) : [given];
  const pause = breathe(signal);
  const boilerplate = await findBoilerplate(texts, pause);
  const read = withoutBoilerplate(texts, boilerplate).map(withoutFormulas);
  const languages = await detected;
  const tokens = withoutParticles(await tokenize(read, new Divider(languages), pause));
  const stops = await readStopWords(settings.stopWords);
  const describer = new TextDescriber(
    {
      ...settings,
      language: given,
      usual: languages.length === 1 ? languages[0] : undefined,
      stopWords: stops,
      texts,
      vectors,
      counts,
      detector,
    },
    withWholeWords(tokens, languages),
    languages,
  );
  return {
    boilerplate,
    words: {
      texts,
      languages,
      tokens,
      detector,
      isWhole: Uint8Array.from(read, (text, row) => (text === texts[row] ? 1 : 0)),
    },
    expect: (groupings) => describer.expect(groupings),
    async describe(grouping, watch = { onProgress, signal }) {
      const result = await describer.describe(grouping, watch);
      const { passages, examples } = boilerplate;
      if (passages.size === 0) return result;
      return { ...result, boilerplate: { texts: passages.size, examples: examples.map(({ text }) => text) } };
    },
  };
}

/** What describes the texts and a grouping, besides options. */
const DATA = [
  'texts',
  'vectors',
  'counts',
  'detector',
  'labels',
  'clusterCount',
  'probabilities',
  'persistence',
];

/** The options, without the data; unknown names stay, to be refused. */
const givenOf = (options: object): OptionsOf<typeof describerOptions> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !DATA.includes(name)));

/**
 * Describes each group of texts by keywords, a name and its most central texts; see `openDescriber` for several groupings of the
 * same texts.
 *
 * @param input texts, their labels (-1 for none), vectors where known, and options as docs/options.md describes them
 * @returns the topics by id, and the languages found
 * @throws UserError for an invalid option
 * @throws the reason of `input.signal` when aborted
 * @example
 * const { topics } = await describeTopics({ texts, labels: fit.labels, vectors, keywords: 5 });
 */
export async function describeTopics(
  input: Omit<TopicInput, 'clusterCount'> & Partial<Pick<TopicInput, 'clusterCount'>> & Watch,
): Promise<TopicAnswer> {
  const { clusterCount = input.labels.reduce((most, label) => Math.max(most, label + 1), 0) } = input;
  return (await openDescriber(input)).describe({ ...input, clusterCount }, input);
}

/** What is detected of groups. */
interface Detected {
  /** Of each group, the commonest first. */
  languages: string[][];
  /** What their English words are; known later than languages. */
  tagged: Promise<WordClasses>;
}

/** The texts with their options, decided. */
interface DescriberSettings extends Omit<SettingsOf<typeof describerOptions>, 'stopWords'> {
  texts: string[];
  vectors?: Matrix;
  counts?: Int32Array;
  detector: Detector;
  /** The language of all texts, where they have one. */
  usual?: string;
  stopWords: string[];
}

const quoted = (text: string): string => `“${text}”`;

class TextDescriber {
  /** Words that names are made of, in basic forms; and as the texts have them, where these differ. */
  readonly #words: Vocabulary;
  readonly #written: Vocabulary | undefined;
  readonly #mixed: MixedNamer;
  readonly #meanings: Meanings | undefined;
  /** Of each text, where the texts have several languages. */
  readonly #ofTexts: TextLanguages | undefined;
  /** What is detected of groupings that will be described, by their labels. */
  readonly #expected = new WeakMap<Int32Array, Promise<Detected>>();

  constructor(
    readonly options: DescriberSettings,
    readonly tokens: Tokens,
    languages: readonly string[],
  ) {
    this.#ofTexts = options.language === undefined ? languagesOfTexts(tokens, languages) : undefined;
    const basic = withBaseForms(tokens, languages, this.#ofTexts);
    this.#words = new Vocabulary(basic, options);
    if (basic !== tokens) this.#written = new Vocabulary(tokens, options);
    this.#mixed = new MixedNamer(options.texts, tokens);
    if (options.vectors) this.#meanings = new Meanings(this.#words.tokens, options.vectors);
  }

  expect(groupings: readonly Grouping[]): void {
    for (const { labels, clusterCount } of groupings) {
      const found = this.#detect(groupByLabel(labels, clusterCount, this.tokens.order));
      // A failure is reported where the grouping is described.
      found.catch(() => {});
      this.#expected.set(labels, found);
    }
  }

  /**
   * Describes each group by keywords (class-based TF-IDF, words grown to phrases, redundancy removed), a name made
   * of the first of them, and its most central different texts. The noise counts as one more group, so that words
   * common everywhere weigh little. Every topic gets a name, whatever its texts hold.
   */
  async describe(grouping: Grouping, { signal, onProgress }: Watch): Promise<TopicAnswer> {
    const { texts, vectors } = this.options;
    const { labels, clusterCount, persistence } = grouping;
    const probabilities = grouping.probabilities ?? new Float64Array(texts.length).fill(1);
    const next = async (done: number) => {
      signal?.throwIfAborted();
      onProgress?.({ stage: 'topics', done, total: clusterCount, unit: 'topics' });
      await turn();
    };
    const places = groupByLabel(labels, clusterCount, this.tokens.order);
    const { languages: languagesOf, tagged } = await (this.#expected.get(labels) ?? this.#detect(places));
    const byLanguage = new Map<string, number>();
    const spoken: string[][] = [];
    /** Of each group: its texts, of several languages those in the commonest. */
    const named: Int32Array[] = [];
    const counts: GroupCounts[] = [];
    const writtenCounts: GroupCounts[] = [];
    for (const [label, members] of places.entries()) {
      const all = languagesOf[label];
      const first = all[0] ?? '';
      if (label < clusterCount) byLanguage.set(first, (byLanguage.get(first) ?? 0) + members.length);
      const own = label < clusterCount ? this.#ownTexts(members, all) : members;
      const languages = own === members ? all : [first];
      spoken.push(languages);
      named.push(own);
      counts.push(this.#words.count(own, languages));
      if (this.#written) writtenCounts.push(this.#written.count(own, languages));
      await next(label);
    }
    const scores = this.#words.score(counts, places);
    const writtenScores = this.#written?.score(writtenCounts, places);
    const classes = await tagged;
    const topics: Topic[] = [];
    const parts: string[][] = [];
    const lengths: number[] = [];
    /** Of each topic: a keyword that tells it from another whose name begins like its own. */
    const others: (string | undefined)[] = [];
    const pause = breathe(signal);
    for (let id = 0; id < clusterCount; id++) {
      const members = places[id].map((place) => this.tokens.order[place]);
      const rows = members.toSorted();
      const near = vectors && nearness(members, probabilities, vectors);
      const chosen = this.#words.choose(named[id], scores[id], spoken[id], classes.ofGroup(id));
      const { keywords: own, common, further, frequent, isMixed } = chosen;
      const written = writtenScores && this.#written?.choose(named[id], writtenScores[id], spoken[id]);
      const found = written?.listed ?? chosen.listed;
      const keywords = found.length > 0 ? found : lastResort(rows, texts, this.options.keywords);
      const exemplars = pickExemplars(
        members,
        { texts, probabilities, vectors, near },
        keywords,
        this.options.examples,
      );
      if (keywords.length === 0) keywords.push(`Topic ${id}`);
      const different = differentTexts(named[id], this.tokens).length;
      const meaning = near && this.#meanings && new GroupMeaning(this.#meanings, places[id], near);
      const more = isMixed ? [] : further;
      const usual = this.#nameParts(own, { common, further: more, frequent }, spoken[id], different, meaning);
      const name = isMixed
        ? this.#mixedParts(places[id], usual, own, texts[exemplars[0]])
        : this.#withAccount(this.#asCommonText(usual, places[id], own, different), places[id], own);
      const same = (form: string) => form;
      const first = withoutRepeats(name.length > 0 ? name : keywords.slice(0, NAME_WORDS), same);
      lengths.push(first.length);
      const isNoun = nounsAmong([...own, ...further], spoken[id]);
      const least = supportOf(different) * BEGINNING_SUPPORT;
      const nouns = [...own, ...further].filter(
        (part) => part.tells && isNoun(part.form) && part.texts >= least && !meaning?.isAccidental(part),
      );
      others.push(withoutRepeats([...first, ...nouns.map(({ form }) => form)], same)[first.length]);
      const spare = isMixed
        ? keywords
        : (written ? chosen.listed : keywords).slice(NAME_WORDS).filter(isNoun);
      // Last, what the name leaves out on purpose: better than a number.
      const verbs = keywords.filter((form) => !isNoun(form));
      parts.push(withoutRepeats([...first, ...spare, ...keywords.filter(isNoun), ...verbs], same));
      topics.push({
        id,
        size: rows.length,
        persistence: persistence?.[id] ?? 0,
        keywords,
        name: '',
        exemplars,
      });
      await pause();
    }
    nameByKeywords(
      topics,
      parts,
      lengths,
      spoken.map(([first]) => first),
    );
    withoutBeginnings(topics, others);
    const languages = [...byLanguage]
      .map(([language, rows]) => ({ language, rows }))
      .sort((a, b) => b.rows - a.rows || (a.language < b.language ? -1 : 1));
    return { topics, languages };
  }

  /** Keywords that a name is made of: those that tell the topic from others, joined where the texts join them. */
  #nameParts(
    keywords: readonly NamePart[],
    others: Pick<JoinOptions, 'common' | 'further' | 'frequent'>,
    languages: readonly string[],
    texts: number,
    meaning: GroupMeaning | undefined,
  ): string[] {
    const telling = keywords.filter(({ tells }) => tells);
    const wanted = Math.max(NAME_LEAST, Math.min(NAME_WORDS, telling.length));
    const ranked = tellingFirst(keywords).map((part) => ({ ...part, ...part.inName }));
    // Small words part what belongs together in English; other languages inflect it.
    if (!languages.includes('en')) {
      const nouns = ranked.filter(({ isModifier }) => !isModifier);
      // A noun that tells the topic from others needs no verb.
      const isEnough = nouns.length >= NAME_LEAST || nouns[0]?.tells;
      const shown = isEnough ? nouns : ranked;
      const most = Math.max(NAME_LEAST, shown.filter(({ tells }) => tells).length);
      const [first] = languages;
      const basic = (form: string) =>
        first === 'de'
          ? this.#words.speller.baseOf(form)
          : hasAgreement(first)
            ? inBasicForm(form, first)
            : withoutMarks(form);
      return shown.slice(0, Math.min(wanted, most)).map(({ form }) => basic(form));
    }
    return joinParts(
      ranked,
      { ...others, wanted, texts, meaning, isProse: this.#words.hasSmallWords(languages) },
      this.#words.tokens,
      this.#words.speller,
    );
  }

  /** A name with the account that most of the texts address, in place of a third keyword, and of those that few texts have. */
  #withAccount(usual: string[], places: Int32Array, keywords: readonly NamePart[]): string[] {
    const account = this.#mixed.account(places).at(0);
    if (account === undefined) return usual;
    const support = supportOf(places.length);
    const rare = new Set(keywords.filter(({ texts }) => texts < support).map(({ form }) => form));
    // "AmericanAir" says "American".
    const others = usual.filter(
      (part) => !rare.has(part) && !account.toLowerCase().startsWith(part.toLowerCase()),
    );
    return [...others.slice(0, NAME_WORDS - 1), account];
  }

  /**
   * In place of a single word and of words that few texts have, the text that most rows are, if many are: "good service" for "service"; or
   * the commonest, quoted.
   */
  #asCommonText(usual: string[], places: Int32Array, keywords: readonly NamePart[], texts: number): string[] {
    const isRare = keywords.every((part) => part.texts < texts * COMMON_SHARE);
    const isWord = usual.length === 1 && !usual[0].includes(' ');
    if (!isRare && !isWord) return usual;
    const common = this.#commonTexts(places);
    const [text] = common;
    if (text === undefined) return usual;
    return !isRare && hasWord(text, usual[0]) ? [text] : common.map(quoted);
  }

  #commonTexts(places: Int32Array): string[] {
    const { texts, counts } = this.options;
    return commonTexts(
      Array.from(places, (place) => {
        const at = this.tokens.order[place];
        return { text: texts[at], rows: counts?.[at] ?? 1 };
      }),
    );
  }

  /** A name of texts of all kinds. */
  #mixedParts(places: Int32Array, usual: string[], keywords: readonly NamePart[], central: string): string[] {
    const parts = this.#mixed.parts(places);
    if (parts.length > 0) return parts;
    const common = this.#commonTexts(places).map(quoted);
    if (common.length > 0) return common;
    return keywords[0]?.tells ? [mixedName(usual[0]), ...usual.slice(1)] : [nameOfMixed(central)];
  }

  /** Texts that a group is named by: those in its commonest language, if they are enough. */
  #ownTexts(members: Int32Array, languages: readonly string[]): Int32Array {
    if (!this.#ofTexts || languages.length < 2) return members;
    const own = placesIn(members, languages[0], this.#ofTexts);
    return own.length >= Math.max(OWN_LEAST, members.length * OWN_SHARE) ? own : members;
  }

  async #detect(groups: readonly Int32Array[]): Promise<Detected> {
    const { language, usual, detector } = this.options;
    const known = groups.map((members) => this.#ofTexts && languagesIn(members, this.#ofTexts));
    const samples = groups.map((members, at) => (known[at] ? [] : this.#sample(members, TEXTS_DETECTED)));
    const found =
      language === undefined ? await detector.ofGroups(samples, usual) : samples.map(() => [language]);
    const languages = known.map((own, at) => own ?? relatedLanguages(found[at], samples[at].join(' ')));
    const english = languages.map((all, at) =>
      all.includes('en') ? this.#sample(groups[at], TEXTS_TAGGED) : [],
    );
    const isSpoken = english.some((texts) => texts.length > 0);
    const tagged = (isSpoken ? detector.words(english) : Promise.resolve([])).then(
      (words) => new WordClasses(words),
    );
    // A failure is reported where classes are needed.
    tagged.catch(() => {});
    return { languages, tagged };
  }

  #sample(members: Int32Array, most: number): string[] {
    return spread(members, most).map((place) => this.options.texts[this.tokens.order[place]]);
  }
}
