import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClusterOptions, cluster, openRun } from '../../src/index.js';
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

test('a kept run opens, and refuses rows that were not asked about', async () => {
  const kept = join(folder.path, 'run');
  await (await cluster(rows, options())).save(kept);
  const run = await openRun(kept);
  expect(run.table.columns).toContain('facet_2');
  await expect(run.predict(['another'])).rejects.toThrow(/this run embedded answers to a question \(facet\)/);
});

test('model and address may be those that name topics; without any, and with vectors, it is refused', async () => {
  const { facet, ...rest } = options();
  const nameWith = { model: 'small', baseUrl: chat.baseUrl };
  const result = await cluster(rows.slice(0, 4), { ...rest, nameWith, facet: { question: 'What?' } });
  expect(result.table.columns).toContain('facet_2');
  await expect(cluster(rows, { ...rest, facet: { question: 'What?' } })).rejects.toThrow(
    'facet.model must be given with `facet.question`, or as `nameWith.model`',
  );
  const vectors = { data: new Float32Array(80).fill(1), rows: 40, cols: 2 };
  await expect(cluster(rows, { text: 'text', vectors, facet })).rejects.toThrow(
    /^facet\.question can't be with `vectors`/,
  );
});
