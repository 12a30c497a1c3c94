import { commonest } from './mixed.js';

/** Characters of a text that may be a name. */
const SHORT = 30;
/** Share of a group's rows that must be one text for it to name the group. */
export const COMMON_SHARE = 0.15;
/** Rows that a text must be in, however few the group has. */
const LEAST = 3;
/** Share of the rows that a second text must be for both to name the group. */
const FURTHER = 0.1;
const SHOWN = 2;

/** What follows the words of a short text: "Good!", "Good 👍". */
const AFTER = /(?:[\s\p{P}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\u200D|\uFE0F)+$/u;
const BEFORE = /^[\s\p{P}]+/u;
const PICTURE = /\p{Extended_Pictographic}/u;

/**
 * Short texts that many rows of a group are, the commonest first: "Good" and "Nice" of reviews. Capitals, marks and pictures after
 * the words make no other text; of pictures alone the first one counts.
 */
export function commonTexts(texts: readonly { text: string; rows: number }[]): string[] {
  const counts = new Map<string, { rows: number; forms: Map<string, number> }>();
  let all = 0;
  for (const { text, rows } of texts) {
    all += rows;
    const form = formOf(text);
    if (form === undefined) continue;
    const key = form.toLowerCase();
    const known = counts.get(key) ?? { rows: 0, forms: new Map<string, number>() };
    counts.set(key, known);
    known.rows += rows;
    known.forms.set(form, (known.forms.get(form) ?? 0) + rows);
  }
  const found = [...counts.values()]
    .filter(({ rows }) => rows >= Math.max(LEAST, all * FURTHER))
    .map(({ rows, forms }) => ({ rows, form: commonest(forms)[0] }))
    .sort((a, b) => b.rows - a.rows || (a.form < b.form ? -1 : 1));
  return found.length > 0 && found[0].rows >= all * COMMON_SHARE
    ? found.slice(0, SHOWN).map(({ form }) => form)
    : [];
}

/** A text without what is around its words; nothing for one that is long or has neither words nor a picture. */
function formOf(text: string): string | undefined {
  if (text.length > 2 * SHORT) return undefined;
  const words = text
    .replace(AFTER, '')
    .replace(BEFORE, '')
    .replace(/[\s|“”"]+/g, ' ');
  if (/\p{L}/u.test(words)) return words.length > SHORT ? undefined : words;
  return PICTURE.exec(text)?.[0];
}

/** Whether a text has a word whole. */
export const hasWord = (text: string, word: string): boolean =>
  text.toLowerCase().split(' ').includes(word.toLowerCase());
