import type { RowStrings } from './blocks.js';
import { type FoldedBlock, FoldedStrings, foldBlock } from './corpus.js';
import type { Field } from './filters.js';
import type { Mask } from './masks.js';
import { isEmpty, parseQuery } from './query.js';
import { countTerm, rank } from './rank.js';
import { Slices } from './turn.js';

/** A word in the name of a text's group counts as much as this many in the text. */
const NAME_WEIGHT = 3;

/** Strings that many rows share: the names of groups, or categories. */
export interface SharedStrings {
  strings: readonly string[];
  /** Index into the strings of each row; -1 is none. */
  codes: Int32Array;
}

export interface SearchSources {
  rows: number;
  texts: RowStrings;
  column(index: number): Promise<RowStrings | SharedStrings | null>;
  names(): Promise<SharedStrings>;
}

/** Rows that match, and how well. */
export interface Found {
  mask: Mask;
  /** BM25, 0 where a row doesn't match. */
  scores: Float32Array;
}

/** Search over texts, columns and names, in slices of time so that the page stays responsive. */
export class Search {
  readonly #folded = new Map<RowStrings, FoldedStrings>();

  constructor(private readonly sources: SearchSources) {}

  /**
   * Rows that match the query (see `parseQuery`) in the fields together; null when `isStale` said so meanwhile.
   * `onProgress` gets the share of the texts seen.
   */
  async find(
    text: string,
    fields: readonly Field[],
    onProgress: (share: number) => void,
    isStale: () => boolean,
  ): Promise<Found | null> {
    const query = parseQuery(text);
    const { rows } = this.sources;
    const terms = [...query.wanted.flat(), ...query.unwanted];
    const counts = new Map(terms.map((term) => [term, new Float32Array(rows)]));
    const lengths = new Float32Array(rows);
    const slices = new Slices();
    const take = (block: FoldedBlock, weight: number) => {
      for (const [term, counted] of counts) countTerm(term, block, weight, counted);
      for (let i = 0; i + 1 < block.starts.length; i++)
        lengths[block.first + i] += block.starts[i + 1] - block.starts[i] - 1;
    };
    for (const field of isEmpty(query) ? [] : fields) {
      const source = await this.#source(field);
      if (isStale()) return null;
      if (!source) continue;
      if ('codes' in source) {
        const block = foldBlock(0, source.strings);
        for (const [term, counted] of counts) {
          const perString = new Float32Array(source.strings.length);
          countTerm(term, block, field === 'name' ? NAME_WEIGHT : 1, perString);
          for (let row = 0; row < rows; row++) {
            const code = source.codes[row];
            if (code >= 0) counted[row] += perString[code];
          }
        }
        continue;
      }
      for await (const block of this.#strings(source).blocks()) {
        if (isStale()) return null;
        take(block, 1);
        onProgress((block.first + block.starts.length - 1) / rows);
        await slices.pause();
      }
    }
    if (isStale()) return null;
    const scores = isEmpty(query) ? new Float32Array(rows) : rank(query, { counts, lengths });
    const mask = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) mask[row] = scores[row] > 0 ? 1 : 0;
    return { mask, scores };
  }

  #source(field: Field): Promise<RowStrings | SharedStrings | null> {
    if (field === 'text') return Promise.resolve(this.sources.texts);
    if (field === 'name') return this.sources.names();
    return this.sources.column(Number(field.slice('column:'.length)));
  }

  #strings(source: RowStrings): FoldedStrings {
    let folded = this.#folded.get(source);
    if (!folded) {
      folded = new FoldedStrings(source);
      this.#folded.set(source, folded);
    }
    return folded;
  }
}
