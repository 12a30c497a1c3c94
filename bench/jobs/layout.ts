// A whole process that searches and lays out: ROWS COLS K. Prints the width of the layout.
import { layout } from '../../src/layout/index.js';
import { findNeighbors } from '../../src/neighbors/neighbors.js';
import { embeddings, points } from '../data.js';

const [rows, cols, k] = process.argv.slice(2, 5).map(Number);
const graph = await findNeighbors(cols < 16 ? points(rows, cols) : embeddings(rows, cols), k);
const start = performance.now();
const picture = await layout(graph, { seed: 42 });
const seconds = (performance.now() - start) / 1000;
const spread = picture.points.reduce((most, x) => Math.max(most, x), 0);
console.log(JSON.stringify({ seconds, spread }));
