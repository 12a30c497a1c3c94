// HDBSCAN alone, over points of your own; the same import works in a browser: node examples/points.mjs
import { hdbscan } from 'denscape/hdbscan';

const rows = 300;
const data = new Float32Array(rows * 2);
for (let row = 0; row < rows; row++) {
  // Two rings and, every tenth row, a point anywhere.
  const angle = row * 2.4;
  const radius = row % 2 ? 1 : 3;
  const far = row % 10 === 0;
  data[row * 2] = far ? Math.sin(row * 12.9) * 5 : radius * Math.cos(angle);
  data[row * 2 + 1] = far ? Math.sin(row * 78.2) * 5 : radius * Math.sin(angle);
}

const fit = await hdbscan({ data, rows, cols: 2 }, { minClusterSize: 10 });
console.log(`${fit.clusterCount} clusters, ${fit.labels.filter((label) => label < 0).length} points in none`);
console.log(`persistence ${Array.from(fit.persistence, (value) => value.toFixed(2)).join(', ')}`);
console.log(fit.exactness.certified ? 'proven exact' : 'not proven exact');
