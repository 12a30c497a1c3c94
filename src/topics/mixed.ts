import { differentTexts } from './groups.js';
import { cleanMarkup, MENTION } from './markup.js';
import { SPEECH } from './stopwords.js';
import { FIRST_FORM, type Tokens } from './tokens.js';

/** Share of a group's texts that address one account, for it to name the group. */
const ADDRESSED = 0.7;
/** Share of a group's texts that have a word of courtesy, for it to name the group. */
const SAID = 0.15;
/** Share of an account's mentions with capitals from which these show how it is spelled. */
const WRITTEN = 0.1;
/** How many times the share of the other texts either must be. */
const LIFT = 2;

/** Names groups that no word of content tells from others: by the account that their texts address, and by thanks or greetings. */
export class MixedNamer {
  /** Texts that mention each account, by its name in lower case. Counted when first needed. */
  #mentions: Map<string, number> | undefined;

  constructor(
    readonly texts: readonly string[],
    readonly tokens: Tokens,
  ) {}

  /**
   * "JetBlue", "thanks"; nothing where the texts have neither in common.
   * @param places the group's texts
   */
  parts(places: Int32Array): string[] {
    return [...this.account(places), ...this.#courtesy(differentTexts(places, this.tokens))];
  }

  /** The account that most of the group's texts mention, and others less: "JetBlue" for "@JetBlue". */
  account(places: Int32Array): string[] {
    const forms = new Map<string, number>();
    const counts = new Map<string, number>();
    for (const place of places) {
      const text = this.texts[this.tokens.order[place]];
      if (!text.includes('@')) continue;
      for (const [key, form] of accountsIn(text)) {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        forms.set(form, (forms.get(form) ?? 0) + 1);
      }
    }
    if (counts.size === 0) return [];
    const [key, texts] = commonest(counts);
    if (texts < places.length * ADDRESSED) return [];
    this.#mentions ??= countMentions(this.texts);
    if (!this.#isMore(texts, places.length, this.#mentions.get(key) ?? 0, this.texts.length)) return [];
    const known = [...forms].filter(([form]) => form.toLowerCase() === key);
    // Many write all in lower case.
    const capitals = known.filter(([form, count]) => form !== key && count >= texts * WRITTEN);
    const [form] = commonest(capitals.length > 0 ? capitals : known);
    return [form[0].toUpperCase() + form.slice(1)];
  }

  /** "thanks" where many of the texts say it, also as "thank you". */
  #courtesy(places: Int32Array): string[] {
    const { stream, starts, wordOf, words, singular, documents, identity } = this.tokens;
    const counts = new Map<number, number>();
    for (const place of places) {
      const said = new Set<number>();
      for (let at = starts[place]; at < starts[place + 1]; at++) {
        const word = stream[at] < FIRST_FORM ? -1 : wordOf[stream[at] - FIRST_FORM];
        if (word >= 0 && SPEECH.has(words[word])) said.add(singular[word]);
      }
      for (const word of said) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const ofAll = new Map<number, number[]>();
    for (const [word, form] of words.entries())
      if (SPEECH.has(form)) ofAll.set(singular[word], [...(ofAll.get(singular[word]) ?? []), word]);
    const different = (identity.at(-1) ?? 0) + 1;
    return [...counts]
      .map(([word, texts]) => ({ texts, forms: ofAll.get(word) ?? [word] }))
      .filter(({ texts }) => texts >= places.length * SAID)
      .filter(({ texts, forms }) =>
        this.#isMore(
          texts,
          places.length,
          forms.reduce((sum, form) => sum + documents[form], 0),
          different,
        ),
      )
      .map(({ texts, forms }) => ({
        texts,
        form: commonest(forms.map((form) => [words[form], documents[form]]))[0],
      }))
      .sort((a, b) => b.texts - a.texts || (a.form < b.form ? -1 : 1))
      .slice(0, 1)
      .map(({ form }) => form);
  }

  #isMore(texts: number, size: number, all: number, allTexts: number): boolean {
    return texts / size >= (LIFT * Math.max(0, all - texts)) / Math.max(1, allTexts - size);
  }
}

/** Accounts that a text mentions, each once: in lower case, and as it is written. */
function accountsIn(text: string): Map<string, string> {
  const accounts = new Map<string, string>();
  if (!text.includes('@')) return accounts;
  for (const [mention] of cleanMarkup(text).matchAll(MENTION))
    accounts.set(mention.slice(1).toLowerCase(), mention.slice(1));
  return accounts;
}

function countMentions(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const key of accountsIn(text).keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The string of the highest count, of equal ones the first in the alphabet. */
export function commonest(counts: Iterable<readonly [string, number]>): readonly [string, number] {
  let best: readonly [string, number] = ['', 0];
  for (const entry of counts)
    if (entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0])) best = entry;
  return best;
}
