import * as real from 'onnxruntime-node';
import { afterEach, describe, expect, test } from 'vitest';
import { planColumns } from '../../src/neighbors/device-graph.js';
import { type DeviceOrt, deviceError, deviceOf } from '../../src/neighbors/device-session.js';
import { type OnDevice, openOnDevice } from '../../src/neighbors/on-device.js';
import type { Matrix } from '../../src/shapes.js';
import { bruteForce, bruteForeign, clustered, seeded } from './reference.js';

/** The graphs of a device, run by ONNX Runtime's CPU provider, with what is sent to a session and comes back. */
function onCpu() {
  const runs: { sent: Record<string, number>; back: number; isForeign: boolean }[] = [];
  const models: number[] = [];
  const ort: DeviceOrt = {
    Tensor: real.Tensor,
    listSupportedBackends: () => [{ name: 'webgpu', bundled: true }],
    InferenceSession: {
      async create(bytes: Uint8Array, options: real.InferenceSession.SessionOptions) {
        const session = await real.InferenceSession.create(bytes, {
          ...options,
          executionProviders: ['cpu'],
        });
        models.push(bytes.length);
        return {
          release: () => session.release(),
          async run(feeds: Record<string, real.Tensor>) {
            const found = await session.run(feeds);
            const sizes = Object.entries(feeds).map(([name, { size }]) => [name, size]);
            const back = Object.values(found).reduce((sum, { size }) => sum + size, 0);
            const isForeign = feeds.foreign?.data[0] === 1;
            runs.push({ sent: Object.fromEntries(sizes), back, isForeign });
            return found;
          },
        };
      },
    } as unknown as DeviceOrt['InferenceSession'],
  };
  return { ort, runs, models };
}

const opened: OnDevice[] = [];
afterEach(() => {
  for (const searcher of opened.splice(0)) searcher.close();
});

/** Parts and groups of a few columns, so that few rows have many of them. */
const SMALL = { width: 24, parts: 3 };

async function openOn({ ort }: ReturnType<typeof onCpu>, points: Matrix, limits = {}) {
  const searcher = await openOnDevice(points, ort, deviceOf('webgpu'), { threads: 2 }, limits);
  opened.push(searcher);
  return searcher;
}

describe('graphs of a device', () => {
  for (const [rows, cols, limits] of [
    [0, 3, SMALL],
    [1, 3, SMALL],
    [2, 5, SMALL],
    [23, 1, SMALL],
    [130, 7, SMALL],
    [403, 64, SMALL],
    [403, 64, { width: 24, parts: 1 }],
    [450, 17, { width: 32, parts: 4, sessionBytes: 17 * 4 * 150 }],
    [450, 9, {}],
  ] as const) {
    const { width, parts, groups } = planColumns(rows, { width: 2048, parts: 32, ...limits });
    test(`${rows} × ${cols} in ${groups} × ${parts} parts of ${width} columns give the bytes of brute force`, async () => {
      const points = clustered(rows, cols, rows + cols, true);
      const searcher = await openOn(onCpu(), points, limits);
      expect(await searcher.search(12)).toEqual(bruteForce(points, 12));
    });
  }
});

test('duplicates and ties are settled by index though float32 products blur them', async () => {
  const random = seeded(8);
  const data = Float32Array.from({ length: 600 * 3 }, () => 1000 + Math.floor(random() * 4));
  const points = { data, rows: 600, cols: 3 };
  const device = onCpu();
  const searcher = await openOn(device, points, SMALL);
  const graph = await searcher.search(10);
  expect(graph).toEqual(bruteForce(points, 10));
  // Nine rows a place: what the candidates of the first scan don't prove is scanned with more of them.
  const queried = device.runs.reduce((sum, { sent }) => sum + (sent.queries ?? 0) / 3, 0);
  expect(queried).toBeGreaterThan(600);
  const rows = Int32Array.from({ length: 300 }, (_, at) => 599 - at * 2 + (at % 2));
  expect(await searcher.widen(rows, 40)).toEqual(bruteForce(points, 40, [...rows]));
});

describe('nearestForeign on a device', () => {
  const random = seeded(3);
  const lattice = {
    data: Float32Array.from({ length: 701 * 5 }, () => Math.floor(random() * 7)),
    rows: 701,
    cols: 5,
  };
  const rows = Int32Array.from({ length: 500 }, (_, at) => (at * 7) % 701);
  const limits = Float64Array.from({ length: 500 }, (_, at) => 1 + (at % 2));

  for (const [name, points] of [
    ['vectors', clustered(701, 24, 5, true)],
    ['a lattice full of ties', lattice],
  ] as const) {
    test(`finds the edges of brute force in ${name}, ties to the lower index, with limits too`, async () => {
      const unit = points === lattice ? 3 : 1;
      const component = Int32Array.from({ length: 701 }, (_, at) => at % 5);
      const core = Float64Array.from({ length: 701 }, (_, at) => unit * ((at * 13) % 3) * 0.4);
      const device = onCpu();
      const searcher = await openOn(device, points, SMALL);
      for (const alpha of [1, 0.8]) {
        const edges = await searcher.nearestForeign(rows, component, core, alpha);
        expect(edges).toEqual(bruteForeign(points, rows, component, core, alpha));
        const within = await searcher.nearestForeign(rows, component, core, alpha, { limits });
        expect(within).toEqual(bruteForeign(points, rows, component, core, alpha, limits));
      }
      expect(device.runs.some(({ isForeign }) => isForeign)).toBe(true);
    });
  }

  test('has no edges where all rows are of one component', async () => {
    const points = clustered(300, 4, 5);
    const all = Int32Array.from({ length: 300 }, (_, at) => at);
    const searcher = await openOn(onCpu(), points, SMALL);
    const edges = await searcher.nearestForeign(all, new Int32Array(300), new Float64Array(300), 1);
    expect(edges.to.every((to) => to === -1)).toBe(true);
    expect(edges.distance.every((distance) => distance === Number.POSITIVE_INFINITY)).toBe(true);
  });
});

