import { counted } from '../counted.js';
import { FailureError } from '../errors.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import { neighborsFor } from './analysis.js';

/** What the memory of a run follows from. */
export interface Load {
  rows: number;
  /** Numbers of a vector. */
  cols: number;
  /** Neighbours of each row. */
  neighbors: number;
  /** Characters of all texts. */
  characters: number;
}

/** The program with its packages, and garbage. */
const PROGRAM = 350 * 2 ** 20;
/** Bytes of a character: the table, the texts, their words, the files. */
const PER_CHARACTER = 8;

/**
 * Rows up to which stages that need nothing of each other run at the same time: with more of them their memory would add up to
 * gigabytes.
 */
export const ROWS_AT_ONCE = 100_000;

/*
 * Measured as peaks of whole runs, from vectors, with 80 neighbours and 90 characters a text: 1.16 GB for 50,000 × 384, 1.06 for 100,000 × 48;
 * 1.97 GB for 250,000 × 384, 6.74 for 984,260 × 384. The estimate is within 15 % of them.
 */
/**
 * Copies of the vectors at a time, bytes of a neighbour (lists in the search, as a graph, and as the edges of tree and layout), and bytes of a
 * row in tree, topics and files.
 */
const EACH = { copies: 5, neighbor: 50, row: 1800 };
/** The same where stages follow each other: in canonical order and in the memory of the search, or as found and for the files. */
const EACH_OF_MANY = { copies: 2.25, neighbor: 20, row: 1000 };

/** Bytes of a run at its peak, estimated. */
export function neededBytes({ rows, cols, neighbors, characters }: Load): number {
  const each = rows <= ROWS_AT_ONCE ? EACH : EACH_OF_MANY;
  const ofRow = cols * 4 * each.copies + neighbors * each.neighbor + each.row;
  return PROGRAM + rows * ofRow + characters * PER_CHARACTER;
}

/** From so many bytes on a run says what it needs. */
const LARGE = 2 ** 30;
const GB = 1e9;

const gigabytes = (bytes: number) => `${(bytes / GB).toPrecision(2)} GB`;

/**
 * Says how much memory a large run needs, before its long stages.
 * @param limit bytes that it may take; what this process has and what is free, where it is undefined
 * @throws FailureError where it needs more
 */
export function stateMemory(load: Load, limit: number | undefined, { onProgress }: Watch): void {
  const needed = neededBytes(load);
  if (needed < LARGE && limit === undefined) return;
  const available = limit ?? availableBytes();
  const what = `${counted(load.rows, 'text')} × ${load.cols} numbers and ${load.neighbors} neighbours need about ${gigabytes(needed)} of memory`;
  if (needed <= available) {
    if (needed >= LARGE)
      onProgress?.({ stage: 'neighbors', message: `${what}; ${gigabytes(available)} are there` });
    return;
  }
  const there =
    limit === undefined ? `${gigabytes(available)} are there` : `\`maxMemory\` is ${limit / GB} GB`;
  throw new FailureError(
    `${what}, and ${there}; end other programs, take fewer \`neighbors\` and \`layout.neighbors\`, cluster a part of the rows, or state with \`maxMemory\` how many GB the run may take`,
    { code: 'OUT_OF_MEMORY', option: 'maxMemory' },
  );
}

/** What this process has, and what the system or the container can still give. */
function availableBytes(): number {
  return process.availableMemory() + process.memoryUsage.rss();
}

/** The load of texts with vectors of so many numbers. */
export function loadOf(texts: string[], cols: number, settings: Settings): Load {
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return { rows: texts.length, cols, neighbors: neighborsFor(settings, texts.length), characters };
}

/** Bytes of `maxMemory`. */
export const memoryLimit = ({ neighbors: { maxMemory } }: Settings): number | undefined =>
  maxMemory === undefined ? undefined : maxMemory * GB;
