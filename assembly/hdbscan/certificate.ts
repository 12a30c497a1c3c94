// Which rows could have an unlisted edge that is cheaper than what their component would take?
// An unlisted edge at p weighs at least floor[p] = max(core p, last p / α).
import { f32At, i32At, setF32, setI32 } from './memory';

/** last[p] becomes floor[p]. */
export function floors(start: usize, end: usize, core: usize, last: usize, alpha: f64): void {
  for (let p = start; p < end; p++) {
    const unlisted = <f32>(<f64>f32At(last, p) / alpha);
    setF32(last, p, max<f32>(f32At(core, p), unlisted));
  }
}

/** bound[c] = lowest floor in component c; bound starts as +∞. */
export function lowestFloors(start: usize, end: usize, floor: usize, component: usize, bound: usize): void {
  for (let p = start; p < end; p++) {
    const c = i32At(component, p);
    const value = f32At(floor, p);
    if (value < f32At(bound, c)) setF32(bound, c, value);
  }
}

/** Marks rows whose floor lies below their component's cheapest edge. Returns how many were not marked before. */
export function markUncertain(start: usize, end: usize, floor: usize, component: usize, best: usize, marks: usize): i32 {
  let fresh: i32 = 0;
  for (let p = start; p < end; p++) {
    if (f32At(floor, p) < f32At(best, i32At(component, p)) && !load<u8>(marks + p)) {
      store<u8>(marks + p, 1);
      fresh++;
    }
  }
  return fresh;
}

/** Counts such rows per component. */
export function countUncertain(start: usize, end: usize, floor: usize, component: usize, best: usize, counts: usize): void {
  for (let p = start; p < end; p++) {
    const c = i32At(component, p);
    if (f32At(floor, p) < f32At(best, c)) setI32(counts, c, i32At(counts, c) + 1);
  }
}
