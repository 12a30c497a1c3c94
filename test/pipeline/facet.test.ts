import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClusterOptions, cluster, openRun } from '../../src/index.js';
import type { Run } from '../../src/run/run.js';
import { type ChatServer, promptOf, say, startChatServer } from '../helpers/chat-server.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
let chat: ChatServer;
beforeEach(async () => {
  chat = await startChatServer((asked, response) => {
    const wish = promptOf(asked).includes('refund') ? 'their money back' : 'a faster delivery';
    say(response, { answer: wish });
  });
});
afterEach(() => chat.close());

const rows = Array.from({ length: 40 }, (_, row) => ({
  text: `Ticket ${row} of customer ${row * 7}: ${row % 2 ? 'I want a refund' : 'where is my parcel'}`,
  facet: row,
}));
const embedded: string[] = [];
const options = (): ClusterOptions => ({
  text: 'text',
  model: {
    id: 'answers',
    embed: (texts) => {
      embedded.push(...texts);
      return texts.map((text) => (text.includes('money') ? [1, 0.1] : [0.1, 1]));
    },
  },
  facet: { question: 'What does the writer want?', model: 'small', baseUrl: chat.baseUrl },
  cache: false,
  layout: { epochs: 2 },
});

test('answers are embedded, and stand next to the texts in the output', async () => {
  embedded.length = 0;
  const result = await cluster(rows, options());
  expect(new Set(embedded)).toEqual(new Set(['their money back', 'a faster delivery']));
  expect(result.texts[1]).toBe(rows[1].text);
  expect(result.table.columns).toEqual(['text', 'facet', 'facet_2']);
  expect(result.table.values[2].slice(0, 2)).toEqual(['a faster delivery', 'their money back']);
  const csv = join(folder.path, 'clusters.csv');
  await result.writeCsv(csv);
  expect(readFileSync(csv, 'utf8').split('\n')[0]).toMatch(/^text,facet,facet_2,topic,/);
  expect(result.facts.parameters).toMatchObject({
    'facet.question': 'What does the writer want?',
    'facet.model': 'small',
  });
  expect(JSON.stringify(result.facts)).not.toContain(chat.baseUrl);
  for (const { keywords } of result.themeTopics) expect(keywords.join(' ')).not.toMatch(/ticket|customer/i);
});

describe('a kept run', () => {
  const more = [
    { text: 'Ticket 90: I want a refund', facet: 90 },
    { text: 'Ticket 91: where is my parcel', facet: 91 },
    rows[3],
  ];
  const ask = () => ({ model: options().model, facet: { baseUrl: chat.baseUrl }, cache: false });
  const prompts = () => chat.requests.map(promptOf);
  let run: Run;
  beforeEach(async () => {
    const kept = join(folder.path, 'run');
    await (await cluster(rows, options())).save(kept);
    run = await openRun(kept);
    chat.requests.length = 0;
    embedded.length = 0;
  });

  test('asks about new texts only when rows are added or predicted', async () => {
    const grown = await run.add(more, { ...ask(), save: false });
    expect(prompts().sort()).toEqual([more[0].text, more[1].text]);
    expect(new Set(embedded)).toEqual(new Set(['their money back', 'a faster delivery']));
    expect(grown.changes?.skipped).toBe(1);
    expect(grown.table.columns).toEqual(['text', 'facet', 'facet_2']);
    expect(grown.table.values[2].slice(40)).toEqual(['their money back', 'a faster delivery']);
    expect(grown.labels[40]).toBe(grown.labels[1]);
    chat.requests.length = 0;
    const { topics, table } = await run.predict([...more, ...rows], ask());
    expect(prompts().sort()).toEqual([more[0].text, more[1].text]);
    expect(topics.subarray(3)).toEqual(run.labels);
    expect(table.values[2][0]).toBe('their money back');
  });

  test('keeps its question, not where texts are sent, and opens and is cut without it', async () => {
    await expect(run.add(more, { model: options().model })).rejects.toThrow(
      'facet.baseUrl must be given with `facet.question`, or as `nameWith.baseUrl`',
    );
    await expect(
      run.predict(more, { ...ask(), facet: { question: 'Other?', baseUrl: chat.baseUrl } }),
    ).rejects.toThrow(/^facet\.question is "What does the writer want\?" in this run; got "Other\?"/);
    expect(readFileSync(join(run.folder, 'run.json'), 'utf8')).not.toContain(chat.baseUrl);
    const cut = await run.recut({ minClusterSize: 4, save: false });
    expect(cut.facts.parameters['facet.question']).toBe('What does the writer want?');
    for (const { keywords } of cut.topics) expect(keywords.join(' ')).not.toMatch(/ticket|customer/i);
    expect(chat.requests).toEqual([]);
  });
});

test('model and address may be those that name topics; without any, and with vectors, it is refused', async () => {
  const { facet, ...rest } = options();
  const nameWith = { model: 'small', baseUrl: chat.baseUrl };
  const result = await cluster(rows.slice(0, 4), { ...rest, nameWith, facet: { question: 'What?' } });
  expect(result.table.columns).toContain('facet_2');
  await expect(cluster(rows, { ...rest, facet: { question: 'What?', model: 'small' } })).rejects.toThrow(
    'facet.baseUrl must be given with `facet.question`, or as `nameWith.baseUrl`',
  );
  await expect(cluster(rows, { ...rest, facet: { question: 'What?' } })).rejects.toThrow(
    'facet.model must be given with `facet.question`, or as `nameWith.model`',
  );
  const vectors = { data: new Float32Array(80).fill(1), rows: 40, cols: 2 };
  await expect(cluster(rows, { text: 'text', vectors, facet })).rejects.toThrow(
    /^facet\.question can't be with `vectors`/,
  );
});
