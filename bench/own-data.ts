import { resolveSettings } from '../src/options/table.js';
import { Clock } from '../src/pipeline/clock.js';
import { tableInput } from '../src/pipeline/input.js';
import { isNpy, readNpy } from '../src/read/npy.js';
import { type Matrix, pickRows } from '../src/shapes.js';
import { seeded } from './data.js';

/** Rows of a user's file with a text, and their vectors. */
export interface OwnData {
  vectors: Matrix;
  texts: string[];
}

export interface OwnFile {
  /** A `.npy` file of vectors, or what `denscape cluster` reads as a table of texts. */
  data: string;
  /** Vectors of a table's rows, as `--vectors` of `denscape cluster`; embedded by `model` where it is left out. */
  vectors?: string;
  /** Columns of the text with commas between, as `--text`. */
  text?: string;
  model?: string;
}

/** A quarter of them has 50 neighbours for each row, so that all parts are searched for as many. */
const LEAST_ROWS = 204;

/** Above what any search takes: a benchmark measures it however long that is. */
const ANY_SECONDS = 1e9;

/**
 * Reads a user's file as `denscape cluster` does. Vectors of a `.npy` file on its own are taken as they are, and its
 * rows get their numbers as texts.
 */
export async function readOwnData({ data, vectors, text, model }: OwnFile): Promise<OwnData> {
  const read = isNpy(data)
    ? await vectorsAlone(data)
    : await textsWithVectors(data, { vectors, text, model });
  const { rows, data: numbers } = read.vectors;
  if (rows < LEAST_ROWS)
    throw new Error(`${data} has ${rows} rows with a text; at least ${LEAST_ROWS} are needed`);
  const odd = numbers.findIndex((number) => !Number.isFinite(number));
  if (odd >= 0)
    throw new Error(
      `${data}: row ${Math.floor(odd / read.vectors.cols)} holds ${numbers[odd]}, not a finite number`,
    );
  return read;
}

async function vectorsAlone(path: string): Promise<OwnData> {
  const vectors = await readNpy(path);
  return { vectors, texts: Array.from({ length: vectors.rows }, (_, row) => `row ${row}`) };
}

async function textsWithVectors(
  path: string,
  { vectors, text, model }: Omit<OwnFile, 'data'>,
): Promise<OwnData> {
  const settings = resolveSettings({
    ...(vectors ? { vectors } : { model: model ?? 'minilm' }),
    ...(text ? { text: text.split(',') } : {}),
    maxSearchSeconds: ANY_SECONDS,
  });
  const input = tableInput(path, settings);
  const clock = new Clock();
  const corpus = await input.read(clock);
  const space = await input.embed(corpus, clock);
  if (!space.vectors) throw new Error(`${path}: no vectors`);
  return { vectors: space.vectors, texts: corpus.documents.gather(corpus.texts) };
}

/**
 * A quarter, half and all of the rows: each part is in the next one. Rows are drawn, since files are often sorted, and keep
 * their order.
 */
export function parts({ vectors, texts }: OwnData, seed = 7): OwnData[] {
  const { rows } = vectors;
  const random = seeded(seed);
  const drawn = Int32Array.from({ length: rows }, (_, row) => row);
  for (let at = rows - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [drawn[at], drawn[other]] = [drawn[other], drawn[at]];
  }
  return [rows >> 2, rows >> 1, rows].map((count) => {
    const chosen = drawn.slice(0, count).sort();
    return { vectors: pickRows(vectors, chosen), texts: Array.from(chosen, (row) => texts[row]) };
  });
}
