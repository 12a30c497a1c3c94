import { createHash } from 'node:crypto';
import type { ClusterOptions } from '../../src/index.js';

/** Rows of four topics, enough for a run with every file; `word` makes them another run's. */
export function smallRows(word: string, rows = 24): { title: string; text: string }[] {
  return Array.from({ length: rows }, (_, row) => ({
    title: `topic${row % 4} ${word} ${row}`,
    text: `topic${row % 4} ${'x'.repeat(row % 7)} number`,
  }));
}

export const toCsv = (rows: { title: string; text: string }[]): string =>
  `title,text\n${rows.map(({ title, text }) => `${title},${text}\n`).join('')}`;

/** Eight numbers that depend on the topic most and on the rest of the text a little. */
export function smallVector(text: string): number[] {
  const topic = createHash('sha256').update(text.slice(0, 6)).digest();
  const rest = createHash('sha256').update(text).digest();
  return Array.from({ length: 8 }, (_, at) => topic[at] - 128 + rest[at] / 50);
}

/** A run of milliseconds: the vectors are given, the layout is short. */
export const smallOptions: ClusterOptions = {
  text: ['title', 'text'],
  model: { id: 'small', embed: (texts) => texts.map(smallVector) },
  layout: { epochs: 2 },
};
