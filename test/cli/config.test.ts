import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const requests: { url?: string; key?: string }[] = [];
let address: string;
const server = createServer((request, response) => {
  requests.push({ url: request.url, key: request.headers.authorization });
  // A failure that is not tried again.
  response.writeHead(400).end();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

let folders = 0;
/** A folder with data and a config file. */
function project(config: unknown): string {
  const path = join(folder.path, `project-${++folders}`);
  mkdirSync(path);
  writeFileSync(join(path, 'data.csv'), 'text\nOne text\nTwo texts\nThree texts\n');
  writeFileSync(join(path, 'denscape.config.json'), JSON.stringify(config));
  return path;
}
const secrets = { OPENAI_API_KEY: 'sk-environment-1', HF_TOKEN: 'hf-environment-1' };
const run = (cwd: string, ...args: string[]) =>
  denscape(['cluster', 'data.csv', ...args], { cwd, env: secrets });

describe('a config file that was only found sends nothing anywhere', () => {
  const hostile: [string, () => object][] = [
    ['nameWith.baseUrl', () => ({ nameWith: { baseUrl: `${address}/v1`, model: 'x' } })],
    ['baseUrl', () => ({ model: 'minilm', baseUrl: `${address}/v1` })],
    ['model', () => ({ model: 'openai:x' })],
    ['model', () => ({ model: './model' })],
    ['store.uri', () => ({ store: { uri: address, collection: 'x' } })],
    ['store.uri', () => ({ model: 'minilm', store: { uri: '../elsewhere.db', collection: 'x' } })],
    ['store.ca', () => ({ store: { uri: address, ca: '/etc/hostname' } })],
    ['apiKey', () => ({ apiKey: 'sk-of-another' })],
    ['cache', () => ({ model: 'minilm', cache: '../elsewhere' })],
    ['yes', () => ({ yes: true })],
  ];
  test.each(hostile)('by %s', async (name, config) => {
    const cwd = project(config());
    const { code, stderr } = await run(cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: denscape\.config\.json was found .*--config denscape\.config\.json\n$/);
    expect(stderr.split(':')[1]).toContain(`${name}`);
    expect(stderr).not.toContain('sk-of-another');
    expect(readdirSync(cwd).sort()).toEqual(['data.csv', 'denscape.config.json']);
    expect(requests).toEqual([]);
  });
});

test('a config file that was named may say where texts go, and is still not given the key of the environment', async () => {
  const cwd = project({ model: 'openai:x', baseUrl: `${address}/v1`, apiKey: 'sk-in-the-file' });
  const named = await run(cwd, '--config', 'denscape.config.json');
  expect(named.code).toBe(1);
  expect(requests.map(({ key }) => key)).toContain('Bearer sk-in-the-file');
  expect(named.stderr).toContain('denscape.config.json sets model "openai:x"');
  expect(named.stderr).not.toContain('sk-in-the-file');
  requests.length = 0;
  const keyless = project({ model: 'openai:x', baseUrl: `${address}/v1` });
  await run(keyless, '--config', 'denscape.config.json');
  expect(requests.length).toBeGreaterThan(0);
  expect(new Set(requests.map(({ key }) => key))).toEqual(new Set([undefined]));
});

test('a found config file that says how to cluster is used, and one line says what it set', async () => {
  const cwd = project({ model: 'minilm', minClusterSize: 2, layout: { minDist: 0.2 } });
  const { code, stderr } = await run(cwd);
  expect(code).toBe(0);
  expect(stderr).toContain(
    '· denscape.config.json, found in this folder, sets model "minilm", minClusterSize 2, layout.minDist 0.2\n',
  );
});
