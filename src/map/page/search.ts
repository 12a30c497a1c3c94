import type { RowStrings } from './blocks.js';
import { fold, isEmpty, matches, parseQuery } from './query.js';

/** Milliseconds after which a search lets the page draw. */
const SLICE = 30;

/** Search over all texts, block by block, so that the page stays responsive. */
export class Search {
  readonly #folded = new Map<number, string[]>();
  #run = 0;

  constructor(
    private readonly texts: RowStrings,
    private readonly rows: number,
  ) {}

  async #block(index: number): Promise<string[]> {
    let folded = this.#folded.get(index);
    if (!folded) {
      folded = (await this.texts.block(index)).map(fold);
      this.#folded.set(index, folded);
    }
    return folded;
  }

  /**
   * Rows whose text matches the query (see `parseQuery`), ascending; null when a newer search began meanwhile.
   * `onProgress` gets the share of the texts seen.
   */
  async find(text: string, onProgress: (share: number) => void): Promise<Int32Array | null> {
    const run = ++this.#run;
    const query = parseQuery(text);
    if (isEmpty(query)) return new Int32Array(0);
    const rows: number[] = [];
    let pause = performance.now();
    for (const [b, first] of this.texts.firstRows.entries()) {
      const end = this.texts.firstRows[b + 1] ?? this.rows;
      const folded = await this.#block(b);
      for (let i = 0; i < end - first; i++) {
        if (matches(query, folded[i])) rows.push(first + i);
        if ((i & 255) !== 255 || performance.now() - pause < SLICE) continue;
        onProgress((first + i) / this.rows);
        await new Promise((resolve) => setTimeout(resolve));
        pause = performance.now();
        if (run !== this.#run) return null;
      }
      if (run !== this.#run) return null;
    }
    return Int32Array.from(rows);
  }

  /** Stops a search that is under way. */
  cancel(): void {
    this.#run++;
  }
}
