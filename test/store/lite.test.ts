import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/errors.js';
import { openSearcher } from '../../src/neighbors/open.js';
import { startLite } from '../../src/store/lite.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { openClient } from '../helpers/both-milvus.js';
import { litePython, scratch } from '../helpers/milvus.js';
import { NEWS, newsLabels, newsNeighbors, newsSquares, newsTexts, newsVectors, partitions } from './news.js';

let folder: Awaited<ReturnType<typeof scratch>>;
let python: string;
// Servers start and come back; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });

beforeAll(async () => {
  python = await litePython();
  folder = await scratch('lite');
});
afterAll(async () => {
  await folder?.remove();
});

/** The environment as a user has it: Milvus Lite in the Python that DENSCAPE_PYTHON names. */
async function withEnvironment<T>(
  values: Record<string, string | undefined>,
  run: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  try {
    return await run();
  } finally {
    process.env = before;
  }
}
const open = (options: Parameters<typeof openStore>[0]) =>
  withEnvironment({ DENSCAPE_PYTHON: python }, () => openStore(options));
/** Processes that this one started and that still run, with what `ps` shows of them. */
const children = () =>
  execFileSync('ps', ['--ppid', String(process.pid), '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('milvus_lite'));

describe('a local path', () => {
  it('starts Milvus Lite, keeps the news rows over a restart and gives the fixture its neighbours', async () => {
    const uri = join(folder.path, 'news.db');
    const texts = newsTexts();
    const vectors = newsVectors();
    const first = await open({ uri });
    const ids = first.ids('minilm', texts);
    try {
      expect((await first.missing(ids)).length).toBe(NEWS);
      await first.prepare({ dimensions: 384, model: 'minilm' });
      expect(await first.upsert({ ids, vectors, texts })).toBe(0);
    } finally {
      await first.close();
    }
    expect(children()).toEqual([]);

    const second = await open({ uri });
    try {
      expect((await second.missing(ids)).length).toBe(0);
      expect(await second.describe()).toMatchObject({
        kind: 'lite',
        version: '3.2.2',
        collection: 'news_data',
        rows: NEWS,
        metric: 'L2',
        dimensions: 384,
        exact: true,
        idType: 'INT64',
      });
      expect(second.plan(NEWS, 2 ** 30)).toEqual({
        from: 'local',
        why: expect.stringContaining('Milvus Lite'),
        exact: true,
      });
      const stored = await second.readVectors(ids);
      expect(stored.data).toEqual(vectors.data);
      const searcher = await openSearcher(stored);
      const found = await searcher.search(50);
      searcher.close();
      const memory = await openSearcher(vectors);
      const fromMemory = await memory.search(50);
      memory.close();
      expect(await partitions(found)).toEqual(await partitions(fromMemory));
      expect((await partitions(found)).plain).toEqual(newsLabels());
      const rows = Int32Array.from({ length: 87 }, (_, i) => i * 10);
      const graph = await second.neighbors(ids, 50, { vectors, rows });
      const neighbors = newsNeighbors();
      const squares = newsSquares();
      rows.forEach((row, i) => {
        expect(graph.indices.subarray(i * 50, i * 50 + 50)).toEqual(
          neighbors.subarray(row * 50, row * 50 + 50),
        );
        for (let place = 0; place < 50; place++) {
          expect(Math.abs(graph.distances[i * 50 + place] ** 2 - squares[row * 50 + place])).toBeLessThan(
            3e-7,
          );
        }
      });
    } finally {
      await second.close();
    }
  });

  it('does not pass the token of the environment to the server or print it', async () => {
    await withEnvironment({ MILVUS_TOKEN: 'root:hunter22' }, async () => {
      const store = await open({ uri: join(folder.path, 'secret.db') });
      try {
        const [pid] = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], {
          encoding: 'utf8',
        })
          .split('\n')
          .filter((line) => line.includes('milvus_lite'))
          .map((line) => Number.parseInt(line, 10));
        expect(execFileSync('ps', ['eww', '-p', String(pid)], { encoding: 'utf8' })).not.toContain(
          'hunter22',
        );
        expect(JSON.stringify(await store.describe())).not.toContain('hunter22');
      } finally {
        await store.close();
      }
    });
  });

  it('can be closed twice', async () => {
    const store = await open({ uri: join(folder.path, 'twice.db') });
    await store.close();
    await store.close();
    expect(children()).toEqual([]);
  });
});

