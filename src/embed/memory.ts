import { totalmem } from 'node:os';
import { FailureError } from '../errors.js';
import { sizeText } from './download.js';

/**
 * A session's process had no memory left: it says so, or the operating system ended it with SIGKILL, as it
 * does with the largest process when memory runs out.
 */
export class MemoryFailure extends FailureError {
  /** Whether the session still runs: then a smaller batch may fit. */
  isSessionAlive = false;
}

/** Bytes that can still be taken: of the machine, or of the limit of the container or service. */
export const freeMemory = (): number => process.availableMemory();

/** Bytes that there are at most. Without a limit Node gives none, or a number beyond all memory. */
export const allMemory = (): number => Math.min(totalmem(), process.constrainedMemory() || totalmem());

/**
 * Bytes that embedding takes at its highest, from those of the weights: the program itself, the weights, and once and
 * a half as much while they are packed. Measured: bge-m3 in fp32 6 GB, in int8 2 GB, minilm 300 MB.
 */
const memoryNeed = (weights: number): number => 250e6 + 2.5 * weights;

/** What takes less than another model, largest first, with its bytes. */
const SMALLER: [string, number][] = [
  ['--model bge-m3 --dtype int8', 2e9],
  ['--model minilm', 3e8],
];

/** What of our own takes less than weights of so many bytes, and fits. */
function whatFits(weights: number, free: number): string {
  const fitting = SMALLER.filter(([, bytes]) => bytes < 0.9 * memoryNeed(weights) && bytes <= free);
  if (fitting.length > 0) {
    return `what fits: ${fitting.map(([flags, bytes]) => `${flags} (${sizeText(bytes)})`).join(' or ')}`;
  }
  return 'no smaller model fits: give it more memory, or let an endpoint embed (--model openai:NAME --base-url URL)';
}

const figures = (weights: number, free: number): string =>
  `this model takes about ${sizeText(memoryNeed(weights))}, and ${sizeText(free)} are free`;

/** For a model that is about to be opened: a warning where memory will not do, since the system ends without one. */
export function memoryWarning(weights: number, free = freeMemory()): string | undefined {
  if (free >= memoryNeed(weights)) return undefined;
  return `Memory may run out: ${figures(weights, free)}; ${whatFits(weights, free)}`;
}

/** The error for a run whose memory ran out, as far as can be seen from what is free after the session's end. */
export function memoryRanOut(weights: number, free = freeMemory()): FailureError {
  const what =
    free < memoryNeed(weights)
      ? 'the memory ran out'
      : 'the memory ran out, or another program ended the session';
  return new FailureError(`${what}: ${figures(weights, free)}; ${whatFits(weights, free)}`, {
    code: 'OUT_OF_MEMORY',
  });
}
