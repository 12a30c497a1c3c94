// Eigenvectors of a graph's normalised Laplacian by Chebyshev-filtered subspace iteration (Zhou, Saad, Tiago and
// Chelikowsky 2006). Everything is in terms of the random walk P = D⁻¹W, which is self-adjoint under the degrees
// and whose largest eigenvalues are the Laplacian's smallest ones (1 − θ). A block of `width` vectors, a multiple
// of 4, is row-major: rows × width f32. Sums over rows are taken per chunk and added in order by the host.
import { arrive, waitUntil } from './barrier';
import { FilterStep } from './job';

/** degrees[i] = sum of row i's weights. */
export function degrees(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, offsets: usize, weights: usize, out: usize,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const end = <usize>load<i32>(offsets + ((<usize>i + 1) << 2));
    let sum: f32 = 0;
    for (let e = <usize>load<i32>(offsets + ((<usize>i) << 2)); e < end; e++) sum += load<f32>(weights + (e << 2));
    store<f32>(out + ((<usize>i) << 2), sum);
  }
}

/**
 * One step s = chunk / chunksPerStep of a filter of several: `next = scale · (P·now − centre·now) − keep · next`,
 * where now and next swap places after every step. `steps` holds a FilterStep for each step.
 */
export function filter(
  chunk: i32, thread: i32, rows: i32, rowsPerChunk: i32, chunksPerStep: i32, done: usize, steps: usize,
  offsets: usize, tails: usize, weights: usize, degreeOf: usize, width: i32, even: usize, odd: usize,
): void {
  const step = chunk / chunksPerStep;
  const part = chunk % chunksPerStep;
  waitUntil(done, step * chunksPerStep, thread);
  const now = step & 1 ? odd : even;
  const next = step & 1 ? even : odd;
  const one = changetype<FilterStep>(steps + <usize>step * offsetof<FilterStep>());
  const scale = f32x4.splat(one.scale);
  const centre = f32x4.splat(one.centre);
  const keep = f32x4.splat(one.keep);
  const last = min(rows, (part + 1) * rowsPerChunk);
  const bytes = (<usize>width) << 2;
  for (let i = part * rowsPerChunk; i < last; i++) {
    const begin = (<usize>load<i32>(offsets + ((<usize>i) << 2))) << 2;
    const end = (<usize>load<i32>(offsets + ((<usize>i + 1) << 2))) << 2;
    const inverse = f32x4.splat(1 / load<f32>(degreeOf + ((<usize>i) << 2)));
    const row = (<usize>i) * bytes;
    for (let lane: usize = 0; lane < bytes; lane += 16) {
      let sum = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      // rows hold a multiple of 4 edges
      for (let e = begin; e < end; e += 8) {
        const j = (<usize>load<i32>(tails + e)) * bytes + lane;
        const k = (<usize>load<i32>(tails + e, 4)) * bytes + lane;
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + e), v128.load(now + j)));
        sum2 = f32x4.add(sum2, f32x4.mul(v128.load32_splat(weights + e, 4), v128.load(now + k)));
      }
      const walked = f32x4.mul(f32x4.add(sum, sum2), inverse);
      const own = v128.load(now + row + lane);
      const moved = f32x4.mul(scale, f32x4.sub(walked, f32x4.mul(centre, own)));
      const to = next + row + lane;
      v128.store(to, f32x4.sub(moved, f32x4.mul(keep, v128.load(to))));
    }
  }
  arrive(done);
}

/**
 * Chunk sums under the degrees: out[chunk] = | Σ d·u_a·u_b width² f64 | Σ d·u_a·v_b width² f64 |
 * Σ d·u_a width f64 |. v may equal u.
 */
export function gram(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, degreeOf: usize, width: i32, u: usize, v: usize, out: usize,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const bytes = (<usize>width) << 2;
  const sums = (<usize>(2 * width * width + width)) << 3;
  const uu = out + <usize>chunk * sums;
  const uv = uu + ((<usize>(width * width)) << 3);
  const u1 = uv + ((<usize>(width * width)) << 3);
  memory.fill(uu, 0, sums);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const d = <f64>load<f32>(degreeOf + ((<usize>i) << 2));
    const rowU = u + (<usize>i) * bytes;
    const rowV = v + (<usize>i) * bytes;
    for (let a = 0; a < width; a++) {
      const da = d * <f64>load<f32>(rowU + ((<usize>a) << 2));
      store<f64>(u1 + ((<usize>a) << 3), load<f64>(u1 + ((<usize>a) << 3)) + da);
      for (let b = 0; b < width; b++) {
        const at = (<usize>(a * width + b)) << 3;
        store<f64>(uu + at, load<f64>(uu + at) + da * <f64>load<f32>(rowU + ((<usize>b) << 2)));
        store<f64>(uv + at, load<f64>(uv + at) + da * <f64>load<f32>(rowV + ((<usize>b) << 2)));
      }
    }
  }
}

/**
 * u ← (u − means)·turn and v ← (v − means)·turn, both width × width f64, and the chunk's Σ d·(v − θ·u)² per vector.
 */
export function rotate(
  chunk: i32, _thread: i32, rows: i32, rowsPerChunk: i32, degreeOf: usize, width: i32, u: usize, v: usize,
  means: usize, turn: usize, thetas: usize, residuals: usize, scratch: usize,
): void {
  const last = min(rows, (chunk + 1) * rowsPerChunk);
  const bytes = (<usize>width) << 2;
  const out = residuals + (((<usize>chunk) * width) << 3);
  // | u of one row, f64 | v of one row, f64 | for this chunk
  const oldU = scratch + (((<usize>chunk) * width) << 4);
  const oldV = oldU + ((<usize>width) << 3);
  memory.fill(out, 0, (<usize>width) << 3);
  for (let i = chunk * rowsPerChunk; i < last; i++) {
    const d = <f64>load<f32>(degreeOf + ((<usize>i) << 2));
    const rowU = u + (<usize>i) * bytes;
    const rowV = v + (<usize>i) * bytes;
    for (let a = 0; a < width; a++) {
      const mean = load<f64>(means + ((<usize>a) << 3));
      store<f64>(oldU + ((<usize>a) << 3), <f64>load<f32>(rowU + ((<usize>a) << 2)) - mean);
      store<f64>(oldV + ((<usize>a) << 3), <f64>load<f32>(rowV + ((<usize>a) << 2)) - mean);
    }
    for (let b = 0; b < width; b++) {
      let sumU = 0.0;
      let sumV = 0.0;
      for (let a = 0; a < width; a++) {
        const t = load<f64>(turn + ((<usize>(a * width + b)) << 3));
        sumU += load<f64>(oldU + ((<usize>a) << 3)) * t;
        sumV += load<f64>(oldV + ((<usize>a) << 3)) * t;
      }
      store<f32>(rowU + ((<usize>b) << 2), <f32>sumU);
      store<f32>(rowV + ((<usize>b) << 2), <f32>sumV);
      const miss = sumV - load<f64>(thetas + ((<usize>b) << 3)) * sumU;
      const to = out + ((<usize>b) << 3);
      store<f64>(to, load<f64>(to) + d * miss * miss);
    }
  }
}