describe('a Milvus Lite that ends while it is used', () => {
  it('is not waited for: the failure comes at once and says what happened', async () => {
    const uri = join(folder.path, 'dies.db');
    const said: string[] = [];
    const store = await withEnvironment({ DENSCAPE_PYTHON: python }, () =>
      openStore({ uri }, { onProgress: ({ message }) => message && said.push(message) }),
    );
    try {
      await store.prepare({ dimensions: 2, model: 'm' });
      const pids = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], {
        encoding: 'utf8',
      })
        .split('\n')
        .filter((line) => line.includes('milvus_lite') && line.includes('dies.db'))
        .map((line) => Number.parseInt(line, 10));
      expect(pids.length).toBe(1);
      process.kill(pids[0], 'SIGKILL');
      await expect(store.readCollection()).rejects.toThrow(
        /^Milvus Lite ended while it had .*dies\.db open .*; run the command again, rows that were written are kept$/,
      );
      expect(said.length).toBeLessThan(3);
    } finally {
      await store.close();
    }
  });
});

describe('a collection that was there before', () => {
  /** Fills the default collection as another program would. */
  async function foreign(uri: string): Promise<void> {
    const lite = await withEnvironment({ DENSCAPE_PYTHON: python }, () => startLite(uri, uri));
    const client = openClient(lite.url);
    try {
      await client.createCollection({
        collection_name: 'news_data',
        fields: [
          { name: 'id', data_type: DataType.Int64, is_primary_key: true },
          { name: 'embedding', data_type: DataType.FloatVector, dim: 2 },
          { name: 'text', data_type: DataType.VarChar, max_length: 65_535 },
        ],
      });
      await client.createIndex({
        collection_name: 'news_data',
        field_name: 'embedding',
        index_type: 'FLAT',
        metric_type: 'L2',
      });
      await client.loadCollectionSync({ collection_name: 'news_data' });
      await client.insert({
        collection_name: 'news_data',
        data: [{ id: 1, embedding: [0, 1], text: 'theirs' }],
      });
    } finally {
      await client.closeConnection();
      await lite.stop();
    }
  }
  const add = async (store: Store) => {
    await store.prepare({ dimensions: 2, model: 'm' });
    const vectors = { data: Float32Array.of(1, 0), rows: 1, cols: 2 };
    await store.upsert({ ids: store.ids('m', ['ours']), vectors, texts: ['ours'] });
  };

  it('is added to only when it is named', async () => {
    const uri = join(folder.path, 'theirs.db');
    await foreign(uri);
    const unnamed = await open({ uri });
    try {
      await expect(add(unnamed)).rejects.toThrow(
        /holds rows that denscape didn't store.*--collection news_data/,
      );
      expect((await unnamed.readCollection()).texts).toEqual(['theirs']);
    } finally {
      await unnamed.close();
    }
    const named = await open({ uri, collection: 'news_data' });
    try {
      await add(named);
      expect((await named.readCollection()).texts.sort()).toEqual(['ours', 'theirs']);
    } finally {
      await named.close();
    }
  });

  it('and was filled by denscape is added to without naming it', async () => {
    const uri = join(folder.path, 'ours.db');
    for (const round of [1, 2]) {
      const store = await open({ uri });
      try {
        await add(store);
        expect((await store.describe()).rows, `round ${round}`).toBe(1);
      } finally {
        await store.close();
      }
    }
  });
});

describe('where Milvus Lite is missing', () => {
  it('the error is the one command that installs it', async () => {
    // An interpreter that has nothing: a script that fails to import as Python does.
    const empty = join(folder.path, 'python3');
    writeFileSync(empty, '#!/bin/sh\necho "missing No module named \'milvus_lite\'"\nexit 3\n', {
      mode: 0o755,
    });
    const error = await withEnvironment({ DENSCAPE_PYTHON: empty }, () =>
      openStore({ uri: join(folder.path, 'x.db') }),
    ).catch((e) => e);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(
      `${join(folder.path, 'x.db')} needs Milvus Lite, which Python doesn't have here (No module named 'milvus_lite'); install it with: python3 -m pip install "milvus-lite>=3.2" pymilvus`,
    );
  });

  it('the error is the same without any Python', async () => {
    const nowhere = join(folder.path, 'nothing');
    mkdirSync(nowhere);
    const error = await withEnvironment({ PATH: nowhere, DENSCAPE_PYTHON: undefined }, () =>
      openStore({ uri: join(folder.path, 'x.db') }),
    ).catch((e) => e);
    expect(error.message).toMatch(/\(no python found\); install it with: python3 -m pip install/);
  });

  it('it is found next to its own command on the path', async () => {
    const bin = join(python, '..');
    await withEnvironment({ PATH: `${bin}:/usr/bin:/bin`, DENSCAPE_PYTHON: undefined }, async () => {
      const store = await openStore({ uri: join(folder.path, 'found.db') });
      await store.close();
    });
  });
});

describe('a path that cannot be a store', () => {
  it('is named with what is wrong with it', async () => {
    const error = await open({ uri: '/proc/nowhere/news.db' }).catch((e) => e);
    expect(error.message).toMatch(/\/proc\/nowhere\/news\.db/);
    expect(error.message).not.toContain('\n');
  });
});
