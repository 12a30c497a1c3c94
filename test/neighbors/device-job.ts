// Searches on a device in a process of its own, compares with brute force and prints which results are equal: started by
// device.test.ts, since a driver is looked for when the process starts.
import { isDeepStrictEqual } from 'node:util';
import * as ort from 'onnxruntime-node';
import { neighbors } from '../../src/entry/neighbors.js';
import { hdbscan } from '../../src/hdbscan/index.js';
import { deviceOf } from '../../src/neighbors/device-session.js';
import { openOnDevice } from '../../src/neighbors/on-device.js';
import { openSearcher } from '../../src/neighbors/open.js';
import type { Matrix } from '../../src/shapes.js';
import { bruteForce, bruteForeign, clustered, seeded } from './reference.js';

const name = process.argv[2];
const random = seeded(8);
const lattice: Matrix = {
  data: Float32Array.from({ length: 300 * 3 }, () => 1000 + Math.floor(random() * 4)),
  rows: 300,
  cols: 3,
};
/** Parts and groups of few columns. */
const limits = { width: 24, parts: 3 };

/** Whether neighbours, and where `hasEdges` the edges to other components too, are those of brute force. */
async function searchSmall(
  points: Matrix,
  some: Partial<typeof limits> & { sessionBytes?: number },
  hasEdges = false,
) {
  const searcher = await openOnDevice(points, ort, deviceOf(name), { threads: 1 }, some);
  const graph = await searcher.search(10);
  const rows = Int32Array.from({ length: 280 }, (_, at) => (at * 7) % points.rows);
  const component = Int32Array.from({ length: points.rows }, (_, at) => at % 3);
  const core = Float64Array.from({ length: points.rows }, (_, at) => 0.3 * (at % 4));
  const edges = hasEdges ? await searcher.nearestForeign(rows, component, core, 1) : undefined;
  searcher.close();
  return (
    isDeepStrictEqual(graph, bruteForce(points, 10)) &&
    (!edges || isDeepStrictEqual(edges, bruteForeign(points, rows, component, core, 1)))
  );
}

/** What is said where the device may search instead of the processor, and whether lists are those of brute force. */
async function searchPreferred(isMeasured: boolean) {
  const points = clustered(300, 12, 4);
  const said: (string | undefined)[] = [];
  const searcher = await openSearcher(points, {
    devices: { names: [name], fromSeconds: 0, isMeasured },
    neighbors: 5,
    threads: 1,
    onProgress: ({ level, message }) => level === 'info' && said.push(message),
  });
  const graph = await searcher.search(5);
  searcher.close();
  return { said, device: searcher.device, isEqual: isDeepStrictEqual(graph, bruteForce(points, 5)) };
}

/** Whether a whole fit on the device is certified and the one of WebAssembly. */
async function fitBoth(metric: 'euclidean' | 'cosine') {
  const points = clustered(280, 12, 4);
  const options = { minClusterSize: 5, minSamples: 3, neighbors: 4, metric };
  const there = await hdbscan(points, { ...options, device: name });
  const here = await hdbscan(points, { ...options, engine: 'wasm' });
  const { scannedRows } = there.exactness;
  const isEqual =
    isDeepStrictEqual(there.labels, here.labels) &&
    isDeepStrictEqual(there.probabilities, here.probabilities) &&
    isDeepStrictEqual(there.minimumSpanningTree.weight, here.minimumSpanningTree.weight);
  return { isEqual, certified: there.exactness.certified, scannedRows };
}

try {
  const listed = await neighbors(clustered(200, 16, 3, true), { neighbors: 6, device: name, threads: 1 });
  const { indices, distances } = bruteForce(clustered(200, 16, 3, true), 6);
  const found = {
    engine: listed.engine,
    device: listed.device,
    listed: isDeepStrictEqual([listed.indices, listed.distances], [indices, distances]),
    'one row': await searchSmall(clustered(1, 5, 1), limits),
    'odd sizes': await searchSmall(clustered(283, 17, 2, true), limits, true),
    'several sessions': await searchSmall(clustered(260, 7, 2), { ...limits, sessionBytes: 7 * 4 * 100 }),
    duplicates: await searchSmall(lattice, limits, true),
    preferred: await searchPreferred(false),
    measured: await searchPreferred(true),
    euclidean: await fitBoth('euclidean'),
    cosine: await fitBoth('cosine'),
  };
  console.log(JSON.stringify(found));
} catch (error) {
  console.log(JSON.stringify({ name: (error as Error).name, message: (error as Error).message }));
}
