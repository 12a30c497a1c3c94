import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cluster } from '../../src/index.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows } from '../helpers/small-run.js';

const MAIN = new URL('../../build/cli/main.js', import.meta.url).pathname;
const news = new URL('../fixtures/news/ag_news_870.csv', import.meta.url).pathname;
const folder = testFolder();
const run = join(folder.path, 'topics');

const clients: Client[] = [];
async function connect(of: string, ...flags: string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, 'mcp', of, ...flags],
      env,
      stderr: 'inherit',
    }),
  );
  clients.push(client);
  return client;
}

/** The text of an answer, which is never longer than the bound. */
async function textOf(client: Client, name: string, args: Record<string, unknown> = {}) {
  const answer = await client.callTool({ name, arguments: args });
  const [content] = answer.content as { type: string; text: string }[];
  expect(content.text.length).toBeLessThan(62_000);
  return { text: content.text, isError: answer.isError === true };
}

// biome-ignore lint/suspicious/noExplicitAny: answers differ by tool
const ask = async (client: Client, name: string, args: Record<string, unknown> = {}): Promise<any> => {
  const { text, isError } = await textOf(client, name, args);
  expect(isError, text).toBe(false);
  return JSON.parse(text);
};

afterAll(() => Promise.all(clients.map((client) => client.close())));

