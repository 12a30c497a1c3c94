import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptRuns, keptStages } from '../../src/stages/kept.js';
import { testFolder } from '../helpers/folder.js';

const home = join(testFolder().path, 'stages');
const vectors = { data: Float32Array.of(1, 0, 0, 1), rows: 2, cols: 2 };
const others = { data: Float32Array.of(1, 0, 0, 2), rows: 2, cols: 2 };
const result = { points: Float32Array.of(3, 4) };

beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  vi.stubEnv('DENSCAPE_KEEP_SECONDS', '0');
});
afterEach(() => vi.unstubAllEnvs());

const open = (begin: Parameters<typeof keptStages>[1] = { vectors }, messages: string[] = []) =>
  keptStages(home, begin, { onProgress: ({ message }) => message && messages.push(message) });
/** Whether the work of a stage was done, not taken from what was kept. */
async function works(
  stages: ReturnType<typeof open>,
  settings: unknown,
  stage: 'tree' | 'layout' = 'layout',
) {
  let done = false;
  const found = await stages.of(stage, settings, async () => {
    done = true;
    return result;
  });
  expect(found).toEqual(result);
  return done;
}

test('a stage of a run that did not end is not worked on again, and the run says so', async () => {
  expect(await works(open(), { seed: 1 })).toBe(true);
  const messages: string[] = [];
  expect(await works(open({ vectors }, messages), { seed: 1 })).toBe(false);
  expect(messages).toEqual(['layout taken from an earlier run of the same input that did not end']);
});

test('other settings, another stage, other vectors and another server are other work', async () => {
  await works(open(), { seed: 1 });
  expect(await works(open(), { seed: 2 })).toBe(true);
  expect(await works(open(), { seed: 1 }, 'tree')).toBe(true);
  expect(await works(open({ vectors: others }), { seed: 1 })).toBe(true);
  expect(await works(open({ vectors, place: 'http://milvus' }), { seed: 1 })).toBe(true);
});

test('a run that ends well leaves nothing of its input, and what is kept of others', async () => {
  const stages = open();
  await works(stages, {});
  await works(open({ vectors: others }), {});
  await stages.done();
  expect((await keptRuns(home)).map((run) => run.stages)).toEqual([['layout']]);
  expect(await works(open({ vectors: others }), {})).toBe(false);
});

test('short stages, and those without vectors or a graph to recognize them by, are not kept', async () => {
  vi.stubEnv('DENSCAPE_KEEP_SECONDS', '');
  await works(open(), {});
  vi.stubEnv('DENSCAPE_KEEP_SECONDS', '0');
  await works(open({}), {});
  expect(await keptRuns(home)).toEqual([]);
});

test('what was kept two weeks ago is deleted when something is kept', async () => {
  await works(open(), {});
  const old = new Date(Date.now() - 15 * 24 * 3600_000);
  for (const { folder } of await keptRuns(home)) {
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), old, old);
  }
  await works(open({ vectors: others }), {});
  const [only, ...more] = await keptRuns(home);
  expect(only.changed.getTime()).toBeGreaterThan(old.getTime() + 24 * 3600_000);
  expect(more).toEqual([]);
});

test('a run without a place to keep anything ends as it would', async () => {
  const path = testFile();
  const stages = keptStages(path, { vectors }, {});
  expect(await works(stages, {})).toBe(true);
  await stages.done();
});

const files = testFolder();
/** A file where the folder should be. */
const testFile = () => files.write('file', '');
