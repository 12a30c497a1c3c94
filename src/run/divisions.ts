import type { Topic } from '../shapes.js';

/** A topic as two runs are compared. */
export interface Side {
  id: number;
  name: string;
  /** Rows in its run, and those of them that the other run has too. */
  size: number;
  common: number;
}

/** A topic of the other run that has rows of a topic. */
export interface Part extends Side {
  /** Common rows in both. */
  shared: number;
  /** Share of the topic's common rows, 0 to 1. */
  share: number;
}

/** A topic whose rows are in several topics of the other run. */
export interface Division extends Side {
  /** Largest share first. */
  parts: Part[];
  /** Share of its common rows that are in no topic of the other run. */
  inNone: number;
}

/** A part has so much of the divided topic's rows … */
const SHARE = 0.2;
/** … or consists of them by so much. */
const MOST = 0.5;
/** One row is no part of a small topic. */
const LEAST_ROWS = 2;

/** Topics of two runs with the common rows that they share. */
export class SharedRows {
  readonly a: ReadonlyMap<number, Side>;
  readonly b: ReadonlyMap<number, Side>;
  /** Common rows by topics of both. */
  readonly #shared = new Map<number, Map<number, number>>();

  /** @param first topic of each common row in one run, `second` in the other; −1 for none */
  constructor(
    topicsA: readonly Topic[],
    topicsB: readonly Topic[],
    first: ArrayLike<number>,
    second: ArrayLike<number>,
  ) {
    this.a = sidesOf(topicsA, first);
    this.b = sidesOf(topicsB, second);
    for (let row = 0; row < first.length; row++) {
      if (first[row] < 0 || second[row] < 0) continue;
      const counts = this.#shared.get(first[row]) ?? new Map<number, number>();
      counts.set(second[row], (counts.get(second[row]) ?? 0) + 1);
      this.#shared.set(first[row], counts);
    }
  }

  /** Every two topics that share rows, by their ids. */
  pairs(): { a: number; b: number; shared: number }[] {
    return [...this.#shared].flatMap(([a, counts]) => [...counts].map(([b, shared]) => ({ a, b, shared })));
  }

  /** Topics of the first run that are in several of the second, the largest first. */
  splits(): Division[] {
    return divided(
      this.a,
      this.b,
      this.pairs().map(({ a, b, shared }) => ({ whole: a, part: b, shared })),
    );
  }

  /** Topics of the second run that are made of several of the first, the largest first. */
  merges(): Division[] {
    return divided(
      this.b,
      this.a,
      this.pairs().map(({ a, b, shared }) => ({ whole: b, part: a, shared })),
    );
  }

  /** The topic of the other run that most common rows of a topic are in; undefined where that is none of them. */
  mostOf(side: 'a' | 'b', id: number): Part | undefined {
    const [own, others] = side === 'a' ? [this.a, this.b] : [this.b, this.a];
    const found = this.pairs()
      .filter((pair) => pair[side] === id)
      .map((pair) => partOf(own.get(id), others.get(side === 'a' ? pair.b : pair.a), pair.shared));
    return found.filter((part) => part !== undefined).sort(byShare)[0];
  }
}

function sidesOf(topics: readonly Topic[], labels: ArrayLike<number>): Map<number, Side> {
  const counts = new Map<number, number>();
  for (let row = 0; row < labels.length; row++) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  return new Map(
    topics.map(({ id, name, size }) => [id, { id, name, size, common: counts.get(id) ?? 0 }] as const),
  );
}

const byShare = (x: Part, y: Part): number => y.shared - x.shared || x.id - y.id;

const partOf = (whole: Side | undefined, side: Side | undefined, shared: number): Part | undefined =>
  whole && side && { ...side, shared, share: shared / whole.common };

function divided(
  wholes: ReadonlyMap<number, Side>,
  sides: ReadonlyMap<number, Side>,
  pairs: readonly { whole: number; part: number; shared: number }[],
): Division[] {
  const divisions = [...wholes.values()].flatMap((whole): Division[] => {
    const own = pairs.filter((pair) => pair.whole === whole.id);
    const parts = own
      .flatMap(({ part, shared }) => partOf(whole, sides.get(part), shared) ?? [])
      .filter(
        ({ share, shared, common }) => shared >= LEAST_ROWS && (share >= SHARE || shared >= MOST * common),
      )
      .sort(byShare);
    if (parts.length < 2) return [];
    const inTopics = own.reduce((sum, { shared }) => sum + shared, 0);
    return [{ ...whole, parts, inNone: 1 - inTopics / whole.common }];
  });
  return divisions.sort((x, y) => y.common - x.common || x.id - y.id);
}
