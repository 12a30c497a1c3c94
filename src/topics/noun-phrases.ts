import { capitalsOf } from './capitals.js';
import { isDescribing } from './grammar.js';
import { isRomance, isRomanceVerb } from './inflected.js';
import { isKoreanVerb } from './korean.js';
import type { Occurrences } from './occurrences.js';
import { CONTENT, FUNCTION } from './stopwords.js';
import { FIRST_FORM, type Tokens } from './tokens.js';

/** Languages whose adjectives and participles stand before their noun: one at the end of a phrase lacks it. */
const NOUN_LAST = new Set('ru uk cs sk bg nl sv da no tr ko hi ja zh fi'.split(' '));
/** How verbs end that no noun ends like, and the endings of which a form of the same verb has one in place of it. */
const FINITE: Record<string, { sure: RegExp; others?: readonly (readonly [RegExp, readonly string[]])[] }> = {
  ru: {
    sure: /(?:ться|тся|лся|лась|лось|лись|[аяеую]ют|[аяеую]ет|ует)$/u,
    others: [
      [/(?:ит|ят|ат)$/u, 'ить ать еть ил ила или ал али ит ят ат ащий ащая ащие ящий ящая ящие'.split(' ')],
      [/(?<=[аеиоуыя])(?:л|ла|ло|ли)$/u, ['ть', 'ли', 'ло']],
      [/(?<=[аяеи]н)(?:о|ы)?$/u, ['ный', 'ные', 'ная', 'о', 'ы']],
    ],
  },
  uk: {
    sure: /(?:ються|ється|иться|тися|вся|лася|лися|[аяую]ють|[аяу]є)$/u,
    others: [
      [/(?:ить|ять|ать)$/u, ['ити', 'ати', 'іти', 'ив', 'ила', 'или', 'ав', 'ить', 'ять', 'ать']],
      [/(?<=[аиіуя])(?:в|ла|ло|ли)$/u, ['ти', 'ли', 'ло']],
    ],
  },
  pl: {
    sure: /(?:uje|ują|ający|ającym|ając|ujący|ującym|ałem|ałam|[aiy]ć|ano|ono|iono)$/u,
    others: [
      [/(?<=[bcdfghjklłmnprstwzż])a$/u, ['ać', 'ają', 'ał', 'ano']],
      [/(?:ł|ła|ło|ły)$/u, ['li', 'ć', 'ło']],
    ],
  },
  cs: { sure: /(?:uje|ují|ovat|..eno|..áno)$/u, others: [[/(?:l|la|lo|li|ly)$/u, ['t', 'li']]] },
};
FINITE.sk = FINITE.cs;
// The past and the present; "kendi" (own) and its like are no words of content.
FINITE.tr = {
  sure: /(?:[ıiuü]ld[ıiuü]|tt[ıiuü]|[ıiuü]rd[ıiuü]|nd[ıiuü]|m[ıiuü]şt[ıiuü]r?|m[ae]kt[ae]d[ıi]r|yor)$/u,
};

/** Particles that show what a Korean noun is in its clause, all but that of a noun before its noun. */
const CLAUSE_PARTICLE = /[은는이가을를에도로]$/u;
const HANGUL = /\p{Script=Hangul}$/u;

/** How adjectives end in languages where verbs are known by other endings, or by their place. */
const ADJECTIVES: Record<string, RegExp> = {
  sv: /(?:iska?|iskt|liga?|ligt)$/u,
  da: /(?:iske?|lige?|ligt)$/u,
  no: /(?:iske?|lige?)$/u,
  nl: /(?:ische?|lijke?|ale|iële)$/u,
  hi: /(?:ी|ीय|ित|िक)$/u,
  ru: /(?:[ыио]й|[ая]я|[ое]е|[ыи]е|[ое]го|[ое]му|[ыи][мх]|[ыи]ми|[ую]ю)$/u,
  uk: /(?:[иі]й|[ая]|[еє]|[иі]|ого|ому|[иі][мх]|[иі]ми|[ую]|ої)$/u,
  cs: /(?:[ýáéí]|ého|ému|[ýí][mh]|ých|ými|ou)$/u,
  pl: /(?:[yi]|[ai]|i?e|i?ego|i?emu|[yi]m|[yi]ch|[yi]mi|i?ej|ą)$/u,
  ar: /^ال/u,
  es: /(?:al|ales|[ií]c[oa]s?|iv[oa]s?|os[oa]s?|ari[oa]s?|an[oa]s?|bles?|[aei]d[oa]s?)$/u,
  fr: /(?:ale?s?|aux|iques?|ifs?|ives?|eux|euses?|aires?|ien(?:ne)?s?|ables?|ibles?|elle?s?|ée?s?)$/u,
  it: /(?:al[ei]|ic[oaihe]+|iv[oaei]|os[oaei]|ari[oaei]?|an[oaei]|bil[ei]|[aiu]t[oaei])$/u,
  pt: /(?:al|ais|ic[oa]s?|iv[oa]s?|os[oa]s?|ári[oa]s?|an[oa]s?|ável|íveis|[aei]d[oa]s?)$/u,
  fa: /ی$/u,
};
ADJECTIVES.sk = ADJECTIVES.cs;
/** Languages whose adjectives may stand on either side of their noun; of others they follow it. */
const EITHER = new Set(['pl', 'es', 'fr', 'it', 'pt']);
/** Share of an adjective's places that have one noun next to it, from which both name the group. */
const NOUN_SHARE = 0.25;

