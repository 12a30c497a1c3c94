import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openDevice } from '../../src/embed/devices.js';
import { MemoryFailure, memoryRanOut, memoryWarning } from '../../src/embed/memory.js';
import { hostSession } from '../../src/embed/session-host.js';
import type { TextTokenizer } from '../../src/embed/tokenizer.js';
import { FailureError } from '../../src/errors.js';
import { isOutOfMemory } from '../../src/runtime/out-of-memory.js';

const GB = 1e9;
const [large, small] = [2.3 * GB, 0.023 * GB];

describe('where memory ends', () => {
  test('what fits is named, of the models that take less', () => {
    expect(memoryRanOut(large, 3 * GB).message).toMatch(
      /^the memory ran out: .* 6\.0 GB, and 3\.0 GB are free; what fits: --model bge-m3 --dtype int8 .* or --model minilm/,
    );
    expect(memoryRanOut(large, 0.4 * GB).message).toMatch(/what fits: --model minilm \(300/);
    expect(memoryRanOut(small, 0.2 * GB).message).toMatch(/no smaller model fits: .*openai:NAME/);
  });

  test('a model that will not fit is warned of before it is opened, one that fits is not', () => {
    expect(memoryWarning(large, 3 * GB)).toMatch(/^Memory may run out: /);
    expect(memoryWarning(small, 0.25 * GB)).toMatch(/Memory may run out/);
    expect(memoryWarning(small, 1 * GB)).toBeUndefined();
    expect(memoryWarning(large, 8 * GB)).toBeUndefined();
  });

  test.each([
    'std::bad_alloc',
    'FATAL ERROR: … JavaScript heap out of memory',
    'Failed to allocate memory for requested buffer',
  ])('%s is known for what it is', (said) => expect(isOutOfMemory(said)).toBe(true));

  test('the device is not blamed, and none is said to always work', async () => {
    const runtimes = { native: true, wasm: false };
    const open = (error: Error) =>
      openDevice('cpu', true, runtimes, () => Promise.reject(error), {} as TextTokenizer, {});
    await expect(open(new MemoryFailure('gone', { code: 'OUT_OF_MEMORY' }))).rejects.toBeInstanceOf(
      MemoryFailure,
    );
    await expect(open(new FailureError('no kernel', { code: 'ENGINE_UNAVAILABLE' }))).rejects.toThrow(
      /does not run on cpu \(no kernel\)[^:]*has$/,
    );
  });

  test.runIf(process.platform === 'linux')(
    'a session that the system ends is a failure of memory',
    async () => {
      const opening = hostSession({ file: 'absent', provider: 'cpu', threads: 1, pooling: 'cls', padId: 0 });
      opening.catch(() => {});
      // Node itself takes longer to start than this.
      process.kill(sessionOf(process.pid), 'SIGKILL');
      await expect(opening).rejects.toThrow(MemoryFailure);
    },
  );
});

/** The process id of the session that a process has started. */
function sessionOf(parent: number): number {
  const found = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const [, parentOf] = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1].split(' ');
      return (
        Number(parentOf) === parent &&
        readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('session-process')
      );
    } catch {
      return false; // it has ended meanwhile
    }
  });
  return Number(found);
}
