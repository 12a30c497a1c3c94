import type { eld as Detector } from './eld.js';
import { cleanMarkup } from './markup.js';

// The detector doesn't know Nepali and returns Hindi or Marathi for it; these words distinguish the three.
const NEPALI = /(?<![\p{L}\p{M}])(?:छ|छन्|छैन|थियो|पनि|गरेको|भएको|गर्ने|हुने|लागि|बताए)(?![\p{L}\p{M}])/gu;
const HINDI = /(?<![\p{L}\p{M}])(?:है|हैं|था|थे|के|की|का|में|से|ने|को|आहे|आणि)(?![\p{L}\p{M}])/gu;

function nepaliOr(language: string, text: string): string {
  if (language !== 'hi' && language !== 'mr') return language;
  const count = (words: RegExp) => text.match(words)?.length ?? 0;
  return count(NEPALI) > count(HINDI) ? 'ne' : language;
}

const DEVANAGARI = /\p{Script=Devanagari}/u;

let detector: typeof Detector | undefined;

/** Loads the detector's data (some megabytes, hence late); needed once before `detectLanguage`. */
export async function loadLanguages(): Promise<void> {
  detector ??= (await import('./eld.js')).eld;
}

/** Characters of a text that its language is detected by. */
export const DETECTED = 300;
/** Texts that are detected together. */
const GROUP = 5;
/** Groups from which half of them may decide. */
const HALVED_LEAST = 4;
/** The language of a few texts together; '' where none is detected. */
function detectLanguage(texts: string[]): string {
  const joined = texts.map((text) => cleanMarkup(text.slice(0, DETECTED))).join('\n');
  return nepaliOr(detector?.detect(joined).language ?? '', joined);
}

/** Half of all numbers, without a period: the sign of their multiples of the golden ratio. */
const isOfFirstHalf = (group: number): boolean => Math.imul(group, 0x9e3779b1) >= 0;

/** Languages with less than this share of the votes are mistakes about short texts. */
const VOTES_LEAST = 0.2;

/**
 * ISO 639-1 codes of the languages of these texts, the commonest first; none where none is detected. Texts are taken
 * in groups: a headline alone is too short, and one long foreign text must not decide.
 *
 * @param usual the language of the texts that these are from, where they have one: if half of the groups have it, no others are looked at
 */
export function detectLanguages(texts: string[], usual?: string): string[] {
  const groups = Math.ceil(texts.length / GROUP);
  const found = new Array<string | undefined>(groups).fill(undefined);
  const detect = (isWanted: (group: number) => boolean) => {
    for (let group = 0; group < groups; group++)
      if (isWanted(group)) found[group] = detectLanguage(texts.slice(group * GROUP, (group + 1) * GROUP));
  };
  if (usual !== undefined && groups >= HALVED_LEAST) {
    detect(isOfFirstHalf);
    if (found.every((one) => one === undefined || one === usual)) return [usual];
  }
  detect((group) => found[group] === undefined);
  const votes = new Map<string, number>();
  let all = 0;
  for (const language of found) {
    if (!language) continue;
    votes.set(language, (votes.get(language) ?? 0) + 1);
    all++;
  }
  // Equal votes: the language met first.
  return [...votes]
    .filter(([, count]) => count >= all * VOTES_LEAST)
    .sort((a, b) => b[1] - a[1])
    .map(([language]) => language);
}

/** UTF-16 units of a text from which its language is detected by itself. */
const LONG = 60;
/** Share of such texts in a language, for it to be one of all texts. */
const SINGLE_LEAST = 0.04;

/**
 * Languages of all texts, the commonest first. Where groups of texts show several, or none that is common, more are looked for
 * in single texts: a group whose texts are in five languages shows one.
 * @param texts a sample of all
 */
export function detectAllLanguages(texts: string[]): string[] {
  const found = detectLanguages(texts);
  if (found.length === 1) return found;
  const votes = new Map<string, number>();
  const long = texts.filter((text) => text.length >= LONG);
  for (const text of long) {
    const language = detectLanguage([text]);
    if (language !== '') votes.set(language, (votes.get(language) ?? 0) + 1);
  }
  const more = [...votes]
    .filter(([language, count]) => count >= long.length * SINGLE_LEAST && !found.includes(language))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([language]) => language);
  return [...found, ...more];
}

/** The language of a code such as `en`, `EN` or `pt-BR`; whether it is one is checked with the option. */
export const languageOf = (code: string): string => code.trim().toLowerCase().split(/[-_]/)[0];

/** The languages whose stop words a topic needs: its own, and those that short texts of it are mistaken for. */
export function relatedLanguages(languages: string[], sample: string): string[] {
  return DEVANAGARI.test(sample) ? [...new Set([...languages, 'hi', 'mr', 'ne'])] : languages;
}
