import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answersTo, type FacetSettings } from '../../src/language-model/facet.js';
import type { Progress } from '../../src/progress.js';
import { type ChatServer, promptOf, say, startChatServer } from '../helpers/chat-server.js';

let chat: ChatServer;
let folder: string;
let reported: Progress[];

beforeEach(async () => {
  chat = await startChatServer((asked, response) => say(response, { answer: `about ${promptOf(asked)}` }));
  folder = mkdtempSync(join(tmpdir(), 'denscape-facet-'));
  reported = [];
});
afterEach(async () => {
  await chat.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (texts: string[], more: Partial<FacetSettings> = {}) =>
  answersTo(
    texts,
    {
      ...{
        question: 'What is the writer asking for?',
        model: 'small',
        baseUrl: chat.baseUrl,
        timeout: 5,
        folder,
      },
      ...{ maxCalls: 100, maxTokens: 100_000, redact: false, ...more },
    },
    { onProgress: (p) => reported.push(p) },
  );
const messages = (level: Progress['level']) =>
  reported.filter((p) => p.level === level).map(({ message }) => message ?? '');

test('each different text is asked about once, with the cost shown before and after', async () => {
  let before: string[] = [];
  chat.answer = (asked, response, _, nth) => {
    if (nth === 1) before = messages('info');
    say(response, { answer: `about ${promptOf(asked)}` }, { total_tokens: 100 });
  };
  expect(await ask(['a', 'b', 'a'])).toEqual(['about a', 'about b', 'about a']);
  expect(chat.requests).toHaveLength(2);
  expect(chat.requests[0].messages[0].content).toContain('What is the writer asking for?');
  expect(before[0]).toMatch(
    /^small is asked about 2 texts: about 2 calls and \d+ tokens, at most 100 calls and 100,000 tokens$/,
  );
  expect(messages('info').at(-1)).toBe('answers took 2 calls and 200 tokens');
});

test('answers are kept by text and question', async () => {
  await ask(['a', 'b']);
  expect(await ask(['b', 'c'])).toEqual(['about b', 'about c']);
  expect(chat.requests).toHaveLength(3);
  await ask(['a'], { question: 'Who writes?' });
  expect(chat.requests).toHaveLength(4);
});

test('more texts than calls or tokens allow are refused before the first request', async () => {
  await expect(ask(['a', 'b', 'c'], { maxCalls: 2 })).rejects.toMatchObject({
    name: 'UserError',
    option: 'facet.maxCalls',
  });
  await expect(ask(['a', 'b', 'c'], { maxTokens: 50 })).rejects.toMatchObject({ option: 'facet.maxTokens' });
  expect(chat.requests).toHaveLength(0);
});

test('an endpoint that ends the work fails the run, which goes on from there the next time', async () => {
  chat.answer = (asked, response, _, nth) =>
    nth > 3 ? response.writeHead(401).end() : say(response, { answer: promptOf(asked) });
  await expect(ask(['a', 'b', 'c', 'd', 'e', 'f'])).rejects.toThrow(
    /small answered about 3 of 6 texts: the endpoint refused the key \(401\).*; run again to go on from there$/,
  );
  const before = chat.requests.length;
  chat.answer = (asked, response) => say(response, { answer: promptOf(asked) });
  expect(await ask(['a', 'b', 'c', 'd', 'e', 'f'])).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(chat.requests).toHaveLength(before + 3);
});

test('an answer that is none leaves the text without one, and a warning says so', async () => {
  chat.answer = (asked, response) => say(response, promptOf(asked) === 'b' ? '<b>no</b>' : 'fine words');
  expect(await ask(['a', 'b'])).toEqual(['fine words', '']);
  expect(messages('warning')[0]).toMatch(
    /^1 text has no answer and is embedded as it is: the model returned .* which is no answer$/,
  );
});

test('texts are redacted before they leave', async () => {
  await ask(['write to ana@example.org'], { redact: true });
  expect(promptOf(chat.requests[0])).toBe('write to [email]');
});
