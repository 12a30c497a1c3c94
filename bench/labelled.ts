import { access, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { embedTexts } from '../src/embed/index.js';
import { type Matrix, pickRows } from '../src/shapes.js';
import { seeded } from './data.js';

/** Texts that people gave labels, with the vectors of the texts. */
export interface Labelled {
  texts: string[];
  /** Number of each row's label, from 0. */
  labels: Int32Array;
  labelCount: number;
  vectors: Matrix;
}

export interface LabelledFile {
  name: string;
  rows: number;
  /** Read, and embedded by MiniLM where no vectors lie with it, at the first call. */
  load(): Promise<Labelled>;
}

const NEWS = fileURLToPath(new URL('../test/fixtures/news/', import.meta.url));

/**
 * Every NAME.csv of the folder with columns `text` and `label`; NAME.f32 with it, where it exists, holds the vectors as raw
 * float32. Without a folder, the 870 news of the tests, whose vectors are MiniLM's.
 */
export async function labelledFiles(folder = process.env.DENSCAPE_LABELLED): Promise<LabelledFile[]> {
  if (!folder) {
    const rows = records(await readFile(join(NEWS, 'ag_news_870.csv'))).map(
      ({ section, title, description }) => ({ label: section, text: `${title}\n${description}` }),
    );
    return [labelledFile('ag_news_870', rows, join(NEWS, 'vectors_870x384.f32'))];
  }
  const files = (await readdir(folder)).filter((file) => file.endsWith('.csv')).sort();
  if (files.length === 0) throw new Error(`DENSCAPE_LABELLED must be a folder with CSV files; got ${folder}`);
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      const rows = records(await readFile(path));
      if (rows.length === 0 || rows[0].text === undefined || rows[0].label === undefined)
        throw new Error(`${path} must have rows with the columns text and label`);
      return labelledFile(basename(file, '.csv'), rows, path.replace(/csv$/, 'f32'));
    }),
  );
}

const records = (csv: Buffer): Record<string, string>[] => parse(csv, { columns: true, bom: true });

function labelledFile(name: string, rows: Record<string, string>[], vectorFile: string): LabelledFile {
  let loaded: Promise<Labelled> | undefined;
  const load = async (): Promise<Labelled> => {
    const texts = rows.map(({ text }) => text);
    const hasVectors = await access(vectorFile).then(
      () => true,
      () => false,
    );
    const vectors = hasVectors
      ? await readVectors(vectorFile, rows.length)
      : (await embedTexts(texts, { model: 'minilm' })).vectors;
    return { texts, ...numbered(rows.map(({ label }) => label)), vectors };
  };
  return {
    name,
    rows: rows.length,
    load() {
      loaded ??= load();
      return loaded;
    },
  };
}

async function readVectors(path: string, rows: number): Promise<Matrix> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const data = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  if (data.length === 0 || data.length % rows !== 0)
    throw new Error(`${path} must hold as many numbers for each of ${rows} rows; got ${data.length} in all`);
  return { data, rows, cols: data.length / rows };
}

/** Labels as numbers from 0, in the order in which they first occur. */
function numbered<T>(labels: ArrayLike<T>): Pick<Labelled, 'labels' | 'labelCount'> {
  const numbers = new Map<T, number>();
  const of = (label: T) => {
    const known = numbers.get(label) ?? numbers.size;
    numbers.set(label, known);
    return known;
  };
  return { labels: Int32Array.from(labels as ArrayLike<never>, of), labelCount: numbers.size };
}

/** So many rows drawn without repetition, the same for the same seed; all rows in their own order where there are no more. */
export function sampleOf(all: Labelled, rows: number, seed: number): Labelled {
  const count = all.texts.length;
  if (rows >= count) return all;
  const random = seeded(seed);
  const order = Int32Array.from({ length: count }, (_, row) => row);
  for (let at = 0; at < rows; at++) {
    const other = at + Math.floor(random() * (count - at));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return rowsOf(all, order.slice(0, rows));
}

/** Some rows of a set, in the order given. */
export const rowsOf = (all: Labelled, rows: Int32Array): Labelled => ({
  texts: Array.from(rows, (row) => all.texts[row]),
  ...numbered(rows.map((row) => all.labels[row])),
  vectors: pickRows(all.vectors, rows),
});
