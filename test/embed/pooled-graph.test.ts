import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ElementType,
  floatTensor,
  graph,
  integersTensor,
  model,
  node,
  valueInfo,
} from '../../src/binary/onnx.js';
import { pooledGraph } from '../../src/embed/pooled-graph.js';
import { openSession, type TokenBatch } from '../../src/embed/session.js';

const POOLINGS = ['cls', 'mean', 'max', 'last'] as const;
const TINY = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3/onnx', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-pooled-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

/** Rows of odd lengths, one of them a single token. */
const lengths = Int32Array.of(5, 1, 13, 7, 2);
const batch: TokenBatch = { ids: Int32Array.from({ length: 28 }, (_, i) => 5 + ((i * 37) % 400)), lengths };
const rowOf = (row: number): TokenBatch => {
  const start = lengths.slice(0, row).reduce((sum, length) => sum + length, 0);
  return {
    ids: batch.ids.slice(start, start + lengths[row]),
    lengths: lengths.slice(row, row + 1),
  };
};

async function run(
  file: string,
  pooling: (typeof POOLINGS)[number],
  poolsInside: boolean,
  batches: TokenBatch[],
) {
  const session = await openSession({ file, provider: 'cpu', threads: 1, pooling, padId: 1, poolsInside });
  try {
    const vectors: Float32Array[] = [];
    for (const one of batches) vectors.push((await session.run(one)).vectors);
    return vectors;
  } finally {
    await session.release();
  }
}

/** Smallest cosine between rows of one place. */
function cosine(a: Float32Array, b: Float32Array, rows: number): number {
  const cols = a.length / rows;
  const products = Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let at = row * cols; at < (row + 1) * cols; at++) sum += a[at] * b[at];
    return sum;
  });
  return Math.min(...products);
}

describe.each(['model.onnx', 'model_fp16.onnx'])('%s', (name) => {
  it.each(POOLINGS)('pooled by %s inside the graph gives the vectors of pooling outside', async (pooling) => {
    const file = join(TINY, name);
    const [outside] = await run(file, pooling, false, [batch]);
    const [inside, ...alone] = await run(file, pooling, true, [
      batch,
      ...Array.from(lengths, (_, row) => rowOf(row)),
    ]);
    expect(cosine(outside, inside, 5)).toBeGreaterThan(0.999999);
    // Padding and company change no bit.
    const cols = inside.length / 5;
    alone.forEach((vector, row) => {
      expect(vector).toEqual(inside.slice(row * cols, (row + 1) * cols));
    });
  });
});

/** `last_hidden_state = input_ids × [1 2 2 4]`, where a padding token (id 9) becomes infinite. */
async function tinyGraph(opset: number, rank = 3): Promise<string> {
  const { float, int64 } = ElementType;
  const axes =
    opset < 13 ? node('Unsqueeze', ['f'], ['u'], { axes: [2] }) : node('Unsqueeze', ['f', 'two'], ['u']);
  const content = graph({
    name: 'tiny',
    nodes: [
      node('Cast', ['input_ids'], ['f0'], { to: float }),
      node('Sub', ['nine', 'f0'], ['left']),
      node('Div', ['f0', 'left'], ['f']),
      axes,
      node('MatMul', ['u', 'w'], ['last_hidden_state']),
    ],
    initializers: [
      floatTensor('w', [1, 4], [1, 2, -2, 4]),
      floatTensor('nine', [], [9]),
      ...(opset < 13 ? [] : [integersTensor('two', [2])]),
    ],
    inputs: [valueInfo('input_ids', int64, ['rows', 'tokens'])],
    outputs: [valueInfo('last_hidden_state', float, rank === 3 ? ['rows', 'tokens', 4] : ['rows', 4])],
  });
  const file = join(folder, `tiny-${opset}-${rank}.onnx`);
  await writeFile(file, model(content, { '': opset }));
  return file;
}

describe.each([11, 13, 17, 18, 21])('a graph of operator set %i', (opset) => {
  it.each(POOLINGS)('pools by %s without reading what stands in the padding', async (pooling) => {
    const file = await tinyGraph(opset);
    const spec = { file, provider: 'cpu', threads: 1, pooling, padId: 9, poolsInside: true } as const;
    const create = vi.spyOn(InferenceSession, 'create');
    const session = await openSession(spec);
    expect(create.mock.calls.map(([from]) => typeof from)).toEqual(['object']);
    const rows = { ids: Int32Array.of(1, 3, 5, 6), lengths: Int32Array.of(1, 3) };
    const { vectors } = await session.run(rows);
    await session.release();
    // Every token is a positive multiple of (1, 2, −2, 4), whose length is 5; a maximum is taken coordinate by coordinate.
    const unit = [0.2, 0.4, -0.4, 0.8];
    const [largest, least] = [6 / 3, 3 / 6]; // of the second row's tokens
    const maximum = [largest, 2 * largest, -2 * least, 4 * largest];
    const norm = Math.hypot(...maximum);
    const second = pooling === 'max' ? maximum.map((value) => value / norm) : unit;
    [...unit, ...second].forEach((value, at) => {
      expect(vectors[at]).toBeCloseTo(value, 6);
    });
  });
});

it('only rows × width numbers come back', async () => {
  const original = InferenceSession.create.bind(InferenceSession);
  const shapes: (readonly number[])[] = [];
  vi.spyOn(InferenceSession, 'create').mockImplementation(async (...args: unknown[]) => {
    const session = await (original as (...all: unknown[]) => Promise<InferenceSession>)(...args);
    const run = session.run.bind(session);
    session.run = async (...given: unknown[]) => {
      const result = await (run as (...all: unknown[]) => ReturnType<typeof session.run>)(...given);
      shapes.push(...Object.values(result).map(({ dims }) => dims));
      return result;
    };
    return session;
  });
  for (const pooling of POOLINGS) await run(join(TINY, 'model_fp16.onnx'), pooling, true, [batch]);
  expect(shapes).toEqual(POOLINGS.map(() => [5, 1024]));
});

it('sums of many large and small numbers are as exact as float32 and the same in any company', async () => {
  const file = await tinyGraph(17);
  const ids = Int32Array.from({ length: 3000 }, (_, i) => [1, 8, 2, 7][i % 4]);
  const long = { ids, lengths: Int32Array.of(3000) };
  const both = { ids: Int32Array.of(...ids, 4), lengths: Int32Array.of(3000, 1) };
  const [alone, together] = await run(file, 'mean', true, [long, both]);
  expect([...alone]).toEqual([...together.slice(0, 4)]);
  [0.2, 0.4, -0.4, 0.8].forEach((value, at) => {
    expect(alone[at]).toBeCloseTo(value, 6);
  });
});

it('a graph that pools itself, one without a known shape and a file that is none are left alone', async () => {
  expect(await pooledGraph(await tinyGraph(17, 2), 'mean')).toBeUndefined();
  expect(await pooledGraph(await tinyGraph(17), 'none')).toBeUndefined();
  const file = join(folder, 'none.onnx');
  await writeFile(file, 'no graph');
  expect(await pooledGraph(file, 'mean')).toBeUndefined();
});
