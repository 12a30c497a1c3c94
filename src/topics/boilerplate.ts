import { breathe, type Pause } from '../breathe.js';

/** Footers, signatures and templates: wording that many texts contain in addition to what each is about. */
export interface Boilerplate {
  /** Texts with such passages: where each begins and ends, UTF-16 units, ascending. */
  passages: Map<number, [start: number, end: number][]>;
  /** The commonest passages, shortened, with the number of texts that have them. */
  examples: { text: string; texts: number }[];
}

/**
 * A run of six words, or a whole line or sentence of three to five, is boilerplate if more than 5 % of the different
 * texts have it, and at least eight. Numbers don't count as differences.
 */
const RUN = 6;
const SHORT_LINE = 3;
const SHARE = 0.05;
const LEAST_TEXTS = 8;
/** A text of which fewer words would be left than both of these is about its template. */
const WORDS_LEFT = 3;
const SHARE_LEFT = 0.2;
/** UTF-16 units read of a text, from its start and from its end. */
const READ = 8000;
const EXAMPLES = 3;
const EXAMPLE_LENGTH = 80;

/** Finds wording that many different texts share. */
export async function findBoilerplate(texts: readonly string[], pause: Pause): Promise<Boilerplate> {
  const different = new Set(texts).size;
  const least = Math.max(LEAST_TEXTS, Math.floor(different * SHARE) + 1);
  const found: Boilerplate = { passages: new Map(), examples: [] };
  if (different < least) return found;
  const seen = new Set<string>();
  const counts = new Sketch(texts.reduce((sum, text) => sum + Math.min(text.length, READ), 0) / 4);
  const words = new Words();
  for (const text of texts) {
    if (!seen.has(text)) {
      seen.add(text);
      words.read(text);
      counts.nextText();
      counts.add(words.units());
    }
    await pause();
  }
  if (counts.most < least) return found;
  const kinds = new Map<string, { text: string; texts: number }>();
  for (const [row, text] of texts.entries()) {
    words.read(text);
    const ranges = words.covered((hash) => counts.of(hash) >= least);
    if (ranges.length > 0) found.passages.set(row, ranges);
    for (const [start, end] of ranges) {
      const passage = text.slice(start, end).replace(/\s+/g, ' ');
      const shown =
        passage.length > EXAMPLE_LENGTH ? `${passage.slice(0, EXAMPLE_LENGTH - 1).trimEnd()}…` : passage;
      const kind = shown.toLowerCase().replace(/\d+/g, '0');
      const known = kinds.get(kind);
      if (known) known.texts++;
      else kinds.set(kind, { text: shown, texts: 1 });
    }
    await pause();
  }
  found.examples = [...kinds.values()]
    .sort((a, b) => b.texts - a.texts || (a.text < b.text ? -1 : 1))
    .slice(0, EXAMPLES);
  return found;
}

/** The texts as they are embedded with `boilerplate: 'drop'`. */
export async function withoutSharedWording(
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  return withoutBoilerplate(texts, await findBoilerplate(texts, breathe(signal)));
}

/** The texts with every passage of boilerplate replaced by a line break. */
export function withoutBoilerplate(texts: readonly string[], { passages }: Boilerplate): string[] {
  return texts.map((text, row) => {
    const ranges = passages.get(row);
    if (!ranges) return text;
    let rest = '';
    let from = 0;
    for (const [start, end] of ranges) {
      rest += `${text.slice(from, start)}\n`;
      from = end;
    }
    return (rest + text.slice(from)).trim();
  });
}

/** A text's words as hashes, with where they stand. */
class Words {
  #count = 0;
  /** By word; no text that is read has more. */
  #hashes = new Int32Array(READ);
  #starts = new Int32Array(READ);
  #ends = new Int32Array(READ);
  /** 1 where a sentence begins, 2 where a line does. */
  #begins = new Uint8Array(READ);
  /** A run a word at most, and short lines of three words or more. */
  #units = new Int32Array(2 * READ);

