import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { softwareVulkan } from '../helpers/vulkan.js';

const job = fileURLToPath(new URL('device-job.ts', import.meta.url));

/** In a process of its own: a driver is looked for when the process starts. */
async function searchOn(device: string, libraries: string) {
  const env = { ...process.env, LD_LIBRARY_PATH: libraries };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', job, device], { env });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

test('a WebGPU device gives the bytes of brute force, and fits that are certified and those of WebAssembly', async ({
  skip,
}) => {
  const driver = await softwareVulkan();
  if (!driver) return skip('there is a software Vulkan driver for x64 Linux only');
  const found = await searchOn('webgpu', driver);
  await rm(driver, { recursive: true });
  expect(found).toEqual({
    engine: 'onnx',
    device: 'webgpu',
    listed: true,
    'one row': true,
    'odd sizes': true,
    'several sessions': true,
    duplicates: true,
    preferred: {
      said: ['Neighbours of 300 × 12 vectors are searched on webgpu'],
      device: 'webgpu',
      isEqual: true,
    },
    measured: {
      // Which of them is faster is for the machine to say.
      said: [
        expect.stringMatching(
          /^Neighbours of 300 × 12 vectors are searched on (webgpu|the CPU, not on webgpu): .+ there, .+ on the CPU, by a sample$/,
        ),
      ],
      device: found.measured.said[0].includes('CPU, not') ? undefined : 'webgpu',
      isEqual: true,
    },
    euclidean: { isEqual: true, certified: true, scannedRows: expect.any(Number) },
    cosine: { isEqual: true, certified: true, scannedRows: expect.any(Number) },
  });
});

test('a device that is not there is an error, not another engine', async () => {
  const { name, message } = await searchOn('cuda', '');
  expect(name).toBe('FailureError');
  expect(message).toMatch(/^neighbours on device "cuda": .+; use the device "cpu"$/);
});
