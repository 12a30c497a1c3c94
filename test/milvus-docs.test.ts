// The commands of docs/milvus.md, run as a reader would run them, and what it says about privileges.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { clusterCollection, embedFile } from '../src/index.js';
import { listCollections } from '../src/store/list.js';
import { startLite } from '../src/store/lite.js';
import { openClient } from './helpers/both-milvus.js';
import { denscape } from './helpers/cli.js';
import {
  lite2Python,
  litePython,
  type MilvusServer,
  makeCertificates,
  startLiteServer,
  startMilvus,
} from './helpers/milvus.js';
import { writeSparseModel } from './helpers/sparse-model.js';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const ROOT = new URL('..', import.meta.url).pathname;
const TOKEN = 'root:Milvus';
const page = readFileSync(join(ROOT, 'docs/milvus.md'), 'utf8');

/** The lines of the page's shell blocks, those that end with a backslash joined, without comments. */
const lines = Array.from(page.matchAll(/^```sh\n(.*?)^```$/gms), ([, block]) => block)
  .join('')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .map((line) => line.replace(/\s+#.*$/, '').trim())
  .filter((line) => line !== '');
/** Lines that install or start programs, which the helpers of these tests do, and the cloud, where there is no account. */
const isElsewhere = (line: string) =>
  /pip install|-m venv|^export |^milvus-lite server|zillizcloud|^mc cp|import\.py/.test(line);
const commands = lines.filter((line) => !isElsewhere(line));
/** Where a command stores rows; the places of one or two commands together, so that not too many run at a time. */
const placeOf = (line: string) =>
  /--milvus (\.\/news\.db|http:\/\/milvus\S+)/.exec(line)?.[1] ?? 'other places';
/** What a command reads from the folder that it runs in. */
const INPUTS = ['news.csv', 'denscape.config.json', 'bge-m3-onnx', 'milvus.db', 'ca.pem', 'me.pem', 'me.key'];

let folder: string;
let server: MilvusServer;
let secure: MilvusServer;
let lite: MilvusServer;
let client: MilvusClient;

beforeAll(async () => {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  folder = mkdtempSync(join(ROOT, '.cache', 'milvus-docs-'));
  const [head, ...rows] = readFileSync(join(ROOT, 'examples/news.csv'), 'utf8').split('\n');
  // A hundred of its rows show the same as all, in a quarter of the time.
  const some = rows.filter((row) => /^[^,]+,(Business|World|Science),/.test(row)).slice(0, 100);
  writeFileSync(join(folder, 'news.csv'), `${[head, ...some].join('\n')}\n`);
  writeFileSync(join(folder, 'denscape.config.json'), JSON.stringify({ model: 'minilm' }));
  await writeSparseModel(join(folder, 'bge-m3-onnx'));
  const certificates = await makeCertificates(join(folder, 'certificates'));
  cpSync(certificates.ca, join(folder, 'ca.pem'));
  cpSync(certificates.clientCert, join(folder, 'me.pem'));
  cpSync(certificates.clientKey, join(folder, 'me.key'));
  [server, secure, lite] = await Promise.all([
    startMilvus({ authorization: true }),
    startMilvus({ tls: 'mutual', certificates }),
    startLiteServer(),
    makeOldFile(join(folder, 'milvus.db')),
  ]);
  client = new MilvusClient({
    address: server.uri,
    token: TOKEN,
    telemetry: { enabled: false },
    logLevel: 'error',
  });
  await makeArticles();
});
afterAll(async () => {
  await client?.closeConnection();
  await Promise.all([server, secure, lite].map((each) => each?.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const vectorOf = (row: number) =>
  Array.from({ length: 8 }, (_, j) => (j === row % 4 ? 1 : 0.02 * Math.sin(row * 8 + j)));

/** The collection that a reader has already. */
async function makeArticles(): Promise<void> {
  const text = (name: string) => ({ name, data_type: DataType.VarChar, max_length: 1000 });
  await client.createCollection({
    collection_name: 'articles',
    fields: [
      { name: 'pk', data_type: DataType.Int64, is_primary_key: true },
      { name: 'dense', data_type: DataType.FloatVector, dim: 8 },
      ...['title', 'body', 'source'].map(text),
      { name: 'year', data_type: DataType.Int16 },
    ],
  });
  const index = { field_name: 'dense', index_type: 'FLAT', metric_type: 'COSINE', params: {} };
  await client.createIndex({ collection_name: 'articles', ...index });
  const data = Array.from({ length: 200 }, (_, row) => ({
    pk: row,
    dense: vectorOf(row),
    title: `Title ${row % 4}`,
    body: `The body of ${row}`,
    source: 'wire',
    year: 2020 + (row % 8),
  }));
  expect((await client.insert({ collection_name: 'articles', data })).status.reason).toBe('');
}

/** A file as Milvus Lite 2 leaves it. */
async function makeOldFile(path: string): Promise<void> {
  writeFileSync(path, '');
  process.env.DENSCAPE_PYTHON = await lite2Python();
  const old = await startLite(path, path);
  delete process.env.DENSCAPE_PYTHON;
  const own = openClient(old.url);
  try {
    await own.createCollection({
      collection_name: 'news_data',
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'embedding', data_type: DataType.FloatVector, dim: 8 },
        { name: 'text', data_type: DataType.VarChar, max_length: 1000 },
      ],
    });
    const index = { field_name: 'embedding', index_type: 'FLAT', metric_type: 'L2', params: {} };
    await own.createIndex({ collection_name: 'news_data', ...index });
    await own.loadCollectionSync({ collection_name: 'news_data' });
    const data = Array.from({ length: 100 }, (_, id) => ({
      id,
      embedding: vectorOf(id),
      text: `text ${id % 4}`,
    }));
    await own.insert({ collection_name: 'news_data', data });
  } finally {
    await own.closeConnection();
    await old.stop();
  }
}

test('the page has commands for every section that needs them', () => {
  expect(commands.length).toBeGreaterThanOrEqual(13);
  expect(lines.filter((line) => line.includes('zillizcloud'))).toHaveLength(1);
});

describe('a command of docs/milvus.md runs as it is written', () => {
  // Those of one address in their order, since later ones read what earlier ones stored; each address by itself.
  for (const [at, place] of [...new Set(commands.map(placeOf))].entries()) {
    describe.concurrent(`with ${place}:`, () => {
      it.sequential.each(commands.filter((line) => placeOf(line) === place))('%s', async (line) => {
        const cwd = join(folder, String(at));
        for (const name of INPUTS)
          cpSync(join(folder, name), join(cwd, name), { recursive: true, force: false });
        await run(line, cwd);
      });
    });
  }
});

async function run(line: string, cwd: string): Promise<void> {
  const [, python, rest] = /^(?:DENSCAPE_PYTHON=(\S+) )?npx denscape (.*)$/.exec(line) ?? [];
  expect(rest, line).toBeDefined();
  const args = [...rest.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
  const places: Record<string, string> = {
    'http://milvus.example:19530': server.uri,
    'https://milvus.example:19530': `https://localhost:${secure.port}`,
    'http://127.0.0.1:19530': lite.uri,
  };
  const isSecret = args.some((arg) => arg.startsWith('http://milvus'));
  const { stderr, code } = await denscape(
    args.map((arg) => places[arg] ?? arg),
    {
      cwd,
      env: {
        DENSCAPE_PYTHON: python ? await lite2Python() : await litePython(),
        ...(isSecret && { MILVUS_TOKEN: TOKEN }),
      },
    },
  );
  expect(stderr).not.toMatch(/^error/m);
  expect(code, stderr).toBe(0);
}

describe.concurrent('users with the privileges that the page names', () => {
  /** The privileges of one kind that the page lists, in backticks. */
  const section = /## Privileges\n(.*?)\n## /s.exec(page)?.[1] ?? '';
  const named = new Set(Array.from(section.matchAll(/`([A-Z][A-Za-z]+)`/g), ([, name]) => name));
  const READ = ['Load', 'GetLoadState', 'ShowPartitions', 'IndexDetail', 'Query', 'Search'];
  const WRITE = ['Insert', 'Upsert', 'Delete', 'Flush', 'GetFlushState'];

  async function user(name: string, collection: string[], global: string[]): Promise<string> {
    for (const privilege of [...collection, ...global]) expect(named).toContain(privilege);
    await client.createUser({ username: name, password: 'secret-pass' });
    await client.createRole({ roleName: `${name}_role` });
    for (const [object, names] of [
      ['Collection', collection],
      ['Global', global],
    ] as const) {
      for (const privilegeName of names) {
        const granted = await client.grantRolePrivilege({
          roleName: `${name}_role`,
          object,
          objectName: '*',
          privilegeName,
        } as never);
        expect(granted.reason, `${object} ${privilegeName}`).toBe('');
      }
    }
    await client.addUserToRole({ username: name, roleName: `${name}_role` });
    return `${name}:secret-pass`;
  }
  const model = {
    id: 'eight',
    embed: (texts: string[]) =>
      texts.map((text) => Float32Array.from(vectorOf(Number(/\d+/.exec(text)?.[0])))),
  };
  const texts = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `text ${from + i}`);

  it('read and cluster a collection', async () => {
    const token = await user('reader', READ, ['DescribeCollection']);
    const store = { uri: server.uri, token, collection: 'articles', textField: 'title' };
    const result = await clusterCollection({ minClusterSize: 5, store });
    expect(result.topics.length).toBeGreaterThan(1);
    await client.releaseCollection({ collection_name: 'articles' });
    await clusterCollection({ minClusterSize: 5, store: { ...store, neighborsFrom: 'server' } });
  });

  it('make, fill, prune and label a collection, and list all', async () => {
    const makes = await user(
      'maker',
      [...READ, ...WRITE, 'CreateIndex'],
      ['DescribeCollection', 'CreateCollection'],
    );
    const writes = await user('writer', [...READ, ...WRITE], ['DescribeCollection']);
    const lists = await user(
      'lister',
      ['IndexDetail', 'GetStatistics'],
      ['DescribeCollection', 'ShowCollections'],
    );
    const said: string[] = [];
    const onProgress = ({ message, level }: { message?: string; level?: string }) => {
      if (message && level === 'warning') said.push(message);
    };
    const store = { uri: server.uri, collection: 'privileges', source: 'texts' };
    const fill = (token: string, from: number, to: number, prune = false) =>
      embedFile(texts(from, to), { model, cache: false, onProgress, store: { ...store, token, prune } });
    expect((await fill(makes, 0, 40)).written).toBe(40);
    expect((await fill(writes, 10, 60, true)).written).toBe(20);
    const labelled = { uri: server.uri, collection: 'privileges', token: writes, writeBack: 'topic' };
    const result = await clusterCollection({ minClusterSize: 5, onProgress, store: labelled });
    expect(result.labels.length).toBe(50);
    expect(said).toEqual([]);
    const { collections } = await listCollections({ uri: server.uri, token: lists });
    expect(collections.map(({ name }) => name)).toContain('privileges');
  });
});
