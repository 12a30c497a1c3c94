import { describe, expect, test } from 'vitest';
import { ahead, later } from '../../src/pipeline/ahead.js';
import type { Progress } from '../../src/progress.js';

describe('ahead', () => {
  test('work begins at once, and its result is given as often as it is asked for', async () => {
    let begun = 0;
    const running = ahead(async () => ++begun, {});
    expect(begun).toBe(1);
    expect(await running.result()).toBe(1);
    expect(await running.result()).toBe(1);
  });

  test('a failure is reported by result, and by nothing before', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const running = ahead(() => Promise.reject(new Error('no layout')), {});
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(unhandled).toEqual([]);
      await expect(running.result()).rejects.toThrow('no layout');
      await running.stop();
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  test('stop aborts the work and waits until it has ended', async () => {
    let ended = false;
    const running = ahead(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () =>
            setTimeout(() => {
              ended = true;
              reject(signal.reason);
            }, 5),
          );
        }),
      {},
    );
    await running.stop();
    expect(ended).toBe(true);
  });

  test("the caller's signal aborts it too, with the caller's reason", async () => {
    const stop = new AbortController();
    const running = ahead(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
      { signal: stop.signal },
    );
    stop.abort(new Error('enough'));
    await expect(running.result()).rejects.toThrow('enough');
  });

  test('messages are shown at once, numbers once the result is waited for', async () => {
    const seen: Progress[] = [];
    let report: ((progress: Progress) => void) | undefined;
    let finish: (() => void) | undefined;
    const running = ahead(
      ({ onProgress }) => {
        report = onProgress;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
      { onProgress: (progress) => seen.push(progress) },
    );
    report?.({ stage: 'layout', done: 1, total: 3 });
    report?.({ stage: 'layout', message: 'a random start' });
    const result = running.result();
    report?.({ stage: 'layout', done: 2, total: 3 });
    finish?.();
    await result;
    expect(seen).toEqual([
      { stage: 'layout', message: 'a random start' },
      { stage: 'layout', done: 2, total: 3 },
    ]);
  });
});

test('later work is done once, when its result is first asked for', async () => {
  let begun = 0;
  const work = later(async () => ++begun, {});
  await work.stop();
  expect(begun).toBe(0);
  expect(await work.result()).toBe(1);
  expect(await work.result()).toBe(1);
});
