/**
 * An import as a process of its own, to be killed: its argument is JSON, `{"uri": …, "shard": "1/2", "batch": 10}`. With
 * `killAt` it kills itself once so many rows are stored, with other requests under way.
 * Prints `ready` when it starts to write, `stored N` after each request, and `done`.
 */
import { readShard, shardRows } from '../../src/store/ids.js';
import { openStore } from '../../src/store/open.js';
import type { StoreOptions } from '../../src/store/options.js';
import { newsTexts, newsVectors } from './news.js';

export interface ImportOptions {
  shard?: string;
  batch?: number;
  killAt?: number;
}

const {
  shard,
  batch = 15,
  killAt = Number.POSITIVE_INFINITY,
  ...options
} = JSON.parse(process.argv[2]) as StoreOptions & ImportOptions;
const texts = newsTexts();
const vectors = newsVectors();
const store = await openStore(options);
const ids = store.ids('minilm', texts);
await store.prepare({ dimensions: vectors.cols, model: 'minilm' });
const mine = shard ? shardRows(ids.length, readShard(shard)) : Int32Array.from(ids.keys());
const missing = await store.missing(Array.from(mine, (row) => ids[row]));
const rows = missing.map((at) => mine[at]);
console.log('ready', rows.length);
const data = new Float32Array(rows.length * vectors.cols);
rows.forEach((row, i) => {
  data.set(vectors.data.subarray(row * vectors.cols, (row + 1) * vectors.cols), i * vectors.cols);
});
await store.upsert(
  {
    ids: Array.from(rows, (row) => ids[row]),
    texts: Array.from(rows, (row) => texts[row]),
    vectors: { data, rows: rows.length, cols: vectors.cols },
  },
  {
    onProgress: ({ done = 0 }) => {
      console.log('stored', done);
      if (done >= killAt) process.kill(process.pid, 'SIGKILL');
    },
  },
  { most: batch },
);
console.log('done');
await store.close();
