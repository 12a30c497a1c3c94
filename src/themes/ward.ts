/** A hierarchy over leaves 0 … leaves − 1: merge t joins `left[t]` and `right[t]` into node leaves + t, cheapest merge first. */
export interface Merges {
  leaves: number;
  left: Int32Array;
  right: Int32Array;
  /** What the merge adds to the sum of squared distances from group means. */
  cost: Float64Array;
}

/**
 * Ward's (1963) hierarchy of weighted points: each merge is the one that adds least to the sum of squares, size · size' /
 * (size + size') · distance². `products` are the scalar products of all pairs of points, in float32. By chains of nearest neighbours (Murtagh
 * 1983), which find the same merges: O(leaves²) time, 4 · leaves² bytes. Equal costs: lower numbers first.
 */
export function ward(products: Float32Array, size: ArrayLike<number>): Merges {
  const leaves = size.length;
  const cost = pairCosts(products, size);
  const weight = Float64Array.from(size);
  const isActive = new Uint8Array(leaves).fill(1);
  const found: { a: number; b: number; cost: number }[] = [];
  const chain: number[] = [];
  let first = 0;
  while (found.length < leaves - 1) {
    if (chain.length === 0) {
      while (!isActive[first]) first++;
      chain.push(first);
    }
    const top = chain[chain.length - 1];
    const before = chain.length > 1 ? chain[chain.length - 2] : -1;
    // The one before on the chain wins a tie, or the chain could go round in circles.
    let near = before;
    let least = before >= 0 ? cost[top * leaves + before] : Number.POSITIVE_INFINITY;
    for (let other = 0; other < leaves; other++) {
      if (!isActive[other] || other === top) continue;
      const value = cost[top * leaves + other];
      if (value < least) {
        least = value;
        near = other;
      }
    }
    if (near < 0) near = isActive.findIndex((active, at) => active === 1 && at !== top);
    if (near !== before) {
      chain.push(near);
      continue;
    }
    chain.length -= 2;
    const [a, b] = top < near ? [top, near] : [near, top];
    found.push({ a, b, cost: least });
    mergeInto(cost, weight, isActive, a, b, least);
    // Rounding can have put a group on the chain twice.
    const stale = chain.findIndex((group) => group === a || group === b);
    if (stale >= 0) chain.length = stale;
  }
  return inOrder(found, leaves);
}

function pairCosts(products: Float32Array, size: ArrayLike<number>): Float32Array {
  const leaves = size.length;
  const cost = new Float32Array(leaves * leaves);
  for (let i = 0; i < leaves; i++) {
    for (let j = 0; j < i; j++) {
      const squared = products[i * leaves + i] + products[j * leaves + j] - 2 * products[i * leaves + j];
      const value = (Math.max(0, squared) * size[i] * size[j]) / (size[i] + size[j]);
      cost[i * leaves + j] = value;
      cost[j * leaves + i] = value;
    }
  }
  return cost;
}

/** Group b becomes a part of group a: Lance and Williams' (1967) formula for Ward's costs. */
function mergeInto(
  cost: Float32Array,
  weight: Float64Array,
  isActive: Uint8Array,
  a: number,
  b: number,
  between: number,
): void {
  const leaves = weight.length;
  isActive[b] = 0;
  for (let other = 0; other < leaves; other++) {
    if (!isActive[other] || other === a) continue;
    const sum = weight[a] + weight[b] + weight[other];
    const value =
      ((weight[a] + weight[other]) * cost[a * leaves + other] +
        (weight[b] + weight[other]) * cost[b * leaves + other] -
        weight[other] * between) /
      sum;
    cost[a * leaves + other] = value;
    cost[other * leaves + a] = value;
  }
  weight[a] += weight[b];
}

/** Chains find merges out of order: sorted by cost, each is named by the nodes that it joins. A part never costs more than the whole. */
function inOrder(found: { a: number; b: number; cost: number }[], leaves: number): Merges {
  const order = Array.from(found.keys()).sort((x, y) => found[x].cost - found[y].cost || x - y);
  const above = Int32Array.from({ length: leaves }, (_, leaf) => leaf);
  const node = above.slice();
  const root = (leaf: number): number => {
    let at = leaf;
    while (above[at] !== at) {
      above[at] = above[above[at]];
      at = above[at];
    }
    return at;
  };
  const left = new Int32Array(found.length);
  const right = new Int32Array(found.length);
  const cost = new Float64Array(found.length);
  for (const [t, place] of order.entries()) {
    const a = root(found[place].a);
    const b = root(found[place].b);
    left[t] = Math.min(node[a], node[b]);
    right[t] = Math.max(node[a], node[b]);
    cost[t] = found[place].cost;
    above[b] = a;
    node[a] = leaves + t;
  }
  return { leaves, left, right, cost };
}

/** The group of each leaf where the cheapest merges have left `groups` of them, 1 to leaves; numbered by their first leaves. */
export function cutMerges({ leaves, left, right }: Merges, groups: number): Int32Array {
  const above = Int32Array.from({ length: 2 * leaves }, (_, node) => node);
  for (let t = 0; t < leaves - groups; t++) {
    above[left[t]] = leaves + t;
    above[right[t]] = leaves + t;
  }
  for (let node = 2 * leaves - 1; node >= 0; node--) above[node] = above[above[node]];
  const number = new Map<number, number>();
  return Int32Array.from({ length: leaves }, (_, leaf) => {
    const root = above[leaf];
    const group = number.get(root) ?? number.size;
    number.set(root, group);
    return group;
  });
}
