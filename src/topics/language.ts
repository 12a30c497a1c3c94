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

/** Languages with less than this share of the votes are mistakes about short texts. */
const VOTES_LEAST = 0.2;

/**
 * ISO 639-1 codes of the languages of these texts, the commonest first; none where none is detected. Texts are taken
 * in groups: a headline alone is too short, and one long foreign text must not decide.
 */
export function detectLanguages(texts: string[]): string[] {
  const votes = new Map<string, number>();
  const GROUP = 5;
  let all = 0;
  for (let start = 0; start < texts.length; start += GROUP) {
    const joined = texts
      .slice(start, start + GROUP)
      .map((text) => cleanMarkup(text.slice(0, 300)))
      .join('\n');
    const language = nepaliOr(detector?.detect(joined).language ?? '', joined);
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

/** The language of a code such as `en`, `EN` or `pt-BR`; whether it is one is checked with the option. */
export const languageOf = (code: string): string => code.trim().toLowerCase().split(/[-_]/)[0];

/** The languages whose stop words a topic needs: its own, and those that short texts of it are mistaken for. */
export function relatedLanguages(languages: string[], sample: string): string[] {
  return DEVANAGARI.test(sample) ? [...new Set([...languages, 'hi', 'mr', 'ne'])] : languages;
}
