import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_COLLECTION } from '../../src/options/store.js';
import { openStore } from '../../src/store/open.js';
import type { StoreOptions } from '../../src/store/options.js';
import {
  litePython,
  type MilvusServer,
  SHORT_SESSION,
  scratch,
  startLiteServer,
  startMilvus,
} from '../helpers/milvus.js';
import { asBase64, PyMilvus } from '../helpers/pymilvus.js';
import type { ImportOptions } from './import-child.js';
import { NEWS, newsTexts, newsVectors } from './news.js';

/** The import, bundled once: a process starts twice as fast as through a TypeScript loader. */
const CHILD = fileURLToPath(new URL(`../../.cache/store/import-${process.pid}.mjs`, import.meta.url));
const pymilvus = new PyMilvus();
let server: MilvusServer;
let folder: Awaited<ReturnType<typeof scratch>>;

// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });

beforeAll(async () => {
  process.env.DENSCAPE_PYTHON = await litePython();
  folder = await scratch('crash');
  await build({
    entryPoints: [fileURLToPath(new URL('import-child.ts', import.meta.url))],
    outfile: CHILD,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    // The bundle is elsewhere, so paths of fixtures are resolved from this file.
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
    logLevel: 'error',
  });
  // A server that comes back waits for the session of the one that was killed to end.
  server = await startMilvus({ config: [SHORT_SESSION] });
});
afterAll(async () => {
  await pymilvus.close();
  await server?.stop();
  await folder?.remove();
  await rm(CHILD, { force: true });
});

interface Import {
  child: ChildProcess;
  /** Resolves once it has stored so many rows, or has ended. */
  stored(rows: number): Promise<void>;
  /** Its exit code; -1 when it was killed. */
  ended: Promise<number>;
  output(): string;
}

function startImport(options: StoreOptions & ImportOptions): Import {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const waiting: { rows: number; resolve: () => void }[] = [];
  const tell = (rows: number) => {
    for (const one of waiting) if (one.rows <= rows) one.resolve();
  };
  child.stdout.on('data', (bytes) => {
    output += bytes;
    if (output.includes('ready')) tell(0);
    for (const [, rows] of String(bytes).matchAll(/stored (\d+)\n/g)) tell(Number(rows));
  });
  child.stderr.on('data', (bytes) => {
    output += bytes;
  });
  ended.then(() => tell(Number.POSITIVE_INFINITY));
  const stored = (rows: number) => new Promise<void>((resolve) => waiting.push({ rows, resolve }));
  return { child, stored, ended, output: () => output };
}

/** Whether the bits are equal. A matcher would compare a third of a million numbers for a second, in which nothing else runs. */
const isEqual = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

/** What pymilvus reads: the rows of the import and nothing else, each once, bit for bit. */
async function expectByOthers(uri: string, collection: string, ids: string[]): Promise<void> {
  const rows = await pymilvus.read(uri, collection);
  const vectors = newsVectors().data;
  expect(rows.length).toBe(NEWS);
  const found = new Set(rows.map((row) => JSON.stringify([row.id, row.text, row.embedding])));
  newsTexts().forEach((text, row) => {
    const embedding = asBase64(vectors.subarray(row * 384, (row + 1) * 384));
    expect(found.has(JSON.stringify([ids[row], text, embedding])), `row ${row}`).toBe(true);
  });
}

/** The collection holds the news rows, each once, bit for bit: by denscape's reads and by pymilvus'. */
async function expectWhole(options: StoreOptions): Promise<void> {
  let ids: string[];
  const store = await openStore(options);
  try {
    const texts = newsTexts();
    ids = store.ids('minilm', texts);
    const stored = await store.readCollection();
    expect([...stored.ids].sort()).toEqual([...ids].sort());
    expect((await store.describe()).rows).toBe(NEWS);
    expect(isEqual((await store.readVectors(ids)).data, newsVectors().data)).toBe(true);
    const textOf = new Map(stored.ids.map((id, row) => [id, stored.texts[row]]));
    expect(ids.map((id) => textOf.get(id))).toEqual(texts);
  } finally {
    await store.close();
  }
  await expectByOthers(options.uri ?? '', options.collection ?? DEFAULT_COLLECTION, ids);
}

