import { BLOCK } from './job.js';

/** Multiplications of a chunk: a few milliseconds. */
export const CHUNK_WORK = 1e8;

/** A number whose multiples modulo `count` visit every number below `count`, each far from the one before. */
function stepThrough(count: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let step = Math.max(1, Math.round(count * 0.382));
  while (divisor(step, count) !== 1) step++;
  return step;
}

/** How all pairs of blocks are divided into chunks of the kernel's `scanPairs`: a few milliseconds each, and enough chunks for all threads. */
export function pairsOfBlocks(
  blocks: number,
  cols: number,
  threads: number,
): { group: number; step: number; chunks: number } {
  const most = Math.floor(blocks / 2) + 1;
  const fitting = Math.floor(CHUNK_WORK / (BLOCK * BLOCK * cols));
  const shared = Math.ceil((blocks * most) / (threads * 16));
  const group = Math.max(1, Math.min(8, most, fitting, shared));
  return { group, step: stepThrough(blocks), chunks: blocks * Math.ceil(most / group) };
}
