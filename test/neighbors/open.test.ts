import { describe, expect, test } from 'vitest';
import { openSearcher as openPublic } from '../../src/entry/neighbors.js';
import { choose } from '../../src/neighbors/choose.js';
import { openSearcher, refuseLongSearch } from '../../src/neighbors/open.js';
import type { EngineName, SearcherOptions } from '../../src/neighbors/searcher.js';
import type { Progress } from '../../src/progress.js';
import type { Matrix } from '../../src/shapes.js';
import { bruteForce, clustered, seeded } from './reference.js';

async function search(points: Matrix, k: number, engine: EngineName, threads: number) {
  const searcher = await openSearcher(points, { engine, threads });
  try {
    return await searcher.search(k);
  } finally {
    searcher.close();
  }
}

describe('every engine gives every other engine’s bytes', () => {
  const random = seeded(4);
  const grid = Float32Array.from({ length: 1200 * 3 }, () => Math.floor(random() * 6) / 10);
  const cases: [string, Matrix, number][] = [
    ['points with ties and duplicates', { data: grid, rows: 1200, cols: 3 }, 20],
    ['clusters in 16 dimensions', clustered(900, 16, 5), 33],
    ['unit vectors in 48 dimensions', clustered(700, 48, 6, true), 10],
    ['more neighbours than rows', clustered(20, 5, 6), 50],
    ['two rows', clustered(2, 2, 6), 3],
    ['one row', clustered(1, 2, 6), 3],
    ['no rows', { data: new Float32Array(0), rows: 0, cols: 2 }, 3],
    ['rows all alike', { data: new Float32Array(300 * 4).fill(-7), rows: 300, cols: 4 }, 5],
    [
      'numbers near the end of float32',
      { data: Float32Array.from([3e38, -3e38, 1e38, 0]), rows: 4, cols: 1 },
      2,
    ],
    [
      'numbers near the start of float32',
      { data: Float32Array.from([1e-44, 3e-45, 0, -1e-44]), rows: 4, cols: 1 },
      3,
    ],
  ];
  for (const [name, points, k] of cases) {
    test(`${name}: wasm, kdtree and onnx on 1 and 2 threads equal brute force`, async () => {
      const truth = bruteForce(points, k);
      for (const engine of ['wasm', 'kdtree', 'onnx'] as const) {
        for (const threads of [1, 2]) expect(await search(points, k, engine, threads)).toEqual(truth);
      }
    });
  }
});

describe('auto', () => {
  async function pick(points: Matrix) {
    const reported: Progress[] = [];
    const searcher = await openSearcher(points, { onProgress: (progress) => reported.push(progress) });
    searcher.close();
    return { engine: searcher.engine, message: reported.find(({ message }) => message)?.message };
  }

  test('takes the k-d tree for few dimensions and says so', async () => {
    const { engine, message } = await pick(clustered(3000, 3, 1));
    expect(engine).toBe('kdtree');
    expect(message).toBe('neighbours by kdtree: few dimensions (3,000 × 3); expect under a second');
  });

  test('takes WebAssembly for few rows of many dimensions', async () => {
    const { engine, message } = await pick(clustered(300, 384, 1));
    expect(engine).toBe('wasm');
    expect(message).toBe('neighbours by wasm: right for 300 × 384; expect under a second');
  });

  test('times a k-d tree of middling dimensions before it decides', async () => {
    const { engine, message } = await pick(clustered(6000, 12, 1));
    expect(['kdtree', 'wasm', 'onnx']).toContain(engine);
    expect(message).toMatch(new RegExp(`^neighbours by ${engine}: .+; expect `));
  });
});

describe('a search that would take long', () => {
  const points = clustered(3000, 64, 1);
  const refusal = (options: SearcherOptions) =>
    openSearcher(points, options).then(
      (searcher) => searcher.close(),
      (error: unknown) => error,
    );

  test('is refused with both times and the options that decide', async () => {
    const error = await refusal({ threads: 1, maxSearchSeconds: 0.001 });
    expect(error).toMatchObject({ name: 'UserError', code: 'SEARCH_TOO_LONG', option: 'maxSearchSeconds' });
    expect(String(error)).toMatch(
      /exact neighbours of 3,000 × 64 vectors would take under a second, and `maxSearchSeconds` is 0.001; an approximate one would take under a second: `approximate` allows it, or raise `maxSearchSeconds`/,
    );
  });

  test('is refused before there are vectors', async () => {
    const size = { rows: 1_000_000, cols: 384 };
    await expect(refuseLongSearch(size, { threads: 2, maxSearchSeconds: 300 })).rejects.toThrow(
      /^exact neighbours of 1,000,000 × 384 vectors would take about \d+ (min|h), and `maxSearchSeconds` is 300; an approximate one would take about \d+ (s|min)/,
    );
    await refuseLongSearch(size, { threads: 2, maxSearchSeconds: 1e6 });
    await refuseLongSearch({ rows: 1000, cols: 384 }, { maxSearchSeconds: 300 });
    await refuseLongSearch(size, { threads: 2, maxSearchSeconds: 300, approximate: true });
  });

  test('is refused where an approximate one is allowed and no faster', async () => {
    expect(String(await refusal({ threads: 1, maxSearchSeconds: 0.001, approximate: true }))).toMatch(
      /`maxSearchSeconds` is 0.001; an approximate one would take under a second; raise `maxSearchSeconds`/,
    );
  });

  test('goes on where the limit is higher, or there is none', async () => {
    expect(await refusal({ maxSearchSeconds: 300 })).toBeUndefined();
    expect(await refusal({})).toBeUndefined();
    // A named engine was decided on.
    expect(await refusal({ engine: 'wasm', maxSearchSeconds: 0.001 })).toBeUndefined();
  });

  test('a tree over few dimensions is held to the limit too', async () => {
    const few = clustered(6000, 5, 1);
    await expect(openSearcher(few, { maxSearchSeconds: 1e-6 })).rejects.toMatchObject({
      code: 'SEARCH_TOO_LONG',
    });
  });
});