/** Imports that are killed after more and more rows, and one that finishes. */
async function killImports(options: StoreOptions): Promise<void> {
  // Together fewer than half of the rows, so that none has all of them before it is killed.
  for (const killAt of [1, 20, 50, 100, 150]) {
    const run = startImport({ ...options, batch: 2, killAt });
    expect(await run.ended, run.output()).toBe(-1);
  }
  const last = startImport(options);
  expect(await last.ended, last.output()).toBe(0);
  await expectWhole(options);
}

// Those of Milvus Lite run while the killed server waits for its session to end.
describe.concurrent('kill -9 of the server during an import', () => {
  /** The import is under way when the server dies, waits for it to come back, and finishes. */
  async function survive(target: MilvusServer, collection: string, batch: number): Promise<void> {
    const options = { uri: target.uri, collection, retries: 40 };
    const run = startImport({ ...options, batch });
    await run.stored(Math.floor(Math.random() * 100));
    await target.kill();
    expect(run.output()).not.toContain('done');
    await target.start();
    expect(await run.ended, run.output()).toBe(0);
    await expectWhole(options);
  }

  it('twice: the import waits for it to come back and finishes', async () => {
    for (const round of [1, 2]) await survive(server, `server_killed_${round}`, 2);
  });

  it('three times with Milvus Lite: the import waits for it to come back and finishes', async () => {
    const lite = await startLiteServer();
    try {
      for (const round of [1, 2, 3]) await survive(lite, `lite_${round}`, 4);
    } finally {
      await lite.stop();
    }
  });

  it('for good: the import fails with one line that names the server', async () => {
    const lite = await startLiteServer();
    const run = startImport({ uri: lite.uri, batch: 2, retries: 2 });
    await run.stored(0);
    await lite.stop();
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(
      /FailureError: Milvus at http:\/\/127\.0\.0\.1:\d+ does not answer \(connect ECONNREFUSED/,
    );
  });
});

describe.concurrent('on a local path', () => {
  it('an import that is killed five times is finished by the next run, and no Milvus Lite is left holding the folder', async () => {
    await killImports({ uri: join(folder.path, 'killed.db') });
  });

  it('the second of two writers fails with the advice to wait', async () => {
    const uri = join(folder.path, 'shared.db');
    const first = await openStore({ uri });
    try {
      await expect(openStore({ uri })).rejects.toThrow(
        /shared\.db is in use by another process; wait for it/,
      );
    } finally {
      await first.close();
    }
  });
});

describe('on a server', () => {
  it.concurrent('an import that is killed five times is finished by the next run', async () => {
    await killImports({ uri: server.uri, collection: 'killed' });
  });

  it.concurrent('two writers with a shard each fill one collection, losing nothing', async () => {
    const options = { uri: server.uri, collection: 'shards' };
    const writers = ['1/2', '2/2'].map((shard) => startImport({ ...options, shard }));
    for (const writer of writers) expect(await writer.ended, writer.output()).toBe(0);
    await expectWhole(options);
  });

  it.concurrent('a reader next to a writer gets rows as they were written, or is refused, and all of them in the end', async () => {
    const options = { uri: server.uri, collection: 'read_meanwhile' };
    const writer = startImport({ ...options, batch: 4 });
    await writer.stored(0);
    let isWriting = true;
    const ended = writer.ended.finally(() => {
      isWriting = false;
    });
    const texts = newsTexts();
    const vectors = newsVectors().data;
    const rowOf = new Map(texts.map((text, row) => [text, row]));
    const store = await openStore(options);
    let most = 0;
    try {
      const ids = store.ids('minilm', texts);
      while (isWriting) {
        const read = await store.readCollection().catch((error: Error) => {
          expect(error.message).toMatch(/changed while it was read/);
          return undefined;
        });
        read?.texts.forEach((text, at) => {
          const row = rowOf.get(text) ?? -1;
          expect(read.ids[at]).toBe(ids[row]);
          const stored = read.vectors.data.subarray(at * 384, (at + 1) * 384);
          expect(isEqual(stored, vectors.subarray(row * 384, (row + 1) * 384))).toBe(true);
        });
        most = Math.max(most, read?.ids.length ?? 0);
      }
    } finally {
      await store.close();
    }
    expect(await ended, writer.output()).toBe(0);
    expect(most).toBeLessThanOrEqual(NEWS);
    await expectWhole(options);
  });

  it.concurrent('two writers with the same rows store each once', async () => {
    const options = { uri: server.uri, collection: 'same' };
    const writers = [0, 1].map(() => startImport(options));
    for (const writer of writers) expect(await writer.ended, writer.output()).toBe(0);
    await expectWhole(options);
  });
});
