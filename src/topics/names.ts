import type { Topic } from '../shapes.js';
import { cleanMarkup, plainText } from './markup.js';

/** Keywords in a name. */
export const NAME_WORDS = 3;

/** For texts without telling words: their commonest words of any kind, or else characters, or else raw words. */
export function lastResort(members: Int32Array, texts: string[], wanted: number): string[] {
  const step = Math.max(1, members.length / 200);
  const raw = Array.from({ length: Math.min(200, members.length) }, (_, i) =>
    texts[members[Math.floor(i * step)]].slice(0, 500),
  );
  const clean = raw.map(cleanMarkup);
  const words = (text: string) => text.match(/[\p{L}\p{M}\p{N}]+(?:[.,:'’-][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
  const characters = (text: string) =>
    Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment.trim());
  const attempts: [string[], (text: string) => string[]][] = [
    [clean, words],
    [clean, characters],
    [raw, (text) => text.split(/\s+/)],
  ];
  for (const [sample, divide] of attempts) {
    const counts = new Map<string, number>();
    for (const text of sample)
      for (const part of new Set(divide(text))) counts.set(part, (counts.get(part) ?? 0) + 1);
    counts.delete('');
    if (counts.size === 0) continue;
    return [...counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, wanted)
      .map(([part]) => (part.length > 40 ? `${part.slice(0, 39)}…` : part));
  }
  return [];
}

/**
 * "Oil prices, barrel, crude": the first parts, one more where a larger topic has that name already.
 * @param parts of each topic's name, best first
 * @param lengths how many of them the name has if it is the only one
 * @param languages of each topic, which decide what its capitals are: Turkish "İ" of "i"
 */
export function nameByKeywords(
  topics: Topic[],
  parts: string[][],
  lengths: number[],
  languages: readonly (string | undefined)[] = [],
): void {
  const taken = new Set<string>();
  const lengthOf = (at: number) => Math.min(lengths[at], parts[at].length);
  const isWhole = (at: number) => lengthOf(at) === parts[at].length;
  // First those without further parts, since the others can get one more where a name is taken.
  const order = [...topics.keys()].sort((a, b) => Number(isWhole(b)) - Number(isWhole(a)) || a - b);
  for (const at of order) {
    const own = parts[at];
    let length = lengthOf(at);
    const spell = ([first, ...others]: string[]) =>
      first === MIXED_TEXTS && others.length > 0
        ? mixedName(others.join(', '))
        : nameOf([first, ...others], languages[at]);
    let name = spell(own.slice(0, length));
    while (taken.has(nameKey(name)) && length < own.length) name = spell(own.slice(0, ++length));
    for (let number = 2; taken.has(nameKey(name)); number++)
      name = `${spell(own.slice(0, lengthOf(at)))} (${number})`;
    taken.add(nameKey(name));
    topics[at].name = name;
  }
}

/**
 * With a further keyword where a name is how another begins, so that it tells the topic from that one: "verify identity, documents"
 * next to "verify identity, trouble".
 * @param further of each topic, a keyword that its name may have; left out where there is none
 */
export function withoutBeginnings(topics: Topic[], further: readonly (string | undefined)[]): void {
  const taken = new Set(topics.map(({ name }) => nameKey(name)));
  for (const [at, topic] of topics.entries()) {
    const more = further[at];
    if (more === undefined) continue;
    const beginning = `${nameKey(topic.name)}, `;
    if (!topics.some(({ name }) => nameKey(name).startsWith(beginning))) continue;
    const name = `${topic.name}, ${more}`;
    if (taken.has(nameKey(name))) continue;
    taken.add(nameKey(name));
    topic.name = name;
  }
}

/**
 * Equal for names that differ only in capitals, in singular or plural ("exchange rate", "exchange rates") and in endings of verbs: "verify
 * identity", "verifying identity".
 */
export const nameKey = (name: string): string =>
  name
    .toLowerCase()
    .replace(/(?<=\p{L}{3})s(?!\p{L})/gu, '')
    .replace(/(?<=\p{L}{3})(?:e|ed|ing)(?!\p{L})/gu, '')
    .replace(/(\p{L})\1(?!\p{L})/gu, '$1');

/** Of a text that is shown in a name: so short that it says what it is about, and the characters that are shown. */
const QUOTED = 160;
const SHOWN = 40;

/** Name of texts of all kinds, with what can be said of them. */
export const mixedName = (about: string): string => `Mixed: ${about}`;

const MIXED_TEXTS = 'Mixed texts';

/** Whether a name says that the texts are of all kinds. */
export const isMixedName = (name: string): boolean => name === MIXED_TEXTS || name.startsWith(mixedName(''));

/** The words that a mixed name has, none where it quotes a text. */
export const wordsOfMixed = (name: string): string[] =>
  name.startsWith(mixedName('')) && !name.includes('“') ? name.slice(mixedName('').length).split(', ') : [];

/**
 * Name of a topic that no word tells from others: its most central text where that is short, for what such texts have in
 * common may be no word ("how are you", "doing alright?"); long texts are of all kinds.
 */
export function nameOfMixed(central: string | undefined): string {
  const text = quotable(central ?? '');
  if (text === '') return MIXED_TEXTS;
  if (text.length <= SHOWN) return mixedName(`“${text}”`);
  const cut = text.slice(0, SHOWN);
  const words = cut.slice(0, Math.max(cut.lastIndexOf(' '), SHOWN / 2)).replace(/[\uD800-\uDBFF]$/, '');
  return mixedName(`“${words.replace(/[\s\p{P}]+$/u, '')}…”`);
}

/** A short text without markup, line breaks and quotation marks; nothing for one that is long or has no letter. */
function quotable(text: string): string {
  if (text.length > QUOTED) return '';
  const plain = plainText(text)
    // What is left out in the middle of a sentence is shown as that: "I love …, but".
    .replace(/\s*\|[\s|]*/g, ' … ')
    .replace(/ …\s+(?=[.,:;!?])/g, ' …')
    .replace(/[\s“”"]+/g, ' ')
    .replace(/^[\s….,:;!?-]+|[\s…]+$/g, '');
  return /\p{L}/u.test(plain) ? plain : '';
}

/** Begins with a capital, unless the first word has one inside ("iPhone") or is written as in a program ("mod_rewrite"). */
export function nameOf(words: string[], language?: string): string {
  const name = words.join(', ');
  const first = [...name][0] ?? '';
  if (/^\S*(?:\p{Lu}|\p{L}_)/u.test(name)) return name;
  return (
    first.toLocaleUpperCase(language === 'tr' || language === 'az' ? language : 'en') +
    name.slice(first.length)
  );
}
