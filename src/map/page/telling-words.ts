import { logOdds, type WordOdds } from '../../topics/log-odds.js';
import type { RowStrings } from './blocks.js';
import { fold, parseQuery } from './query.js';
import { Slices } from './turn.js';

/** Texts that are read of each side. */
const SAMPLE = 3000;
/** UTF-16 units that are read of each text. */
const UNITS = 3000;

/** Evenly spread rows, at most so many. */
export function spread(rows: Int32Array, most = SAMPLE): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]);
}

/** Rows that are not marked. */
export function unmarked(marks: Uint8Array): Int32Array {
  const rows = new Int32Array(marks.length);
  let found = 0;
  for (let row = 0; row < marks.length; row++) if (marks[row] === 0) rows[found++] = row;
  return rows.slice(0, found);
}

const WORD = /[\p{L}\p{M}][\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
let segmenter: Intl.Segmenter | undefined;

/** Words of a text in lower case, each once. A word has at least two characters. */
export function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  const lower = text.toLowerCase();
  if (UNSPACED.test(lower)) {
    segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
    for (const { segment, isWordLike } of segmenter.segment(lower))
      if (isWordLike && segment.length > 1 && /\p{L}/u.test(segment)) words.add(segment);
  } else for (const [word] of lower.matchAll(WORD)) if (word.length > 1) words.add(word);
  return words;
}

/** Texts of a sample, and in how many each word occurs. */
export interface Sampled {
  texts: number;
  counts: Map<string, number>;
}

/** Counts texts by word, words of grammar left out; null when `isStale` says so. */
export async function countWords(
  { texts, commonWords }: { texts: Pick<RowStrings, 'peek' | 'at'>; commonWords: ReadonlySet<string> },
  rows: Int32Array,
  isStale: () => boolean,
): Promise<Sampled | null> {
  const counts = new Map<string, number>();
  const sample = spread(rows);
  const slices = new Slices();
  for (const row of sample) {
    const text = texts.peek(row) ?? (await texts.at(row));
    for (const word of wordsOf(text.slice(0, UNITS)))
      if (!commonWords.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    await slices.pause();
    if (isStale()) return null;
  }
  return { texts: sample.length, counts };
}

/** A word with the share of the texts of each side that hold it. */
export interface TellingWord extends WordOdds {
  first: number;
  second: number;
}

/** Scores from which a word or category counts as telling: a difference that chance makes once in 20 words. */
export const LEAST_SCORE = 1.96;

/** Words that set two samples apart, those of the first side and those of the second, best first. */
export function tellingWords(first: Sampled, second: Sampled, most: number): [TellingWord[], TellingWord[]] {
  const all = new Map(first.counts);
  for (const [word, n] of second.counts) all.set(word, (all.get(word) ?? 0) + n);
  const share = ({ counts, texts }: Sampled, word: string) => (counts.get(word) ?? 0) / Math.max(1, texts);
  const scored = logOdds(first.counts, second.counts, all).map((odds) => {
    return { ...odds, first: share(first, odds.word), second: share(second, odds.word) };
  });
  return [
    scored.filter(({ score }) => score >= LEAST_SCORE).slice(0, most),
    scored
      .filter(({ score }) => score <= -LEAST_SCORE)
      .reverse()
      .slice(0, most),
  ];
}

/** Shares of the texts of two sets of rows that hold each of these words or phrases; null when `isStale` says so. */
export async function sharesOf(
  words: readonly string[],
  texts: Pick<RowStrings, 'peek' | 'at'>,
  sides: readonly [Int32Array, Int32Array],
  isStale: () => boolean,
): Promise<[number, number][] | null> {
  const terms = words.map((word) => parseQuery(`"${word.replaceAll('"', ' ')}"`).wanted[0]?.[0]);
  const counts = words.map((): [number, number] => [0, 0]);
  const slices = new Slices();
  for (const [side, rows] of sides.entries()) {
    const sample = spread(rows);
    for (const row of sample) {
      const folded = fold(texts.peek(row) ?? (await texts.at(row)));
      for (const [i, term] of terms.entries()) {
        if (!term?.part || !folded.includes(term.part)) continue;
        term.pattern.lastIndex = 0;
        if (term.pattern.test(folded)) counts[i][side]++;
      }
      await slices.pause();
      if (isStale()) return null;
    }
  }
  // Divided once: of added shares, thirteen of thirteen would be less than all.
  const sizes = sides.map((rows) => Math.max(1, Math.min(rows.length, SAMPLE)));
  return counts.map(([first, second]) => [first / sizes[0], second / sizes[1]]);
}
