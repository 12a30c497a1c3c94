import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import type { Matrix } from '../../src/shapes.js';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/store.js';
import { BATCH_ROWS } from '../../src/store/write.js';
import { litePython, startLiteServer, startMilvus } from '../../test/helpers/milvus.js';
import type { BenchCase, FunctionCase, ProcessCase } from '../case.js';
import { embeddings } from '../data.js';

/** Texts of the length of a headline and its first sentence. */
export const texts = (rows: number) =>
  Array.from({ length: rows }, (_, row) => `row ${row} ${'of a text '.repeat(20)}`);

/** The part of another client's rate that denscape must reach. */
const LEAST = 0.9;

/** What everybody writes first: rows as objects, batch after batch. */
async function bareLoop(
  client: MilvusClient,
  collection: string,
  ids: string[],
  { data, cols }: Matrix,
  text: string[],
) {
  for (let from = 0; from < ids.length; from += BATCH_ROWS) {
    const rows = ids.slice(from, from + BATCH_ROWS).map((id, i) => ({
      id,
      embedding: Array.from(data.subarray((from + i) * cols, (from + i + 1) * cols)),
      text: text[from + i],
    }));
    const { status } = await client.upsert({ collection_name: collection, data: rows, timeout: 120_000 });
    if (status.error_code !== 'Success') throw new Error(status.reason);
  }
}

/** The same rows by pymilvus: seconds of its insert and of its upsert. */
async function pymilvus(uri: string, { rows, cols }: Matrix): Promise<{ insert: number; upsert: number }> {
  const script = fileURLToPath(new URL('../peers/milvus_fill.py', import.meta.url));
  const args = [script, uri, String(cols), String(rows)];
  const { stdout } = await promisify(execFile)(await litePython(), args);
  return JSON.parse(stdout);
}

/**
 * Storing rows, timed in turn with the SDK's own upsert of the same batches into a collection of its own and, on a server,
 * with pymilvus.
 */
function insert(kind: 'lite' | 'server', rows: number, cols: number, quick = false): FunctionCase {
  return {
    kind: 'function',
    name: `store/insert-${kind}`,
    size: { rows, cols },
    quick,
    runs: 3,
    async open() {
      const server = await (kind === 'lite' ? startLiteServer() : startMilvus());
      const client = new MilvusClient({
        address: server.uri,
        telemetry: { enabled: false },
        logLevel: 'error',
      });
      const vectors = embeddings(rows, cols);
      const text = texts(rows);
      const seconds: Record<string, number[]> = {};
      const note = (client: string, took: number) => {
        seconds[client] ??= [];
        seconds[client].push(took / 1000);
      };
      let store: Store;
      let count = 0;
      const fresh = async () => {
        count++;
        store = await openStore({ uri: server.uri, collection: `ours_${count}` });
        await store.prepare({ dimensions: cols, model: 'bench' });
      };
      await fresh();
      const ids = store!.ids('bench', text);
      return {
        async run() {
          const start = performance.now();
          await store.upsert({ ids, vectors, texts: text });
          note('denscape', performance.now() - start);
        },
        async check() {
          const stored = (await store.describe()).rows;
          if (stored !== rows) throw new Error(`${stored} of ${rows} rows are stored`);
          await store.close();
          const name = `theirs_${count}`;
          await client.createCollection({
            collection_name: name,
            fields: [
              { name: 'id', data_type: DataType.Int64, is_primary_key: true },
              { name: 'embedding', data_type: DataType.FloatVector, dim: cols },
              { name: 'text', data_type: DataType.VarChar, max_length: 65_535 },
            ],
          });
          await client.createIndex({
            collection_name: name,
            field_name: 'embedding',
            index_type: 'FLAT',
            metric_type: 'L2',
          });
          await client.loadCollectionSync({ collection_name: name });
          const start = performance.now();
          await bareLoop(client, name, ids, vectors, text);
          note('the bare SDK', performance.now() - start);
          await client.dropCollection({ collection_name: name });
          if (kind === 'server') {
            const { insert, upsert } = await pymilvus(server.uri, vectors);
            note("pymilvus' insert", insert * 1000);
            note("pymilvus' upsert", upsert * 1000);
          }
          await fresh();
        },
        async close() {
          await store.close();
          await client.closeConnection();
          await server.stop();
          // The fastest of each: what else the machine did only ever slows down.
          const rates = Object.entries(seconds).map(([name, took]) => ({
            name,
            rate: rows / Math.min(...took),
          }));
          const shown = rates.map(({ name, rate }) => `${name} ${Math.round(rate)}`);
          process.stderr.write(`rows/s of ${cols} numbers: ${shown.join(', ')} … `);
          const [own, ...others] = rates;
          for (const { name, rate } of others)
            if (own.rate < rate * LEAST)
              throw new Error(
                `store/insert-${kind}: ${(own.rate / rate).toFixed(2)} times the rate of ${name}`,
              );
        },
      };
    },
  };
}

/** Megabytes that denscape and Milvus Lite may take together. */
const MOST_MIB = 1024;

/** The search stage over rows that lie in Milvus Lite: reading them and searching here, or searching by Milvus Lite. */
function searchStage(
  from: 'local' | 'server',
  rows: number,
  cols: number,
  queries: number,
  quick = false,
): ProcessCase {
  let folder: string;
  return {
    kind: 'process',
    name: `store/search-lite-${from}`,
    size: { rows, cols, k: 50 },
    quick,
    runs: 1,
    async command() {
      folder = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
      process.env.DENSCAPE_PYTHON = await litePython();
      const store = await openStore({ uri: join(folder, 'bench.db') });
      try {
        const text = texts(rows);
        await store.prepare({ dimensions: cols, model: 'bench' });
        await store.upsert({ ids: store.ids('bench', text), vectors: embeddings(rows, cols), texts: text });
      } finally {
        await store.close();
      }
      return {
        file: fileURLToPath(new URL('../peers/milvus-search.ts', import.meta.url)),
        args: [join(folder, 'bench.db'), from, String(rows), String(queries)],
      };
    },
    async check(printed) {
      await rm(folder, { recursive: true, force: true });
      const { own, lite, lines } = JSON.parse(printed) as { own: number; lite: number; lines: number };
      process.stderr.write(`${own} MiB here and ${lite} MiB in Milvus Lite … `);
      if (lines !== queries) throw new Error(`${lines} of ${queries} rows have neighbours`);
      if (own + lite > MOST_MIB)
        throw new Error(`the search stage took ${own + lite} MiB, above ${MOST_MIB}`);
    },
  };
}

export const cases: BenchCase[] = [
  insert('lite', 7600, 384),
  insert('server', 7600, 384),
  insert('server', 7600, 1024),
  searchStage('local', 7600, 384, 7600),
  searchStage('server', 7600, 384, 400),
];
