// A whole process from a stored graph to labels: FOLDER ROWS K. Prints clusters and merges.
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { hdbscan } from '../../src/hdbscan/index.js';

const [folder, rows, k] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

/** Reads a file into an array that is already there: no second copy in memory. */
function fill<T extends Int32Array | Float32Array>(name: string, array: T): T {
  const file = openSync(join(folder, name), 'r');
  const bytes = new Uint8Array(array.buffer);
  for (let at = 0; at < bytes.length; ) at += readSync(file, bytes, at, bytes.length - at, null);
  closeSync(file);
  return array;
}

const indices = fill('indices', new Int32Array(rows * k));
const distances = fill('distances', new Float32Array(rows * k));
const start = performance.now();
const fit = await hdbscan({ indices, distances, rows, neighbors: k }, { minClusterSize: 10, minSamples: 5 });
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ clusters: fit.clusterCount, merges: fit.singleLinkage.left.length, seconds }));
