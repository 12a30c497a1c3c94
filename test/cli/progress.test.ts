import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { reporter } from '../../src/cli/progress.js';

/** A stream that keeps what is written, on a terminal or not. */
function screen(isTTY: boolean) {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream & { text: () => string };
  const written: string[] = [];
  stream.isTTY = isTTY;
  stream.columns = 100;
  stream.write = (chunk: string | Uint8Array) => {
    written.push(String(chunk));
    return true;
  };
  stream.text = () => written.join('');
  return stream;
}

test('messages are a line each, warnings with their own mark', () => {
  const stream = screen(false);
  const { onProgress } = reporter({}, stream);
  onProgress({ stage: 'read', message: '870 rows' });
  onProgress({ stage: 'read', message: '2 rows are odd', level: 'warning' });
  expect(stream.text()).toBe('· 870 rows\n! 2 rows are odd\n');
});

test('away from a terminal a short stage prints nothing and no control code is ever written', () => {
  const stream = screen(false);
  const { onProgress, stop } = reporter({}, stream);
  for (let done = 0; done <= 100; done++) onProgress({ stage: 'embed', done, total: 100, unit: 'rows' });
  stop();
  expect(stream.text()).toBe('');
});

test('on a terminal a bar shows how many of how many', () => {
  const stream = screen(true);
  const { onProgress, stop } = reporter({}, stream);
  onProgress({ stage: 'embed', done: 0, total: 1000, unit: 'rows' });
  expect(stream.text()).toContain('embedding');
  stop();
});

test('time left follows from the work, where rows are not all the same work', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const lineAfterAMinute = (share?: number) => {
    const stream = screen(false);
    const { onProgress, stop } = reporter({}, stream);
    onProgress({ stage: 'embed', done: 0, total: 1000, unit: 'rows' });
    vi.advanceTimersByTime(60_000);
    onProgress({ stage: 'embed', done: 100, total: 1000, unit: 'rows', share });
    stop();
    return stream.text();
  };
  // A tenth of the rows; they may be the longest, and half of the work.
  expect(lineAfterAMinute()).toBe('  embedding 100/1,000 rows · 2/s · 9 min left\n');
  expect(lineAfterAMinute(0.5)).toBe('  embedding 100/1,000 rows · 2/s · 60 s left\n');
});
test('work of another unit in the same stage is measured anew', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const stream = screen(false);
  const { onProgress } = reporter({}, stream);
  onProgress({ stage: 'layout', done: 0, total: 400, unit: 'products' });
  vi.advanceTimersByTime(60_000);
  onProgress({ stage: 'layout', done: 200, total: 400, unit: 'products' });
  onProgress({ stage: 'layout', done: 0, total: 500, unit: 'epochs' });
  vi.advanceTimersByTime(20_000);
  onProgress({ stage: 'layout', done: 100, total: 500, unit: 'epochs' });
  expect(stream.text()).toBe(
    '  layout 200/400 products · 3/s · 60 s left\n  layout 100/500 epochs · 5/s · 80 s left\n',
  );
});

afterEach(() => {
  vi.useRealTimers();
});

test('quiet means nothing at all', () => {
  const stream = screen(true);
  const { onProgress } = reporter({ quiet: true }, stream);
  onProgress({ stage: 'embed', done: 1, total: 2, message: 'a warning', level: 'warning' });
  expect(stream.text()).toBe('');
});

test('lines about how the work is done are printed with debug only', () => {
  const lines = [false, true].map((debug) => {
    const stream = screen(false);
    reporter({ debug }, stream).onProgress({ stage: 'tree', level: 'debug', message: 'comparing 12 rows' });
    return stream.text();
  });
  expect(lines).toEqual(['', '· comparing 12 rows\n']);
});
