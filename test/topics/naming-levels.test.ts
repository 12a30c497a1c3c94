import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Progress } from '../../src/progress.js';
import type { Topic } from '../../src/shapes.js';
import { type NamingInput, type NamingSettings, nameLevels, nameTopics } from '../../src/topics/index.js';
import { type Asked, type ChatServer, promptOf, say, startChatServer } from '../helpers/chat-server.js';

let chat: ChatServer;
let cacheFolder: string;
let reported: Progress[];

beforeEach(async () => {
  chat = await startChatServer();
  cacheFolder = mkdtempSync(join(tmpdir(), 'denscape-levels-'));
  reported = [];
});

afterEach(async () => {
  await chat.close();
  rmSync(cacheFolder, { recursive: true, force: true });
});

const group = (id: number, size: number, keyword: string, exemplars: number[], parent?: number): Topic => ({
  ...{ id, size, persistence: 0, exemplars, parent },
  keywords: [keyword, `${keyword} more`],
  name: `${keyword}, kept`,
});

// Six topics of four texts each; three groups of two topics; one of all. The last text of a topic lies at its edge.
const labels = Int32Array.from({ length: 24 }, (_, row) => Math.floor(row / 4));
const texts = Array.from(labels, (label, row) => `Text ${row} of topic ${label}`);
const vectors = {
  data: Float32Array.from({ length: 48 }, (_, at) => (at % 2 === 0 ? labels[at >> 1] : ((at >> 1) % 4) ** 2)),
  rows: 24,
  cols: 2,
};
const above = (of: (topic: number) => number) => labels.map((label) => of(label));
const input: NamingInput = {
  texts,
  vectors,
  levels: [
    {
      groups: Array.from({ length: 6 }, (_, id) =>
        group(id, 4, `word${id}`, [id * 4 + 1], Math.floor(id / 2)),
      ),
      labels,
      above: 1,
    },
    {
      groups: Array.from({ length: 3 }, (_, id) => group(id, 8, `theme${id}`, [id * 8], 0)),
      labels: above((topic) => Math.floor(topic / 2)),
      above: 2,
    },
    { groups: [group(0, 24, 'everything', [0])], labels: above(() => 0) },
  ],
};

const nameIt = (more: Partial<NamingSettings> = {}) =>
  nameLevels(input, {
    ...{ baseUrl: chat.baseUrl, model: 'small', cacheFolder, ...more },
    onProgress: (p) => reported.push(p),
  });
const keywordOf = (asked: Asked) => /Keywords: (\w+)/.exec(promptOf(asked))?.[1] ?? '';
const nameOf = (asked: Asked) => ({
  name: `Called ${keywordOf(asked)}`,
  summary: `About ${keywordOf(asked)}.`,
});
const messages = (level: Progress['level']) =>
  reported.filter((p) => p.level === level).map(({ message }) => message ?? '');

test('larger groups are named from the names inside them, and all get a sentence', async () => {
  chat.answer = (asked, response) => say(response, nameOf(asked));
  const [topics, themes, whole] = await nameIt();
  expect(topics.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5].map((id) => `Called word${id}`));
  expect(themes.map(({ summary }) => summary)).toEqual(['About theme0.', 'About theme1.', 'About theme2.']);
  expect(whole[0].name).toBe('Called everything');
  const prompts = new Map(chat.requests.map((asked) => [keywordOf(asked), promptOf(asked)]));
  expect(prompts.get('theme1')).toContain('- Called word2 (50 %)\n- Called word3 (50 %)');
  expect(prompts.get('everything')).toContain('Called theme2 (33 %)');
});

