// Writes fits for package-reads.py, which says how to use it.
import { readFileSync, writeFileSync } from 'node:fs';
import { hdbscan, type Matrix } from '../../src/hdbscan/index.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const vectors = fixture('news/vectors_870x384.f32');
const blobs = JSON.parse(fixture('hdbscan/data/blobs.json').toString());
const grid = JSON.parse(fixture('hdbscan/data/grid-ties.json').toString());
const news: Matrix = {
  data: new Float32Array(
    vectors.buffer.slice(vectors.byteOffset, vectors.byteOffset + vectors.length) as ArrayBuffer,
  ),
  rows: 870,
  cols: 384,
};
const stored = ({ values, rows, cols }: { values: number[]; rows: number; cols: number }): Matrix => ({
  data: Float32Array.from(values),
  rows,
  cols,
});

const jobs: [string, Matrix, number, number][] = [
  ['news, min 3/3', news, 3, 3],
  ['news, min 5/5', news, 5, 5],
  ['news, min 10/5', news, 10, 5],
  ['blobs, min 5/5', stored(blobs), 5, 5],
  ['blobs, min 3/1', stored(blobs), 3, 1],
  ['grid, min 3/2', stored(grid), 3, 2],
];

const fits = [];
for (const [name, points, minClusterSize, minSamples] of jobs) {
  const { labels, singleLinkage, condensedTree } = await hdbscan(points, { minClusterSize, minSamples });
  fits.push({
    name,
    labels: [...labels],
    left: [...singleLinkage.left],
    right: [...singleLinkage.right],
    distance: [...singleLinkage.distance],
    size: [...singleLinkage.size],
    parent: [...condensedTree.parent],
    child: [...condensedTree.child],
    lambda: [...condensedTree.lambda],
    childSize: [...condensedTree.size],
  });
}
writeFileSync(process.argv[2], JSON.stringify(fits));
