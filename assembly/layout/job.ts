// What an optimisation works on: one block of 4-byte numbers, written by the host (src/layout/optimize.ts) in this
// order.
//
// | rows | vertices | rowsPerChunk | chunksPerRound | chunksPerEpoch | epochs | done | offsets | tails | weights
// | keys | head, even epochs | head, odd | tail, even | tail, odd | pull table | push table | seed | negatives
// | learning rate f32 | pull factor f32 | stride |
//
// Vertices have a position before and one after the running epoch; the two buffers swap places every epoch. A chunk
// reads the rows of earlier rounds after, all others before, and writes its own rows only. So what it writes does
// not depend on when other chunks of its round run.

@inline export function rowsOf(job: usize): i32 { return load<i32>(job, 0); }
@inline export function verticesOf(job: usize): i32 { return load<i32>(job, 4); }
@inline export function rowsPerChunk(job: usize): i32 { return load<i32>(job, 8); }
@inline export function chunksPerRound(job: usize): i32 { return load<i32>(job, 12); }
@inline export function chunksPerEpoch(job: usize): i32 { return load<i32>(job, 16); }
@inline export function epochsOf(job: usize): i32 { return load<i32>(job, 20); }
@inline export function doneOf(job: usize): usize { return load<usize>(job, 24); }
@inline export function offsetsOf(job: usize): usize { return load<usize>(job, 28); }
@inline export function tailsOf(job: usize): usize { return load<usize>(job, 32); }
@inline export function weightsOf(job: usize): usize { return load<usize>(job, 36); }
@inline export function keysOf(job: usize): usize { return load<usize>(job, 40); }
@inline export function headBefore(job: usize, epoch: i32): usize { return load<usize>(job + ((epoch & 1) << 2), 44); }
@inline export function headAfter(job: usize, epoch: i32): usize { return load<usize>(job + ((~epoch & 1) << 2), 44); }
@inline export function tailBefore(job: usize, epoch: i32): usize { return load<usize>(job + ((epoch & 1) << 2), 52); }
@inline export function tailAfter(job: usize, epoch: i32): usize { return load<usize>(job + ((~epoch & 1) << 2), 52); }
@inline export function pullTable(job: usize): usize { return load<usize>(job, 60); }
@inline export function pushTable(job: usize): usize { return load<usize>(job, 64); }
@inline export function seedOf(job: usize): i32 { return load<i32>(job, 68); }
@inline export function negativesOf(job: usize): i32 { return load<i32>(job, 72); }
@inline export function learningRate(job: usize): f32 { return load<f32>(job, 76); }
@inline export function pullFactor(job: usize): f32 { return load<f32>(job, 80); }
@inline export function strideOf(job: usize): i32 { return load<i32>(job, 84); }
