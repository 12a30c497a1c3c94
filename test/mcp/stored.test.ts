import { join, relative } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { embedTexts } from '../../src/embed/index.js';
import { cluster } from '../../src/index.js';
import { type Matrix, pickRows, type SparseRows } from '../../src/shapes.js';
import { pickSparse } from '../../src/sparse-rows.js';
import { openStore } from '../../src/store/open.js';
import { testFolder } from '../helpers/folder.js';
import { litePython } from '../helpers/milvus.js';
import { fused, TEXTS, writeSparseModel } from '../helpers/sparse-model.js';

const MAIN = new URL('../../build/cli/main.js', import.meta.url).pathname;
const folder = testFolder();
vi.setConfig({ hookTimeout: 300_000 });
let client: Client;
let vectors: Matrix;
let lexical: SparseRows;

beforeAll(async () => {
  process.env.DENSCAPE_PYTHON = await litePython();
  // An absolute path of this machine isn't kept with a run.
  const model = relative(process.cwd(), await writeSparseModel(join(folder.path, 'model')));
  const embed = {
    model,
    device: 'cpu',
    threads: 1,
    sparse: true,
    cache: join(folder.path, 'cache'),
  } as const;
  const store = { uri: join(folder.path, 'news.db'), collection: 'news' };
  // A row without text is none of the collection; a row of another program none of the run.
  const rows = [{ text: '' }, ...TEXTS.map((text) => ({ text }))];
  const result = await cluster(rows, { ...embed, text: 'text', minClusterSize: 2, store });
  await result.save(join(folder.path, 'topics'));
  const made = await embedTexts(TEXTS, embed);
  vectors = made.vectors;
  lexical = made.lexical as SparseRows;
  const opened = await openStore(store);
  try {
    const copied = Int32Array.of(3);
    await opened.upsert({
      ids: ['7'],
      texts: ['another'],
      vectors: pickRows(vectors, copied),
      lexical: pickSparse(lexical, copied),
    });
  } finally {
    await opened.close();
  }
  client = new Client({ name: 'test', version: '1.0.0' });
  const env = { ...process.env, DENSCAPE_PYTHON: process.env.DENSCAPE_PYTHON } as Record<string, string>;
  const args = [MAIN, 'mcp', join(folder.path, 'topics')];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'inherit' }));
});
afterAll(() => client?.close());

async function rowsOf(
  name: string,
  args: Record<string, unknown>,
): Promise<{ row: number; score: number }[]> {
  const { content, isError } = await client.callTool({ name, arguments: args });
  const [{ text }] = content as { text: string }[];
  expect(isError, text).toBeFalsy();
  return JSON.parse(text).entries;
}

/** By rows of the file, of which the first has no text. The other program's row, a copy of a text, has a place in both lists. */
function expected(): { row: number; score: number }[] {
  const all = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 3);
  return fused(pickRows(vectors, all), pickSparse(lexical, all), 0)
    .filter(({ id }) => id < TEXTS.length)
    .map(({ id, score }) => ({ row: id + 1, score }));
}

/** Rows of equal score may come in any order. */
function expectRanked(found: { row: number; score: number }[], rows: ReturnType<typeof expected>): void {
  const scoreOf = new Map(expected().map(({ row, score }) => [row, score]));
  expect(found.map(({ row }) => scoreOf.get(row))).toEqual(rows.map(({ score }) => score));
  for (const { row, score } of found) expect(score).toBeCloseTo(scoreOf.get(row) ?? 0, 5);
  expect(new Set(found.map(({ row }) => row)).size).toBe(rows.length);
}

it('a run whose vectors and weights are in Milvus is searched there, by both', async () => {
  const found = await rowsOf('search_meaning', { query: TEXTS[0], limit: 20 });
  expectRanked(found, expected());
  expect(found[0].row).toBe(1);
});

it('texts near to one of its rows are found without that row', async () => {
  const found = await rowsOf('nearest_texts', { row: 1, limit: 3 });
  expectRanked(found, expected().slice(1, 4));
});