test('a topic is shown with its central and outermost texts, its siblings and its parent', async () => {
  chat.answer = (asked, response) => say(response, nameOf(asked));
  await nameIt();
  const prompt = promptOf(chat.requests.find((asked) => keywordOf(asked) === 'word2') as Asked);
  expect(prompt).toContain('Part of: theme1, kept');
  expect(prompt).toContain('must not fit the name:\n- word3, word3 more\n');
  expect(prompt).not.toContain('word0');
  expect(prompt).toContain(
    'Texts from its centre:\n1. Text 9 of topic 2\nTexts from its edge:\n1. Text 11 of topic 2',
  );
});

test('requests have a schema of the response, and none where the endpoint refuses it', async () => {
  chat.answer = (asked, response) => {
    if (asked.response_format) return response.writeHead(400).end('response_format is not supported');
    if (asked.max_tokens) return response.writeHead(400).end('use max_completion_tokens instead');
    if (asked.temperature !== undefined) return response.writeHead(400).end('temperature must be 1');
    return say(response, `Here you are: ${JSON.stringify(nameOf(asked))}`);
  };
  const [topics] = await nameIt();
  expect(topics[0]).toMatchObject({ name: 'Called word0', summary: 'About word0.' });
  expect(chat.requests[0].response_format?.json_schema.schema).toMatchObject({
    required: ['name', 'summary'],
  });
  // What the first request found out holds for the others.
  expect(chat.requests).toHaveLength(10 + 3);
  expect(messages('warning')).toEqual([]);
});

test('prompt and language are part of the instructions and of the key of the cache', async () => {
  chat.answer = (asked, response) => say(response, nameOf(asked));
  await nameIt({ prompt: 'For engineers.', language: 'de' });
  const [{ messages: said }] = chat.requests;
  expect(said[0].content).toContain('For engineers.');
  expect(said[0].content).toContain('German');
  await nameIt({ prompt: 'For engineers.', language: 'de' });
  expect(chat.requests).toHaveLength(10);
  await nameIt({ prompt: 'For children.', language: 'de' });
  expect(chat.requests).toHaveLength(20);
});

test('calls and tokens are shown before the first request, and what they were afterwards', async () => {
  let before: string[] = [];
  chat.answer = (asked, response, _, nth) => {
    if (nth === 1) before = messages('info');
    say(response, nameOf(asked), { total_tokens: 300 });
  };
  await nameIt();
  expect(before).toHaveLength(1);
  expect(before[0]).toMatch(
    /^names are requested from small: about 10 calls and \d,\d{3} tokens, at most 200 calls and 200,000 tokens$/,
  );
  expect(messages('info')).toContain('names took 10 calls and 3,000 tokens');
});

test.each([2500, 3000, 4000])('what a server counts stays within the cap of %i tokens', async (maxTokens) => {
  let spent = 0;
  chat.answer = (asked, response) => {
    // Three characters a token, and a frame.
    const total_tokens = Math.ceil(JSON.stringify(asked.messages).length / 3) + 40;
    spent += total_tokens;
    setTimeout(() => say(response, nameOf(asked), { total_tokens }), 5);
  };
  await nameIt({ maxTokens });
  expect(spent).toBeLessThanOrEqual(maxTokens);
  expect(chat.requests.length).toBeGreaterThan(0);
  expect(messages('warning')[0]).toMatch(
    /^small named \d of 10 groups; \d+ keeps? (?:its|their) keywords: the cap on tokens is reached$/,
  );
});

test.each([1, 4, 7])('at most %i calls are made, repeated ones included', async (maxCalls) => {
  chat.answer = (asked, response, _, nth) =>
    nth % 2 ? response.writeHead(500).end() : say(response, nameOf(asked));
  await nameIt({ maxCalls });
  expect(chat.requests).toHaveLength(maxCalls);
});