  read(text: string): void {
    let count = 0;
    const length = Math.min(text.length, READ);
    let begins = 2;
    for (let at = 0; at < length; ) {
      const code = text.charCodeAt(at);
      if (code <= 32 || code === 0xa0) {
        if (code === 10 || code === 13) begins = 2;
        at++;
        continue;
      }
      const start = at;
      // FNV-1a, twice: as it is written, and with all numbers alike.
      let hash = 0x811c9dc5;
      let likeness = 0x811c9dc5;
      let letters = 0;
      let signs = 0;
      let last = 0;
      for (; at < length; at++) {
        let unit = text.charCodeAt(at);
        if (unit <= 32 || unit === 0xa0) break;
        if (unit >= 65 && unit <= 90) unit += 32;
        const isDigit = unit >= 48 && unit <= 57;
        if (!isDigit && (unit < 97 || (unit > 122 && unit < 0xc0) || (unit >= 0x2000 && unit < 0x2070))) {
          signs++;
          continue;
        }
        hash = Math.imul(hash ^ unit, 0x01000193);
        if (!isDigit) letters++;
        if (!isDigit || last !== 48) likeness = Math.imul(likeness ^ (isDigit ? 48 : unit), 0x01000193);
        last = isDigit ? 48 : unit;
      }
      if (last === 0) continue;
      // "exec-13" and 13:05 are another in every text, "A380" and "mp3" are words.
      const isWord = letters > 0 && signs === 0;
      this.#hashes[count] = isHash(text, start, at) ? 1 : isWord ? hash : likeness;
      this.#starts[count] = start;
      this.#ends[count] = at;
      this.#begins[count] = begins;
      count++;
      const end = text.charCodeAt(at - 1);
      begins = end === 46 || end === 33 || end === 63 ? 1 : 0; // . ! ?
    }
    this.#count = count;
  }

  /** Visits runs of six words of one line, and short lines: hash, first word, and the word after the last. */
  eachUnit(visit: (hash: number, from: number, to: number) => void): void {
    const count = this.#count;
    let line = 0;
    for (let word = 0; word < count; word++) {
      if (this.#begins[word] === 2) line = word;
      const from = word + 1 - RUN;
      if (from >= line) visit(this.#join(from, word + 1), from, word + 1);
    }
    for (let from = 0; from < count; ) {
      let to = from + 1;
      while (to < count && this.#begins[to] === 0) to++;
      const isAll = from === 0 && to === count;
      if (to - from >= SHORT_LINE && to - from < RUN && !isAll) visit(this.#join(from, to), from, to);
      from = to;
    }
  }

  /** The hashes of all units; valid until the next call. */
  units(): Int32Array {
    let count = 0;
    this.eachUnit((hash) => {
      this.#units[count++] = hash;
    });
    return this.#units.subarray(0, count);
  }

  /** Where units of boilerplate stand, joined; none if hardly anything else is left. */
  covered(isBoilerplate: (hash: number) => boolean): [number, number][] {
    const marked = new Uint8Array(this.#count);
    this.eachUnit((hash, from, to) => {
      if (isBoilerplate(hash)) marked.fill(1, from, to);
    });
    const left = marked.reduce((sum, mark) => sum + 1 - mark, 0);
    if (left < WORDS_LEFT && left < marked.length * SHARE_LEFT) return [];
    const ranges: [number, number][] = [];
    for (let word = 0; word < marked.length; word++) {
      if (marked[word] === 0) continue;
      if (word > 0 && marked[word - 1] === 1) ranges[ranges.length - 1][1] = this.#ends[word];
      else ranges.push([this.#starts[word], this.#ends[word]]);
    }
    return ranges;
  }

  #join(from: number, to: number): number {
    let hash = to - from;
    for (let word = from; word < to; word++) {
      hash = Math.imul(hash ^ this.#hashes[word], 0x85ebca6b);
      hash ^= hash >>> 13;
    }
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}

/** A long token of hexadecimal digits: an id, another in every text. */
function isHash(text: string, start: number, end: number): boolean {
  return end - start >= 16 && /^[0-9a-f-]+$/i.test(text.slice(start, end));
}

/**
 * Cells of a sketch, as a power of two: 8 MiB. A text of average length has some 50 units, so of n texts a cell has 50 n / 2²⁰ that are
 * there by chance, a thousandth of the 5 % of them that boilerplate needs.
 */
const MOST_BITS = 20;

/** Counts texts by hash in bounded memory. Two units that share a cell are counted together, which matters to none. */
class Sketch {
  most = 0;
  /** By cell: how many texts, and the last of them. Next to each other, since reading from memory takes most of the time. */
  #cells: Int32Array;
  #mask: number;
  #text = 0;

  constructor(expected: number) {
    const bits = Math.max(16, Math.min(MOST_BITS, Math.ceil(Math.log2(expected + 1)) + 3));
    this.#cells = new Int32Array(2 << bits);
    this.#mask = (1 << bits) - 1;
  }

  nextText(): void {
    this.#text++;
  }

  /** Counts hashes, each once a text. In one loop, so that the processor reads several cells at the same time. */
  add(hashes: Int32Array): void {
    const cells = this.#cells;
    let most = this.most;
    for (const hash of hashes) {
      const cell = this.#cell(hash);
      if (cells[cell + 1] === this.#text) continue;
      cells[cell + 1] = this.#text;
      most = Math.max(most, ++cells[cell]);
    }
    this.most = most;
  }

  of(hash: number): number {
    return this.#cells[this.#cell(hash)];
  }

  #cell(hash: number): number {
    return 2 * (hash & this.#mask);
  }
}
