import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const KEY = 'sk-proj-7Hq/2+Zt9wXy';
const PASSWORD = 'hunt3r-of-leaks';
/** Everything of both by which they could be known again. */
const LEAK = /7Hq|9wXy|hunt3r|N0hxL|aHVudDNy/;
/** The same for packed data, which holds any three or four characters by chance. */
const LONG_LEAK = /7Hq(?:\\?\/|%2F)2|Zt9wXy|hunt3r|N0hxL|aHVudDNy/;

let host: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => answer(request, response));
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const themes = ['The ship left the port late', 'Rain falls on the mountain', 'The bank raises its rates'];
const rows = Array.from({ length: 24 }, (_, row) => `${themes[row % 3]} on day ${row}`);
const data = folder.write('data.csv', `text\n${rows.join('\n')}\n`);

/** An endpoint that says what it was sent. */
const echo = (status: number) => (request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status).end(JSON.stringify({ error: { message: 'wrong', headers: request.headers } }));
};

describe('no key and no password is printed', () => {
  const embed = ['cluster', data, '--model', 'openai:x', '--debug', '--out', join(folder.path, 'none')];
  const cases: [string, number, string[], NodeJS.ProcessEnv][] = [
    ['an endpoint that repeats a key (400)', 400, ['--base-url', 'http://HOST/v1', '--api-key', KEY], {}],
    ['an endpoint that repeats a key (404)', 404, ['--base-url', 'http://HOST/v1', '--api-key', KEY], {}],
    ['a key with a line break', 200, ['--base-url', 'http://HOST/v1', '--api-key', `${KEY}\n7Hq`], {}],
    ['a password in --base-url', 400, ['--base-url', `http://me:${PASSWORD}@HOST/v1`], {}],
    ['a password in an address that is none', 400, ['--base-url', `http//me:${PASSWORD}@HOST/v1`], {}],
    ['a password in an address without a scheme', 400, ['--base-url', `me:${PASSWORD}@HOST/v1`], {}],
    ['a key after a misspelt option', 400, [`--api-kye=${KEY}`], {}],
    ['a key of the environment', 400, [], { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: 'http://HOST/v1' }],
  ];
  test.each(cases)('by %s', async (_, status, args, env) => {
    answer = echo(status);
    const at = (text: string) => text.replace('HOST', host);
    const entries = Object.entries(env).map(([name, value]) => [name, at(value ?? '')]);
    const run = await denscape([...embed, ...args.map(at)], { env: Object.fromEntries(entries) });
    expect(run.stderr).toMatch(/^error: /m);
    expect(run.stdout + run.stderr).not.toMatch(LEAK);
  });

  test('by doctor, a hub or a Milvus with a password in its address', async () => {
    answer = echo(500);
    const env = { HF_ENDPOINT: `http://me:${PASSWORD}@${host}`, HF_TOKEN: KEY };
    const args = ['doctor', '--milvus', `http://me:${PASSWORD}@127.0.0.1:9`];
    const [text, json] = await Promise.all([denscape(args, { env }), denscape([...args, '--json'], { env })]);
    expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toMatch(LEAK);
  });
});

test('names with control characters and formulas reach no terminal and no file', async () => {
  let calls = 0;
  answer = (_, response) => {
    const content = `=cmd|'/C calc'!A${++calls}\u001b[2J\u001b]0;owned\u0007 \u202eport\u0000`;
    response.end(JSON.stringify({ choices: [{ message: { content } }] }));
  };
  const out = join(folder.path, 'named');
  const name = ['--name-with', 'x', '--name-url', `http://me:${PASSWORD}@${host}/v1`, '--name-api-key', KEY];
  const run = await denscape(['cluster', data, '--model', 'minilm', '--no-cache', ...name, '--out', out]);
  expect(run.code).toBe(0);
  expect(calls).toBeGreaterThan(0);
  expect(run.stdout + run.stderr).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
  for (const file of readdirSync(out)) {
    const content = readFileSync(join(out, file), 'utf8');
    const isPacked = /^map\.html$|\.(parquet|npy)$/.test(file);
    expect((isPacked ? LONG_LEAK : LEAK).test(content), `a secret in ${file}`).toBe(false);
    // Parquet and NumPy files are binary, and a table's cells stay in them as they were read.
    if (!isPacked) expect(content, file).not.toMatch(/(?![\n\r])\p{Cc}|\u202e|(^|,)=cmd/mu);
  }
});

test('texts, columns and file names of others print no control character', async () => {
  const odd = folder.write(
    'odd\u001b[31m\u202e.csv',
    `te\u001b[2Jxt\n${rows.map((row) => `${row} \u001b[31mred\u009b`).join('\n')}\n`,
  );
  const run = await denscape(['cluster', odd, '--model', 'minilm', '--out', join(folder.path, 'odd')]);
  expect(run.code).toBe(0);
  const failed = await denscape(['cluster', odd, '--text', 'absent\u001b[5m', '--debug']);
  expect(failed.code).toBe(2);
  const unknown = await denscape(['cluster', odd, '--colour\u001b[5m']);
  const all = [run, failed, unknown].map(({ stdout, stderr }) => stdout + stderr).join('');
  expect(all).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
});
