import { countTexts } from './merge.js';
import { FUNCTION, GENERIC, stopWords, type Use } from './stopwords.js';
import { FIRST_FORM, type Tokens } from './tokens.js';
import { isTelling, keyOf, NUMERAL } from './words.js';

/** Languages that leave no space between words. */
const UNSPACED_LANGUAGES = new Set(['zh', 'ja', 'th', 'lo', 'km', 'my']);
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+$/u;
const HAN = /^\p{Script=Han}+$/u;
const KATAKANA = /^[\p{Script=Katakana}ー]+$/u;
/** Characters that Chinese writes foreign names with. */
const TRANSLITERATING =
  /^[亞達爾馬羅維納倫蘭賓圖蘇薩韋魯萊錫謝盧貝費烏內齊喬蓋漢瓊溫阿埃艾安昂奥澳巴班邦贝本比彼宾波伯博布查达戴丹德登迪蒂丁杜顿多厄恩尔法菲费芬弗福盖冈格戈古哈海汉赫霍基吉加杰卡凯坎科克肯库拉莱兰朗劳勒雷里利莉列林琳卢鲁罗洛伦马玛迈曼梅蒙米莫姆穆纳娜内尼涅诺帕佩彭皮珀普奇齐乔切琼若萨塞桑瑟森沙莎尚圣史舒斯丝苏索塔泰汤唐特腾廷图托瓦威韦维温沃乌西希锡夏肖谢辛休许雅亚扬耶伊因尤约泽詹珍芝朱兹佐]+$/u;
/** Endings of persons, which the lists of small and of general words hold. */
const PERSONS = new Set(['者', '家', '員', '员']);
/** Places where two segments stand next to each other at least; of Katakana, whose sequences are hardly ever accidental. */
const LEAST = 3;
const KATAKANA_LEAST = 2;
/** Share of a segment's places that have the other next to it. */
const SHARE = 0.6;
const KATAKANA_SHARE = 0.5;
/** "摩尔 多 瓦" takes two. */
const ROUNDS = 3;

/**
 * Words that the platform's dictionary has divided are put together where the texts nearly always have their parts next to each other:
 * "志愿" and "者" (volunteer), "スタン" and "フォード" (Stanford). Only parts of one Chinese character, of Katakana, and of scripts such as
 * Thai are: two words of meaning are a phrase.
 * @param languages of all texts
 */
export function withWholeWords(tokens: Tokens, languages: readonly string[]): Tokens {
  return withVietnameseWords(withWholeSegments(tokens, languages), languages);
}

function withWholeSegments(tokens: Tokens, languages: readonly string[]): Tokens {
  const unspaced = languages.filter((language) => UNSPACED_LANGUAGES.has(language));
  if (unspaced.length === 0) return tokens;
  const stops = stopWords(unspaced);
  const isPart = (form: string) => {
    const use = stops.get(form);
    return (
      UNSPACED.test(form) &&
      !NUMERAL.test(form) &&
      (PERSONS.has(form) || (use !== FUNCTION && use !== GENERIC))
    );
  };
  let read = tokens;
  if (languages.includes('zh')) read = withForeignNames(tokens, stops);
  for (let round = 0; round < ROUNDS; round++) {
    const next = joinOnce(read, isPart);
    if (next === read) break;
    read = next;
  }
  return read;
}

/**
 * Foreign names in Chinese as one word: "维达尔" (Vidal), which the dictionary divides into 维 and 达尔. A single character belongs to
 * the name next to it, unless it is a small word by itself; names of several characters are one as other segments are.
 */
function withForeignNames(tokens: Tokens, stops: ReadonlyMap<string, Use>): Tokens {
  const isName = (form: string) => TRANSLITERATING.test(form) && !stops.has(form) && !NUMERAL.test(form);
  const isOne = (left: string, right: string, both: number, ofLeft: number, ofRight: number) =>
    left.length === 1 || right.length === 1
      ? left.length + right.length > 2 || both >= Math.max(KATAKANA_LEAST, Math.min(ofLeft, ofRight) * SHARE)
      : both >= Math.max(KATAKANA_LEAST, Math.min(ofLeft, ofRight) * KATAKANA_SHARE);
  let read = tokens;
  for (let round = 0; round < ROUNDS; round++) {
    const next = joinOnce(read, isName, isOne);
    if (next === read) break;
    read = next;
  }
  return read;
}

/** A syllable of a Vietnamese word, which has a space between all of them. */
const SYLLABLE = /^(?=\p{Ll})[\p{Script=Latin}\p{M}]{1,7}(?: [\p{Script=Latin}\p{M}]{1,7}){0,2}$/u;
/** Places of a pair at least, and its share of those of the rarer syllable; where the other is a small word by itself. */
const VIETNAMESE_LEAST = 3;
const VIETNAMESE_SHARE = 0.5;
const SMALL_SHARE = 0.8;

/**
 * Vietnamese words of two to four syllables, which are written like so many words: "hàng không" (aviation), "câu lạc bộ" (club), where
 * "không" alone is "not".
 */
