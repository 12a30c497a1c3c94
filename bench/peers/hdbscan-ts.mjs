// hdbscan-ts from npm, in the protocol of peers.py. Arguments: the folder it is installed in.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { HDBSCAN } = createRequire(`${process.argv[2]}/`)('hdbscan-ts');
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
console.log = () => {};

let job;
let rows;
for await (const line of createInterface({ input: process.stdin })) {
  try {
    if (!job) {
      job = JSON.parse(line);
      const bytes = readFileSync(job.points);
      const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      rows = Array.from({ length: data.length / job.cols }, (_, row) =>
        Array.from(data.subarray(row * job.cols, (row + 1) * job.cols)),
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
    say({ seconds, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024), answer: { clusters, noise } });
  } catch (error) {
    say({ error: String(error?.message ?? error).split('\n')[0] });
    process.exit(1);
  }
}
