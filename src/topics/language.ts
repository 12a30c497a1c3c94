import type { eld as Detector } from 'eld/small';
import * as stopwordLists from 'stopword';
import { UserError } from '../errors.js';
import { cleanMarkup, keyOf } from './words.js';

// The detector knows no Nepali and answers Hindi or Marathi; these words tell them apart.
const NEPALI = /(?<![\p{L}\p{M}])(?:छ|छन्|छैन|थियो|पनि|गरेको|भएको|गर्ने|हुने|लागि|बताए)(?![\p{L}\p{M}])/gu;
const HINDI = /(?<![\p{L}\p{M}])(?:है|हैं|था|थे|के|की|का|में|से|ने|को|आहे|आणि)(?![\p{L}\p{M}])/gu;

function nepaliOr(language: string, text: string): string {
  if (language !== 'hi' && language !== 'mr') return language;
  const count = (words: RegExp) => text.match(words)?.length ?? 0;
  return count(NEPALI) > count(HINDI) ? 'ne' : language;
}

const lists = new Map<string, unknown>(Object.entries(stopwordLists));

// ISO 639-1 codes and the lists of the `stopword` package that serve them. Near languages share lists: short
// headlines are easily taken for the neighbour.
const LISTS = new Map<string, string[]>(
  Object.entries({
    af: 'afr',
    ar: 'ara',
    bg: 'bul',
    bn: 'ben',
    br: 'bre',
    ca: 'cat',
    cs: 'ces slk',
    da: 'dan',
    de: 'deu',
    el: 'ell',
    en: 'eng',
    eo: 'epo',
    es: 'spa',
    et: 'est',
    eu: 'eus',
    fa: 'fas',
    fi: 'fin',
    fr: 'fra',
    ga: 'gle',
    gl: 'glg',
    gu: 'guj',
    he: 'heb',
    hi: 'hin mar',
    hr: 'hrv',
    hu: 'hun',
    hy: 'hye',
    id: 'ind',
    it: 'ita',
    ja: 'jpn',
    ko: 'kor',
    ku: 'kur',
    lt: 'lit',
    lv: 'lav',
    mr: 'mar hin',
    ms: 'msa ind',
    my: 'mya',
    ne: 'hin',
    nl: 'nld',
    no: 'nob dan',
    pa: 'panGu',
    pl: 'pol',
    pt: 'por porBr',
    ro: 'ron',
    ru: 'rus',
    sk: 'slk ces',
    sl: 'slv',
    sv: 'swe',
    sw: 'swa',
    th: 'tha',
    tl: 'tgl',
    tr: 'tur',
    uk: 'ukr',
    ur: 'urd',
    vi: 'vie',
    yo: 'yor',
    zh: 'zho',
    zu: 'zul',
  }).map(([code, names]) => [code, names.split(' ')]),
);

