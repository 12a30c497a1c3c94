/** What a text is divided into. */
export type PartKind = 'sentences' | 'paragraphs';

/**
 * The parts of a text in order: its sentences, or its paragraphs, which blank lines separate. A part without a letter or
 * digit (a rule of dashes, an emoji, a list number) stays with the one before it, or after it where there is none.
 *
 * @returns parts without space around them; the whole text where it has fewer than two
 */
export function partsOf(text: string, kind: PartKind): string[] {
  const paragraphs = text.split(BLANK_LINE);
  const found = kind === 'paragraphs' ? paragraphs : paragraphs.flatMap(sentencesOf);
  const parts = withWords(found.map((part) => part.trim()).filter((part) => part !== ''));
  return parts.length > 0 ? parts : [text.trim()];
}

const LINE_BREAK = /\r\n|[\r\n\u2028\u2029]/;
const BLANK_LINE = /(?:\r\n|[\r\n\u2028\u2029])(?:[^\S\r\n\u2028\u2029]*(?:\r\n|[\r\n\u2028\u2029]))+/;

/** Sentences of one paragraph. A line break ends one, unless the lines are those of wrapped text. */
function sentencesOf(paragraph: string): string[] {
  const segmenter = segmenterFor(paragraph);
  return unwrapped(paragraph.split(LINE_BREAK)).flatMap((line) => {
    const sentences: string[] = [];
    for (const { segment } of segmenter.segment(line)) {
      const last = sentences.length - 1;
      if (last >= 0 && isContinued(sentences[last], segment)) sentences[last] += segment;
      else sentences.push(segment);
    }
    return sentences;
  });
}

/** A letter or a digit of any script. */
const HAS_WORD = /[\p{L}\p{N}]/u;
/** `1.`, `2)`, `iv.`: what stands before an item of a list. */
const LIST_NUMBER = /^\s*\(?(?:\p{N}{1,3}|[ivx]{1,4})[.)]\s*$/u;

// The rules of Unicode (UAX 29) end a sentence at every full stop before a capital letter.
const ABBREVIATION =
  /(?:^|[\s(«„“"'’])(?:Dr|Mr|Mrs|Ms|Prof|St|Rev|Gen|Col|Capt|Lt|Sgt|Sen|Rep|Gov|Hr|Fr|Sr|Sra|Mme|vs|bzw|ca|z\.\s?B|e\.g|i\.e)\.\s*$/u;
/** `J.` of a name, `U.S.`: a single capital letter, but not the English pronoun. */
const INITIAL = /(?:^|[\s.(])(?!I\.)\p{Lu}\.\s*$/u;
const DAY = /(?:^|\s)\p{Nd}{1,2}\.\s*$/u;
const MONTH = /^(?:Jan|Jän|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)\p{L}*/u;

/** Whether the full stop at the end of `before` is that of an abbreviation, of a list's number, or of a day (`3. Oktober`). */
const isContinued = (before: string, after: string): boolean =>
  ABBREVIATION.test(before) ||
  INITIAL.test(before) ||
  LIST_NUMBER.test(before) ||
  (DAY.test(before) && MONTH.test(after));

/** Shortest line that text is wrapped at. */
const LEAST_WIDTH = 40;

/**
 * Lines with those joined that were one before the text was wrapped. A line goes on where the next one begins with a small
 * letter, and where a paragraph of three lines or more is filled: no line has space for the first word of the next.
 */
function unwrapped(lines: readonly string[]): string[] {
  const width = lines.reduce((most, line) => Math.max(most, line.trimEnd().length), 0);
  const hasSpace = (line: string, next: string) =>
    line.trimEnd().length + 1 + next.trimStart().split(/\s/, 1)[0].length <= width;
  const isFilled =
    lines.length >= 3 &&
    width >= LEAST_WIDTH &&
    lines.slice(1).every((line, at) => !hasSpace(lines[at], line));
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.length - 1;
    if (last >= 0 && (isFilled || /^\s*\p{Ll}/u.test(line)))
      joined[last] = `${joined[last].trimEnd()} ${line.trimStart()}`;
    else joined.push(line);
  }
  return joined;
}

/** Parts with those that hold no word joined to the one before, or after where there is none. */
function withWords(parts: readonly string[]): string[] {
  const joined: string[] = [];
  let waiting = '';
  for (const part of parts) {
    if (HAS_WORD.test(part)) {
      joined.push(waiting + part);
      waiting = '';
    } else if (joined.length > 0) joined[joined.length - 1] += ` ${part}`;
    else waiting += `${part} `;
  }
  return joined;
}

/**
 * Scripts whose sentences end otherwise than the root rules of Unicode say, and a language of each. Chinese, Japanese, Arabic and
 * Devanagari marks are in the root rules.
 */
const LOCALES: readonly (readonly [script: RegExp, locale: string])[] = [
  // A semicolon is the Greek question mark.
  [/\p{Script=Greek}/gu, 'el'],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'ja'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Arabic}/gu, 'ar'],
  [/\p{Script=Devanagari}/gu, 'hi'],
  [/\p{Script=Cyrillic}/gu, 'ru'],
];
const LATIN = /\p{Script=Latin}/gu;

const segmenters = new Map<string, Intl.Segmenter>();

/** The segmenter of the script that most letters of the text are of; English for Latin ones and all others. */
function segmenterFor(text: string): Intl.Segmenter {
  const count = (script: RegExp) => text.match(script)?.length ?? 0;
  let best = { locale: 'en', letters: count(LATIN) };
  for (const [script, locale] of LOCALES) {
    const letters = count(script);
    if (letters > best.letters) best = { locale, letters };
  }
  let segmenter = segmenters.get(best.locale);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(best.locale, { granularity: 'sentence' });
    segmenters.set(best.locale, segmenter);
  }
  return segmenter;
}
