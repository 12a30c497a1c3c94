import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testFolder } from '../helpers/folder.js';
import { runCommand } from '../helpers/run.js';

const built = (path: string) => new URL(`../../build/${path}`, import.meta.url).href;

/** Searches neighbours with the native ONNX Runtime in a process whose home is `home`; returns what it prints at the end. */
async function search(home: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const program = `
    import { openOnnx } from '${built('neighbors/onnx.js')}';
    const data = Float32Array.from({ length: 900 }, (_, at) => at % 17);
    const searcher = await openOnnx({ data, rows: 300, cols: 3 }, { threads: 1 });
    const { neighbors } = await searcher.search(5);
    searcher.close();
    console.log(neighbors, process.env.ORT_DISABLE_TELEMETRY);`;
  const { code, stdout, stderr } = await runCommand(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { only: true, env: { HOME: home, USERPROFILE: home, ...env } },
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout.trim();
}

test('the telemetry of ONNX Runtime is off, and nothing is written into the home folder', async () => {
  const home = testFolder().path;
  expect(await search(home)).toBe('5 1');
  expect(readdirSync(home)).toEqual([]);
});

test('a value of ORT_DISABLE_TELEMETRY that the user set stays', async () => {
  expect(await search(testFolder().path, { ORT_DISABLE_TELEMETRY: 'true' })).toBe('5 true');
});
