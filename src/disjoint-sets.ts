/** Disjoint sets of the numbers from 0 to before `count`, with path halving (Tarjan and van Leeuwen 1984). */
export class DisjointSets {
  private readonly parent: Int32Array;

  constructor(count: number) {
    this.parent = Int32Array.from({ length: count }, (_, c) => c);
  }

  /** The root of the set that has c, which is one of its numbers. */
  find(c: number): number {
    const { parent } = this;
    while (parent[c] !== c) {
      parent[c] = parent[parent[c]];
      c = parent[c];
    }
    return c;
  }

  /** Joins the set with root b to that with root a, which is the root of both from then on. */
  join(a: number, b: number): void {
    this.parent[b] = a;
  }
}