test.each([
  [1_000_000, false, 'onnx'],
  [1_000_000, true, 'cells'],
  // Exact search is the faster one of so few rows.
  [5000, true, 'wasm'],
])('of %i rows, approximate %s, the choice is %s', (rows, mayApproximate, engine) => {
  const hasOnnx = rows > 5000;
  expect(choose({ rows, cols: 384, threads: 2, isOnDevice: false, hasOnnx, mayApproximate }).engine).toBe(
    engine,
  );
});

test('an unknown engine is refused with those there are', async () => {
  const points = clustered(5, 2, 1);
  await expect(openPublic(points, { engine: 'faiss' as EngineName })).rejects.toThrow(
    'engine must be one of auto, wasm, kdtree, onnx, cells, usearch; got "faiss"',
  );
});

test('half a thread is refused', async () => {
  await expect(openPublic(clustered(5, 2, 1), { threads: 0.5 })).rejects.toThrow(
    'threads must be a whole number from 1 to 1024; got 0.5',
  );
});

for (const engine of ['wasm', 'kdtree', 'onnx', 'cells', 'usearch'] as const) {
  test(`${engine} stops within a second of an abort and works again afterwards`, async () => {
    const points = engine === 'kdtree' ? clustered(400_000, 16, 3) : clustered(20_000, 200, 3);
    const controller = new AbortController();
    const reason = new Error('enough');
    let abortedAt = 0;
    const onProgress = (progress: Progress) => {
      if (abortedAt || progress.done === undefined) return;
      abortedAt = performance.now();
      controller.abort(reason);
    };
    const watch = { onProgress, signal: controller.signal };
    const searcher = await openSearcher(points, {
      engine,
      threads: 2,
      ...(engine === 'usearch' ? watch : {}),
    }).catch((error: Error) => {
      expect(error).toBe(reason);
    });
    if (searcher) {
      await expect(searcher.search(10, watch)).rejects.toBe(reason);
      expect((await searcher.widen(Int32Array.of(0), 3)).indices).toHaveLength(3);
      searcher.close();
      searcher.close();
    }
    expect(abortedAt).toBeGreaterThan(0);
  });

  test(`${engine} does not begin when it is aborted already`, async () => {
    const reason = new Error('never mind');
    const points = clustered(50, 4, 1);
    await expect(openSearcher(points, { engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
}

test('points that no WebAssembly memory holds are refused with what to use instead', async () => {
  const points = { data: new Float32Array(0), rows: 3_000_000, cols: 1024 };
  points.data = new Proxy(points.data, {
    get: (target, name) =>
      name === 'subarray' ? () => ({ byteLength: 3_000_000 * 4096 }) : Reflect.get(target, name),
  });
  await expect(openSearcher(points, { engine: 'wasm' })).rejects.toThrow(
    /^engine "wasm": 3,000,000 × 1024 points: needs 11\.4 GiB of WebAssembly memory, 4 GiB is the most there is; use the engine "usearch"/,
  );
});

for (const engine of ['wasm', 'kdtree', 'onnx'] as const) {
  test(`more neighbours than memory holds is refused by ${engine} with what to do, and the searcher lives on`, async () => {
    const searcher = await openSearcher(clustered(2000, 2, 1), { engine, threads: 1 });
    await expect(searcher.search(600_000)).rejects.toThrow(
      /^600000 neighbours of 2,000 rows: needs \d+\.\d GiB of WebAssembly memory, 4 GiB is the most there is; use fewer neighbours$/,
    );
    expect((await searcher.search(2)).indices).toHaveLength(4000);
    searcher.close();
  });
}

test('a device that may search but is not there leaves the search to the processor, with a warning', async () => {
  const missing = process.platform === 'win32' ? 'coreml' : 'dml';
  const points = clustered(60, 20, 3);
  const said: Progress[] = [];
  const open = (devices: SearcherOptions['devices']) =>
    openSearcher(points, { devices, threads: 1, onProgress: (progress) => said.push(progress) });
  const searcher = await open({ names: [missing], fromSeconds: 0, isMeasured: false });
  expect(await searcher.search(4)).toEqual(bruteForce(points, 4));
  expect([searcher.engine, searcher.device]).toEqual(['wasm', undefined]);
  searcher.close();
  const [warning] = said.filter(({ level }) => level === 'warning');
  expect(warning.message).toMatch(/^Neighbours of 60 × 20 vectors are searched on the CPU: .+/);
  said.length = 0;
  const small = await open({ names: [missing], fromSeconds: 1, isMeasured: false });
  small.close();
  expect(said.filter(({ level }) => level === 'warning')).toEqual([]);
});