function withVietnameseWords(tokens: Tokens, languages: readonly string[]): Tokens {
  if (!languages.includes('vi')) return tokens;
  const stops = stopWords(['vi']);
  const isSmall = (form: string) => {
    const use = stops.get(form.toLowerCase());
    return use === FUNCTION || use === GENERIC;
  };
  const isWord = (left: string, right: string, both: number, ofLeft: number, ofRight: number) => {
    if (both < VIETNAMESE_LEAST || (isSmall(left) && isSmall(right))) return false;
    if (isSmall(left)) return both >= ofRight * SMALL_SHARE;
    if (isSmall(right)) return both >= ofLeft * SMALL_SHARE;
    return both >= Math.min(ofLeft, ofRight) * VIETNAMESE_SHARE;
  };
  let read = tokens;
  for (let round = 0; round < ROUNDS; round++) {
    const next = joinOnce(read, (form) => SYLLABLE.test(form), isWord, ' ');
    if (next === read) break;
    read = next;
  }
  return read;
}

function joinOnce(
  tokens: Tokens,
  isPart: (form: string) => boolean,
  isWord: typeof belong = belong,
  between = '',
): Tokens {
  const { forms, stream } = tokens;
  const parts = Uint8Array.from(forms, (form) => (isPart(form) ? 1 : 0));
  const partAt = (at: number) => stream[at] >= FIRST_FORM && parts[stream[at] - FIRST_FORM] === 1;
  const pairs = new Map<number, number>();
  const keyAt = (at: number) => (stream[at] - FIRST_FORM) * forms.length + stream[at + 1] - FIRST_FORM;
  const counts = new Int32Array(forms.length);
  for (let at = 0; at < stream.length; at++) {
    if (stream[at] >= FIRST_FORM) counts[stream[at] - FIRST_FORM]++;
    if (at + 1 < stream.length && partAt(at) && partAt(at + 1))
      pairs.set(keyAt(at), (pairs.get(keyAt(at)) ?? 0) + 1);
  }
  const isWhole = (key: number) => {
    const [left, right] = [Math.floor(key / forms.length), key % forms.length];
    const count = pairs.get(key) ?? 0;
    return isWord(forms[left], forms[right], count, counts[left], counts[right]);
  };
  const whole = new Set([...pairs.keys()].filter(isWhole));
  return whole.size === 0
    ? tokens
    : joined(tokens, (at) => partAt(at) && partAt(at + 1) && whole.has(keyAt(at)), between);
}

/** Whether two segments are parts of a word, by how often each occurs and both occur next to each other. */
function belong(left: string, right: string, both: number, ofLeft: number, ofRight: number): boolean {
  if (KATAKANA.test(left) && KATAKANA.test(right))
    return both >= Math.max(KATAKANA_LEAST, Math.min(ofLeft, ofRight) * KATAKANA_SHARE);
  if (both < LEAST) return false;
  const isLong = (form: string) => [...form].length > 1;
  if (HAN.test(left) && HAN.test(right) && isLong(left) && isLong(right)) return false;
  if (isLong(left) !== isLong(right)) return both >= (isLong(left) ? ofLeft : ofRight) * SHARE;
  return both >= Math.max(ofLeft, ofRight) * SHARE;
}

/** The tokens with some pairs as one word each; of overlapping pairs the first is. */
function joined(tokens: Tokens, isPair: (at: number) => boolean, between: string): Tokens {
  const { stream, starts } = tokens;
  const forms = [...tokens.forms];
  const wordOf = Array.from(tokens.wordOf);
  const words = [...tokens.words];
  const telling = Array.from(tokens.telling);
  const singular = Array.from(tokens.singular);
  const inMidSentence = Array.from(tokens.inMidSentence);
  const anywhere = Array.from(tokens.anywhere);
  const formIds = new Map(forms.map((form, id) => [form, id]));
  const wordIds = new Map(words.map((word, id) => [word, id]));
  const formOf = (form: string): number => {
    const known = formIds.get(form);
    if (known !== undefined) return known;
    const key = keyOf(form);
    let word = wordIds.get(key);
    if (word === undefined) {
      word = words.push(key) - 1;
      wordIds.set(key, word);
      telling.push(isTelling(form) ? 1 : 0);
      singular.push(word);
    }
    const id = forms.push(form) - 1;
    formIds.set(form, id);
    wordOf.push(word);
    inMidSentence.push(0);
    anywhere.push(0);
    return id;
  };
  const written = new Int32Array(stream.length);
  const newStarts = new Float64Array(starts.length);
  let length = 0;
  let place = 0;
  for (let at = 0; at < stream.length; at++) {
    while (place < starts.length && starts[place] <= at) newStarts[place++] = length;
    const isEnd = place < starts.length && starts[place] === at + 1;
    if (isEnd || at + 1 >= stream.length || !isPair(at)) {
      written[length++] = stream[at];
      continue;
    }
    const [left, right] = [stream[at] - FIRST_FORM, stream[at + 1] - FIRST_FORM];
    const id = formOf(forms[left] + between + forms[right]);
    for (const part of [left, right]) {
      anywhere[part]--;
      inMidSentence[part] = Math.max(0, inMidSentence[part] - 1);
    }
    anywhere[id]++;
    inMidSentence[id]++;
    written[length++] = FIRST_FORM + id;
    at++;
  }
  while (place < starts.length) newStarts[place++] = length;
  const read = {
    ...tokens,
    starts: newStarts,
    stream: written.slice(0, length),
    forms,
    wordOf: Int32Array.from(wordOf),
    words,
    telling: Uint8Array.from(telling),
    singular: Int32Array.from(singular),
    inMidSentence: Int32Array.from(inMidSentence),
    anywhere: Int32Array.from(anywhere),
  };
  return { ...read, documents: countTexts(read, words.length) };
}
