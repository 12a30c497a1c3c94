import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packBatch } from '../../src/embed/batches.js';
import { tryProvider } from '../../src/embed/doctor.js';
import { type EmbedOptions, embedTexts } from '../../src/embed/index.js';
import { obtainModel } from '../../src/embed/model-files.js';
import { hostSession } from '../../src/embed/session-host.js';
import { openTokenizer } from '../../src/embed/tokenizer.js';
import type { Progress } from '../../src/progress.js';
import { softwareVulkan } from '../helpers/vulkan.js';

const driver = await softwareVulkan();
const why = driver ? '' : ' (skipped: no software Vulkan driver for this platform)';
const tiny: EmbedOptions = {
  model: fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url)),
  pooling: 'cls',
  cache: false,
};
const texts = ['Oil rises as storms close ports', 'Rain', 'Unions were disappointed after talks'];
const farthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0);

describe.skipIf(!driver)(`WebGPU over a software Vulkan driver${why}`, () => {
  beforeAll(() => {
    vi.stubEnv('LD_LIBRARY_PATH', `${driver}:${process.env.LD_LIBRARY_PATH ?? ''}`);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(driver ?? '', { recursive: true, force: true });
  });

  it('runs a model of BGE-M3’s shape, says so, and agrees with the CPU', async () => {
    const gpu = await embedTexts(texts, { ...tiny, device: 'webgpu' });
    const cpu = await embedTexts(texts, { ...tiny, device: 'cpu' });
    expect([gpu.provider, cpu.provider]).toEqual(['webgpu', 'cpu']);
    expect(farthest(gpu.vectors.data, cpu.vectors.data)).toBeLessThan(1e-4);
  });

  // float16 needs a driver that computes with it, which the software one doesn't; on the CPU it is tested with pooled-graph.ts.
  it.each(['cls', 'mean', 'max', 'last'] as const)(
    'pools by %s on the device as the CPU does outside the graph, alone and padded alike',
    async (pooling) => {
      const file = join(tiny.model as string, 'onnx', 'model.onnx');
      const lengths = Int32Array.of(5, 1, 9);
      const batch = { ids: Int32Array.from({ length: 15 }, (_, i) => 5 + ((i * 37) % 400)), lengths };
      const found: Float32Array[] = [];
      for (const provider of ['webgpu', 'cpu'] as const) {
        const session = await hostSession({ file, provider, threads: 1, pooling, padId: 1 });
        const { vectors } = await session.run(batch);
        const alone = await session.run({ ids: batch.ids.slice(0, 5), lengths: lengths.slice(0, 1) });
        const wide = await session.run({ ...batch, width: 12 });
        await session.close();
        expect(farthest(wide.vectors, vectors)).toBeLessThan(1e-5);
        expect(alone.vectors).toEqual(vectors.slice(0, vectors.length / 3));
        found.push(vectors);
      }
      expect(farthest(found[0], found[1])).toBeLessThan(1e-5);
    },
  );

  it('runs MiniLM and agrees with the CPU; most of its nodes are really there', async () => {
    const { graph, deciding } = await obtainModel('minilm', { dtype: 'auto' });
    const path = deciding.find((file) => file.endsWith('tokenizer.json')) ?? '';
    const tokenizer = openTokenizer(JSON.parse(await readFile(path, 'utf8')), {}, 256);
    const batch = packBatch([tokenizer.encode('Oil rises'), tokenizer.encode('Rain')]);
    const vectors: Float32Array[] = [];
    for (const provider of ['webgpu', 'cpu'] as const) {
      const session = await hostSession({ file: graph, provider, threads: 1, pooling: 'mean', padId: 0 });
      if (provider === 'webgpu') expect(session.share).toBeGreaterThan(0.5);
      vectors.push((await session.run(batch)).vectors);
      await session.close();
    }
    expect(farthest(vectors[0], vectors[1])).toBeLessThan(1e-4);
  });

  it('is not taken by `auto` when the CPU is faster, and that is said', async () => {
    const said: Progress[] = [];
    const onProgress = (progress: Progress) => said.push(progress);
    const { provider } = await embedTexts(texts, { ...tiny, device: 'auto', onProgress });
    expect(provider).toBe('cpu');
    expect(said.map(({ message }) => message).join()).toMatch(/webgpu works but is .* slower here/);
  });

  it('is found by the doctor', async () => {
    expect(await tryProvider('webgpu')).toMatchObject({ ok: true, detail: 'a tiny graph ran' });
  });
});

it('without a driver, naming webgpu is an error and `auto` is the CPU', async () => {
  vi.stubEnv('LD_LIBRARY_PATH', '');
  const { ok } = await tryProvider('webgpu');
  if (ok) return; // a machine with a graphics driver of its own
  await expect(embedTexts(['a'], { ...tiny, device: 'webgpu' })).rejects.toThrow(/does not run on webgpu/);
  expect(await embedTexts(['a'], { ...tiny, device: 'auto' })).toMatchObject({ provider: 'cpu' });
});
