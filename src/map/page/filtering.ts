import { activeFilters, type Filter, type Filters, keyOf } from './filters.js';
import { intersection, type Mask, type MaskSources, maskOf } from './masks.js';
import type { Found } from './search.js';

/** What a search needs beyond its mask. */
type Searcher = (
  filter: Extract<Filter, { kind: 'search' }>,
  isStale: () => boolean,
) => Promise<Found | null>;

/** The rows that pass all filters. Each filter's rows are kept, so that a step computes only what changed. */
export class Filtering {
  /** 1 for rows that pass every filter; null where none is set. */
  passes: Mask | null = null;
  /** How many rows pass; all where no filter is set. */
  passed: number;
  /** How well each row matches the search; null without one. */
  scores: Float32Array | null = null;
  #masks = new Map<string, Mask>();
  #found: { key: string; found: Found } | null = null;
  #run = 0;

  constructor(
    private readonly rows: number,
    private readonly sources: Omit<MaskSources, 'search'>,
    private readonly search: Searcher,
  ) {
    this.passed = rows;
  }

  /** Brings the rows in line with the filters; false when a newer change came meanwhile. */
  async update(filters: Filters): Promise<boolean> {
    const run = ++this.#run;
    const masks = new Map<string, Mask>();
    for (const filter of activeFilters(filters)) {
      const key = keyOf(filter);
      const mask = this.#masks.get(key) ?? (await this.#maskOf(filter, key, () => run !== this.#run));
      if (!mask || run !== this.#run) return false;
      masks.set(key, mask);
    }
    this.#masks = masks;
    if (filters.query.trim() === '') this.#found = null;
    this.scores = this.#found?.found.scores ?? null;
    this.passes = intersection([...masks.values()]);
    this.passed = this.passes ? count(this.passes) : this.rows;
    return true;
  }

  /** How many rows pass when one of the filters that are set is left out; all where it is the only one. */
  passedWithout(left: Filter): number {
    const key = keyOf(left);
    const others = intersection([...this.#masks].filter(([own]) => own !== key).map(([, mask]) => mask));
    return others ? count(others) : this.rows;
  }

  /** Forgets the rows of filters: topics changed. */
  forget(): void {
    this.#masks.clear();
  }

  /** Rows that these filters let through, whatever the page shows; null where none is set. */
  async rowsOf(filters: Filters): Promise<Mask | null> {
    const masks: Mask[] = [];
    for (const filter of activeFilters(filters)) {
      const mask = this.#masks.get(keyOf(filter)) ?? (await this.#maskOf(filter, null, () => false));
      if (mask) masks.push(mask);
    }
    return intersection(masks);
  }

  async #maskOf(filter: Filter, key: string | null, isStale: () => boolean): Promise<Mask | null> {
    const search: MaskSources['search'] = async (wanted) => {
      const found = await this.search(wanted, isStale);
      if (found && key !== null) this.#found = { key, found };
      return found?.mask ?? null;
    };
    return maskOf(filter, { ...this.sources, search });
  }
}

export function count(mask: Mask): number {
  let sum = 0;
  for (const one of mask) sum += one;
  return sum;
}