describe('a kept run of 870 rows', () => {
  let client: Client;
  let snapshot: Record<string, number>;
  const files = () =>
    Object.fromEntries(readdirSync(run).map((name) => [name, readFileSync(join(run, name)).length]));

  beforeAll(async () => {
    const result = await cluster(news, {
      text: ['title', 'description'],
      model: 'minilm',
      layout: { epochs: 20 },
    });
    await result.save(run);
    snapshot = files();
    client = await connect(run);
  }, 400_000);

  test('every tool is listed as read-only, has a description, and can be called', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      ...[
        'compare_topics',
        'describe_run',
        'get_text',
        'list_topics',
        'map_svg',
        'nearest_texts',
        'search_meaning',
      ],
      ...['search_words', 'topic_texts', 'topics_by_group', 'topics_over_time'],
    ]);
    for (const { description, annotations, inputSchema } of tools) {
      expect(description?.length).toBeGreaterThan(20);
      expect(annotations?.readOnlyHint).toBe(true);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });

  test('topics, themes and levels are listed with pages that hold every topic once', async () => {
    const about = await ask(client, 'describe_run');
    expect(about).toMatchObject({
      rows: 870,
      source: 'ag_news_870.csv',
      text_columns: ['title', 'description'],
    });
    const seen: number[] = [];
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page = await ask(client, 'list_topics', { offset, limit: 7 });
      expect(page.entries.length).toBeLessThanOrEqual(7);
      seen.push(...page.entries.map(({ id }: { id: number }) => id));
      offset = page.next_offset;
    }
    expect(seen).toEqual(Array.from({ length: about.topics }, (_, id) => id));
    expect((await ask(client, 'list_topics', { level: 'themes' })).total).toBe(about.themes);
    for (const { level, groups } of about.levels)
      expect((await ask(client, 'list_topics', { level: String(level) })).total).toBe(groups);
  });

  test('texts of a topic are its own, the most central first, and whole one by one', async () => {
    const { entries: topics } = await ask(client, 'list_topics', { limit: 1 });
    const { total, entries, name } = await ask(client, 'topic_texts', { topic: 0, limit: 100 });
    expect([total, name]).toEqual([topics[0].size, topics[0].name]);
    expect(new Set(entries.map(({ row }: { row: number }) => row)).size).toBe(entries.length);
    const whole = await ask(client, 'get_text', { row: entries[0].row });
    expect(whole).toMatchObject({ row: entries[0].row, topic: 0 });
    expect(whole.columns).toHaveProperty('section');
  });

  test('words find the rows that hold them', async () => {
    const found = await ask(client, 'search_words', { query: 'oil PRICES' });
    expect(found.total).toBeGreaterThan(5);
    for (const { text } of found.entries) expect(text.toLowerCase()).toMatch(/oil[\s\S]*|prices[\s\S]*oil/);
    const phrase = await ask(client, 'search_words', { query: '"oil prices"' });
    expect(phrase.total).toBeLessThanOrEqual(found.total);
    expect((await ask(client, 'search_words', { query: 'zzzzqq' })).total).toBe(0);
  });

  test('meaning finds rows without the words, and a row its neighbours', async () => {
    const { entries } = await ask(client, 'search_meaning', {
      query: 'crude costs more at the pump',
      limit: 5,
    });
    expect(entries).toHaveLength(5);
    expect(
      entries.filter(({ text }: { text: string }) => /oil|crude|gas/i.test(text)).length,
    ).toBeGreaterThan(2);
    const [{ row }] = entries;
    const near = await ask(client, 'nearest_texts', { row, limit: 3 });
    const cosines = near.entries.map(({ cosine }: { cosine: number }) => cosine);
    expect(cosines).toEqual([...cosines].sort((a, b) => b - a));
    expect(near.entries.some((other: { row: number }) => other.row === row)).toBe(false);
    const next = await ask(client, 'nearest_texts', { row, limit: 3, offset: 3 });
    expect(next.entries[0].cosine).toBeLessThanOrEqual(cosines[2]);
  }, 60_000);

  test('two topics are compared, columns too', async () => {
    const compared = await ask(client, 'compare_topics', { a: 0, b: 1 });
    expect(compared.a.only_keywords.length + compared.shared_keywords.length).toBeGreaterThan(0);
    expect(compared.cosine_of_means).toBeLessThan(1);
    expect(compared.a_nearest_to_b).toHaveLength(3);
    const groups = await ask(client, 'topics_by_group', { column: 'section' });
    expect(groups.entries.map(({ value }: { value: string }) => value).sort()).toEqual([
      'Business',
      'Sci/Tech',
      'Sports',
      'World',
    ]);
  });

  test('the map and a part of it are pictures', async () => {
    const { text } = await textOf(client, 'map_svg');
    expect(text).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
    const part = await textOf(client, 'map_svg', { topic: 0, width: 300, height: 200 });
    expect(part.text.length).toBeLessThan(text.length);
  });

  test.each([
    ['topic_texts', { topic: 99_999 }, /there is no topic 99999/],
    ['topic_texts', {}, /topic is missing/],
    ['get_text', { row: 870 }, /from 0 to 869/],
    ['list_topics', { limit: 1e6 }, /limit must be a whole number of at least 1 and of at most 100/],
    ['list_topics', { level: '77' }, /level must be topics or themes/],
    ['list_topics', { colour: 'red' }, /there is no parameter "colour"/],
    ['search_words', { query: ' ' }, /query must be a text/],
    ['topics_over_time', {}, /there is no column with dates/],
    ['map_svg', { left: 1e9 }, /no row is in this part/],
    ['propose_name', { topic: 0, name: 'x' }, /there is no tool/],
    ['no_such_tool', {}, /there is no tool/],
  ])('%s with %j says what is wrong', async (name, args, message) => {
    const { text, isError } = await textOf(client, name, args);
    expect(isError).toBe(true);
    expect(text).toMatch(message);
  });

  test('nothing in the folder has changed', () => {
    expect(files()).toEqual(snapshot);
  });

  test('with --allow-edits a name is proposed, and the run stays as it is', async () => {
    const editor = await connect(run, '--allow-edits');
    const { tools } = await editor.listTools();
    expect(tools.find(({ name }) => name === 'propose_name')?.annotations?.readOnlyHint).toBe(false);
    await ask(editor, 'propose_name', { topic: 0, name: 'Port strikes', reason: 'says more' });
    expect((await textOf(editor, 'propose_name', { topic: 0, name: '<b>x</b>' })).isError).toBe(true);
    const lines = readFileSync(join(run, 'proposals.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { kind: 'name', topic: 0, name: 'Port strikes' },
    ]);
    const { 'proposals.jsonl': _, ...rest } = files();
    expect(rest).toEqual(snapshot);
  });
});

test('a run with given vectors has no search by meaning, and long texts come in pieces', async () => {
  const small = join(folder.path, 'small');
  const rows = smallRows('x');
  rows[0].text = 'topic0 '.repeat(4000);
  await (await cluster(rows, smallOptions)).save(small);
  const client = await connect(small);
  expect((await textOf(client, 'search_meaning', { query: 'x' })).isError).toBe(true);
  const first = await ask(client, 'get_text', { row: 0 });
  expect(first.text).toHaveLength(8000);
  const second = await ask(client, 'get_text', { row: 0, offset: first.next_offset });
  expect(second.text).not.toBe('');
  expect((await ask(client, 'search_words', { query: 'topic0' })).entries[0].text.length).toBeLessThan(500);
});

test('a folder without a run ends the server with exit code 2', async () => {
  await expect(connect(folder.path)).rejects.toThrow();
  expect(existsSync(join(folder.path, 'proposals.jsonl'))).toBe(false);
});
