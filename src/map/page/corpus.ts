import type { RowStrings } from './blocks.js';
import { fold } from './query.js';

/** Folded strings of a block in one string, so that a word is looked for in all of them at once. */
export interface FoldedBlock {
  /** Its first row. */
  first: number;
  /** The strings, each followed by a character that belongs to no word and is no space. */
  text: string;
  /** Where each string begins, and where the last one ends. */
  starts: Int32Array;
}

const BETWEEN = '\u0000';

export function foldBlock(first: number, strings: readonly string[]): FoldedBlock {
  const starts = new Int32Array(strings.length + 1);
  const joined = strings.concat('').join(BETWEEN);
  // ASCII keeps its length: all strings at once take a fraction of the time.
  const isPlain = /^\p{ASCII}*$/u.test(joined);
  const folded = isPlain ? strings : strings.map(fold);
  for (let i = 0; i < folded.length; i++) starts[i + 1] = starts[i] + folded[i].length + 1;
  return { first, text: isPlain ? joined.toLowerCase() : folded.concat('').join(BETWEEN), starts };
}

/** UTF-16 units of folded strings that are kept for the next search. */
const MOST_KEPT = 150_000_000;
/** Blocks that are unpacked ahead: browsers unpack in another thread. */
const AHEAD = 3;

/** Folded strings of all rows, block by block. */
export class FoldedStrings {
  readonly #kept = new Map<number, FoldedBlock>();
  #units = 0;

  constructor(private readonly strings: RowStrings) {}

  async *blocks(): AsyncGenerator<FoldedBlock> {
    const { firstRows } = this.strings;
    for (let b = 0; b < firstRows.length; b++) {
      let block = this.#kept.get(b);
      if (!block) {
        for (let next = b + 1; next <= b + AHEAD && next < firstRows.length; next++)
          if (!this.#kept.has(next)) void this.strings.block(next);
        block = foldBlock(firstRows[b], await this.strings.block(b));
        if (this.#units + block.text.length <= MOST_KEPT) {
          this.#kept.set(b, block);
          this.#units += block.text.length;
        }
      }
      yield block;
    }
  }
}
