import { DisjointSets } from '../disjoint-sets.js';

/** Edges by the rows that they join, by weight, ascending. */
interface ForestEdges {
  from: Int32Array;
  to: Int32Array;
  weight: Float64Array;
}

/**
 * Components in the order in which edges of a minimum spanning forest join them (single linkage). The heaviest edge on the path between two of
 * them is the largest of the heights between their leaves, and no path of known edges has a lighter one.
 */
export class Dendrogram {
  /** The leaf of each component, from left to right. */
  readonly leafOf: Int32Array;
  /** Per leaf but the last the height at which it and the next one are joined: +∞ where no edges do. */
  readonly heights: Float64Array;
  /**
   * Where a part of the dendrogram is joined to one with as many rows or more: the height, that other part's leaves, and the next such place above
   * it, −1 for none.
   */
  private readonly joint = {
    height: [] as number[],
    begin: [] as number[],
    end: [] as number[],
    above: [] as number[],
  };
  /** The lowest joint above each component. */
  private readonly jointOf: Int32Array;
  private levels?: Float64Array;

  /**
   * @param component per row the component that it is in
   * @param sizes rows of each component
   */
  constructor({ from, to, weight }: ForestEdges, component: Int32Array, sizes: Int32Array) {
    const components = sizes.length;
    const joins = Math.max(0, components - 1);
    this.leafOf = new Int32Array(components);
    this.heights = new Float64Array(joins);
    this.jointOf = new Int32Array(components);
    // Node c is component c, node components + i the i-th join, whose children have lower numbers.
    const left = new Int32Array(joins);
    const right = new Int32Array(joins);
    const height = new Float64Array(joins);
    const leaves = new Int32Array(components + joins).fill(1, 0, components);
    const rows = new Float64Array(components + joins);
    rows.set(sizes);
    const sets = new DisjointSets(components);
    const nodeOf = Int32Array.from({ length: components }, (_, c) => c);
    let count = 0;
    const join = (one: number, other: number, weight: number): void => {
      const a = sets.find(one);
      const b = sets.find(other);
      if (a === b) return;
      const [l, r] = [nodeOf[a], nodeOf[b]];
      const node = components + count;
      left[count] = l;
      right[count] = r;
      height[count++] = weight;
      leaves[node] = leaves[l] + leaves[r];
      rows[node] = rows[l] + rows[r];
      sets.join(a, b);
      nodeOf[a] = node;
    };
    for (let edge = 0; edge < weight.length; edge++)
      join(component[from[edge]], component[to[edge]], weight[edge]);
    for (let c = 1; c < components; c++) join(0, c, Number.POSITIVE_INFINITY);

    const { joint } = this;
    const begin = new Int32Array(components + joins);
    const above = new Int32Array(components + joins).fill(-1);
    for (let at = joins - 1; at >= 0; at--) {
      const node = components + at;
      const [l, r] = [left[at], right[at]];
      begin[l] = begin[node];
      begin[r] = begin[node] + leaves[l];
      this.heights[begin[r] - 1] = height[at];
      const [light, heavy] = rows[l] < rows[r] ? [l, r] : [r, l];
      above[heavy] = above[node];
      above[light] = joint.height.length;
      joint.height.push(height[at]);
      joint.begin.push(begin[heavy]);
      joint.end.push(begin[heavy] + leaves[heavy]);
      joint.above.push(above[node]);
    }
    this.leafOf.set(begin.subarray(0, components));
    this.jointOf.set(above.subarray(0, components));
  }

  /**
   * Per component the largest height at which a part with its rows is joined to one with as many rows or more that holds some of the given leaves; 0
   * where there is none. Of two rows whose edge is lighter than the path between them, this is above the edge's weight for one of them and the
   * leaf of the other.
   * @param before per leaf how many of these leaves come before it, and how many there are
   */
  limits(before: Int32Array): Float64Array {
    const { height, begin, end, above } = this.joint;
    return Float64Array.from(this.jointOf, (lowest) => {
      let limit = 0;
      for (let at = lowest; at >= 0; at = above[at])
        if (before[end[at]] > before[begin[at]]) limit = height[at];
      return limit;
    });
  }

  /** Per level l and leaf i the largest height from leaf i to leaf i + 2^l, level after level. */
  get table(): Float64Array {
    this.levels ??= levelsOf(this.heights);
    return this.levels;
  }

  /** The largest height between two leaves, 0 between a leaf and itself. */
  readonly heightBetween = (a: number, b: number): number => {
    if (a === b) return 0;
    const apart = Math.abs(a - b);
    const level = 31 - Math.clz32(apart);
    const line = level * this.leafOf.length + Math.min(a, b);
    return Math.max(this.table[line], this.table[line + apart - 2 ** level]);
  };
}

function levelsOf(heights: Float64Array): Float64Array {
  const leaves = heights.length + 1;
  const levels = Math.max(1, 32 - Math.clz32(heights.length));
  const table = new Float64Array(levels * leaves);
  table.set(heights);
  for (let level = 1; level < levels; level++) {
    const half = 2 ** (level - 1);
    const to = level * leaves;
    for (let leaf = 0; leaf + half < leaves; leaf++)
      table[to + leaf] = Math.max(table[to - leaves + leaf], table[to - leaves + leaf + half]);
  }
  return table;
}

/** A minimum spanning forest of known edges over components. */
export class Forest implements ForestEdges {
  from = new Int32Array(0);
  to = new Int32Array(0);
  weight = new Float64Array(0);
  /** Of the edges as they are. */
  dendrogram: Dendrogram;
  private readonly sizes: Int32Array;

  /**
   * @param component per row the component that it is in
   * @param components how many there are
   */
  constructor(
    private readonly component: Int32Array,
    readonly components: number,
  ) {
    this.sizes = new Int32Array(components);
    for (const c of component) this.sizes[c]++;
    this.dendrogram = new Dendrogram(this, component, this.sizes);
  }

  /**
   * Adds edges, and keeps a minimum spanning forest of all (Kruskal 1956). Of equal weights that of the lower rows counts as the lighter, so
   * that the order in which edges are added makes no difference.
   */
  add(from: Int32Array, to: Int32Array, weight: Float64Array): void {
    const allFrom = joined(Int32Array, this.from, from);
    const allTo = joined(Int32Array, this.to, to);
    const all = joined(Float64Array, this.weight, weight);
    const order = Int32Array.from(all, (_, edge) => edge);
    const low = (edge: number) => Math.min(allFrom[edge], allTo[edge]);
    const high = (edge: number) => Math.max(allFrom[edge], allTo[edge]);
    order.sort((a, b) => all[a] - all[b] || low(a) - low(b) || high(a) - high(b));
    const sets = new DisjointSets(this.components);
    const kept = new Int32Array(Math.max(0, Math.min(this.components - 1, all.length)));
    let count = 0;
    for (const edge of order) {
      const a = sets.find(this.component[allFrom[edge]]);
      const b = sets.find(this.component[allTo[edge]]);
      if (a === b) continue;
      sets.join(a, b);
      kept[count++] = edge;
    }
    const chosen = kept.subarray(0, count);
    this.from = chosen.map((edge) => allFrom[edge]);
    this.to = chosen.map((edge) => allTo[edge]);
    this.weight = Float64Array.from(chosen, (edge) => all[edge]);
    this.dendrogram = new Dendrogram(this, this.component, this.sizes);
  }
}

function joined<T extends Int32Array | Float64Array>(type: new (length: number) => T, a: T, b: T): T {
  const both = new type(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
