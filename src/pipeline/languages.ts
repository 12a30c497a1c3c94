import { grouped } from '../counted.js';
import { knownModel } from '../embed/registry.js';

/** From this share of the texts on, other languages are worth a word. */
const WORTH_SAYING = 0.1;
/** Fewer texts may be short ones whose language was not recognized. */
const LEAST_TEXTS = 20;

/**
 * What to know where many texts are in languages that the model doesn't know: their vectors tell languages apart, not meanings.
 * @param model name or hub id; undefined where vectors were given
 * @param languages ISO 639-1 codes and how many texts in topics each has, '' for unknown
 */
export function foreignTexts(
  model: string | undefined,
  languages: readonly { language: string; rows: number }[] = [],
): string | undefined {
  if (model === undefined || !isEnglishOnly(model)) return undefined;
  const foreign = languages.filter(({ language }) => language !== '' && language !== 'en');
  const count = (some: typeof languages) => some.reduce((sum, { rows }) => sum + rows, 0);
  const [others, all] = [count(foreign), count(languages)];
  if (others < LEAST_TEXTS || others < all * WORTH_SAYING) return undefined;
  const codes = foreign.slice(0, 3).map(({ language, rows }) => `${language} ${grouped(rows)}`);
  return `${grouped(others)} of ${grouped(all)} texts in topics are in other languages than English (${codes.join(', ')}${foreign.length > 3 ? ' …' : ''}), ${unknownTo(model)}`;
}

/** Whether a model, by name or hub id, knows English alone. */
export const isEnglishOnly = (model: string): boolean => knownModel(model)?.languages === 'English';

const unknownTo = (model: string): string =>
  `which ${knownModel(model)?.name} does not know; --model bge-m3 knows more than 100`;

/**
 * What to know before the texts are embedded, where English is none of their languages and the model knows nothing else.
 * @param languages of a sample, ISO 639-1 codes
 */
export function foreignAhead(model: string, languages: readonly string[]): string | undefined {
  if (!isEnglishOnly(model) || languages.length === 0 || languages.includes('en')) return undefined;
  return `the texts seem to be in other languages than English (${languages.slice(0, 3).join(', ')}), ${unknownTo(model)}`;
}

/** From this share of the texts on, a language is one of those that they are written in; below it, many are mistaken. */
const FREQUENT = 0.05;

/** Languages that many texts are in, ISO 639-1 codes. */
export function frequentLanguages(languages: readonly { language: string; rows: number }[] = []): string[] {
  const all = languages.reduce((sum, { rows }) => sum + rows, 0);
  return languages
    .filter(({ language, rows }) => language !== '' && rows >= FREQUENT * all)
    .map(({ language }) => language);
}