/**
 * For an adjective that grew to no phrase: with the noun that most often stands next to it, where that is often: "الألعاب الأولمبية" for
 * "الأولمبية", "olympiska spelen" for "olympiska".
 * @param least places that the pair needs
 */
export function withNoun(
  { at }: Occurrences,
  tokens: Tokens,
  uses: Uint8Array,
  language: string,
  least: number,
): Occurrences | undefined {
  const { stream, wordOf, words, telling } = tokens;
  const wordAt = (position: number) =>
    (stream[position] ?? 0) < FIRST_FORM ? -1 : wordOf[stream[position] - FIRST_FORM];
  if (at.length === 0 || !ADJECTIVES[language]?.test(words[wordAt(at[0])]) || isVerb(at[0], tokens, language))
    return undefined;
  const sides = NOUN_LAST.has(language) ? [1] : EITHER.has(language) ? [-1, 1] : [-1];
  let best: { side: number; word: number; count: number } | undefined;
  for (const side of sides) {
    const counts = new Map<number, number>();
    for (const position of at) {
      const word = wordAt(position + side);
      if (word < 0 || uses[word] !== CONTENT || telling[word] === 0) continue;
      if (isDescribing(word, language, tokens) || isVerb(position + side, tokens, language)) continue;
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (const [word, count] of counts)
      if (count > (best?.count ?? 0) || (count === best?.count && words[word] < words[best.word]))
        best = { side, word, count };
  }
  if (!best || best.count < Math.max(least, at.length * NOUN_SHARE)) return undefined;
  const { side, word } = best;
  const places = at.filter((position) => wordAt(position + side) === word);
  return { at: places, before: side < 0 ? 1 : 0, after: side < 0 ? 0 : 1 };
}

const vocabularies = new WeakMap<Tokens, Set<string>>();

/**
 * A phrase without the clause that it stands in: cut at verbs ("пакет содержит драйвер", "metapaquete instalará juegos"), without small words at its
 * ends ("de sonido"), and without an adjective that lacks its noun. The word that it grew from where nothing else is left.
 * @param word all occurrences of the word that the phrase grew from
 */
export function nounPhrase(
  phrase: Occurrences,
  word: Occurrences,
  tokens: Tokens,
  uses: Uint8Array,
  language: string,
): Occurrences {
  const { stream, wordOf } = tokens;
  const [first] = phrase.at;
  const wordAt = (offset: number) => wordOf[stream[first + offset] - FIRST_FORM];
  const isName = (offset: number) => capitalsOf(tokens.forms)[stream[first + offset] - FIRST_FORM] === 1;
  const isSmall = (offset: number) => uses[wordAt(offset)] === FUNCTION && !isName(offset);
  const isBarrier = (offset: number) => offset !== 0 && isVerb(first + offset, tokens, language);
  let { before, after } = phrase;
  for (let offset = -1; offset >= -before; offset--) if (isBarrier(offset)) before = -offset - 1;
  for (let offset = 1; offset <= after; offset++) if (isBarrier(offset)) after = offset - 1;
  if (isVerb(first, tokens, language)) return word;
  for (let offset = 0; offset < after; offset++)
    if (isClauseEnd(first + offset, 1, tokens, language)) after = offset;
  for (let offset = -before; offset < 0; offset++)
    if (isClauseEnd(first + offset, 1, tokens, language)) before = -offset - 1;
  while (before > 0 && isSmall(-before)) before--;
  while (after > 0 && isSmall(after)) after--;
  if (NOUN_LAST.has(language))
    while (after > 0 && !isName(after) && isDescribing(wordAt(after), language, tokens)) {
      after--;
      while (after > 0 && isSmall(after)) after--;
    }
  if (before === phrase.before && after === phrase.after) return phrase;
  return before + after === 0 ? word : { at: phrase.at, before, after };
}

/** Whether a Korean word with a particle ends what is said of it, though the phrase goes on: "속도와 효율성을 가지고". */
function isClauseEnd(
  at: number,
  after: number,
  { stream, forms, wordOf, words }: Tokens,
  language: string,
): boolean {
  if (language !== 'ko' || after === 0) return false;
  const form = forms[stream[at] - FIRST_FORM];
  return HANGUL.test(form) && form !== words[wordOf[stream[at] - FIRST_FORM]] && CLAUSE_PARTICLE.test(form);
}

function isVerb(at: number, tokens: Tokens, language: string): boolean {
  const { stream, wordOf, words } = tokens;
  const word = wordOf[stream[at] - FIRST_FORM];
  const form = words[word];
  if (language === 'ko') return isKoreanVerb(form);
  if (isRomance(language)) return isRomanceVerb(word, language, tokens);
  if (!Object.hasOwn(FINITE, language)) return false;
  const { sure, others = [] } = FINITE[language];
  if (sure.test(form)) return true;
  const vocabulary = vocabularies.get(tokens) ?? new Set(words);
  vocabularies.set(tokens, vocabulary);
  return others.some(
    ([ending, endings]) =>
      ending.test(form) &&
      endings.some((other) => {
        const known = form.replace(ending, other);
        return known !== form && vocabulary.has(known);
      }),
  );
}
