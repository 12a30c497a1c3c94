// Run by kill.test.ts in a process of its own: embeds rows of news with the tiny BGE-M3 into a vector cache and
// prints what it reports: `done 12` lines, then one line of JSON. Arguments: cache folder, first row, rows.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type EmbedOptions, embedTexts } from '../../src/embed/index.js';

const [folder, from, rows] = process.argv.slice(2);
export const newsRows = (first: number, count: number): string[] =>
  readFileSync(new URL('../fixtures/news/ag_news_870.csv', import.meta.url), 'utf8')
    .split('\n')
    .slice(1 + first, 1 + first + count);

export const options: EmbedOptions = {
  model: fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url)),
  pooling: 'cls',
  device: 'cpu',
  threads: 1,
  batchTokens: 512,
};

if (folder) {
  const result = await embedTexts(newsRows(Number(from), Number(rows)), {
    ...options,
    cache: folder,
    onProgress: ({ stage, done }) => {
      if (stage !== 'embed' || done === undefined) return;
      process.stdout.write(`done ${done}\n`);
      // Holds each batch up a little, so that a kill finds the run in its middle on any machine.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    },
  });
  const { cached, computed } = result;
  process.stdout.write(`${JSON.stringify({ cached, computed })}\n`);
}
