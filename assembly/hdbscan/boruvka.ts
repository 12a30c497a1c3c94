// Borůvka's minimum spanning tree of the mutual reachability graph, from the neighbour lists and the edges that scans found. The
// rounds are driven by src/hdbscan/spanning-tree.ts: `joinCores` (first-round.ts) is the first; each later one offers edges to `best` (offer.ts),
// from the lists or from those that an earlier round kept (kept.ts), and ends in `joinBest`.
//
// Terms used below:
//   list       the neighbours of a row: k slots of `indices` (int32; −1: empty, then to the end) and `distances` (float32),
//              sorted by distance, never the row itself. Lists come in blocks of `rows` rows from row `first` on: `indices` and
//              `distances` begin with row `first`, all other columns with row 0.
//   component  int32 per row: number of the row's component, 0 to components − 1
//   key        a float32 number that stands for a weight; two keys that are `slack` or more float32 steps apart are in the order
//              of their weights, closer ones leave that to the float64 weights (weight.ts)
//   core       key of a row's core distance
//   best       per component its cheapest known edge to another component (layout at the end of weight.ts)
// All pointers are byte addresses. Names that end in _ are local copies of globals, which would be loaded at every use.
//
// Ties are harmless: any cheapest edge out of a component is in some minimum spanning tree. Where several components choose
// at once, a cycle of choices can only have equal weights, so the edge that would close it can be left out.
import { f32At, f64At, i32At, setF32, setI32 } from './memory';
import { foreignOf, mayDecide, offer, offerBoth } from './offer';
import { find } from './union-find';
import { certainlyFrom, core, keyOf, slack } from './weight';

// Writes edge `at` of the tree. Its edges are three columns: | from i32 | to i32 | key f32 |, each `capacity` long.
// @ts-ignore: decorator
@inline function note(edges: usize, capacity: usize, at: usize, from: i32, to: i32, key: f32): void {
  setI32(edges, at, from);
  setI32(edges, capacity + at, to);
  setF32(edges, capacity * 2 + at, key);
}

/**
 * A round over the lists in which each row offers edges to its own component only, for lists where an edge that only the other
 * row lists weighs as much as an unlisted one (`areMutual`): the caller takes such edges for unlisted until it looks at both sides.
 *
 * Most rows end at once: no edge at row i weighs less than core i, and none from slot t on less than its distance.
 * inside[i] (u8, 255 at most) counts the first slots of row i that lead to its own component, which are never looked at again.
 * `active` is scratch, two i32 per row of the block.
 */
export function offerOwn(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  component: usize, best: usize, components: usize, inside: usize, active: usize,
): void {
  const slack_ = slack;
  const core_ = core;
  // Which rows go on, and at which slot, can't be predicted, and waiting for components takes long. So three loops, of which the
  // first two take no branch.
  let count: usize = 0;
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    setI32(active, count << 1, <i32>r);
    // Without an edge yet the limit is NaN where slack isn't 0: then every row goes on.
    count += <usize>!(f32At(core_, i) >= certainlyFrom(f32At(best, i32At(component, i)), slack_));
  }
  for (let at: usize = 0; at < count && k >= 4; at++) {
    const r = <usize>i32At(active, at << 1);
    const i = first + r;
    const t = r * k + min(<usize>load<u8>(inside + i), k - 4);
    setI32(active, (at << 1) + 1, foreignOf(indices + (t << 2), component, i32x4.splat(i32At(component, i))));
  }
  for (let at: usize = 0; at < count; at++) {
    const r = <usize>i32At(active, at << 1);
    const i = first + r;
    const own = i32At(component, i);
    const base = r * k;
    const stop = base + k;
    let t = base + <usize>load<u8>(inside + i);
    const foreign = k >= 4 ? i32At(active, (at << 1) + 1) : 0;
    if (foreign) t = min(t, stop - 4) + <usize>ctz(foreign);
    else t = pastInside(k >= 4 ? min(t, stop - 4) + 4 : t, stop, own, indices, component);
    store<u8>(inside + i, <u8>min(t - base, 255));
    const coreI = f32At(core_, i);
    let limit = certainlyFrom(f32At(best, own), slack_);
    for (; t < stop && !(coreI >= limit); t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const d = keyOf(f32At(distances, t));
      if (d >= limit) break;
      const other = i32At(component, j);
      if (other == own) continue;
      const reach = max<f32>(coreI, f32At(core_, j));
      offer(best, components, own, <i32>i, j, max<f32>(reach, d), mayDecide(d, reach, slack_), NaN, slack_);
      limit = certainlyFrom(f32At(best, own), slack_);
    }
  }
}

