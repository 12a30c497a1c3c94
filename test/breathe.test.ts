import { expect, test } from 'vitest';
import { breathe } from '../src/breathe.js';

/** Works for some milliseconds without a pause. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('a long loop lets timers through before it ends', async () => {
  let hasFired = false;
  setTimeout(() => {
    hasFired = true;
  }, 0);
  const pause = breathe();
  for (let piece = 0; piece < 12 && !hasFired; piece++) {
    work(20);
    await pause();
  }
  expect(hasFired).toBe(true);
});

test('a short piece of work does not wait for the event loop', () => {
  expect(breathe()()).toBeUndefined();
});

test('an abort ends the loop with its reason', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => abort.abort(reason), 0);
  const pause = breathe(abort.signal);
  const loop = async () => {
    for (let piece = 0; piece < 100; piece++) {
      work(20);
      await pause();
    }
  };
  await expect(loop()).rejects.toBe(reason);
  expect(() => breathe(abort.signal)).toThrow(reason);
});
