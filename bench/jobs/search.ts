// A whole process that searches: ROWS COLS K ENGINE. Prints the engine and the sum of all distances.
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import type { EngineName } from '../../src/neighbors/searcher.js';
import { embeddings, points } from '../data.js';

const [rows, cols, k] = process.argv.slice(2, 5).map(Number);
const engine = process.argv[5] as EngineName;
const data = cols < 16 ? points(rows, cols) : embeddings(rows, cols);
const start = performance.now();
const { distances, exact } = await findNeighbors(data, k, { engine });
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ engine, exact, seconds, sum: distances.reduce((sum, x) => sum + x, 0) }));
