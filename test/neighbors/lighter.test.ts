// Searches for edges that are lighter than the path between their rows: the forest is a minimum spanning forest of all pairs afterwards.
import { describe, expect, test } from 'vitest';
import { Forest } from '../../src/hdbscan/forest.js';
import { openOnnx } from '../../src/neighbors/onnx.js';
import type { LighterSearch } from '../../src/neighbors/searcher.js';
import type { Matrix } from '../../src/shapes.js';
import { clustered, seeded } from './reference.js';

/** Weights of a minimum spanning tree of components, from all pairs of rows in float64 (Prim 1957). */
function treeOf({ data, cols }: Matrix, component: Int32Array, core: Float64Array, alpha: number): number[] {
  const components = Math.max(...component) + 1;
  const rows = component.length;
  const least = Array.from({ length: components }, () => new Float64Array(components).fill(Infinity));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      if (component[i] === component[j]) continue;
      let square = 0;
      for (let t = 0; t < cols; t++) square += (data[i * cols + t] - data[j * cols + t]) ** 2;
      const weight = Math.max(core[i], core[j], Math.sqrt(square) / alpha);
      const [a, b] = [component[i], component[j]];
      least[a][b] = Math.min(least[a][b], weight);
      least[b][a] = least[a][b];
    }
  }
  const weights: number[] = [];
  const best = least[0].slice();
  const isIn = new Uint8Array(components);
  isIn[0] = 1;
  for (let joined = 1; joined < components; joined++) {
    let next = -1;
    for (let c = 0; c < components; c++) if (!isIn[c] && (next < 0 || best[c] < best[next])) next = c;
    weights.push(best[next]);
    isIn[next] = 1;
    for (let c = 0; c < components; c++) best[c] = Math.min(best[c], least[next][c]);
  }
  return weights.sort((a, b) => a - b);
}

/** A task without known edges: all rows may be at a lighter one. */
function taskFor(rows: number, components: number, alpha = 1): LighterSearch & { forest: Forest } {
  const component = Int32Array.from({ length: rows }, (_, row) => (row * 7) % components);
  const random = seeded(rows);
  return {
    forest: new Forest(component, components),
    rows: Int32Array.from({ length: rows }, (_, row) => row),
    isLast: true,
    component,
    lowerBounds: new Float64Array(rows),
    core: Float64Array.from({ length: rows }, () => random() * 0.2),
    alpha,
  };
}

async function search(
  points: Matrix,
  task: LighterSearch,
  threads: number,
  bytesFrom?: number,
  isForTree = true,
) {
  const searcher = await openOnnx(points, { threads }, bytesFrom);
  try {
    await searcher.search(12, { isForTree });
    // Some rows first, so that few other pairs are lighter than the path between them.
    const some = task.rows.filter((_, at) => at % 17 === 0);
    await searcher.lighterEdges?.({ ...task, rows: some, isLast: false });
    await searcher.lighterEdges?.(task);
  } finally {
    searcher.close();
  }
}

/** Row i in group i modulo `groups`, which are apart. */
function grouped(rows: number, cols: number, groups: number): Matrix {
  const random = seeded(9);
  const centres = Float32Array.from({ length: groups * cols }, () => random() - 0.5);
  const data = Float32Array.from({ length: rows * cols }, (_, at) => {
    const centre = Math.floor(at / cols) % groups;
    return centres[centre * cols + (at % cols)] + (random() - 0.5) * 0.2;
  });
  return { data, rows, cols };
}

/** Numbers of one decimal: many distances are equal. */
function tenths(rows: number, cols: number): Matrix {
  const random = seeded(5);
  return {
    data: Float32Array.from({ length: rows * cols }, () => Math.floor(random() * 9) / 10),
    rows,
    cols,
  };
}

test.each([
  ['in float32', clustered(1100, 20, 3), 40, 1, undefined],
  ['in 8 bits', clustered(1100, 70, 4), 300, 1, 0],
  ['with alpha', clustered(1100, 20, 6), 200, 1.4, undefined],
  ['at equal distances', tenths(1051, 4), 1051, 1, undefined],
  ['in a single tile', clustered(90, 5, 7), 9, 1, undefined],
])('the forest is that of all pairs: products %s', async (_, points, components, alpha, bytesFrom) => {
  const task = taskFor(points.rows, components, alpha);
  await search(points, task, 2, bytesFrom);
  expect([...task.forest.weight]).toEqual(treeOf(points, task.component, task.core, alpha));
});

describe('of five tiles', () => {
  // From four tiles of 1,024 rows on, the search for neighbours notes how near rows are to tiles.
  const points = grouped(4200, 64, 400);
  const forestOf = async (threads: number, isForTree: boolean) => {
    const task = taskFor(points.rows, 400);
    task.component.set(task.component.map((_, row) => row % 400));
    await search(points, task, threads, 0, isForTree);
    return task.forest;
  };
  const first = forestOf(1, true);

  test('the number of threads changes nothing', async () => {
    const { from, to, weight } = await forestOf(3, true);
    const forest = await first;
    expect(weight).toEqual(forest.weight);
    expect(from).toEqual(forest.from);
    expect(to).toEqual(forest.to);
  });

  test('what the search noted changes no weight', async () => {
    expect((await forestOf(2, false)).weight).toEqual((await first).weight);
  });
});

test('rows that cannot be at a lighter edge are compared with none', async () => {
  const points = clustered(1300, 20, 3);
  const task = taskFor(points.rows, 40);
  task.lowerBounds.fill(Number.POSITIVE_INFINITY);
  await search(points, task, 1);
  expect(task.forest.weight).toHaveLength(0);
});

test('a search is aborted with the reason of its signal', async () => {
  const points = clustered(1300, 20, 3);
  const searcher = await openOnnx(points, { threads: 1 });
  const reason = new Error('enough');
  await expect(
    searcher.lighterEdges?.(taskFor(points.rows, 40), { signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
  searcher.close();
});
