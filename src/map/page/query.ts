/** Lower case without accents, so that "zurich" finds "Zürich". Vowel signs of other scripts stay. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^\p{ASCII}*$/u.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

/** A word or a phrase of a query, folded. */
export interface Term {
  pattern: RegExp;
  /** The same pattern, for one place. */
  sticky: RegExp;
  /** What the pattern begins with; faster to look for. */
  part: string;
}

/** A query that folded texts are compared with. */
export interface Query {
  /** Each of them must match, by one of its alternatives. */
  wanted: readonly (readonly Term[])[];
  /** None of them may match. */
  unwanted: readonly Term[];
}

/**
 * Reads a query: words (a text must hold all of them, each as a whole word), "phrases", `word*` for words that begin
 * so, `-word` for what no text may hold, and `OR` between two alternatives.
 */
export function parseQuery(text: string): Query {
  const wanted: Term[][] = [];
  const unwanted: Term[] = [];
  let isAlternative = false;
  for (const [, minus, phrase, word] of text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    if (word === 'OR' && minus === '' && wanted.length > 0) {
      isAlternative = true;
      continue;
    }
    const term = termOf(phrase ?? word);
    if (!term) continue;
    if (minus) unwanted.push(term);
    else if (isAlternative) wanted[wanted.length - 1].push(term);
    else wanted.push([term]);
    isAlternative = false;
  }
  return { wanted, unwanted };
}

export const isEmpty = ({ wanted, unwanted }: Query): boolean => wanted.length + unwanted.length === 0;

/** A letter, digit or mark: what a word is made of. */
const INSIDE = String.raw`[\p{L}\p{N}\p{M}_]`;
/** Scripts that write no spaces between words: a word of theirs may stand next to any letter. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const isBounded = (character: string) => new RegExp(INSIDE, 'u').test(character) && !UNSPACED.test(character);

function termOf(text: string): Term | null {
  const folded = fold(text).trim();
  const isBeginning = folded.endsWith('*');
  const words = folded
    .replace(/\*$/, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return null;
  const characters = [...words.join('')];
  // Only what has a meaning in a pattern: any other character after a backslash is refused.
  const escaped = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join(String.raw`\s+`);
  const before = isBounded(characters[0]) ? `(?<!${INSIDE})` : '';
  const after = !isBeginning && isBounded(characters[characters.length - 1]) ? `(?!${INSIDE})` : '';
  const source = before + escaped + after;
  return { pattern: new RegExp(source, 'gu'), sticky: new RegExp(source, 'uy'), part: words[0] };
}

/** Where a folded text holds the query's words, from start to end, in order and without overlap. */
export function found({ wanted }: Query, folded: string, most = 200): [number, number][] {
  const spans: [number, number][] = [];
  for (const { pattern } of wanted.flat())
    for (const match of folded.matchAll(pattern)) {
      spans.push([match.index, match.index + match[0].length]);
      if (spans.length === most) break;
    }
  spans.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  return spans.filter(
    ([start], i) => i === 0 || start >= Math.max(...spans.slice(0, i).map(([, end]) => end)),
  );
}