// What the lists lack, seen in names of real topics: function words, and the words and agencies news is told with.
const MORE: Record<string, string> = {
  en: "will not no nor so off down until upon among within without against during whether via per may shall just can cannot can't don't doesn't didn't won't isn't aren't wasn't it's he's she's that's i'm one two three first last next new old says say told tell according yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday week weeks month months year years day days time amid ahead back away go goes going went gone set sets put puts takes took taken made making seen see gets getting us its yet even ever every another however although while once here again few less least own both use used using percent million billion update correction she it they we them itself himself herself themselves does doing done having something anything nothing someone behind beyond above below around near twice next reuters afp ap upi dpa",
  de: 'sei seien soll sollen sagte sagt laut wegen prozent uhr montag dienstag mittwoch donnerstag freitag samstag sonntag heute gestern morgen mehr neue neuen neuer neues',
  zh: '一个 这个 那个 这些 那些 我们 你们 他们 她们 它们 自己 已经 可以 因为 所以 但是 如果 没有 以及 进行 表示 认为 通过 由于 就是 还是 不是 这样 什么 怎么 可能 非常 目前 今天 昨天 明天 今年 去年 其中 同时 对于 关于 根据 称 将 被 从 而 以 与 但 却 让 使 由 向 再 最',
  ja: 'これ それ あれ ここ そこ どこ する なる ある いる できる 行う よる ため こと もの よう さん 年 月 日 時 分 人 方 者 的 化 同 各 約 今 後 前 中',
  ar: 'في من على إلى عن مع أن إن ان هذا هذه ذلك تلك التي الذي الذين كان كانت يكون قد لقد بعد قبل بين حتى خلال عند منذ كما أو ثم لا لم لن ما هو هي هم أي كل بعض غير حول ضد وقال قال قالت وأضاف أضاف يوم اليوم أمس عام وفي ومن وعلى بأن وأن فيها فيه له لها به بها',
  hi: 'है हैं था थी थे के का की को में से पर ने और भी तो ही यह वह जो कि इस उस गया गई गए किया करने लिए हुआ हुई हुए रहा रही रहे बाद साथ कहा नहीं अब तक या एक दो जा सकता सकते होगा होने वाले वाली वाला बताया दिया',
  ne: 'छ र को का की मा ले लाई पनि यो त्यो हो भने गरेको भएको गर्न छन् थियो थिए हुन हुने गर्ने तथा बाट सम्म लागि अनि एक दुई यस उक्त गरेका भएका भएर रहेको रहेका गरी गरेर भन्ने बताए जनाए आफ्नो उनले हुँदै भइरहेको गरिएको गर्दै छैन',
  th: 'ได้ มี ให้ ใน ที่ และ เป็น ไป มา แล้ว ว่า อยู่ ไม่ นี้ นั้น โดย เพื่อ หรือ แต่ จาก กับ ของ จะ ต้อง ยัง ถูก หลัง ผู้ วัน ปี คน',
};

const DEVANAGARI = /\p{Script=Devanagari}/u;

let detector: typeof Detector | undefined;

/** Loads the detector's data (some megabytes, hence late); needed once before `detectLanguage`. */
export async function loadLanguages(): Promise<void> {
  detector ??= (await import('eld/small')).eld;
}

/**
 * ISO 639-1 code of the language that most of these texts share, '' where it can't be told. The texts are
 * taken together: a headline alone is too short.
 */
export function detectLanguage(texts: string[]): string {
  const votes = new Map<string, number>();
  // Groups, so that one long foreign text doesn't decide.
  const GROUP = 5;
  for (let start = 0; start < texts.length; start += GROUP) {
    const joined = texts
      .slice(start, start + GROUP)
      .map((text) => cleanMarkup(text.slice(0, 300)))
      .join('\n');
    const language = nepaliOr(detector?.detect(joined).language ?? '', joined);
    if (language) votes.set(language, (votes.get(language) ?? 0) + 1);
  }
  // Equal votes: the language met first.
  let best = '';
  for (const [language, count] of votes) if (best === '' || count > votes.get(best)!) best = language;
  return best;
}

function listOf(name: string): string[] {
  const list = lists.get(name);
  return Array.isArray(list) ? list : [];
}

const cache = new Map<string, Set<string>>();

/** Keys of the words that carry grammar rather than content, in these languages. */
export function stopWords(languages: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const language of languages) {
    let words = cache.get(language);
    if (!words) {
      words = new Set((LISTS.get(language) ?? []).flatMap(listOf).map(keyOf));
      for (const word of MORE[language]?.split(' ') ?? []) words.add(keyOf(word));
      cache.set(language, words);
    }
    for (const word of words) all.add(word);
  }
  return all;
}

/** The language of a code such as `en`, `EN` or `pt-BR`. */
export function languageOf(code: string): string {
  const language = code.trim().toLowerCase().split(/[-_]/)[0];
  if (!/^[a-z]{2,3}$/.test(language)) {
    throw new UserError(`language "${code}": must be an ISO 639-1 code such as en, de or zh`);
  }
  return language;
}

/** The languages whose stop words a topic needs: its own, and those that short texts of it are mistaken for. */
export function relatedLanguages(language: string, sample: string): string[] {
  return DEVANAGARI.test(sample) ? [...new Set([language, 'hi', 'mr', 'ne'])] : [language];
}