/** The first of slots t … stop that leads out of component `own`, or is empty. */
function pastInside(t: usize, stop: usize, own: i32, indices: usize, component: usize): usize {
  const owns = i32x4.splat(own);
  while (t + 4 <= stop) {
    const foreign = foreignOf(indices + (t << 2), component, owns);
    if (foreign) return t + <usize>ctz(foreign);
    t += 4;
  }
  while (t < stop && i32At(indices, t) >= 0 && i32At(component, i32At(indices, t)) == own) t++;
  return t;
}

/**
 * A round over the lists: offers each listed edge between two components to both of them.
 *
 * The processor can't predict which slots lead to another component, but nearly every edge is too heavy for both sides, which
 * it can predict. So one branch tests both, with `|` and `&`. max(d, core i) ≥ a is written as two comparisons: core j can only
 * make the weight larger, and is looked at where the test doesn't end it.
 */
export function offerRows(
  first: usize, rows: usize, k: usize, indices: usize, distances: usize,
  component: usize, best: usize, components: usize,
): void {
  const slack_ = slack;
  const core_ = core;
  for (let r: usize = 0; r < rows; r++) {
    const i = first + r;
    const coreI = f32At(core_, i);
    const own = i32At(component, i);
    for (let t: usize = r * k, stop = t + k; t < stop; t++) {
      const j = i32At(indices, t);
      if (j < 0) break;
      const other = i32At(component, j);
      const d = keyOf(f32At(distances, t));
      const a = certainlyFrom(f32At(best, own), slack_);
      const b = certainlyFrom(f32At(best, other), slack_);
      if (<i32>(other == own) | ((<i32>(d >= a) | <i32>(coreI >= a)) & (<i32>(d >= b) | <i32>(coreI >= b)))) continue;
      const reach = max<f32>(coreI, f32At(core_, j));
      const key = max<f32>(reach, d);
      const isByDistance = mayDecide(d, reach, slack_);
      offerBoth(best, components, own, other, <i32>i, j, key, isByDistance, NaN);
    }
  }
}

/**
 * Offers the edges that scans found for rows start … end − 1 to the components of both their rows. foreign[row] (int32) is the
 * other end, −1 for none; floor[row] the key; exactFloor[row] the float64 weight, read where slack isn't 0. foreign[row] is set
 * to −1 once both ends are in one component.
 */
export function offerForeign(
  start: usize, end: usize, foreign: usize, floor: usize, exactFloor: usize,
  component: usize, best: usize, components: usize,
): void {
  const slack_ = slack;
  for (let row = start; row < end; row++) {
    const other = i32At(foreign, row);
    if (other < 0) continue;
    const a = i32At(component, row);
    const b = i32At(component, other);
    if (a == b) {
      setI32(foreign, row, -1);
      continue;
    }
    const exact: f64 = slack_ ? f64At(exactFloor, row) : NaN;
    offerBoth(best, components, a, b, <i32>row, other, f32At(floor, row), true, exact);
  }
}

/**
 * Ends a round: joins the components start … end − 1 by their cheapest edges and appends these to the tree. Components without
 * an edge (key +∞) or with uncertain rows are left as they are: uncertain[c] (int32) counts the rows of c at which an unlisted
 * edge could be cheaper; `uncertain` 0 means none anywhere. `parents` is a union-find over components, identity at first. `count`
 * is the number of edges of the tree before; returns the number after.
 */
export function joinBest(
  start: usize, end: usize, component: usize, best: usize, components: usize, uncertain: usize, parents: usize,
  edges: usize, capacity: usize, count: usize,
): usize {
  for (let c = start; c < end; c++) {
    const key = f32At(best, c);
    if (key == <f32>Infinity || (uncertain && i32At(uncertain, c) > 0)) continue;
    const from = i32At(best, components + c);
    const to = i32At(best, components * 2 + c);
    const a = find(parents, <usize>i32At(component, from));
    const b = find(parents, <usize>i32At(component, to));
    if (a == b) continue;
    setI32(parents, max(a, b), <i32>min(a, b));
    note(edges, capacity, count++, from, to, key);
  }
  return count;
}
