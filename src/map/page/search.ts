import type { Strings } from './blocks.js';

/** Lower case without accents, so that "zurich" finds "Zürich". Vowel signs of other scripts stay. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^\p{ASCII}*$/u.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

/** Search over all texts, block by block, so that the page stays alive. */
export class Search {
  readonly #folded = new Map<number, string[]>();
  #last: { needle: string; rows: Int32Array } | null = null;
  #run = 0;

  constructor(
    private readonly texts: Strings,
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
   * Rows whose text holds the query, ascending; null when a newer search overtook this one.
   * `onProgress` gets the share of the texts seen.
   */
  async find(query: string, onProgress: (share: number) => void): Promise<Int32Array | null> {
    const run = ++this.#run;
    const needle = fold(query.trim());
    // What holds a longer query holds its beginning: look only there.
    const within = this.#last && needle.startsWith(this.#last.needle) ? this.#last.rows : null;
    const found: number[] = [];
    let at = 0;
    let pause = performance.now();
    for (let b = 0; b < this.texts.firstRows.length; b++) {
      const first = this.texts.firstRows[b];
      const end = this.texts.firstRows[b + 1] ?? this.rows;
      if (within && (at >= within.length || within[at] >= end)) continue;
      const folded = await this.#block(b);
      if (within) {
        for (; at < within.length && within[at] < end; at++)
          if (folded[within[at] - first].includes(needle)) found.push(within[at]);
      } else for (let i = 0; i < folded.length; i++) if (folded[i].includes(needle)) found.push(first + i);
      if (performance.now() - pause > 30) {
        onProgress((b + 1) / this.texts.firstRows.length);
        await new Promise((resolve) => setTimeout(resolve));
        pause = performance.now();
      }
      if (run !== this.#run) return null;
    }
    const rows = Int32Array.from(found);
    this.#last = { needle, rows };
    return rows;
  }

  /** Forgets a search that is under way. */
  cancel(): void {
    this.#run++;
  }
}