test('columns are sent once, with the models; a run sends query rows and gets a few numbers for each', async () => {
  const points = clustered(2000, 16, 4, true);
  const device = onCpu();
  const searcher = await openOn(device, points, { ...SMALL, width: 128, sessionBytes: 16 * 4 * 1200 });
  const sentByOpening = device.runs.length;
  const bytes = device.models.reduce((sum, length) => sum + length, 0);
  expect(bytes).toBeGreaterThan(points.data.byteLength);
  expect(bytes).toBeLessThan(2 * points.data.byteLength + 100_000);
  await searcher.search(10);
  const rows = Int32Array.from({ length: 1000 }, (_, at) => at);
  await searcher.nearestForeign(
    rows,
    Int32Array.from({ length: 2000 }, (_, at) => at % 2),
    new Float64Array(2000),
    1,
  );
  expect(device.models).toHaveLength(3); // the products that are tried, and two halves of the columns
  const runs = device.runs.slice(sentByOpening);
  const nearest = runs.filter(({ isForeign }) => !isForeign);
  const sent = (of: typeof runs, name: string) => of.reduce((sum, one) => sum + one.sent[name], 0);
  // Both sessions are given each query row once.
  expect(sent(nearest, 'queries')).toBe(2 * points.data.length);
  for (const { sent: one, back, isForeign } of runs) {
    const tall = one.queries / 16;
    expect(back).toBe(tall * 2 * (isForeign ? 32 : 19));
    const others = Object.entries(one).filter(([name]) => name !== 'queries');
    const most = isForeign ? 2 * tall + 2 * 1200 + 10 : 10;
    expect(others.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(most);
  }
});

test('a run that the memory of the device does not hold is halved, and the result is the same', async () => {
  const points = clustered(500, 8, 6, true);
  const device = onCpu();
  const { create } = device.ort.InferenceSession;
  const tall: number[] = [];
  device.ort.InferenceSession.create = (async (...all: Parameters<typeof create>) => {
    const session = await create(...all);
    return {
      release: () => session.release(),
      run: async (feeds: Record<string, real.Tensor>) => {
        const rows = feeds.queries?.dims[0] ?? 0;
        tall.push(rows);
        if (rows > 50) throw new Error('CUDA failure 2: out of memory ; GPU=0');
        return session.run(feeds);
      },
    };
  }) as typeof create;
  const searcher = await openOn(device, points);
  expect(await searcher.search(5)).toEqual(bruteForce(points, 5));
  expect(tall.slice(1, 5)).toEqual([256, 128, 64, 32]);
  expect(Math.max(...tall.slice(4))).toBe(32);
});

test('a device that multiplies in fewer bits is found out, and the result is still exact', async () => {
  const points = clustered(300, 32, 9, true);
  const device = onCpu();
  const { create } = device.ort.InferenceSession;
  const coarse = (tensor: real.Tensor) => {
    const bits = new Uint32Array((tensor.data as Float32Array).slice().buffer);
    // As TF32 does: the last 13 bits of a number are rounded away.
    const rounded = bits.map((one) => (one + 0x1000) & 0xffffe000);
    return new real.Tensor('float32', new Float32Array(rounded.buffer), tensor.dims);
  };
  device.ort.InferenceSession.create = (async (...all: Parameters<typeof create>) => {
    const session = await create(...all);
    return {
      release: () => session.release(),
      run: async (feeds: Record<string, real.Tensor>) => {
        const name = 'a' in feeds ? 'a' : 'queries';
        return session.run({ ...feeds, [name]: coarse(feeds[name]) });
      },
    };
  }) as typeof create;
  const error = await deviceError(device.ort, deviceOf('webgpu'), 32);
  expect(error).toBeGreaterThanOrEqual(2 ** -11);
  expect(error).toBeLessThanOrEqual(2 ** -7);
  expect(await deviceError(onCpu().ort, deviceOf('webgpu'), 32)).toBe(0);
  const searcher = await openOn(device, points);
  expect(await searcher.search(8)).toEqual(bruteForce(points, 8));
});

test('CUDA is asked for full float32 while a search is open, and not afterwards', async () => {
  const before = process.env.NVIDIA_TF32_OVERRIDE;
  const points = clustered(10, 2, 1);
  const [one, other] = [await openOn(onCpu(), points), await openOn(onCpu(), points)];
  one.close();
  expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('0');
  other.close();
  other.close();
  expect(process.env.NVIDIA_TF32_OVERRIDE).toBe(before);
});