test('no request comes before the time that Retry-After names', async () => {
  const arrivals: number[] = [];
  let refusedAt = Number.POSITIVE_INFINITY;
  chat.answer = (asked, response) => {
    arrivals.push(performance.now());
    if (arrivals.length > 1) return say(response, nameOf(asked));
    refusedAt = performance.now();
    // The first request is made alone, so none is on its way when the refusal arrives.
    return response.writeHead(429, { 'retry-after': '1' }).end();
  };
  const [topics] = await nameIt();
  expect(topics.every(({ name }) => name.startsWith('Called'))).toBe(true);
  expect(arrivals).toHaveLength(11);
  // Timers may fire a millisecond early.
  expect(Math.min(...arrivals.slice(1))).toBeGreaterThanOrEqual(refusedAt + 999);
});

test('a run that was killed goes on where it stopped', async () => {
  chat.answer = (asked, response, _, nth) => {
    if (nth <= 4) say(response, nameOf(asked));
  };
  const topics = input.levels[0].groups;
  const script = `
    const { nameTopics } = await import(${JSON.stringify(pathToFileURL(join(process.cwd(), 'build/entry/topics.js')).href)});
    await nameTopics(${JSON.stringify(topics)}, ${JSON.stringify(texts)}, ${JSON.stringify({ baseUrl: chat.baseUrl, model: 'small', cacheFolder })});
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const kept = () => {
    try {
      return readdirSync(join(cacheFolder, 'names')).filter((name) => name.endsWith('.json')).length;
    } catch {
      return 0;
    }
  };
  while (kept() < 4 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await ended;
  expect(kept()).toBe(4);
  chat.requests.length = 0;
  chat.answer = (asked, response) => say(response, nameOf(asked));
  const named = await nameTopics(topics, texts, { baseUrl: chat.baseUrl, model: 'small', cacheFolder });
  expect(named.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5].map((id) => `Called word${id}`));
  expect(chat.requests).toHaveLength(2);
});

test('addresses and numbers are redacted before texts, keywords and names are sent', async () => {
  const secretive: NamingInput = {
    texts: ['Ana, ana@example.org, 4111 1111 1111 1111', 'ring +49 30 901820'],
    levels: [
      { groups: [{ ...group(0, 2, 'bo@example.org', [0, 1]), keywords: ['bo@example.org', '030 901820'] }] },
    ],
  };
  chat.answer = (_, response) => say(response, { name: 'Fine', summary: '' });
  const naming = { baseUrl: chat.baseUrl, model: 'small' };
  await nameLevels(secretive, { ...naming, redact: true });
  expect(JSON.stringify(chat.requests)).not.toMatch(/example\.org|4111|901820/);
  expect(promptOf(chat.requests[0])).toContain('[card]');
  await nameLevels(secretive, { ...naming, redact: (text) => text.replace(/Ana/g, 'X') });
  expect(promptOf(chat.requests[1])).toContain('1. X,');
  const failing = () => {
    throw new Error('redaction failed');
  };
  await expect(nameLevels(secretive, { ...naming, redact: failing })).rejects.toThrow('redaction failed');
  expect(chat.requests).toHaveLength(2);
});

test('the key is seen by the given origin alone, also after a redirect there', async () => {
  const other = await startChatServer((_, response) => say(response, 'Stolen'));
  chat.answer = (asked, response, request, nth) => {
    if (request.url === '/v1/moved') return say(response, nameOf(asked));
    const location = nth < 3 ? '/v1/moved' : `${other.baseUrl}/chat/completions`;
    return response.writeHead(308, { location }).end();
  };
  try {
    const [topics] = await nameIt({ apiKey: 'sk-only-here-123' });
    expect(topics[0].name).toBe('Called word0');
    expect(new Set(chat.keys)).toEqual(new Set(['Bearer sk-only-here-123']));
    expect(other.requests).toEqual([]);
  } finally {
    await other.close();
  }
});

test('a response of 5 MB is given up', async () => {
  chat.answer = (_, response) => say(response, 'x'.repeat(5e6));
  const [topics] = await nameIt({ maxCalls: 2 });
  expect(topics).toEqual(input.levels[0].groups);
  expect(chat.requests).toHaveLength(2);
});
