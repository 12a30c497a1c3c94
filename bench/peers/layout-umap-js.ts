// umap-js on given neighbours, its start included. Protocol of peers.py; the job is that of peers/layout.py.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { layout } from '../../src/layout/index.js';
import type { NeighborGraph } from '../../src/shapes.js';
import { peakMiB } from '../memory.js';

interface Job {
  indices: string;
  distances: string;
  k: number;
  options: { minDist?: number; epochs?: number };
}

function bytesOf(path: string): ArrayBuffer {
  const file = readFileSync(path);
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
}

const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
let graph: NeighborGraph | undefined;
let options: Job['options'] = {};
for await (const line of createInterface({ input: process.stdin })) {
  if (!graph) {
    const job = JSON.parse(line) as Job;
    const indices = new Int32Array(bytesOf(job.indices));
    const distances = new Float32Array(bytesOf(job.distances));
    graph = { indices, distances, rows: indices.length / job.k, neighbors: job.k };
    options = job.options;
    say({ ready: true });
    continue;
  }
  const { minDist, epochs } = options;
  const start = performance.now();
  await layout(graph, { engine: 'umap-js', minDist, epochs });
  const seconds = (performance.now() - start) / 1000;
  say({ seconds, peakMiB: peakMiB(), found: {} });
}
