// hdbscan-ts from npm, in the protocol of peers.py. Arguments: the folder it is installed in.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { peakMiB } from '../memory.js';

interface Job {
  points: string;
  cols: number;
  options: { minClusterSize: number; minSamples: number };
}

interface HdbscanTs {
  HDBSCAN: new (options: Job['options']) => { fit(rows: number[][]): number[] };
}

const { HDBSCAN } = createRequire(`${process.argv[2]}/`)('hdbscan-ts') as HdbscanTs;
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
console.log = () => {};

let job: Job | undefined;
let rows: number[][] = [];
for await (const line of createInterface({ input: process.stdin })) {
  try {
    if (!job) {
      job = JSON.parse(line) as Job;
      const { cols, points } = job;
      const bytes = readFileSync(points);
      const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      rows = Array.from({ length: data.length / cols }, (_, row) =>
        Array.from(data.subarray(row * cols, (row + 1) * cols)),
      );
      say({ ready: true });
      continue;
    }
    const start = performance.now();
    const { minClusterSize, minSamples } = job.options;
    const labels = new HDBSCAN({ minClusterSize, minSamples }).fit(rows);
    const seconds = (performance.now() - start) / 1000;
    const noise = labels.filter((label) => label < 0).length / labels.length;
    const clusters = new Set(labels.filter((label) => label >= 0)).size;
    say({ seconds, peakMiB: peakMiB(), found: { clusters, noise } });
  } catch (error) {
    say({ error: String(error instanceof Error ? error.message : error).split('\n')[0] });
    process.exit(1);
  }
}
