import { FIRST_FORM, type Tokens } from './tokens.js';

const split = (words: string): Set<string> => new Set(words.split(' '));

/** What stands right before a verb or an adjective: "not", "can", "will", "already", "also"; simplified and traditional. */
const BEFORE_VERBS = split(
  '不 没 沒 没有 沒有 会 會 能 能够 能夠 可以 可能 将 將 要 应 應 应该 應該 必须 必須 已 已经 已經 正在 曾 曾经 曾經 也 都 就 还 還 很 更 最 非常 被 来 來 去 想 开始 開始 并 並 所',
);
/** … and after: signs of what is done, was done, or is being done, and what its object begins with. */
const AFTER_VERBS = split(
  '了 着 著 过 過 到 出 给 給 成 为 為 这 這 这些 這些 那些 该 該 其 一个 一個 一些 所有 各种 各種 任何 他们 他們 它们 它們 自己 他 她 我们 我們 你',
);
/** What stands before a noun: "of", "this", "a". */
const BEFORE_NOUNS = split('的 这 這 那 该 該 一个 一個 个 個 种 種 名 位 次 项 項 其 他们 她的 他的');
/** Occurrences next to such a word that show a verb, their share, and how many times those of a noun. */
const LEAST = 2;
const SHARE = 0.25;
const TIMES = 2;

const known = new WeakMap<Tokens, { verbs: Int32Array; nouns: Int32Array; all: Int32Array }>();

/** Whether a Chinese word stands where verbs and adjectives stand: "适应了", "可以创建". */
export function isChineseVerb(word: number, tokens: Tokens): boolean {
  const { verbs, nouns, all } = known.get(tokens) ?? countMarks(tokens);
  return verbs[word] >= Math.max(LEAST, all[word] * SHARE) && verbs[word] >= nouns[word] * TIMES;
}

function countMarks(tokens: Tokens) {
  const { stream, wordOf, words } = tokens;
  const before = Uint8Array.from(words, (word) =>
    BEFORE_VERBS.has(word) ? 1 : BEFORE_NOUNS.has(word) ? 2 : 0,
  );
  const after = Uint8Array.from(words, (word) => (AFTER_VERBS.has(word) ? 1 : 0));
  const wordAt = (at: number) => ((stream[at] ?? 0) < FIRST_FORM ? -1 : wordOf[stream[at] - FIRST_FORM]);
  const marks = {
    verbs: new Int32Array(words.length),
    nouns: new Int32Array(words.length),
    all: new Int32Array(words.length),
  };
  for (let at = 0; at < stream.length; at++) {
    const word = wordAt(at);
    if (word < 0) continue;
    const [left, right] = [wordAt(at - 1), wordAt(at + 1)];
    marks.all[word]++;
    if ((left >= 0 && before[left] === 1) || (right >= 0 && after[right] === 1)) marks.verbs[word]++;
    if (left >= 0 && before[left] === 2) marks.nouns[word]++;
  }
  known.set(tokens, marks);
  return marks;
}
