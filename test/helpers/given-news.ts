import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../../src/entry/read.js';
import type { ClusterOptions } from '../../src/index.js';

const NEWS = new URL('../fixtures/news/', import.meta.url).pathname;
const GIVEN = new URL('../fixtures/given/', import.meta.url).pathname;

const floats = (path: string) => {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};

/** The 870 rows of AG News and 30 of another theme, and options with its sections as given topics and a model that looks MiniLM vectors up. */
export async function readGivenNews(): Promise<{
  rows: { section: string; text: string }[];
  options: ClusterOptions;
}> {
  const table = await readTable(join(NEWS, 'ag_news_870.csv'));
  const column = (name: string) => table.values[table.columns.indexOf(name)].map(String);
  const [section, title, description] = ['section', 'title', 'description'].map(column);
  const texts: string[] = JSON.parse(readFileSync(join(GIVEN, 'texts.json'), 'utf8'));
  const rows = [
    ...section.map((name, row) => ({ section: name, text: `${title[row]}\n${description[row]}` })),
    ...texts.slice(4).map((text) => ({ section: 'Culture', text })),
  ];
  const known = new Map<string, Float32Array>();
  const add = (names: string[], data: Float32Array) => {
    for (const [at, name] of names.entries()) known.set(name, data.subarray(at * 384, (at + 1) * 384));
  };
  add(
    rows.slice(0, 870).map(({ text }) => text),
    floats(join(NEWS, 'vectors_870x384.f32')),
  );
  add(texts, floats(join(GIVEN, 'vectors.f32')));
  const embed = (asked: string[]) =>
    asked.map((text) => {
      const vector = known.get(text);
      if (!vector) throw new Error(`no vector of ${text}`);
      return vector;
    });
  const model = { id: 'looked-up', embed };
  return { rows, options: { text: 'text', model, topics: join(GIVEN, 'topics.txt'), layout: { epochs: 2 } } };
}
