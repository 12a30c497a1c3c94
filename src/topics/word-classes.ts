import { plainText } from './markup.js';

/** How often words of some texts are nouns, by their forms in lower case. */
export interface TaggedWords {
  words: string[];
  /** Occurrences of each word. */
  all: Uint16Array;
  /** … and those as a noun or a name. */
  nouns: Uint16Array;
}

/** The words of a text in their order, and of each whether it is a noun or a name there. */
export interface TaggedText {
  words: string[];
  isNoun: boolean[];
}

type Tag = (text: string) => TaggedText;

let tagger: Promise<Tag> | undefined;

/** The tagger with its model: some megabytes, hence loaded only where texts are English. */
export function loadTagger(): Promise<Tag> {
  tagger ??= openTagger();
  return tagger;
}

async function openTagger(): Promise<Tag> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([
    import('wink-nlp'),
    import('wink-eng-lite-web-model'),
  ]);
  const nlp = winkNLP(model, ['pos']);
  const { its } = nlp;
  return (text) => {
    const tokens = nlp.readDoc(text).tokens();
    const isNoun = tokens.out(its.pos).map((tag) => tag === 'NOUN' || tag === 'PROPN');
    return { words: tokens.out(its.normal), isNoun };
  };
}

interface Counts {
  all: number;
  nouns: number;
}

/** Adds places of a word to what is known of it. */
function add(counts: Map<string, Counts>, word: string, all: number, nouns: number): void {
  const known = counts.get(word) ?? { all: 0, nouns: 0 };
  counts.set(word, known);
  known.all += all;
  known.nouns += nouns;
}

/**
 * Tells by their context how often the words of English texts are nouns: never "live" of "where do they live".
 *
 * @param known texts that were tagged before: those of a topic are in a group of every level too
 */
export async function tagWords(
  texts: readonly string[],
  known: Map<string, TaggedText> = new Map(),
): Promise<TaggedWords> {
  const tag = await loadTagger();
  const counts = new Map<string, Counts>();
  for (const text of texts) {
    const found = known.get(text) ?? tag(plainText(text));
    known.set(text, found);
    for (const [at, word] of found.words.entries()) add(counts, word, 1, found.isNoun[at] ? 1 : 0);
  }
  const found = [...counts.values()];
  return {
    words: [...counts.keys()],
    all: Uint16Array.from(found, ({ all }) => all),
    nouns: Uint16Array.from(found, ({ nouns }) => nouns),
  };
}

/** Tagged places from which a group's own show what a word is in it; where they are fewer, those of all groups together do. */
const OWN_LEAST = 5;

/** Whether a word is a noun mostly, by its form in lower case; nothing where none of its places is tagged. */
export type NounTest = (word: string) => boolean | undefined;

/** Which words are nouns in the groups of a grouping, by samples of their texts. */
export class WordClasses {
  readonly #all = new Map<string, Counts>();
  readonly #own: Map<string, Counts>[];

  constructor(groups: readonly TaggedWords[]) {
    this.#own = groups.map(({ words, all, nouns }) => {
      const own = new Map<string, Counts>();
      for (const [at, word] of words.entries())
        for (const counts of [own, this.#all]) add(counts, word, all[at], nouns[at]);
      return own;
    });
  }

  ofGroup(group: number): NounTest {
    return (word) => {
      const own = this.#own.at(group)?.get(word);
      const counts = own && own.all >= OWN_LEAST ? own : this.#all.get(word);
      return counts && counts.nouns * 2 >= counts.all;
    };
  }
}
