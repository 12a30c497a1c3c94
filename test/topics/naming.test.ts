import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Progress } from '../../src/progress.js';
import type { Topic } from '../../src/shapes.js';
import { nameTopics } from '../../src/topics/index.js';
import { readName } from '../../src/topics/label.js';
import { sendDrops, sendEndless } from '../embed/hub-server.js';

interface Asked {
  model: string;
  max_tokens: number;
  messages: { role: string; content: string }[];
}

const texts = Array.from(
  { length: 12 },
  (_, i) => `Text number ${i}\nwith <b>markup</b> and ${'words '.repeat(200)}`,
);
const topics: Topic[] = Array.from({ length: 4 }, (_, id) => ({
  id,
  size: 10 - id,
  persistence: 0.5,
  keywords: [`word${id}`, 'other'],
  name: `Word${id}, other`,
  exemplars: [id * 3, id * 3 + 1],
}));

let answer: (asked: Asked, response: ServerResponse, request: IncomingMessage, nth: number) => void;
let requests: Asked[];
let server: ReturnType<typeof createServer>;
let baseUrl: string;
let cacheFolder: string;
let reported: Progress[];

beforeEach(async () => {
  requests = [];
  reported = [];
  cacheFolder = mkdtempSync(join(tmpdir(), 'denscape-names-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const asked: Asked = JSON.parse(body);
      requests.push(asked);
      answer(asked, response, request, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(cacheFolder, { recursive: true, force: true });
});

const say = (response: ServerResponse, content: unknown, usage?: { total_tokens: number }) =>
  response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content } }], usage }));
const idOf = ({ messages }: Asked) => /word(\d)/.exec(messages[1].content)![1];
const nameIt = (more: Partial<Parameters<typeof nameTopics>[2]> = {}) =>
  nameTopics(topics, texts, {
    baseUrl,
    model: 'small',
    cacheFolder,
    onProgress: (p) => reported.push(p),
    ...more,
  });
const warnings = () => reported.filter(({ level }) => level === 'warning').map(({ message }) => message);
const names = (named: Topic[]) => named.map(({ name }) => name);

