import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tryDevice } from '../../src/neighbors/device-trial.js';

const open = fileURLToPath(new URL('../../src/neighbors/open.ts', import.meta.url));

test('tryDevice returns nothing for a device that works, and for one that is not there the reason', async () => {
  expect(await tryDevice('cpu')).toBeUndefined();
  expect(await tryDevice('cuda')).toMatch(/^neighbours on device "cuda": .+; use the device "cpu"$/);
});

test('cards that are looked for and not there leave nothing on the error stream', async () => {
  const script = `
    import { openSearcher } from ${JSON.stringify(open)};
    const points = { data: Float32Array.from({ length: 400 }, (_, at) => Math.sin(at)), rows: 100, cols: 4 };
    const devices = { names: ['cuda', 'webgpu'], fromSeconds: 0, isMeasured: true };
    const said = [];
    const onProgress = ({ level, message }) => level === 'debug' && said.push(message);
    const searcher = await openSearcher(points, { devices, neighbors: 5, threads: 1, onProgress });
    searcher.close();
    console.log(said.join('\\n'));
  `;
  const env = { ...process.env, LD_LIBRARY_PATH: '' };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    { env },
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /searched on the CPU: neighbours on device "cuda": .+; neighbours on device "webgpu"/,
  );
});

test('an abort ends the trial', async () => {
  const controller = new AbortController();
  const trial = tryDevice('cpu', controller.signal);
  controller.abort(new Error('enough'));
  await expect(trial).rejects.toThrow('enough');
});
