import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hdbscan, hdbscan, type NeighborGraph, recut, UserError } from '../../src/hdbscan/index.js';

const INF = Number.POSITIVE_INFINITY;
const points = (rows: number[][]) => ({
  data: Float32Array.from(rows.flat()),
  rows: rows.length,
  cols: rows[0]?.length ?? 2,
});
const graph = (lists: [number, number][][]): NeighborGraph => {
  const neighbors = Math.max(0, ...lists.map((list) => list.length));
  const indices = new Int32Array(lists.length * neighbors).fill(-1);
  const distances = new Float32Array(lists.length * neighbors).fill(INF);
  for (const [row, list] of lists.entries()) {
    for (const [slot, [other, distance]] of list.entries()) {
      indices[row * neighbors + slot] = other;
      distances[row * neighbors + slot] = distance;
    }
  }
  return { indices, distances, rows: lists.length, neighbors };
};

/** Two groups of five on a line, far from each other. */
const TWO_GROUPS = [0, 1, 2, 3, 4, 100, 101, 102, 103, 104].map((x) => [x, 0]);

describe('by hand', () => {
  test('two far groups of five get two labels, no noise', async () => {
    const fit = await hdbscan(points(TWO_GROUPS), { minClusterSize: 3, minSamples: 1 });
    expect([...fit.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect([...fit.probabilities]).toEqual(new Array(10).fill(1));
    expect([...fit.coreDistances]).toEqual(new Array(10).fill(1));
    expect([...fit.singleLinkage.distance]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 96]);
    expect(fit.singleLinkage.size[8]).toBe(10);
    // The root splits at 1/96; both clusters end at λ = 1.
    expect([...fit.condensedTree.parent]).toEqual([11, 11, 11, 11, 11, 12, 12, 12, 12, 12, 10, 10]);
    expect([...fit.condensedTree.lambda.subarray(10)]).toEqual([1 / 96, 1 / 96]);
    expect([...fit.selectedClusters]).toEqual([11, 12]);
    expect(fit.persistence[0]).toBeCloseTo(1 - 1 / 96, 12);
  });

  test('a merge of three parts at one distance is one split into three', async () => {
    const three = [0, 1, 2, 10, 11, 12, 20, 21, 22].map((x) => [x]);
    const fit = await hdbscan(points(three), { minClusterSize: 3, minSamples: 1 });
    expect([...fit.labels]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
    expect([...fit.condensedTree.parent.subarray(9)]).toEqual([9, 9, 9]);
    expect([...fit.condensedTree.lambda.subarray(9)]).toEqual([1 / 8, 1 / 8, 1 / 8]);
  });

  test('a pair’s distance is the smaller of its two directions, and one direction is enough', async () => {
    const fit = await hdbscan(graph([[[1, 5]], [[0, 3]], [[0, 2]]]), { minClusterSize: 2, minSamples: 1 });
    expect([...fit.coreDistances]).toEqual([2, 3, 2]);
    expect([...fit.singleLinkage.distance]).toEqual([2, 3]);
  });

  test('directions that are missing here and there are noticed, even where row numbers add up', async () => {
    // Rows 1 and 2 lack row 0 at 2, and row 0 lacks row 3 at 2; all else is in both lists, or beyond the end of one.
    const lists: [number, number][][] = [
      [
        [1, 2],
        [2, 2],
        [4, 9],
      ],
      [
        [5, 1],
        [4, 9],
        [6, 9.5],
      ],
      [
        [5, 1.5],
        [4, 9],
        [6, 9.5],
      ],
      [
        [0, 2],
        [5, 9],
        [6, 9.5],
      ],
      [
        [6, 1],
        [0, 9],
        [1, 9],
      ],
      [
        [1, 1],
        [2, 1.5],
        [3, 9],
      ],
      [
        [4, 1],
        [1, 9.5],
        [2, 9.5],
      ],
    ];
    const fit = await hdbscan(graph(lists), { minClusterSize: 2, minSamples: 2 });
    expect([...fit.coreDistances]).toEqual([2, 2, 2, 9, 9, 1.5, 9.5]);
  });
});

describe('few rows', () => {
  test('0 rows have empty columns', async () => {
    for (const input of [points([]), graph([])]) {
      const fit = await hdbscan(input);
      expect(fit.clusterCount).toBe(0);
      for (const column of [fit.labels, fit.singleLinkage.left, fit.condensedTree.child])
        expect(column.length).toBe(0);
      expect(recut(fit, { minClusterSize: 3 }).labels.length).toBe(0);
    }
  });

  test('1 row is noise', async () => {
    for (const input of [points([[1, 2]]), graph([[]])]) {
      const fit = await hdbscan(input);
      expect([...fit.labels]).toEqual([-1]);
      expect([...fit.probabilities]).toEqual([0]);
      expect(fit.singleLinkage.left.length).toBe(0);
    }
  });

  test('2 rows are noise, joined at their distance', async () => {
    const fit = await hdbscan(points([[0], [3]]), { minClusterSize: 2, minSamples: 1 });
    expect([...fit.labels]).toEqual([-1, -1]);
    expect([...fit.singleLinkage.distance]).toEqual([3]);
  });

  test('fewer rows than minSamples have no core distance and are joined at infinity', async () => {
    const fit = await hdbscan(points(TWO_GROUPS.slice(0, 4)), { minClusterSize: 2, minSamples: 9 });
    expect([...fit.coreDistances]).toEqual([INF, INF, INF, INF]);
    expect([...fit.singleLinkage.distance]).toEqual([INF, INF, INF]);
    expect([...fit.labels]).toEqual([-1, -1, -1, -1]);
  });

  test('a minClusterSize above the number of rows makes all noise', async () => {
    const fit = await hdbscan(points(TWO_GROUPS), { minClusterSize: 11, minSamples: 2 });
    expect([...fit.labels]).toEqual(new Array(10).fill(-1));
    expect(fit.exactness.certified).toBe(true);
  });
});

describe('equal rows', () => {
  test('all identical: no cluster, one with allowSingleCluster', async () => {
    const same = points(Array.from({ length: 20 }, () => [1, 2, 3]));
    const fit = await hdbscan(same);
    expect([...fit.labels]).toEqual(new Array(20).fill(-1));
    expect([...fit.coreDistances]).toEqual(new Array(20).fill(0));
    const single = await hdbscan(same, { allowSingleCluster: true });
    expect([...single.labels]).toEqual(new Array(20).fill(0));
    expect([...single.probabilities]).toEqual(new Array(20).fill(1));
  });

  test('10,000 identical among 20,000 are one cluster, with few scans', async () => {
    const data = new Float32Array(20_000 * 3);
    let seed = 5;
    for (let i = 30_000; i < data.length; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      data[i] = 1 + (seed / 2 ** 32) * 20;
    }
    const fit = await hdbscan({ data, rows: 20_000, cols: 3 }, { minClusterSize: 50 });
    expect(new Set(fit.labels.subarray(0, 10_000)).size).toBe(1);
    expect(fit.labels[0]).toBe(0);
    expect(fit.exactness.certified).toBe(true);
    // Equal rows are one point to the search: they need no scan each.
    expect(fit.exactness.scannedRows).toBeLessThan(5000);
  });

  test('equal rows get one label, one probability and one score', async () => {
    const doubled = points([...TWO_GROUPS, ...TWO_GROUPS, ...TWO_GROUPS.slice(0, 3)]);
    const fit = await hdbscan(doubled, { minClusterSize: 4 });
    for (let row = 10; row < 23; row++) {
      expect(fit.labels[row]).toBe(fit.labels[row % 10]);
      expect(fit.probabilities[row]).toBe(fit.probabilities[row % 10]);
      expect(fit.outlierScores[row]).toBe(fit.outlierScores[row % 10]);
    }
  });

  test('0 and −0 are equal', async () => {
    const fit = await hdbscan(
      points([
        [0, 1],
        [-0, 1],
        [0, 1],
        [5, 5],
      ]),
      { minClusterSize: 2, minSamples: 2 },
    );
    expect([...fit.coreDistances.subarray(0, 3)]).toEqual([0, 0, 0]);
  });
});

describe('rows with a NaN or an infinity', () => {
  const holes = [[Number.NaN, 0], ...TWO_GROUPS.slice(0, 5), [0, INF], ...TWO_GROUPS.slice(5), [-INF, 1]];

  test('are noise, counted, and absent to the others', async () => {
    const fit = await hdbscan(points(holes), { minClusterSize: 3, minSamples: 1 });
    const without = await hdbscan(points(TWO_GROUPS), { minClusterSize: 3, minSamples: 1 });
    expect([...fit.labels]).toEqual([-1, 0, 0, 0, 0, 0, -1, 1, 1, 1, 1, 1, -1]);
    expect(fit.invalidRows).toBe(3);
    expect(fit.exactness.certified).toBe(true);
    for (const name of ['probabilities', 'outlierScores', 'coreDistances'] as const) {
      const valid = [...fit[name]].filter((_, row) => ![0, 6, 12].includes(row));
      expect(valid).toEqual([...without[name]]);
    }
    expect([0, 6, 12].map((row) => fit.probabilities[row])).toEqual([0, 0, 0]);
  });

  test('keep the trees whole: n − 1 merges, every row once', async () => {
    const fit = await hdbscan(points(holes), { minClusterSize: 3, minSamples: 1 });
    expect(fit.singleLinkage.distance.length).toBe(12);
    expect(fit.singleLinkage.size[11]).toBe(13);
    expect([...fit.singleLinkage.distance.subarray(9)]).toEqual([INF, INF, INF]);
    const used = [...fit.singleLinkage.left, ...fit.singleLinkage.right].sort((a, b) => a - b);
    expect(used).toEqual(Array.from({ length: 24 }, (_, node) => node));
    expect([...fit.condensedTree.child.subarray(0, 13)]).toEqual(Array.from({ length: 13 }, (_, row) => row));
    expect(recut(fit, { minClusterSize: 5 }).labels).toEqual(fit.labels);
  });

  test('may be all there is', async () => {
    for (const rows of [1, 2, 3]) {
      const fit = await hdbscan(points(Array.from({ length: rows }, () => [Number.NaN])));
      expect([...fit.labels]).toEqual(new Array(rows).fill(-1));
      expect(fit.invalidRows).toBe(rows);
      expect(recut(fit, { minClusterSize: 2 }).clusterCount).toBe(0);
    }
  });

  test('with the cosine metric, a row of zeros has no direction', async () => {
    const fit = await hdbscan(
      points([
        [0, 0],
        [1, 0],
        [2, 0],
        [0, 1],
        [0, 2],
      ]),
      {
        minClusterSize: 2,
        minSamples: 1,
        metric: 'cosine',
      },
    );
    expect(fit.invalidRows).toBe(1);
    expect([...fit.labels]).toEqual([-1, 0, 0, 1, 1]);
  });
});

describe('graphs as they come', () => {
  const line = (extra: (row: number) => [number, number][]) =>
    graph(
      TWO_GROUPS.map(([x], row) => [
        ...extra(row),
        ...TWO_GROUPS.map(([y], other): [number, number] => [other, Math.abs(x - y)]).filter(
          ([other, distance]) => other !== row && distance < 10,
        ),
      ]),
    );
  const plain = line(() => []);

  test('an empty slot, the row itself and a double change nothing', async () => {
    const wanted = await hdbscan(plain, { minClusterSize: 3, minSamples: 2 });
    const odd: ((row: number) => [number, number][])[] = [
      () => [[-1, 0]],
      (row) => [[row, 0]],
      (row) => [[row % 5 === 0 ? row + 1 : row - 1, 7]],
    ];
    for (const extra of odd) {
      const fit = await hdbscan(line(extra), { minClusterSize: 3, minSamples: 2 });
      expect(fit.labels).toEqual(wanted.labels);
      expect(fit.coreDistances).toEqual(wanted.coreDistances);
      expect(fit.singleLinkage.distance).toEqual(wanted.singleLinkage.distance);
    }
  });

  test('islands are joined at infinity and are clusters', async () => {
    const fit = await hdbscan(plain, { minClusterSize: 3, minSamples: 2 });
    expect([...fit.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(fit.singleLinkage.distance[8]).toBe(INF);
    expect(fit.exactness).toMatchObject({ certified: false, uncertainRows: 10 });
  });

  test('no slots at all: every row is its own island', async () => {
    const fit = await hdbscan(graph([[], [], []]), { minClusterSize: 2, minSamples: 1 });
    expect([...fit.labels]).toEqual([-1, -1, -1]);
    expect([...fit.singleLinkage.distance]).toEqual([INF, INF]);
  });

  test('the input is not changed', async () => {
    const odd = line((row) => [
      [row, 0],
      [-1, 3],
    ]);
    const [indices, distances] = [odd.indices.slice(), odd.distances.slice()];
    await hdbscan(odd, { minClusterSize: 3, mst: 'prim' });
    expect(odd.indices).toEqual(indices);
    expect(odd.distances).toEqual(distances);
  });
});

describe('what can’t be is one line with the argument, the value and the rule:', () => {
  const good = points(TWO_GROUPS);
  const pair = graph([[[1, 1]], [[0, 1]]]);
  const cases: [string, () => Promise<Hdbscan>, string][] = [
    [
      'minClusterSize 1',
      () => hdbscan(good, { minClusterSize: 1 }),
      'minClusterSize must be a whole number of at least 2; got 1',
    ],
    [
      'minClusterSize 2.5',
      () => hdbscan(good, { minClusterSize: 2.5 }),
      'minClusterSize must be a whole number of at least 2; got 2.5',
    ],
    [
      'minSamples 0',
      () => hdbscan(good, { minSamples: 0 }),
      'minSamples must be a whole number of at least 1; got 0',
    ],
    ['alpha 0', () => hdbscan(good, { alpha: 0 }), 'alpha must be a number above 0; got 0'],
    [
      'epsilon NaN',
      () => hdbscan(good, { clusterSelectionEpsilon: Number.NaN }),
      'clusterSelectionEpsilon must be a number of at least 0; got NaN',
    ],
    [
      'maxClusterSize −1',
      () => hdbscan(good, { maxClusterSize: -1 }),
      'maxClusterSize must be a whole number of at least 0; got -1',
    ],
    [
      'a method',
      () => hdbscan(good, { clusterSelectionMethod: 'best' as never }),
      'clusterSelectionMethod must be one of eom, leaf; got "best"',
    ],
    [
      'a metric',
      () => hdbscan(good, { metric: 'manhattan' as never }),
      'metric must be one of euclidean, cosine; got "manhattan"',
    ],
    [
      'neighbors 0',
      () => hdbscan(good, { neighbors: 0 }),
      'neighbors must be a whole number of at least 1; got 0',
    ],
    [
      'an unknown option',
      () => hdbscan(good, { minSize: 3 } as never),
      'unknown option minSize; did you mean `minClusterSize`?',
    ],
    [
      'an option like no other',
      () => hdbscan(good, { colour: 'red' } as never),
      'unknown option colour; known: minClusterSize, minSamples,',
    ],
    [
      'a metric of a graph',
      () => hdbscan(pair, { metric: 'cosine' } as never),
      'metric is an option for points, and hdbscan was given a neighbour graph; leave it out',
    ],
    [
      'a scanner of points',
      () => hdbscan(good, { widen: () => pair } as never),
      'widen is an option for a neighbour graph, and hdbscan was given points; leave it out',
    ],
    [
      'data of another length',
      () => hdbscan({ ...good, rows: 9 }),
      'data must hold rows × cols = 9 × 2 = 18 numbers; got 20',
    ],
    [
      'numbers of another kind',
      () => hdbscan({ data: [1, 2] as never, rows: 1, cols: 2 }),
      'data must be a Float32Array',
    ],
    [
      'no columns',
      () => hdbscan({ data: new Float32Array(0), rows: 4, cols: 0 }),
      'cols must be a whole number of at least 1; got 0',
    ],
    [
      'indices of another length',
      () => hdbscan({ ...pair, indices: new Int32Array(3) }),
      'indices must hold rows × neighbors = 2 × 1 = 2 numbers; got 3',
    ],
    [
      'an index too high',
      () => hdbscan(graph([[[1, 1]], [[2, 1]]])),
      'indices, row 1, slot 0: 2 is not a row; rows are 0 to 1, -1 is empty',
    ],
    [
      'an index too low',
      () => hdbscan(graph([[[-2, 1]], [[0, 1]]])),
      'indices, row 0, slot 0: -2 is not a row',
    ],
    [
      'a negative distance',
      () => hdbscan(graph([[[1, 1]], [[0, -1]]])),
      'distances, row 1, slot 0: -1 is not a distance; it must be 0 or more',
    ],
    [
      'a NaN distance',
      () => hdbscan(graph([[[1, Number.NaN]], [[0, 1]]])),
      'distances, row 0, slot 0: NaN is not a distance',
    ],
    [
      'points that don’t match the graph',
      () => hdbscan(pair, { points: good }),
      'points must have as many rows as the graph, 2; got 10',
    ],
  ];

  test.each(cases)('%s', async (_, call, message) => {
    const error = await call().then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    expect(error!.message).toContain(message);
    expect(error!.message).not.toContain('\n');
  });
});

describe('a chain', () => {
  const ROWS = 2_000_001;
  /** Row i lists i − 1 and i + 1. */
  const chain = (weight: (edge: number) => number): NeighborGraph => {
    const indices = new Int32Array(ROWS * 2);
    const distances = new Float32Array(ROWS * 2);
    for (let row = 0; row < ROWS; row++) {
      const before = row > 0 ? weight(row - 1) : INF;
      const after = row < ROWS - 1 ? weight(row) : INF;
      const isBeforeFirst = before <= after;
      const [a, b] = [isBeforeFirst ? 0 : 1, isBeforeFirst ? 1 : 0];
      indices[row * 2 + a] = row - 1;
      distances[row * 2 + a] = before;
      indices[row * 2 + b] = row < ROWS - 1 ? row + 1 : -1;
      distances[row * 2 + b] = after;
    }
    return { indices, distances, rows: ROWS, neighbors: 2 };
  };

  test('of 2,000,000 merges, each into the one before, does not overflow a stack', async () => {
    const fit = await hdbscan(
      chain((edge) => edge + 1),
      { minClusterSize: 2, minSamples: 1 },
    );
    expect(fit.clusterCount).toBe(0);
    expect(fit.singleLinkage.size[ROWS - 2]).toBe(ROWS);
    expect(fit.singleLinkage.distance[ROWS - 2]).toBe(ROWS - 1);
  });

  test('of 2,000,000 merges at one distance is one merge', async () => {
    const fit = await hdbscan(
      chain(() => 1),
      { minClusterSize: 2, minSamples: 1, allowSingleCluster: true },
    );
    expect(fit.clusterCount).toBe(1);
    expect(fit.labels.every((label) => label === 0)).toBe(true);
    expect(fit.condensedTree.lambda.every((lambda) => lambda === 1)).toBe(true);
  });
});

describe('memory', () => {
  const memories: WebAssembly.Memory[] = [];
  const Original = WebAssembly.Memory;

  beforeAll(() => {
    WebAssembly.Memory = class extends Original {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        memories.push(this);
      }
    };
  });
  afterAll(() => {
    WebAssembly.Memory = Original;
  });

  /** Nearest neighbours on a ring of clumps, without searching. */
  function ring(rows: number, neighbors: number): NeighborGraph {
    const indices = new Int32Array(rows * neighbors);
    const distances = new Float32Array(rows * neighbors);
    const gap = (row: number) => 1 + ((row * 2654435761) % 1000) / 500 + (row % 50 === 0 ? 9 : 0);
    const at = new Float64Array(rows * 2);
    for (let row = 1; row < rows * 2; row++) at[row] = at[row - 1] + gap(row % rows);
    for (let row = 0; row < rows; row++) {
      let [low, high] = [row + rows - 1, row + rows + 1];
      const here = row + rows;
      const position = (place: number) =>
        place < rows * 2 ? at[place] : at[place - rows] + at[rows] + gap(0);
      for (let t = 0; t < neighbors; t++) {
        const [before, after] = [position(here) - position(low), position(high) - position(here)];
        const isLow = before <= after;
        indices[row * neighbors + t] = (isLow ? low-- : high++) % rows;
        distances[row * neighbors + t] = isLow ? before : after;
      }
    }
    return { indices, distances, rows, neighbors };
  }

  /** Bytes of all typed arrays below, each buffer once. */
  function bytesOf(value: unknown, seen = new Set<ArrayBufferLike>()): number {
    if (ArrayBuffer.isView(value)) {
      if (seen.has(value.buffer)) return 0;
      seen.add(value.buffer);
      return value.buffer.byteLength;
    }
    if (value === null || typeof value !== 'object') return 0;
    return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part, seen), 0);
  }

  test.each([
    [50_000, 8],
    [50_000, 32],
    [200_000, 8],
  ])(
    'of %i rows × %i neighbours is at most 120 bytes a row in WebAssembly, 92 in the result',
    async (rows, neighbors) => {
      const input = ring(rows, neighbors);
      memories.length = 0;
      const fit = await hdbscan(input, { minClusterSize: 10, minSamples: 5 });
      const used = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
      expect(used).toBeLessThan(rows * 120 + 2 ** 21);
      expect(bytesOf(fit)).toBeLessThan(rows * 92);
      expect(fit.clusterCount).toBeGreaterThan(2);
    },
  );

  test('with Prim is 8 bytes a slot more', async () => {
    const input = ring(50_000, 16);
    memories.length = 0;
    await hdbscan(input, { minClusterSize: 10, minSamples: 5, mst: 'prim' });
    const used = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
    expect(used).toBeLessThan(50_000 * (120 + 16 * 8 * 2) + 2 ** 21);
  });
});

describe('a long run', () => {
  const data = new Float32Array(60_000 * 2).map((_, i) => ((i * 2654435761) % 1_000_003) / 1000);

  test('reports progress and stops on an abort', async () => {
    const controller = new AbortController();
    const stages = new Set<string>();
    const work = hdbscan(
      { data, rows: 60_000, cols: 2 },
      {
        signal: controller.signal,
        onProgress: ({ stage, message }) => {
          stages.add(stage);
          if (stage === 'tree' || message === undefined) controller.abort(new Error('enough'));
        },
      },
    );
    await expect(work).rejects.toThrow('enough');
    expect(stages.size).toBeGreaterThan(0);
  });

  test('does not start when stopped before', async () => {
    await expect(
      hdbscan({ data, rows: 60_000, cols: 2 }, { signal: AbortSignal.abort(new Error('no')) }),
    ).rejects.toThrow('no');
    await expect(hdbscan(graph([[]]), { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
  });
});
