// Searches on a device in a process of its own and prints what came out: started by device.test.ts.
import { openSearcher } from '../../src/neighbors/open.js';
import { clustered } from './reference.js';

const points = clustered(200, 16, 3, true);
try {
  const searcher = await openSearcher(points, { device: process.argv[2], threads: 1 });
  const { indices, distances } = await searcher.search(6);
  console.log(JSON.stringify({ engine: searcher.engine, indices: [...indices], distances: [...distances] }));
  searcher.close();
} catch (error) {
  console.log(JSON.stringify({ name: (error as Error).name, message: (error as Error).message }));
}
