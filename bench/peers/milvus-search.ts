/**
 * The search stage as a process of its own: `milvus-search.ts FOLDER local|server ROWS QUERIES`. Prints its own peak
 * memory and that of the Milvus Lite it started, in MiB, and how many rows got their neighbours.
 */
import { readFileSync } from 'node:fs';
import { openSearcher } from '../../src/neighbors/open.js';
import { openStore } from '../../src/store/open.js';
import { texts } from '../cases/milvus.js';
import { peakMiB } from '../memory.js';

const [folder, from, rows, queries] = process.argv.slice(2);
const store = await openStore({ uri: folder, neighborsFrom: from === 'server' ? 'server' : 'local' });
const ids = store.ids('bench', texts(Number(rows)));
const plan = store.plan(ids.length, 2 ** 28);
let lines = 0;
if (plan.from === 'local') {
  const searcher = await openSearcher(await store.readVectors(ids));
  const graph = await searcher.search(50);
  await searcher.close();
  lines = countFull(graph.indices, 50);
} else {
  const asking = Int32Array.from({ length: Number(queries) }, (_, i) => i);
  lines = countFull((await store.neighbors(ids, 50, { rows: asking })).indices, 50);
}
const own = peakMiB();
// Its only child is Milvus Lite.
const lite = peakOf(readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')[0]);
await store.close();
process.stdout.write(JSON.stringify({ own, lite, lines }));
process.exit(0);

function countFull(indices: Int32Array, k: number): number {
  let full = 0;
  for (let row = 0; row < indices.length / k; row++) {
    if (!indices.subarray(row * k, (row + 1) * k).includes(-1)) full++;
  }
  return full;
}

/** Highest resident size of a process so far, as Linux keeps it. */
function peakOf(pid: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) / 1024);
}
