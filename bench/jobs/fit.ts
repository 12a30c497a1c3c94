// A process whose first call is hdbscan(): MIN_CLUSTER_SIZE MIN_SAMPLES COLS FILE, or ROWS of made-up vectors for a file.
import { readFileSync } from 'node:fs';
import { hdbscan } from '../../src/hdbscan/index.js';
import { embeddings } from '../data.js';

const [minClusterSize, minSamples, cols] = process.argv.slice(2, 5).map(Number);
const source = process.argv[5];

function fromFile(path: string) {
  const bytes = readFileSync(path);
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { data, rows: data.length / cols, cols };
}

const points = /^\d+$/.test(source) ? embeddings(Number(source), cols) : fromFile(source);
const start = performance.now();
const { clusterCount, exactness } = await hdbscan(points, { minClusterSize, minSamples });
// The call alone is what is timed.
console.error(`took-seconds ${(performance.now() - start) / 1000}`);
console.log(JSON.stringify({ clusters: clusterCount, certified: exactness.certified }));