describe('nameTopics', () => {
  test('good responses become names and leave the keywords alone', async () => {
    answer = (asked, response) => say(response, ` "Strikes in port ${idOf(asked)}." \n`);
    const named = await nameIt();
    expect(names(named)).toEqual([0, 1, 2, 3].map((id) => `Strikes in port ${id}`));
    expect(named.map(({ keywords }) => keywords)).toEqual(topics.map(({ keywords }) => keywords));
    expect(topics[0].name).toBe('Word0, other');
    expect(warnings()).toEqual([]);
    const [{ messages, model }] = requests;
    expect(model).toBe('small');
    expect(messages[1].content).toContain('Text number 0 with');
    expect(messages[1].content).not.toContain('<b>');
    expect(messages[1].content.length).toBeLessThan(1200);
  });

  test('the largest topics alone are named', async () => {
    answer = (asked, response) => say(response, `Name ${idOf(asked)}`);
    expect(names(await nameIt({ largest: 2 }))).toEqual(['Name 0', 'Name 1', 'Word2, other', 'Word3, other']);
    expect(requests).toHaveLength(2);
  });

  test('a second run makes no request and gets the same names', async () => {
    answer = (asked, response) => say(response, `Name ${idOf(asked)}`);
    const first = await nameIt();
    answer = (_, response) => say(response, 'Another name');
    expect(await nameIt()).toEqual(first);
    expect(requests).toHaveLength(4);
    await nameIt({ model: 'other' });
    expect(requests).toHaveLength(8);
  });

  test('nonsense falls back topic by topic and is not cached', async () => {
    const nonsense = ['{"oops": [1, 2', 'I’m sorry, but as an AI I cannot do that', '42 :-) !!', 'Fine name'];
    answer = (asked, response) => say(response, nonsense[Number(idOf(asked))]);
    expect(names(await nameIt())).toEqual(['Word0, other', 'Word1, other', 'Word2, other', 'Fine name']);
    expect(readdirSync(join(cacheFolder, 'names'))).toHaveLength(1);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toMatch(
      /^small named 1 of 4 topics; 3 keep their keywords: topic \d returned .* which is no name$/,
    );
  });

  test('two topics never get the same name, and the larger keeps it', async () => {
    answer = (_, response, __, nth) => setTimeout(() => say(response, 'The same'), nth === 1 ? 50 : 0);
    expect(names(await nameIt())).toEqual(['The same', 'Word1, other', 'Word2, other', 'Word3, other']);
  });

  test('a request refused with 429 is repeated after the time that the server names', async () => {
    const seen = new Set<string>();
    answer = (asked, response) => {
      if (seen.has(idOf(asked))) return say(response, `Name ${idOf(asked)}`);
      seen.add(idOf(asked));
      response.writeHead(429, { 'retry-after': '0' }).end('slow down');
    };
    expect(names(await nameIt())).toEqual(['Name 0', 'Name 1', 'Name 2', 'Name 3']);
    expect(requests).toHaveLength(8);
  });

  test('endless 429 ends with keywords', async () => {
    answer = (_, response) => response.writeHead(429).end();
    expect(names(await nameIt())).toEqual(names(topics));
    expect(warnings()[0]).toContain('got 429 from the endpoint');
    expect(requests.length).toBeLessThanOrEqual(12);
  });

  test('a server that hangs costs the timeout, and after three silent calls nothing more', async () => {
    answer = () => {};
    const many = Array.from({ length: 30 }, (_, id) => ({ ...topics[0], id, keywords: [`word${id}`] }));
    const named = await nameTopics(many, texts, {
      baseUrl,
      model: 'm',
      largest: 30,
      timeout: 0.3,
      onProgress: (p) => reported.push(p),
    });
    expect(named).toEqual(many);
    expect(requests.length).toBeLessThan(9);
    expect(warnings()[0]).toContain('the endpoint does not respond');
  });

  test('a server that crashes halfway leaves the names it gave', async () => {
    answer = (asked, response, request, nth) => {
      if (nth <= 2) return say(response, `Name ${idOf(asked)}`);
      request.socket.destroy();
    };
    const named = names(await nameIt());
    expect(named.filter((name) => name.startsWith('Name '))).toHaveLength(2);
    expect(named.filter((name) => name.startsWith('Word'))).toHaveLength(2);
  });

  test('a response cut off in the middle is no name', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write('{"choices": [{"mess');
      setTimeout(() => response.destroy(), 20);
    };
    expect(names(await nameIt())).toEqual(names(topics));
  });

  test('a refused key stops at once', async () => {
    answer = (_, response) => response.writeHead(401).end('no');
    await nameIt();
    expect(requests.length).toBeLessThanOrEqual(4);
    expect(warnings()[0]).toContain('the endpoint refused the key (401)');
  });

  test('the key is sent as a bearer token', async () => {
    let header: string | undefined;
    answer = (asked, response, request) => {
      header = request.headers.authorization;
      say(response, `Name ${idOf(asked)}`);
    };
    await nameIt({ apiKey: 'abc' });
    expect(header).toBe('Bearer abc');
  });

  test('a redirect to another host takes neither texts nor key there', async () => {
    const taken: string[] = [];
    const other = createServer((request, response) => {
      taken.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    answer = (_, response) => response.writeHead(307, { location }).end();
    try {
      expect(names(await nameIt({ apiKey: 'abc' }))).toEqual(names(topics));
      expect(taken).toEqual([]);
      expect(warnings()[0]).toContain('where your texts are not sent');
      expect(requests.length).toBeLessThanOrEqual(4);
    } finally {
      other.close();
    }
  });

  test('a response without end is read to a mebibyte, one of a byte now and then to the timeout', async () => {
    answer = (_, response) => sendEndless(response);
    expect(names(await nameIt())).toEqual(names(topics));
    expect(warnings()[0]).toMatch(/127\.0\.0\.1:\d+ sends more than the 1,048,576 bytes/);
    reported = [];
    answer = (_, response) => sendDrops(response);
    expect(names(await nameIt({ timeout: 0.3 }))).toEqual(names(topics));
    expect(warnings()).toHaveLength(1);
  });

  test('a server that wants a pause of a year gets no further request', async () => {
    answer = (_, response) => response.writeHead(429, { 'retry-after': '31536000' }).end();
    expect(names(await nameIt())).toEqual(names(topics));
    expect(requests.length).toBeLessThanOrEqual(4);
    expect(warnings()[0]).toContain('asks for a pause of 31536000 s');
  });

  test.each([
    'null',
    '[]',
    '{"choices":{}}',
    '{"choices":[null]}',
    '{"choices":[{"message":{"content":7}}]}',
  ])('the response %s gives no name, and no raw error', async (body) => {
    answer = (_, response) => response.end(body);
    expect(names(await nameIt())).toEqual(names(topics));
    expect(warnings()[0]).toContain('got a response without text');
  });

  test('a negative count of tokens buys no more of them', async () => {
    answer = (asked, response) => say(response, `Name ${idOf(asked)}`, { total_tokens: -1e9 });
    const many = Array.from({ length: 30 }, (_, id) => ({
      ...topics[0],
      id,
      keywords: [`word${id % 10}`, `k${id}`],
    }));
    await nameTopics(many, texts, {
      baseUrl,
      model: 'm',
      largest: 30,
      maxTokens: 5000,
      onProgress: (p) => reported.push(p),
    });
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.length).toBeLessThan(30);
    expect(warnings()[0]).toContain('the cap on tokens is reached');
  });

  test('calls are capped', async () => {
    answer = (asked, response) => say(response, `Name ${idOf(asked)}`);
    const named = await nameIt({ maxCalls: 2 });
    expect(requests).toHaveLength(2);
    expect(names(named).filter((name) => name.startsWith('Name'))).toHaveLength(2);
    expect(warnings()[0]).toContain('the cap on calls is reached');
  });

  test('tokens are capped by what the server says it used', async () => {
    answer = (asked, response) => say(response, `Name ${idOf(asked)}`, { total_tokens: 100_000 });
    const many = Array.from({ length: 20 }, (_, id) => ({
      ...topics[0],
      id,
      keywords: [`word${id % 10}`, `k${id}`],
    }));
    await nameTopics(many, texts, {
      baseUrl,
      model: 'm',
      maxTokens: 50_000,
      onProgress: (p) => reported.push(p),
    });
    expect(requests.length).toBeLessThanOrEqual(4); // those already on their way
    expect(warnings()[0]).toContain('the cap on tokens is reached');
  });

  test('an abort rejects at once', async () => {
    const controller = new AbortController();
    answer = () => controller.abort(new Error('enough'));
    await expect(nameIt({ signal: controller.signal })).rejects.toThrow('enough');
  });

  test.each(['localhost:11434', 'ftp://x/v1', 'nonsense'])('the address %s is refused', async (address) => {
    await expect(nameTopics(topics, texts, { baseUrl: address, model: 'm' })).rejects.toThrow(`"${address}"`);
  });

  test('a refusal that repeats the key, whole or cut off, shows none of it', async () => {
    for (const before of [0, 90, 100, 110]) {
      answer = (_, response, request) =>
        response.writeHead(400).end(`${'x'.repeat(before)} ${request.headers.authorization}`);
      await nameIt({ apiKey: 'sk-secret-1234567890' });
    }
    expect(warnings().join()).not.toMatch(/sk-secret|secret-12/);
  });

  test('a response that repeats the key names no topic by it', async () => {
    answer = (_, response, request) => say(response, `Name ${request.headers.authorization?.slice(7)}`);
    const named = await nameIt({ apiKey: 'sk-repeated-123456' });
    expect(JSON.stringify([named, warnings()])).not.toContain('sk-repeated');
  });

  test('a dead server leaves the keywords', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(names(await nameIt())).toEqual(names(topics));
    expect(warnings()[0]).toMatch(/could not reach the endpoint|does not respond/);
  });
});

test.each([
  ['Port strikes', 'Port strikes'],
  ['**Port strikes**', 'Port strikes'],
  ['Topic: 港口罢工', '港口罢工'],
  ['<think>Let me see.\nHm.</think>\nإضراب الميناء', 'إضراب الميناء'],
  ['„Hafenstreik“', 'Hafenstreik'],
  ['Sure! Here is a name:\nPort', undefined],
  ['one two three four five six seven eight nine ten eleven twelve thirteen', undefined],
  ['', undefined],
  ['...', undefined],
  ['x'.repeat(81), undefined],
  ['<script>alert(1)</script>', undefined],
  ['Port\u001b[31m strikes\u001b[0m\u0007', 'Port strikes'],
  ['Port\u202e strikes\u2066', 'Port strikes'],
  ["=cmd|'/C calc'!A1", "cmd|'/C calc'!A1"],
  ['\u001b[0m@SUM(1) strikes', 'SUM(1) strikes'],
  ['Port\rstrikes', undefined],
])('%j is read as %j', (said, name) => {
  expect(readName(said)).toBe(name);
});
