import { breathe } from '../breathe.js';
import type { Watch } from '../progress.js';
import type { Topic } from '../shapes.js';

/** Keywords of a topic that are looked at. */
const TOP = 10;
/** Scripts that leave no space between words, and Hangul, where particles follow a noun without one. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Hangul}]/u;

const HANGUL = /\p{Script=Hangul}/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Words of other scripts without the Korean particles after them. */
const WORD_OR_HANGUL = /\p{Script=Hangul}+|(?:(?!\p{Script=Hangul})[\p{L}\p{M}\p{N}])+/gu;

/**
 * Coherence of topics' keywords by normalised pointwise mutual information (Bouma 2009; as a measure of topics, Lau et al.
 * 2014): the mean over pairs of a topic's first ten keywords of ln(p(ab) / p(a)p(b)) / −ln p(ab), where p is the share of texts
 * that hold a keyword's words. −1 for a pair that no text holds, 0 for independent words, 1 for words that always come
 * together.
 *
 * @returns the mean over topics with at least two keywords; undefined without any
 */
export async function coherence(
  texts: readonly string[],
  topics: readonly Pick<Topic, 'keywords'>[],
  { signal }: Pick<Watch, 'signal'> = {},
): Promise<number | undefined> {
  const lists = topics.map(({ keywords }) => keywords.slice(0, TOP).map((word) => word.toLowerCase()));
  const holders = await textsWith(texts, new Set(lists.flat()), signal);
  const pause = breathe(signal);
  let sum = 0;
  let count = 0;
  for (const list of lists) {
    if (list.length < 2) continue;
    let own = 0;
    let pairs = 0;
    for (let a = 0; a < list.length; a++) {
      for (let b = a + 1; b < list.length; b++) {
        own += npmi(holders.get(list[a]) ?? NONE, holders.get(list[b]) ?? NONE, texts.length);
        pairs++;
      }
    }
    sum += own / pairs;
    count++;
    await pause();
  }
  return count > 0 ? sum / count : undefined;
}

const NONE: ReadonlySet<number> = new Set();

function npmi(a: ReadonlySet<number>, b: ReadonlySet<number>, texts: number): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let both = 0;
  for (const text of small) if (large.has(text)) both++;
  if (both === 0) return -1;
  if (both === texts) return 1;
  return Math.log((both * texts) / (a.size * b.size)) / -Math.log(both / texts);
}

/** Texts that hold all words of each keyword, in any order. */
async function textsWith(
  texts: readonly string[],
  keywords: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Map<string, ReadonlySet<number>>> {
  const hasHangul = [...keywords].some((keyword) => HANGUL.test(keyword));
  const wordsOf = (text: string) => text.match(hasHangul ? WORD_OR_HANGUL : WORD) ?? [];
  const ofWord = new Map<string, Set<number>>();
  for (const keyword of keywords) for (const word of wordsOf(keyword)) ofWord.set(word, new Set());
  const unspaced = [...keywords].filter((keyword) => UNSPACED.test(keyword));
  const whole = new Map<string, Set<number>>(unspaced.map((keyword) => [keyword, new Set()]));
  const pause = breathe(signal);
  for (const [row, text] of texts.entries()) {
    const lower = text.toLowerCase();
    for (const word of wordsOf(lower)) ofWord.get(word)?.add(row);
    for (const [keyword, rows] of whole) if (lower.includes(keyword)) rows.add(row);
    await pause();
  }
  return new Map(
    Array.from(keywords, (keyword) => {
      const found = whole.get(keyword);
      if (found) return [keyword, found] as const;
      const [first = NONE, ...others] = wordsOf(keyword).map((word) => ofWord.get(word) ?? NONE);
      return [keyword, new Set([...first].filter((row) => others.every((rows) => rows.has(row))))] as const;
    }),
  );
}

/** Share of different words among the first ten keywords of all topics (Dieng, Ruiz and Blei 2020); undefined without any. */
export function diversity(topics: readonly Pick<Topic, 'keywords'>[]): number | undefined {
  const all = topics.flatMap(({ keywords }) => keywords.slice(0, TOP).map((word) => word.toLowerCase()));
  return all.length > 0 ? new Set(all).size / all.length : undefined;
}
