import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { embedTexts } from '../src/embed/index.js';
import type { Matrix } from '../src/shapes.js';
import { embeddings } from './data.js';

/** AG News' test set, a CSV of 7,600 rows with title and description, where this names it. */
const NEWS = process.env.DENSCAPE_NEWS;

/** Data for which some figures are required: AG News by MiniLM, or made-up vectors of its size. Embedded once, then from the cache. */
export const news = { name: NEWS ? 'AG News' : 'made-up news', rows: 7600, cols: 384, make: newsVectors };

async function newsVectors(): Promise<Matrix> {
  if (!NEWS) return embeddings(news.rows, news.cols);
  const rows: { title: string; description: string }[] = parse(await readFile(NEWS), { columns: true });
  const texts = rows.map(({ title, description }) => `${title}\n${description}`);
  const { vectors } = await embedTexts(texts, { model: 'minilm' });
  if (vectors.rows !== news.rows)
    throw new Error(`${NEWS} has ${vectors.rows} rows, AG News' test set 7,600`);
  return vectors;
}
