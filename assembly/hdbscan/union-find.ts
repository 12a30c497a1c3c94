import { i32At, setI32 } from './memory';

/** Root of x; halves the path on the way (Tarjan and van Leeuwen 1984), so no walk recurses or stays long. */
// @ts-ignore: decorator
@inline export function find(parent: usize, x: usize): usize {
  let up = <usize>i32At(parent, x);
  while (up != x) {
    const next = <usize>i32At(parent, up);
    setI32(parent, x, <i32>next);
    x = next;
    up = <usize>i32At(parent, x);
  }
  return x;
}

/** Numbers the roots of rows start … end from `count` on, in component[root]. Returns the new count. */
export function numberRoots(start: usize, end: usize, parent: usize, component: usize, count: i32): i32 {
  for (let i = start; i < end; i++) {
    if (<usize>i32At(parent, i) == i) setI32(component, i, count++);
  }
  return count;
}

/** component[i] = component[root of i], after numberRoots has gone over all rows. */
export function spreadRoots(start: usize, end: usize, parent: usize, component: usize): void {
  for (let i = start; i < end; i++) {
    const root = find(parent, i);
    if (root != i) setI32(component, i, i32At(component, root));
  }
}

/** component[i] = renumbered[component[i]] */
export function renumber(start: usize, end: usize, component: usize, renumbered: usize): void {
  for (let i = start; i < end; i++) setI32(component, i, i32At(renumbered, <usize>i32At(component, i)));
}
