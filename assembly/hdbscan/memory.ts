// Typed access by index. Pointers and indices are u32 (usize): a memory may reach 4 GiB.

// @ts-ignore: decorator
@inline export function i32At(base: usize, index: usize): i32 {
  return load<i32>(base + (index << 2));
}
// @ts-ignore: decorator
@inline export function setI32(base: usize, index: usize, value: i32): void {
  store<i32>(base + (index << 2), value);
}
// @ts-ignore: decorator
@inline export function f32At(base: usize, index: usize): f32 {
  return load<f32>(base + (index << 2));
}
// @ts-ignore: decorator
@inline export function setF32(base: usize, index: usize, value: f32): void {
  store<f32>(base + (index << 2), value);
}
// @ts-ignore: decorator
@inline export function f64At(base: usize, index: usize): f64 {
  return load<f64>(base + (index << 3));
}
// @ts-ignore: decorator
@inline export function setF64(base: usize, index: usize, value: f64): void {
  store<f64>(base + (index << 3), value);
}

/** array[i] = i */
export function countUp(start: usize, end: usize, array: usize): void {
  for (let i = start; i < end; i++) setI32(array, i, <i32>i);
}

export function fillF32(start: usize, end: usize, array: usize, value: f32): void {
  for (let i = start; i < end; i++) setF32(array, i, value);
}
